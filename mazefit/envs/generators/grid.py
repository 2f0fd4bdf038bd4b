"""What the generators share: cells, the moves between them, and the passages that are carved.

Cell (row, column) is number row * columns + column. In `passages`, uint8 [rows * columns], bit 1 is a passage to the
cell on the right and bit 2 one to the cell below. In `moves` the bits 1, 2, 4, 8 are the moves up, right, down, left.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.kernel import kernel

RIGHT, BELOW = 1, 2

# The directions 0..3 (up, right, down, left) in each set of moves, repeated to twelve; no moves: a row never read.
_SETS = [[direction for direction in range(4) if moves >> direction & 1] or [0] for moves in range(16)]
_DIRECTIONS = np.array([directions * (12 // len(directions)) for directions in _SETS]).ravel()


def all_moves(rows: int, columns: int) -> NDArray[np.uint8]:
    """The moves that stay in the grid, uint8 [rows * columns + columns].

    The last `columns` elements belong to no cell: they are what lies below the last row and, as index -1 is the last
    element, above the first one. So `forbid` needs no test for the border.
    """
    moves = np.full((rows + 1, columns), 15, np.uint8)
    moves[0] &= 15 - 1
    moves[:, -1] &= 15 - 2
    moves[rows - 1] &= 15 - 4
    moves[:, 0] &= 15 - 8
    return moves.ravel()


def steps(columns: int) -> NDArray[np.int32]:
    """Steps to neighbouring cells, int32 [16 * 12]: elements 12 m .. 12 m + 11 hold those of the moves m, equally often.

    Twelve is divisible by 1, 2, 3 and 4: a number below 12 picks one of the moves, each with the same probability.
    """
    return np.array((-columns, 1, columns, -1), np.int32)[_DIRECTIONS]


def edges(rows: int, columns: int) -> NDArray[np.int32]:
    """Every pair of neighbours, int32 [edges]: 2 * cell for cell and its right, 2 * cell + 1 for cell and the one below."""
    cells = 2 * np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    return np.concatenate([cells[:, :-1].ravel(), cells[:-1].ravel() + np.int32(1)])


@kernel
def forbid(moves: memoryview, cell: int, columns: int) -> None:
    """Take the move to `cell` from its four neighbours; across the left and right border there is none to take."""
    moves[cell + columns] = moves[cell + columns] & 14
    moves[cell - 1] = moves[cell - 1] & 13
    moves[cell - columns] = moves[cell - columns] & 11
    moves[cell + 1] = moves[cell + 1] & 7


@kernel
def join(passages: memoryview, a: int, b: int, columns: int) -> None:
    """Carve the passage between the neighbouring cells `a` and `b`."""
    first = min(a, b)
    passages[first] = passages[first] | (BELOW if max(a, b) - first == columns else RIGHT)


def wall_grid(passages: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.bool_]:
    """Draw the cells with what is between them: bool [2 rows - 1, 2 columns - 1], True where there is a wall."""
    cells = passages.reshape(rows, columns)
    walls = np.ones((2 * rows - 1, 2 * columns - 1), np.bool_)
    walls[::2, ::2] = False
    walls[::2, 1::2] = (cells[:, :-1] & RIGHT) == 0
    walls[1::2, ::2] = (cells[:-1] & BELOW) == 0
    return walls
