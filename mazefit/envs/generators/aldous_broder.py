"""A maze by the Aldous-Broder algorithm: walk at random until all cells are visited; a first entry carves its passage.

References: D. J. Aldous, "The random walk construction of uniform spanning trees" (1990); A. Broder, "Generating random
spanning trees" (1989). No bias: every perfect maze is equally likely; but the walk is long (Wilson's is shorter).
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import all_moves, join, steps
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.uint8]]:
    """The moves from each cell, the step table, and which cells were visited."""
    return all_moves(rows, columns), steps(columns), np.zeros(rows * columns, np.uint8)


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    moves: memoryview,
    step: memoryview,
    visited: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = advance(random_state[0])
    cell = below(x, rows * columns)
    visited[cell] = 1
    missing = rows * columns - 1
    while missing > 0:
        x = advance(x)
        neighbour = cell + step[moves[cell] * 12 + below(x, 12)]
        if visited[neighbour] == 0:
            visited[neighbour] = 1
            join(passages, cell, neighbour, columns)
            missing -= 1
        cell = neighbour
    random_state[0] = x
