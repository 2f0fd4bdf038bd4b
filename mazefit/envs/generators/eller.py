"""A maze by Eller's algorithm: row by row, joining neighbours at random and letting each set of cells drop at least once.

Reference: M. Eller (1982), as told in J. Buck, "Mazes for Programmers" (2015), ch. 9. Bias: slight, the last row has few
walls. A row's sets never cross, so each is a ring: a cell's right-hand neighbour is in its set if it is next in the ring.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import BELOW, RIGHT
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each column's previous and next in the ring of its set: at first itself."""
    return np.arange(columns, dtype=np.int32), np.arange(columns, dtype=np.int32)


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    before: memoryview,
    after: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = random_state[0]
    for row in range(rows):
        last = row == rows - 1
        for c in range(columns - 1):
            x = advance(x)
            if after[c] != c + 1 and (last or below(x, 2) == 1):
                passages[row * columns + c] = RIGHT
                before[after[c]] = before[c + 1]
                after[before[c + 1]] = after[c]
                after[c] = c + 1
                before[c + 1] = c
        if last:
            break
        for c in range(columns):
            x = advance(x)
            if after[c] == c or below(x, 2) == 1:
                passages[row * columns + c] = passages[row * columns + c] | BELOW
            else:
                after[before[c]] = after[c]
                before[after[c]] = before[c]
                after[c] = c
                before[c] = c
    random_state[0] = x
