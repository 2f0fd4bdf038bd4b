"""What the batch learners share: a batch of episodes as columns, its rule, and the loop that sweeps until values stand still.

A sweep computes an increment for every step of the batch from the values as they stand, and only then adds all of them up:

    V(s) ← V(s) + Σ_{k: S_k = s} α · [target_k - V(s)]

One row of the trace is one sweep; it holds one backup a step of the batch: what that step alone asks for, old being V(s) before
the sweep and new old + α · (target - old). Of a state met several times the changes add up.

Reference: Sutton & Barto, 2nd edition, section 6.3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.episode_rule import OVER
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED
from mazefit.backup.rule import Details, Model, Rule, Tables, check_settings, check_table, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Component
from mazefit.errors import ConfigError
from mazefit.kernel import Kernel, kernel

Step = tuple[int, float, int | None]
UNKNOWN = -1  # the action of a step of a batch that was given without actions


class Batch(NamedTuple):
    """Steps of whole episodes, one after the other; int64 and float64 [K]."""

    state: Any
    action: Any  # UNKNOWN where nothing is known of it
    next: Any
    reward: Any
    over: Any  # 0, TERMINATED or TRUNCATED: whether its episode ends with the step, or is cut


def batch_of(episodes: Iterable[Sequence[Step]], states: int | None) -> tuple[Batch, int]:
    """A batch from lists of (state, reward, next state or None at the end), and the number of its states.

    Raises:
        ConfigError: an episode does not go on where its step before arrived, or numbers are out of range.
    """
    columns: list[tuple[int, int, float, int]] = []
    for number, episode in enumerate(episodes):
        before: int | None = None
        for step, (state, reward, following) in enumerate(episode):
            where = f"batch: episode {number}, step {step}"
            last = step == len(episode) - 1
            for name, found in (("state", state), ("next state", following)):
                whole = isinstance(found, int | np.integer) and not isinstance(found, bool)
                inside = whole and 0 <= (-1 if found is None else found) < (states or 2**26)
                if not (inside or (name == "next state" and found is None)):
                    bound = "from 0" if states is None else f"from 0 to {states - 1}"
                    raise ConfigError(f"{where}: {name}: expected an integer {bound}, got {found!r}")
            if not np.isfinite(reward):
                raise ConfigError(f"{where}: reward: expected a finite number, got {reward!r}")
            if (step > 0 and state != before) or (following is None and not last):
                raise ConfigError(
                    f"{where}: expected it to go on from where the step before arrived, got {state} after {before}"
                )
            before = following
            over = TERMINATED if following is None else TRUNCATED if last else 0
            columns.append((int(state), int(state if following is None else following), float(reward), over))
    if not columns:
        raise ConfigError("batch: expected at least one step, got none")
    state, following, reward, over = (np.array(column) for column in zip(*columns, strict=True))
    arrays = (state, np.full(len(state), UNKNOWN), following, reward.astype(np.float64), over)
    return Batch(*arrays), states or int(max(state.max(), following.max())) + 1


def batch_of_rows(rows: Mapping[str, npt.NDArray[Any]], actions: int) -> Batch:
    """A batch from the rows of a trace."""
    cell = rows["cell"].astype(np.int64)
    state, action = np.divmod(cell & CELL, actions)
    return Batch(state, action, rows["next"].astype(np.int64), rows["reward"], cell & OVER)


@kernel
def sweep_batch(v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float) -> None:
    """The place of an algorithm's own sweep: fill `target` [K] from `v` [S], and add all increments to `change` [S]."""


@kernel
def one_sweep(v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float) -> float:
    """Sweep once over the batch, then change the values by what was added up; returns the largest change."""
    for state in range(len(v)):
        change[state] = 0.0
    sweep_batch(v, change, batch, step_size, target, discount)
    largest = 0.0
    for state in range(len(v)):
        largest = max(largest, abs(change[state]))
        v[state] = v[state] + change[state]
    return largest


@kernel
def batch_increment(v: Any, change: Any, state: int, target: float, step_size: float) -> None:
    """Add what one step asks for, computed from `v` [S], to `change` [S], in place."""
    change[state] = change[state] + step_size * (target - v[state])


def visits(batch: Batch, states: int) -> npt.NDArray[np.int64]:
    """N(s), how often each state is met in the batch, [S]."""
    return np.bincount(batch.state, minlength=states)


def step_sizes(settings: Mapping[str, Any], batch: Batch) -> npt.NDArray[np.float64]:
    """α of each state [S]: the number in the settings, or 1 / N(s)."""
    if settings["per_visit"]:
        return 1.0 / np.maximum(1, visits(batch, settings["states"]))
    return np.full(settings["states"], float(settings["step_size"]))


class Sweeper:
    """One algorithm's sweep over one batch, on tables that it is given."""

    def __init__(self, sweep: Kernel, settings: Mapping[str, Any], model: Model) -> None:
        self.batch = Batch(*(model[name] for name in Batch._fields))
        self.kernel = one_sweep.using(sweep_batch=sweep)
        self.discount = float(settings["discount"])
        self.step_size = step_sizes(settings, self.batch)
        self.change = np.empty(settings["states"])
        self.target = np.empty(len(self.batch.state))

    def __call__(self, tables: Tables, compiled: bool) -> float:
        """One sweep; returns the largest change."""
        return self.kernel.run(compiled, tables["v"], self.change, self.batch, self.step_size, self.target, self.discount)


Tree = Callable[[dict[str, Any], Batch, npt.NDArray[np.float64], int], Component]


def batch_rule(name: str, spec: BackupSpec, sweep: Kernel, tree: Tree) -> Rule:
    """The rule of a batch learner, registered.

    Args:
        name, spec: the algorithm's name and its backup diagram.
        sweep: its kernel in the place of `sweep_batch`.
        tree: `tree(settings, batch, values, k)`: the tree of the target of step k from the values [S] before the sweep.
    """

    def replay(
        settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
        details: Details | None, compiled: bool,
    ) -> None:  # fmt: skip
        sweeper = Sweeper(sweep, settings, model)
        for i in range(len(block["sweep"])):
            if details is not None:
                details["before"][i] = tables["v"]
            sweeper(tables, compiled)
            if details is not None:
                details["target"][i] = sweeper.target

    def read(settings: dict[str, Any], model: Model, row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
        k, batch, values = details["within"], Batch(*(model[name] for name in Batch._fields)), details["before"]
        state = int(batch.state[k])
        old, target, step_size = float(values[state]), float(details["target"][k]), float(step_sizes(settings, batch)[state])
        return Backup(
            index=index,
            algorithm=spec.name,
            components=(tree(settings, batch, values, k),),
            target=target,
            td_error=target - old,
            old=old,
            new=old + step_size * (target - old),
            step_size=step_size,
            discount=settings["discount"],
            source="replay",
        )

    def columns(settings: dict[str, Any], model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"target": f"({len(model['state'])},)f8"}, {"before": f"({settings['states']},)f8"}

    return register(
        Rule(
            name=name,
            spec=spec,
            schema={"sweep": "u1"},
            replay=replay,
            read=read,
            details=columns,
            backups_each=lambda model: max(1, len(model["state"])),
            result=lambda settings, model, tables: (None, tables["v"]),
            check=check_batch,
        )
    )


def check_batch(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse a loaded batch that points outside the tables.

    Raises:
        ValueError: it does, or is of other kinds or lengths.
    """
    check_settings(settings, {"actions": 1, "states": 1}, ("discount", "step_size"))
    if not isinstance(settings["per_visit"], bool):
        raise ValueError(f"settings: per_visit: expected true or false, got {settings['per_visit']!r}")
    if set(tables) != {"v"} or set(model) != set(Batch._fields):
        raise ValueError(f"expected a table v and a batch, got {sorted(tables)} and {sorted(model)}")
    check_table("v", tables["v"], settings["states"])
    steps = np.shape(model["state"])
    for name in Batch._fields:
        kind = np.float64 if name == "reward" else np.int64
        if model[name].dtype != kind or model[name].shape != steps or len(steps) != 1 or not steps[0]:
            raise ValueError(f"batch {name}: expected a column of {np.dtype(kind)} as long as the others, got another")
    for name, low, high in (
        ("state", 0, settings["states"]),
        ("next", 0, settings["states"]),
        ("action", UNKNOWN, settings["actions"]),
    ):
        if model[name].min() < low or model[name].max() >= high:
            raise ValueError(f"batch {name}: expected numbers from {low} to below {high}, got others")
    known = np.isin(model["over"], (0, TERMINATED, TRUNCATED)).all()
    if not (known and model["over"][-1] and np.isfinite(model["reward"]).all()):
        raise ValueError("batch: expected whole episodes with finite rewards, got others")
