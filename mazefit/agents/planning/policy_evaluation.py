"""Iterative policy evaluation: sweeps of the Bellman expectation backup for a fixed policy.

    v_{k+1}(s) = Σ_a π(a|s) Σ p(s', r | s, a) [r + γ v_k(s')]                 v = 0 at the end of an episode

With two arrays a sweep reads v_k alone; in place, state by state in row-major order, it reads its own newest values. At
discount 1 a state from which the policy does not surely end (or come to rest at reward 0) is worth -inf and is left out.

Reference: Sutton & Barto, 2nd edition, section 4.1 and equation 4.5.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import check_trace
from mazefit.agents.planning.compact import Compact
from mazefit.agents.planning.policy_tables import chain_of, check_probabilities, probabilities_of
from mazefit.agents.planning.process import start_values
from mazefit.agents.planning.sweep_rule import sweep_rule
from mazefit.agents.planning.sweeps import Sweeping, check_sweeping
from mazefit.agents.run import Run
from mazefit.agents.world import tables_of
from mazefit.backup.rule import Model, Rule, Tables
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems, set_plain
from mazefit.kernel import kernel, worth_compiling


@kernel
def policy_sweep(
    v: Any, order: Any, target: Any, policy: Any, in_place: bool, arrival: Any, kind: Any, chance: Any, gain: Any,
    offsets: Any, actions: int, discount: float,
) -> float:  # fmt: skip
    """v(s) ← Σ_a π(a|s) Σ p [r + γ v(s')] for every state of `order`; returns the largest change.

    Every write is seen at once where `in_place`, else all of them at the end. What the policy never does is left out.
    """
    change = 0.0
    for i in range(len(order)):
        mean = 0.0
        for cell in range(order[i] * actions, order[i] * actions + actions):
            if policy[cell] > 0.0:
                total = 0.0
                for entry in range(offsets[cell], offsets[cell + 1]):
                    total += chance[kind[entry]] * (gain[kind[entry]] + discount * v[arrival[entry]])
                mean += policy[cell] * total
        change = max(change, abs(mean - v[order[i]]))
        target[i] = mean
        if in_place:
            v[order[i]] = mean
    if not in_place:
        for i in range(len(order)):
            v[order[i]] = target[i]
    return change


def sweep(ready: Compact, tables: Tables, flag: int, compiled: bool) -> tuple[float, int]:
    """One sweep, in place where `flag` says so; returns the largest change."""
    policy = ready.model["policy"]
    return policy_sweep.run(compiled, ready.values, ready.order, ready.target, policy, bool(flag), *ready.process), 0


def _weights(settings: dict[str, Any], model: Model, details: dict[str, Any], state: int) -> npt.NDArray[np.float64]:
    return model["policy"].reshape(-1, settings["actions"])[state]


RULE = sweep_rule(
    "policy-evaluation", TEXTBOOK["v_pi"], "in_place", sweep, mean=lambda flag: _weights, check=check_probabilities
)


@dataclass(frozen=True)
class PolicyEvaluation:
    """The values of a fixed policy.

    Args:
        discount: γ, from 0 to 1.
        in_place: each state sees the newest values, those of the same sweep included (row by row); else two arrays.
        tolerance: stop after a sweep that changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "policy-evaluation"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 4.1"
    rule: ClassVar[Rule] = RULE

    discount: float = 1.0
    in_place: bool = False
    tolerance: float = 1e-12
    max_sweeps: int = 1_000_000

    def __post_init__(self) -> None:
        problems = check_sweeping(self)
        problems.instance("in_place", self.in_place, bool)
        problems.raise_if_any()
        set_plain(self)

    def solve(self, env: Any, policy: npt.ArrayLike | None = None, *, trace: bool | TraceOptions = False) -> Run:
        """Sweep until the values stand still.

        Args:
            env: a Maze, a TabularMDP, or an environment that offers its tables.
            policy: probabilities [S, A], or an action for each state [S]; None takes every action equally often.
            trace: record every sweep (each holds one backup a state).

        Raises:
            ConfigError: the policy is no such array.
            UnsupportedEnvError: the environment offers no tables.
            UnboundedValueError: at discount 1 the policy goes round for ever receiving a positive reward.
        """
        check_trace(trace)
        mdp = tables_of(env)
        problems = Problems("PolicyEvaluation.solve")
        probabilities = probabilities_of(policy, mdp, problems)
        problems.raise_if_any()
        v = start_values(chain_of(mdp, probabilities) if self.discount == 1.0 else mdp, self.discount)[0]
        order = np.flatnonzero(np.isfinite(v) & ~mdp.absorbing).astype(np.int32)
        compiled = worth_compiling(mdp.states * mdp.actions)
        flat_policy = probabilities.reshape(-1)
        back_up = Sweeping(sweep, self, mdp, {"v": v}, order, trace, compiled, policy=flat_policy)
        change = np.inf
        while back_up.goes_on(change):
            change = back_up(int(self.in_place))
        return back_up.run
