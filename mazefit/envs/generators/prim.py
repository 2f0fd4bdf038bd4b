"""A maze by the growing tree: choose any cell of the tree at random, grow it by a random neighbour that is not in it.

Reference: J. Buck, "Mazes for Programmers" (2015), ch. 11; the simple form of R. C. Prim's algorithm (1957), without
weights. Bias: short dead ends everywhere, around the cell where it began.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import all_moves, forbid, join, steps
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]:
    """The moves to cells outside the tree, the step table, and the tree's cells that may still grow."""
    return all_moves(rows, columns), steps(columns), np.empty(rows * columns, np.int32)


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    moves: memoryview,
    step: memoryview,
    active: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = advance(random_state[0])
    active[0] = below(x, rows * columns)
    forbid(moves, active[0], columns)
    count = 1
    while count > 0:
        x = advance(x)
        chosen = below(x, count)
        cell = active[chosen]
        if moves[cell] != 0:
            x = advance(x)
            neighbour = cell + step[moves[cell] * 12 + below(x, 12)]
            join(passages, cell, neighbour, columns)
            forbid(moves, neighbour, columns)
            active[count] = neighbour
            count += 1
        else:
            count -= 1
            active[chosen] = active[count]
    random_state[0] = x
