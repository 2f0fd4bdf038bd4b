"""Modified policy iteration: between value iteration and policy iteration, by how long each policy is evaluated.

    improvement   v(s) ← max_a Σ p(s', r | s, a) [r + γ v(s')]   and π(s) its argmax          1 sweep
    evaluation    v(s) ← Σ p(s', r | s, π(s)) [r + γ v(s')]                                   m - 1 sweeps

m = 1 is value iteration, m → ∞ policy iteration. An improvement reads the values before it (two arrays), an evaluation its own
newest ones (in place); it ends early when they stand still. A state keeps its action while that is a maximiser, else it takes
the first. At discount 1 with m > 1, a policy that surely ends is evaluated first: from below, no endless one looks greedy.

Reference: Sutton & Barto, 2nd edition, section 4.6 (generalised policy iteration); Puterman & Shin (1978), Modified policy
iteration algorithms for discounted Markov decision problems, Management Science 24.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mazefit.agents.door import check_trace
from mazefit.agents.planning.compact import Compact
from mazefit.agents.planning.policy_iteration import follow, improve
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
def take_over(v: Any, order: Any, target: Any) -> float:
    """Set all values of a sweep at once; returns the largest change."""
    change = 0.0
    for i in range(len(order)):
        change = max(change, abs(target[i] - v[order[i]]))
        v[order[i]] = target[i]
    return change


def sweep(ready: Compact, tables: Tables, flag: int, compiled: bool) -> tuple[float, int]:
    """A sweep of improvement where `flag` says so, else of evaluation; returns the largest change, and actions changed."""
    head = ready.values, ready.order, ready.target
    if not flag:
        return follow.run(compiled, *head, tables["policy"], *ready.process), 0
    changed = improve.run(compiled, *head, tables["policy"], 0.0, *ready.process)
    return take_over.run(compiled, *head), changed


RULE = sweep_rule(
    "modified-policy-iteration", TEXTBOOK["Value iteration"], "improve", sweep,
    in_place=lambda flag: not flag, mean=lambda flag: None if flag else chosen_action, check=check_actions, improves=True,
)  # fmt: skip


@dataclass(frozen=True)
class ModifiedPolicyIteration:
    """Policy iteration whose evaluations stop after a few sweeps.

    Args:
        discount: γ, from 0 to 1.
        sweeps: m, how many sweeps go to each policy: one that improves it, the others to evaluate it.
        tolerance: stop after an improvement that changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "modified-policy-iteration"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 4.6"
    rule: ClassVar[Rule] = RULE

    discount: float = 1.0
    sweeps: int = 5
    tolerance: float = 1e-12
    max_sweeps: int = 1_000_000

    def __post_init__(self) -> None:
        problems = check_sweeping(self)
        problems.integer("sweeps", self.sweeps, 1)
        problems.raise_if_any()
        set_plain(self)

    def solve(self, env: Any, *, trace: bool | TraceOptions = False) -> Run:
        """Improve and evaluate in turn until an improvement changes nothing.

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
        while self.discount == 1.0 and self.sweeps > 1 and back_up.goes_on(change):
            change = back_up(0)
        change = np.inf
        while back_up.goes_on(change):
            change = left = back_up(1)
            for _ in range(self.sweeps - 1):
                if not back_up.goes_on(left):
                    break
                left = back_up(0)
        return back_up.run
