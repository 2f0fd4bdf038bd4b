"""A maze by depth-first search (recursive backtracker): walk to unvisited cells at random, go back where there is none.

Reference: J. Buck, "Mazes for Programmers" (2015), ch. 5. Bias: long winding corridors with few dead ends.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import all_moves, forbid, join, steps
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]:
    """The moves to unvisited cells, the step table, and the stack: the cells on the way back."""
    return all_moves(rows, columns), steps(columns), np.empty(rows * columns, np.int32)


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    moves: memoryview,
    step: memoryview,
    stack: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = advance(random_state[0])
    cell = below(x, rows * columns)
    forbid(moves, cell, columns)
    height = 0
    while height >= 0:
        if moves[cell] != 0:
            x = advance(x)
            neighbour = cell + step[moves[cell] * 12 + below(x, 12)]
            join(passages, cell, neighbour, columns)
            forbid(moves, neighbour, columns)
            stack[height] = cell
            height += 1
            cell = neighbour
        else:
            height -= 1
            cell = stack[height]
    random_state[0] = x
