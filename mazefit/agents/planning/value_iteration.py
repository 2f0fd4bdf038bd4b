"""Value iteration: sweeps of the Bellman optimality backup over all states, each computed from the sweep before.

    v_{k+1}(s) = max_a Σ p(s', r | s, a) [r + γ v_k(s')]                 v = 0 at the end of an episode

A sweep backs up every state in which there is something to choose. At discount 1 the states from which no episode can end
are left out: their value is -inf.

Reference: Sutton & Barto, 2nd edition, section 4.4 and equation 4.10; Bellman (1957), Dynamic Programming.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.control import check_trace
from mazefit.agents.exact import DENSE_STATES, action_values, solve
from mazefit.agents.planning.sweep_rows import read_sweep_backup
from mazefit.agents.reachable import finishing_policy
from mazefit.agents.run import Run
from mazefit.agents.world import tables_of
from mazefit.backup.rule import Details, Model, Rule, Tables, check_settings, check_table, register, trace_header
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems, set_plain
from mazefit.kernel import kernel, worth_compiling


@kernel
def value_backup(
    v: Any, state: int, next_state: Any, reward: Any, terminated: Any, probability: Any, offsets: Any,
    stochastic: bool, actions: int, discount: float,
) -> float:  # fmt: skip
    """max_a Σ p [r + γ v(s')] for one state, outcomes added from left to right."""
    best = 0.0
    for action in range(actions):
        cell = state * actions + action
        first, last = cell, cell + 1
        if stochastic:
            first, last = offsets[cell], offsets[cell + 1]
        total = 0.0
        for entry in range(first, last):
            value = reward[entry]
            if not terminated[entry]:
                value = value + discount * v[next_state[entry]]
            if stochastic:
                value = probability[entry] * value
            total += value
        if action == 0 or total > best:
            best = total
    return best


@kernel
def sweep(
    v: Any, order: Any, target: Any, next_state: Any, reward: Any, terminated: Any, probability: Any, offsets: Any,
    stochastic: bool, actions: int, discount: float,
) -> float:  # fmt: skip
    """Back up every state of `order` from the values of the sweep before; returns the largest change."""
    for i in range(len(order)):
        target[i] = value_backup(
            v, order[i], next_state, reward, terminated, probability, offsets, stochastic, actions, discount
        )
    change = 0.0
    for i in range(len(order)):
        change = max(change, abs(target[i] - v[order[i]]))
        v[order[i]] = target[i]
    return change


_ARRAYS = ("next_state", "reward", "terminated", "probability", "offsets")


def model_of(mdp: TabularMDP, order: npt.NDArray[np.int32]) -> dict[str, npt.NDArray[Any]]:
    """The process's tables, flat, and the order of a sweep: what replaying and reading a sweep needs."""
    return {
        "next_state": mdp.next_state.reshape(-1),
        "reward": mdp.reward.reshape(-1),
        "terminated": mdp.terminated.reshape(-1),
        "probability": np.ones(1) if mdp.probability is None else mdp.probability,
        "offsets": np.zeros(1, dtype=np.int64) if mdp.offsets is None else mdp.offsets,
        "order": order,
    }


def _replay(
    settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
    details: Details | None, compiled: bool,
) -> None:  # fmt: skip
    order, target = model["order"], np.empty(len(model["order"]))
    scalars = (len(model["offsets"]) > 1, settings["actions"], settings["discount"])
    for i in range(len(block["in_place"])):
        if details is not None:
            details["before"][i] = tables["v"]
        sweep.run(compiled, tables["v"], order, target, *(model[name] for name in _ARRAYS), *scalars)
        if details is not None:
            details["target"][i] = target


def _result(settings: dict[str, Any], model: Model, tables: Tables) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return action_values(_process(settings, model, checked=True), tables["v"], settings["discount"]), tables["v"]


def _process(settings: dict[str, Any], model: Model, *, checked: bool) -> TabularMDP:
    """The process that a model holds."""
    plain = len(model["offsets"]) == 1
    shape = (-1, settings["actions"])
    next_state, reward, terminated = (model[name].reshape(shape) if plain else model[name] for name in _ARRAYS[:3])
    return TabularMDP(
        next_state,
        reward,
        terminated,
        start=0,
        probability=None if plain else model["probability"],
        offsets=None if plain else model["offsets"],
        actions=settings["actions"],
        checked=checked,
    )


def _check(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    check_settings(settings, {"actions": 1, "states": 1}, ("discount",))
    check_table("v", tables.get("v"), settings["states"])
    kinds = {"next_state": np.int32, "reward": np.float64, "terminated": np.bool_, "probability": np.float64,
             "offsets": np.int64, "order": np.int32}  # fmt: skip
    for name, kind in kinds.items():
        if model[name].dtype != kind or model[name].ndim != 1:
            raise ValueError(f"model {name}: expected a flat {np.dtype(kind)} array, got another")
    mdp = _process(settings, model, checked=False)
    order = model["order"]
    if mdp.states != settings["states"] or (len(order) and not 0 <= order.min() <= order.max() < mdp.states):
        raise ValueError(f"model: expected {settings['states']} states and an order of some of them, got others")


RULE = register(
    Rule(
        name="value-iteration",
        spec=TEXTBOOK["Value iteration"],
        schema={"in_place": "u1"},
        replay=_replay,
        read=lambda settings, model, row, index, details: read_sweep_backup(RULE.spec, settings, model, index, details),
        details=lambda settings, model: (
            {"target": f"({len(model['order'])},)f8"},
            {"before": f"({settings['states']},)f8"},
        ),
        backups_each=lambda model: max(1, len(model["order"])),
        result=_result,
        check=_check,
    )
)


@dataclass(frozen=True)
class ValueIteration:
    """Value iteration with two arrays.

    Args:
        discount: γ, from 0 to 1.
        tolerance: stop after a sweep that changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "value-iteration"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 4.4"
    rule: ClassVar[Rule] = RULE

    discount: float = 1.0
    tolerance: float = 1e-12
    max_sweeps: int = 1_000_000

    def __post_init__(self) -> None:
        problems = Problems("ValueIteration")
        problems.number("discount", self.discount, 0.0, 1.0)
        problems.number("tolerance", self.tolerance, 0.0, 1e300)
        problems.integer("max_sweeps", self.max_sweeps, 1)
        problems.raise_if_any()
        set_plain(self)

    def solve(self, env: Any, *, trace: bool | TraceOptions = False) -> Run:
        """Sweep until the values stand still.

        Args:
            env: a Maze, a TabularMDP, or an environment that offers its tables.
            trace: record every sweep (each holds one backup a state).

        Raises:
            UnsupportedEnvError: the environment offers no tables.
        """
        check_trace(trace)
        mdp = tables_of(env)
        v, order = start_values(mdp, self.discount)
        settings = {"actions": mdp.actions, "states": mdp.states, "discount": self.discount}
        model = model_of(mdp, order)
        run = Run(self, settings, {"v": v}, mdp.digest, model=model)
        if isinstance(trace, TraceOptions) or trace:
            options = trace if isinstance(trace, TraceOptions) else None
            header = trace_header(RULE, mdp.digest, 0, mdp.states)
            run.trace = Trace(RULE, settings, run.tables, model, header, options)
        target = np.empty(len(order))
        compiled = worth_compiling(mdp.states * mdp.actions)
        scalars = (not mdp.deterministic, mdp.actions, self.discount)
        change = np.inf
        while change > self.tolerance and run.steps < self.max_sweeps and len(order):
            before = {"v": v.copy()} if run.trace is not None and run.trace.options.level else None
            change = sweep.run(compiled, v, order, target, *(model[name] for name in _ARRAYS), *scalars)
            run.steps += 1
            if run.trace is not None:
                arrays, at, _ = run.trace.room()
                arrays["in_place"][at] = 0
                run.trace.wrote(1, before, run.tables)
        return run


def start_values(mdp: TabularMDP, discount: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Values [S] to begin with, and the states to sweep: 0, but -inf (and left out) where no episode can end."""
    finite = np.ones(mdp.states, dtype=np.bool_)
    if discount == 1.0 and (mdp.deterministic or mdp.states <= DENSE_STATES):
        finite = ~solve(mdp, 1.0).unreachable
    elif discount == 1.0:
        finite = finishing_policy(mdp)[0]
    v = np.where(finite, 0.0, -np.inf)
    return v, np.flatnonzero(finite & ~mdp.absorbing).astype(np.int32)
