"""Open more walls of a perfect maze, chosen at random without bias: each opened wall closes one loop.

A share s of W inner walls opens floor(s * W + 1/2) of them, by as many steps of a Fisher-Yates shuffle.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import edges
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def closed_walls(passages: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.int32]:
    """The walls between neighbouring cells, int32 [walls]: 2 * cell to the right of cell, 2 * cell + 1 below it."""
    pairs = edges(rows, columns)
    return pairs[(passages[pairs >> 1] >> (pairs & 1)) & 1 == 0]


@kernel
def open_walls(count: int, passages: memoryview, random_state: memoryview, walls: memoryview) -> None:
    """Open `count` of the walls."""
    x = random_state[0]
    for left in range(len(walls), len(walls) - count, -1):
        x = advance(x)
        drawn = below(x, left)
        cell = walls[drawn] >> 1
        passages[cell] = passages[cell] | (1 + (walls[drawn] & 1))
        walls[drawn] = walls[left - 1]
    random_state[0] = x
