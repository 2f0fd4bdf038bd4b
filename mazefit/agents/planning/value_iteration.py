"""Value iteration: sweeps of the Bellman optimality backup over all states, each computed from the sweep before.

    v_{k+1}(s) = max_a Σ p(s', r | s, a) [r + γ v_k(s')]                 v = 0 at the end of an episode

A sweep backs up every state in which there is something to choose. At discount 1 the states from which no episode can end
are left out: their value is -inf.

Reference: Sutton & Barto, 2nd edition, section 4.4 and equation 4.10; Bellman (1957), Dynamic Programming.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mazefit.agents.door import check_trace
from mazefit.agents.planning.compact import Compact
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
def sweep(
    v: Any, order: Any, target: Any, in_place: bool, arrival: Any, kind: Any, chance: Any, gain: Any, offsets: Any,
    actions: int, discount: float,
) -> float:  # fmt: skip
    """v(s) ← max_a Σ p [r + γ v(s')] for every state of `order`; returns the largest change.

    Every write is seen at once where `in_place`, else all of them at the end.
    """
    change = 0.0
    for i in range(len(order)):
        best = 0.0
        first = order[i] * actions
        for cell in range(first, first + actions):
            total = 0.0
            for entry in range(offsets[cell], offsets[cell + 1]):
                total += chance[kind[entry]] * (gain[kind[entry]] + discount * v[arrival[entry]])
            if cell == first or total > best:
                best = total
        change = max(change, abs(best - v[order[i]]))
        target[i] = best
        if in_place:
            v[order[i]] = best
    if not in_place:
        for i in range(len(order)):
            v[order[i]] = target[i]
    return change


def two_arrays(ready: Compact, tables: Tables, flag: int, compiled: bool) -> tuple[float, int]:
    """One sweep from the values of the sweep before; returns the largest change."""
    return sweep.run(compiled, ready.values, ready.order, ready.target, False, *ready.process), 0


RULE = sweep_rule("value-iteration", TEXTBOOK["Value iteration"], "in_place", two_arrays, in_place=lambda flag: False)


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
        check_sweeping(self).raise_if_any()
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
        compiled = worth_compiling(mdp.states * mdp.actions)
        back_up = Sweeping(two_arrays, self, mdp, {"v": v}, order, trace, compiled)
        change = np.inf
        while back_up.goes_on(change):
            change = back_up(0)
        return back_up.run
