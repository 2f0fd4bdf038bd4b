"""Policy iteration: evaluate the policy until its values stand still, make it greedy, and so on until it stays as it is.

    evaluation    v(s) ← Σ p(s', r | s, π(s)) [r + γ v(s')]          sweeps in place
    improvement   π(s) ← argmax_a Σ p(s', r | s, a) [r + γ v(s')]

A state keeps its action while that is among the maximisers (within 1e-12, relative), else it takes the first: two actions that
tie would otherwise take turns for ever. The first policy takes action 0; at discount 1 it is one that surely ends.

Reference: Sutton & Barto, 2nd edition, section 4.3; Howard (1960), Dynamic Programming and Markov Processes.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mazefit.agents.door import check_trace
from mazefit.agents.planning.compact import Compact
from mazefit.agents.planning.policy_tables import check_actions, chosen_action, first_policy
from mazefit.agents.planning.process import start_values
from mazefit.agents.planning.sweep_rule import sweep_rule
from mazefit.agents.planning.sweeps import Sweeping, check_sweeping
from mazefit.agents.run import Run
from mazefit.agents.world import tables_of
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import TraceOptions
from mazefit.errors import set_plain
from mazefit.kernel import kernel, worth_compiling


@kernel
def improve(
    v: Any, order: Any, target: Any, policy: Any, slack: float, arrival: Any, kind: Any, chance: Any, gain: Any,
    offsets: Any, actions: int, discount: float,
) -> int:  # fmt: skip
    """π(s) ← argmax_a Σ p [r + γ v(s')], the maximum kept in `target`; returns how many states changed their action.

    A state keeps its action while that is worth the maximum, less `slack` (relative).
    """
    changed = 0
    for i in range(len(order)):
        first = order[i] * actions
        present = first + int(policy[order[i]])
        best = held = 0.0
        chosen = first
        for cell in range(first, first + actions):
            total = 0.0
            for entry in range(offsets[cell], offsets[cell + 1]):
                total += chance[kind[entry]] * (gain[kind[entry]] + discount * v[arrival[entry]])
            if cell == present:
                held = total
            if cell == first or total > best:
                best = total
                chosen = cell
        target[i] = best
        if held < best - slack * max(1.0, abs(best)):
            policy[order[i]] = chosen - first
            changed += 1
    return changed


@kernel
def follow(
    v: Any, order: Any, target: Any, policy: Any, arrival: Any, kind: Any, chance: Any, gain: Any, offsets: Any,
    actions: int, discount: float,
) -> float:  # fmt: skip
    """v(s) ← Σ p [r + γ v(s')] of the action π(s) for every state of `order`, in place; returns the largest change."""
    change = 0.0
    for i in range(len(order)):
        cell = order[i] * actions + int(policy[order[i]])
        total = 0.0
        for entry in range(offsets[cell], offsets[cell + 1]):
            total += chance[kind[entry]] * (gain[kind[entry]] + discount * v[arrival[entry]])
        change = max(change, abs(total - v[order[i]]))
        v[order[i]] = target[i] = total
    return change


def sweep(ready: Compact, tables: Tables, flag: int, compiled: bool) -> tuple[float, int]:
    """A sweep of evaluation, after an improvement where `flag` says so; returns the largest change, and actions changed."""
    head = ready.values, ready.order, ready.target, tables["policy"]
    changed = improve.run(compiled, *head, 1e-12, *ready.process) if flag else 0
    return follow.run(compiled, *head, *ready.process), changed


RULE = sweep_rule(
    "policy-iteration", TEXTBOOK["v_pi"], "improve", sweep,
    in_place=lambda flag: True, mean=lambda flag: chosen_action, check=check_actions, improves=True,
)  # fmt: skip


@dataclass(frozen=True)
class PolicyIteration:
    """Policy iteration, each policy evaluated by sweeps in place.

    Args:
        discount: γ, from 0 to 1.
        tolerance: a policy is evaluated until a sweep changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "policy-iteration"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 4.3"
    rule: ClassVar[Rule] = RULE

    discount: float = 1.0
    tolerance: float = 1e-12
    max_sweeps: int = 1_000_000

    def __post_init__(self) -> None:
        check_sweeping(self).raise_if_any()
        set_plain(self)

    def solve(self, env: Any, *, trace: bool | TraceOptions = False) -> Run:
        """Evaluate and improve until the policy, `run.tables["policy"]` [S], is stable.

        Args:
            env: a Maze, a TabularMDP, or an environment that offers its tables.
            trace: record every sweep (each holds one backup a state).

        Raises:
            UnsupportedEnvError: the environment offers no tables.
            UnboundedValueError: at discount 1 a cycle of positive reward makes values grow for ever.
        """
        check_trace(trace)
        mdp = tables_of(env)
        v, order = start_values(mdp, self.discount)
        tables = {"v": v, "policy": first_policy(mdp, self.discount)}
        compiled = worth_compiling(mdp.states * mdp.actions)
        back_up = Sweeping(sweep, self, mdp, tables, order, trace, compiled)
        change = np.inf
        while True:
            while back_up.goes_on(change):
                change = back_up(0)
            if not back_up.goes_on(np.inf):
                break
            change = back_up(1)
            if not back_up.changed:
                break
        return back_up.run
