"""Whose policy moves when the walker does not: a saved run's, or the exact one. Its values, its greedy actions, its π."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.exact import Solution
from mazefit.agents.policies import maximisers
from mazefit.agents.run import Run
from mazefit.envs.maze import Maze
from mazefit.errors import DataError


@dataclass(frozen=True, eq=False)
class Guide:
    """A greedy policy with the values it is greedy for.

    Args:
        name: whose it is; empty for the exact one.
        q: action values [S, A].
        v: state values [S].
        episodes: how many episodes it was learned in; None where it was planned.
    """

    name: str
    q: npt.NDArray[np.float64]
    v: npt.NDArray[np.float64]
    episodes: int | None = None

    @classmethod
    def exact(cls, solution: Solution) -> "Guide":
        """The optimal policy."""
        return cls("", solution.q, solution.v)

    @classmethod
    def of_run(cls, run: Run, maze: Maze) -> "Guide":
        """The greedy policy of a run that was made in this maze, from its own start or from random ones.

        Raises:
            DataError: the run is of another maze, or of other rewards.
        """
        known = {maze.mdp().digest, maze.mdp(random_start=True).digest}
        shape = (maze.states, 4)
        q = run.q
        if run.environment not in known or q.shape != shape:
            got = f"one of {len(q)} states" if q.shape != shape else "one of another maze or with other rewards"
            raise DataError(f"run: expected a run made in this maze ({maze.rows} x {maze.columns} cells), got {got}")
        return cls(run.algorithm.name, q, run.v, run.episodes or None)

    def best(self, state: int) -> list[int]:
        """All greedy actions in a state, in rising order."""
        row: Any = maximisers(self.q[state])
        return [int(a) for a in np.flatnonzero(row)]

    def probabilities(self, state: int) -> list[float]:
        """π(a|s): the greedy actions share it evenly."""
        best = self.best(state)
        return [1.0 / len(best) if action in best else 0.0 for action in range(self.q.shape[1])]
