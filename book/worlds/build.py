"""A process out of a function that says what each action can lead to."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from mazefit.envs import TabularMDP

Outcome = tuple[float, int, float, bool]  # probability, arrival, reward, whether the episode ends
Place = tuple[int, int]
UP, RIGHT, DOWN, LEFT = (-1, 0), (0, 1), (1, 0), (0, -1)
MOVES = (UP, RIGHT, DOWN, LEFT)


def world(
    states: int, actions: int, outcomes: Callable[[int, int], Sequence[Outcome]], start: "int | npt.NDArray[np.float64]"
) -> TabularMDP:
    """The tables of a process.

    Args:
        states, actions: the sizes S and A.
        outcomes: outcomes(s, a), whose probabilities sum to 1; no outcomes at all make s absorbing.
        start: the start state, or probabilities [S].
    """
    cells = [list(outcomes(s, a)) or [(1.0, s, 0.0, True)] for s in range(states) for a in range(actions)]
    chance, arrival, reward, ended = (list(column) for column in zip(*(out for cell in cells for out in cell), strict=True))
    if all(len(cell) == 1 for cell in cells):
        shape = (states, actions)
        return TabularMDP(
            np.reshape(arrival, shape).astype(np.int32), np.reshape(reward, shape), np.reshape(ended, shape), start
        )
    offsets = np.concatenate([[0], np.cumsum([len(cell) for cell in cells])]).astype(np.int64)
    return TabularMDP(
        np.array(arrival, dtype=np.int32), reward, ended, start, probability=chance, offsets=offsets, actions=actions
    )


def grid(
    rows: int,
    columns: int,
    start: Place,
    step: Callable[[Place, Place], tuple[Place, float, bool]],
    *,
    ends: Sequence[Place] = (),
    walls: Sequence[Place] = (),
    moves: Sequence[Place] = MOVES,
) -> TabularMDP:
    """A deterministic gridworld; state = row · columns + column.

    Args:
        rows, columns: its size.
        start: where episodes begin.
        step: step(place, move) -> arrival, reward, whether the episode ends.
        ends, walls: places that are never acted in.
        moves: the actions, as (down, right).
    """
    closed = {*ends, *walls}

    def outcomes(state: int, action: int) -> list[Outcome]:
        here = divmod(state, columns)
        if here in closed:
            return []
        (row, column), reward, ended = step(here, moves[action])
        return [(1.0, row * columns + column, reward, ended)]

    return world(rows * columns, len(moves), outcomes, start[0] * columns + start[1])


def inside(place: Place, rows: int, columns: int) -> bool:
    """Whether a place lies on the grid."""
    return 0 <= place[0] < rows and 0 <= place[1] < columns


def beside(place: Place, move: Place) -> Place:
    """Where a move leads, grid or no grid."""
    return place[0] + move[0], place[1] + move[1]
