"""A maze by recursive division: split an open room by a wall with one gap, across its longer side, and so on in both parts.

Reference: J. Buck, "Mazes for Programmers" (2015), ch. 11. Bias: strong, long straight walls whose single gaps must be
passed; the way from one side of the first wall to the other is always through its gap.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import BELOW, RIGHT
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.int32]]:
    """The rooms still to be split, each as first cell, height, width: at most one for each split around the present one."""
    return (np.empty(3 * (rows + columns), np.int32),)


@kernel
def carve(rows: int, columns: int, passages: memoryview, random_state: memoryview, rooms: memoryview) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    for row in range(rows):
        for column in range(columns):
            open_right = RIGHT if column < columns - 1 else 0
            open_below = BELOW if row < rows - 1 else 0
            passages[row * columns + column] = open_right + open_below
    x = random_state[0]
    rooms[0], rooms[1], rooms[2] = 0, rows, columns
    count = 1
    while count > 0:
        count -= 1
        corner, height, width = rooms[3 * count], rooms[3 * count + 1], rooms[3 * count + 2]
        if height == 1 or width == 1:
            continue
        x = advance(x)
        coin = below(x, 2)
        x = advance(x)
        if height > width or (height == width and coin == 0):
            part = 1 + below(x, height - 1)
            edge = corner + (part - 1) * columns
            x = advance(x)
            gap = edge + below(x, width)
            for cell in range(edge, edge + width):
                if cell != gap:
                    passages[cell] = passages[cell] & RIGHT
            second = edge + columns
            rooms[3 * count + 1], rooms[3 * count + 2] = part, width
            rooms[3 * count + 3], rooms[3 * count + 4], rooms[3 * count + 5] = second, height - part, width
        else:
            part = 1 + below(x, width - 1)
            edge = corner + part - 1
            x = advance(x)
            gap = edge + below(x, height) * columns
            for cell in range(edge, edge + height * columns, columns):
                if cell != gap:
                    passages[cell] = passages[cell] & BELOW
            rooms[3 * count + 1], rooms[3 * count + 2] = height, part
            rooms[3 * count + 3], rooms[3 * count + 4], rooms[3 * count + 5] = edge + 1, height, width - part
        count += 2
    random_state[0] = x
