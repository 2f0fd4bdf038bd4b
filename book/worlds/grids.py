"""The gridworlds: Figures 3.2 and 4.1, the windy one, the cliff, and the mazes of chapter 8."""

from collections.abc import Sequence

from book.worlds.build import DOWN, LEFT, MOVES, RIGHT, UP, Place, beside, grid, inside
from mazefit.envs import TabularMDP

KINGS = (*MOVES, (-1, -1), (-1, 1), (1, -1), (1, 1))
WIND = (0, 0, 0, 1, 1, 1, 2, 2, 1, 0)
DYNA_WALLS = ((1, 2), (2, 2), (3, 2), (4, 5), (0, 7), (1, 7), (2, 7))


def special_states() -> TabularMDP:
    """Figure 3.2: 5 x 5; off the grid -1; from A (0, 1) to (4, 1) +10, from B (0, 3) to (2, 3) +5."""

    def step(here: Place, move: Place) -> tuple[Place, float, bool]:
        if here == (0, 1):
            return (4, 1), 10.0, False
        if here == (0, 3):
            return (2, 3), 5.0, False
        there = beside(here, move)
        return (there, 0.0, False) if inside(there, 5, 5) else (here, -1.0, False)

    return grid(5, 5, (2, 2), step)


def two_corners() -> TabularMDP:
    """Figure 4.1: 4 x 4, -1 a step, two corners end the episode."""
    ends = ((0, 0), (3, 3))

    def step(here: Place, move: Place) -> tuple[Place, float, bool]:
        there = beside(here, move)
        there = there if inside(there, 4, 4) else here
        return there, -1.0, there in ends

    return grid(4, 4, (1, 1), step, ends=ends)


def windy(moves: Sequence[Place] = MOVES) -> TabularMDP:
    """Example 6.5: 7 x 10, -1 a step, pushed upward by the wind of the column that is left."""

    def step(here: Place, move: Place) -> tuple[Place, float, bool]:
        row = min(max(here[0] + move[0] - WIND[here[1]], 0), 6)
        there = (row, min(max(here[1] + move[1], 0), 9))
        return there, -1.0, there == (3, 7)

    return grid(7, 10, (3, 0), step, ends=((3, 7),), moves=moves)


def cliff() -> TabularMDP:
    """Example 6.6: 4 x 12, -1 a step; stepping into the cliff costs 100 and leads back to the start."""

    def step(here: Place, move: Place) -> tuple[Place, float, bool]:
        there = beside(here, move)
        there = there if inside(there, 4, 12) else here
        if there[0] == 3 and 1 <= there[1] <= 10:
            return (3, 0), -100.0, False
        return there, -1.0, there == (3, 11)

    return grid(4, 12, (3, 0), step, ends=((3, 11),), walls=[(3, column) for column in range(1, 11)])


def maze(
    rows: int, columns: int, start: Place, goals: Sequence[Place], walls: Sequence[Place], step_reward: float = 0.0,
    goal_reward: float = 1.0,
) -> TabularMDP:  # fmt: skip
    """A maze of chapter 8: a move into a wall stays; arriving at a goal pays 1, anything else 0."""

    def step(here: Place, move: Place) -> tuple[Place, float, bool]:
        there = beside(here, move)
        there = there if inside(there, rows, columns) and there not in blocked else here
        return there, goal_reward if there in goals else step_reward, there in goals

    blocked = set(walls)
    return grid(rows, columns, start, step, ends=goals, walls=walls)


def dyna_maze(scale: int = 1) -> TabularMDP:
    """Example 8.1: 6 x 9; at a higher resolution each cell becomes scale x scale cells."""

    def finer(places: Sequence[Place]) -> list[Place]:
        span = range(scale)
        return [(row * scale + i, column * scale + j) for row, column in places for i in span for j in span]

    start = (2 * scale + scale // 2, 0)
    return maze(6 * scale, 9 * scale, start, finer([(0, 8)]), finer(DYNA_WALLS))


def barrier(first: int, last: int) -> TabularMDP:
    """Examples 8.2 and 8.3: 6 x 9 with a wall across the fourth row, from column `first` to column `last`."""
    return maze(6, 9, (5, 3), [(0, 8)], [(3, column) for column in range(first, last + 1)])


__all__ = [
    "DOWN", "KINGS", "LEFT", "MOVES", "RIGHT", "UP", "barrier", "cliff", "dyna_maze", "maze", "special_states", "two_corners",
    "windy",
]  # fmt: skip
