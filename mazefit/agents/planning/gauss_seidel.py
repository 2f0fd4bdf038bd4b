"""Value iteration in place: each state is backed up from the newest values, those of the same sweep included.

    v(s) ← max_a Σ p(s', r | s, a) [r + γ v(s')]                 s by s, in the order of `run.model["order"]`

The order goes backward from where episodes end, level by level (breadth first), and the values begin below the optimal ones:
each sweep carries the value of the end through all levels at once. With equal step rewards and certain outcomes the first
sweep is exact, and the second sees it.

Reference: Sutton & Barto, 2nd edition, sections 4.4 and 4.5 (asynchronous dynamic programming); Bertsekas & Tsitsiklis (1989).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mazefit.agents.door import check_trace
from mazefit.agents.planning.backward_order import backward_order, low_values
from mazefit.agents.planning.compact import Compact
from mazefit.agents.planning.process import start_values
from mazefit.agents.planning.sweep_rule import sweep_rule
from mazefit.agents.planning.sweeps import Sweeping, check_sweeping
from mazefit.agents.planning.value_iteration import sweep
from mazefit.agents.run import Run
from mazefit.agents.world import tables_of
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import TraceOptions
from mazefit.errors import set_plain
from mazefit.kernel import worth_compiling


def in_place(ready: Compact, tables: Tables, flag: int, compiled: bool) -> tuple[float, int]:
    """One sweep from the newest values; returns the largest change."""
    return sweep.run(compiled, ready.values, ready.order, ready.target, True, *ready.process), 0


RULE = sweep_rule("gauss-seidel-value-iteration", TEXTBOOK["Value iteration"], "in_place", in_place, in_place=lambda flag: True)


@dataclass(frozen=True)
class GaussSeidelValueIteration:
    """Value iteration in place, backward from where episodes end.

    Args:
        discount: γ, from 0 to 1.
        tolerance: stop after a sweep that changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "gauss-seidel-value-iteration"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 4.5"
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
            UnboundedValueError: at discount 1 a cycle of positive reward makes values grow for ever.
        """
        check_trace(trace)
        mdp = tables_of(env)
        v, states = start_values(mdp, self.discount)
        compiled = worth_compiling(mdp.states * mdp.actions)
        order = backward_order(mdp, states, self.discount, compiled)
        tables = {"v": low_values(mdp, v, self.discount)}
        back_up = Sweeping(in_place, self, mdp, tables, order, trace, compiled)
        change = np.inf
        while back_up.goes_on(change):
            change = back_up(1)
        return back_up.run
