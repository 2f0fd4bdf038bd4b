"""Many mazes of one size as arrays, with the exact answer to each: what a network is shown, taught or held against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mazefit.agents.exact import solve
from mazefit.envs import Maze
from mazefit.envs.maze_rows import ACTION_COUNT
from mazefit.errors import ConfigError, Problems

WALLS, AGENT, START, GOALS = range(4)


@dataclass(frozen=True)
class LabelledMazes:
    """M mazes of one size, S = R * C states each.

    Args:
        mazes: the mazes.
        discount: γ of the values.
        planes: int8 [M, 4, R, C]: walls, nobody, start, goals.
        next_state: int64 [M, S, A].
        terminated: bools [M, S, A].
        inside: bools [M, S]: free cells that are no goals and from which one can be reached.
        starts: int64 [M].
        distances: int64 [M, S], steps to the nearest goal; -1 where there is none.
        q: exact action values [M, S, A]; 0 outside.
    """

    mazes: tuple[Maze, ...]
    discount: float
    planes: npt.NDArray[np.int8]
    next_state: npt.NDArray[np.int64]
    terminated: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]
    distances: npt.NDArray[np.int64]
    q: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.mazes)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each grid."""
        return self.planes.shape[2], self.planes.shape[3]

    def rows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Every maze with each of its inside states, as two arrays [rows]."""
        which, states = np.nonzero(self.inside)
        return which, states

    def observations(self, which: npt.NDArray[np.int64], states: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """What an agent sees in these states of these mazes, int8 [rows, 4, R, C], as `observation="grid"` shows it.

        Args:
            which: numbers of mazes, [rows].
            states: where the agent stands, [rows].
        """
        seen = self.planes[which]
        seen.reshape(len(which), 4, -1)[np.arange(len(which)), AGENT, states] = 1
        return seen


def label_mazes(
    mazes: Sequence[Maze], discount: float, *, step_reward: float = -1.0, goal_reward: float = 0.0
) -> LabelledMazes:
    """Solve many mazes exactly.

    Args:
        mazes: of one size.
        discount: γ.
        step_reward: received on arrival anywhere but at a goal (in a cell with a letter its own).
        goal_reward: received on arrival at a goal.

    Raises:
        ConfigError: there are none, or they differ in size.
        UnboundedValueError: at discount 1 there are no exact values with such rewards.
    """
    problems = Problems("label_mazes")
    problems.number("discount", discount, 0.0, 1.0)
    problems.check(len(mazes) > 0, "mazes: expected at least one, got none")
    problems.raise_if_any()
    sizes = sorted({maze.walls.shape for maze in mazes})
    if len(sizes) > 1:
        raise ConfigError(f"label_mazes: mazes: expected mazes of one size, got {len(sizes)}: {sizes}")
    (rows, columns), count = sizes[0], len(mazes)
    states = rows * columns
    planes = np.zeros((count, 4, rows, columns), np.int8)
    cells = (count, states, ACTION_COUNT)
    next_state, terminated, q = np.empty(cells, np.int64), np.empty(cells, np.bool_), np.zeros(cells)
    for number, maze in enumerate(mazes):
        mdp = maze.mdp(step_reward, goal_reward)
        planes[number, WALLS] = maze.walls
        planes[number, START].flat[maze.start] = 1
        planes[number, GOALS].flat[list(maze.goals)] = 1
        next_state[number], terminated[number] = mdp.next_state, mdp.terminated
        q[number] = solve(mdp, discount).q
    distances = np.stack([maze.distances() for maze in mazes])
    inside = distances > 0
    return LabelledMazes(
        tuple(mazes), discount, planes, next_state, terminated, inside, np.array([maze.start for maze in mazes]), distances,
        np.where(inside[:, :, None], q, 0.0),
    )  # fmt: skip
