"""The exact answer in a planner's clothes: the values of `solve`, and one sweep that shows each backup at the fixed point.

    v*(s) = max_a Σ p(s', r | s, a) [r + γ v*(s')]

Reference: Sutton & Barto, 2nd edition, section 3.6 and equation 3.19.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mazefit.agents.door import check_trace
from mazefit.agents.exact import solve
from mazefit.agents.planning.sweep_rule import sweep_rule
from mazefit.agents.planning.sweeps import Sweeping
from mazefit.agents.planning.value_iteration import two_arrays
from mazefit.agents.run import Run
from mazefit.agents.world import tables_of
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems, set_plain
from mazefit.kernel import worth_compiling

RULE = sweep_rule("exact", TEXTBOOK["Value iteration"], "in_place", two_arrays, in_place=lambda flag: False)


@dataclass(frozen=True)
class Exact:
    """Exact optimal values: backward from the goals, or by policy iteration with linear solves.

    The values are those of `solve` after one backup of each state, which changes them by no more than rounding does.

    Args:
        discount: γ, from 0 to 1.

    Raises:
        ConfigError: the discount is out of range.
    """

    name: ClassVar[str] = "exact"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 3.6"
    rule: ClassVar[Rule] = RULE
    max_sweeps: ClassVar[int] = 1
    tolerance: ClassVar[float] = 0.0

    discount: float = 1.0

    def __post_init__(self) -> None:
        problems = Problems("Exact")
        problems.number("discount", self.discount, 0.0, 1.0)
        problems.raise_if_any()
        set_plain(self)

    def solve(self, env: Any, *, trace: bool | TraceOptions = False) -> Run:
        """The exact values, and one sweep over them.

        Args:
            env: a Maze, a TabularMDP, or an environment that offers its tables.
            trace: record that sweep (one backup a state).

        Raises:
            UnsupportedEnvError: the environment offers no tables, or has random outcomes and too many states.
            UnboundedValueError: at discount 1 a cycle of positive reward makes values grow for ever.
        """
        check_trace(trace)
        mdp = tables_of(env)
        solution = solve(mdp, self.discount)
        order = np.flatnonzero(~solution.unreachable & ~mdp.absorbing).astype(np.int32)
        compiled = worth_compiling(mdp.states * mdp.actions)
        back_up = Sweeping(two_arrays, self, mdp, {"v": solution.v}, order, trace, compiled)
        if back_up.goes_on(np.inf):
            back_up(0)
        return back_up.run
