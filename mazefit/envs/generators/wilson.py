"""A maze by Wilson's algorithm: from each cell walk at random to the tree, and add the walk with its loops erased.

Reference: D. B. Wilson, "Generating random spanning trees more quickly than the cover time" (1996). No bias: every
perfect maze is equally likely. Only the last exit from each cell is remembered, and following those erases the loops.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import all_moves, join, steps
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]:
    """The moves from each cell outside the tree (0 = in the tree), the step table, and the last exit from each cell."""
    return all_moves(rows, columns), steps(columns), np.empty(rows * columns, np.int32)


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    moves: memoryview,
    step: memoryview,
    exits: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = random_state[0]
    moves[rows // 2 * columns + columns // 2] = 0
    for first in range(rows * columns):
        cell = first
        while moves[cell] != 0:
            x = advance(x)
            exits[cell] = cell + step[moves[cell] * 12 + below(x, 12)]
            cell = exits[cell]
        cell = first
        while moves[cell] != 0:
            moves[cell] = 0
            join(passages, cell, exits[cell], columns)
            cell = exits[cell]
    random_state[0] = x
