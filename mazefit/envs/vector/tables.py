"""The tables of many mazes, one behind the other: what a vector environment steps through.

State s of maze m is row `base[m] + s` of every table. Rows of walls and goals absorb, as in `TabularMDP`; in the folded form
they lead back to their maze's start instead, with reward 0 and no end: the step after an episode's end is then the autoreset
that Gymnasium calls next-step, and costs nothing.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.maze import MOVES, Maze

Integers = npt.NDArray[np.int64]


class VectorTables:
    """The tables of the mazes in which environments 0 to N - 1 stand; a maze given several times is held once.

    Args:
        mazes: one maze of all environments, or one of each.
        count: number of environments N.
        step_reward: received on arrival in any free cell without a letter.
        goal_reward: received on arrival at a goal.
    """

    def __init__(self, mazes: Sequence[Maze], count: int, step_reward: float, goal_reward: float) -> None:
        self.step_reward, self.goal_reward = step_reward, goal_reward
        numbers: dict[int, int] = {}
        self.mazes: list[Maze] = []  # each once
        for maze in mazes:
            if id(maze) not in numbers:
                numbers[id(maze)] = len(self.mazes)
                self.mazes.append(maze)
        which = np.array([numbers[id(maze)] for maze in mazes], dtype=np.int64)
        self.which: Integers = which if len(which) == count else np.zeros(count, dtype=np.int64)  # [N]
        sizes = [maze.states for maze in self.mazes]
        self.base: Integers = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)  # [M + 1]
        self.states = int(self.base[-1])
        self.next_state: npt.NDArray[np.int32] = np.empty((self.states, len(MOVES)), dtype=np.int32)
        self.reward: npt.NDArray[np.float64] = np.empty((self.states, len(MOVES)), dtype=np.float64)
        self.terminated: npt.NDArray[np.bool_] = np.empty((self.states, len(MOVES)), dtype=np.bool_)
        self.mask: npt.NDArray[np.int8] = np.empty((self.states, len(MOVES)), dtype=np.int8)
        self.position: npt.NDArray[np.int64] = np.empty((self.states, 2), dtype=np.int64)
        self.absorbing: npt.NDArray[np.bool_] = np.empty(self.states, dtype=np.bool_)
        for first, last in _runs(self.mazes):
            self._fill(first, last, step_reward, goal_reward)

    # -- what each environment has --------------------------------------------------------------------------------------------

    @cached_property
    def offset(self) -> Integers:
        """The row of state 0 of each environment's maze, [N]."""
        return self.base[self.which]

    @cached_property
    def start(self) -> Integers:
        """The row of each environment's start, [N]."""
        return self._starts[self.which]

    @cached_property
    def goal(self) -> Integers:
        """The row of a goal of each environment, [N]; in the folded tables it leads to the start, whatever is done there."""
        return np.array([maze.goals[0] for maze in self.mazes], dtype=np.int64)[self.which] + self.offset

    @cached_property
    def distance(self) -> npt.NDArray[np.int64]:
        """Steps from each row to its maze's nearest goal, [T]; -1 where there is none."""
        return np.concatenate([maze.distances() for maze in self.mazes])

    @cached_property
    def beginnings(self) -> tuple[Integers, Integers, Integers]:
        """Rows from which a goal can be reached, maze by maze; and for each environment where its own begin and how many."""
        rows = np.flatnonzero(self.distance > 0)
        ends = np.searchsorted(rows, self.base)
        return rows, ends[:-1][self.which], np.diff(ends)[self.which]

    @cached_property
    def plain(self) -> bool:
        """Whether no cell has a reward of its own."""
        return not any(maze.rewards for maze in self.mazes)

    @property
    def alike(self) -> bool:
        """Whether all environments stand in one maze."""
        return len(self.mazes) == 1

    @cached_property
    def folded(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """`next_state`, `reward`, `terminated`, in which what absorbed leads to the start."""
        next_state, terminated = self.next_state.copy(), self.terminated.copy()
        back = np.repeat(self._starts, np.diff(self.base)).astype(np.int32)
        next_state[self.absorbing] = back[self.absorbing, None]
        terminated[self.absorbing] = False
        return next_state, self.reward, terminated

    # -- making them ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _starts(self) -> Integers:
        return np.array([maze.start for maze in self.mazes], dtype=np.int64) + self.base[:-1]

    def _fill(self, first: int, last: int, step_reward: float, goal_reward: float) -> None:
        """Fill the rows of mazes `first` to `last - 1`, which are of one size."""
        mazes, rows = self.mazes[first:last], slice(int(self.base[first]), int(self.base[last]))
        walls = np.stack([maze.walls for maze in mazes])  # [M, R, C]
        here = np.arange(rows.start, rows.stop, dtype=np.int32)  # [M * R * C]
        goals = np.zeros((len(mazes), mazes[0].states), dtype=np.bool_)
        worth = np.full(goals.shape, step_reward, dtype=np.float64)
        for number, maze in enumerate(mazes):
            goals[number, list(maze.goals)] = True
            for letter, value in maze.rewards.items():
                worth[number, maze.marks.reshape(-1) == ord(letter)] = value
        worth[goals] = goal_reward
        beside = neighbours(walls, here)  # [M * R * C, 4]
        absorbing = walls.reshape(-1) | goals.reshape(-1)
        next_state = np.where(absorbing[:, None], here[:, None], beside)
        arrival = next_state - np.int32(rows.start)
        self.next_state[rows], self.mask[rows], self.absorbing[rows] = next_state, beside != here[:, None], absorbing
        self.reward[rows] = np.where(absorbing[:, None], 0.0, worth.reshape(-1)[arrival])
        self.terminated[rows] = absorbing[:, None] | goals.reshape(-1)[arrival]
        self.position[rows] = np.tile(np.indices(walls.shape[1:]).reshape(2, -1).T, (len(mazes), 1))


def neighbours(walls: npt.NDArray[np.bool_], here: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Where each action leads from each cell, the cell beside it or, if that is not free, the cell itself.

    Args:
        walls: bools [M, R, C].
        here: the number of each cell, [M * R * C].

    Returns:
        int32 [M * R * C, 4].
    """
    cells = here.reshape(walls.shape)
    beside = np.repeat(here, len(MOVES)).reshape(*walls.shape, len(MOVES))
    for action, (down, right) in enumerate(MOVES):
        inner = (slice(None), _inner(down), _inner(right))
        outer = (slice(None), _inner(-down), _inner(-right))
        np.copyto(beside[(*inner, action)], cells[outer], where=~walls[outer])
    return beside.reshape(-1, len(MOVES))


def _inner(step: int) -> slice:
    """The rows (or columns) from which a step of +1, 0 or -1 stays inside."""
    return slice(0, -1) if step > 0 else slice(1, None) if step < 0 else slice(None)


def _runs(mazes: Sequence[Maze]) -> list[tuple[int, int]]:
    """Stretches of mazes of one size, so that each is filled at once."""
    shapes = [maze.walls.shape for maze in mazes]
    cuts = [0, *(i for i in range(1, len(shapes)) if shapes[i] != shapes[i - 1]), len(shapes)]
    return list(pairwise(cuts))


def packed(next_state: Any, reward: Any, terminated: Any) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64], int]:
    """The three tables in one: where each cell leads, the number of its reward and whether it ends the episode, in one integer.

    Returns:
        The table [T * 4], `place << bits | code` with place = 4 * row and code = 2 * number + end, as uint32 where that fits,
        else uint64; the rewards by code; and bits.
    """
    different, number = np.unique(reward.reshape(-1).view(np.int64), return_inverse=True)  # by bits: -0.0 stays itself
    code = number.reshape(-1) << 1 | terminated.reshape(-1)
    bits = max(2, int(2 * len(different) - 1).bit_length())
    entries = (next_state.reshape(-1).astype(np.int64) << 2 + bits | code).astype(np.uint64)
    table = entries.astype(np.uint32) if int(entries.max()) < 2**32 else entries
    return table, np.repeat(different.view(np.float64), 2), bits
