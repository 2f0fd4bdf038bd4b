"""A maze by hunt and kill: walk to unvisited cells at random; where there is none, hunt row by row for the next to begin at.

Reference: J. Buck, "Mazes for Programmers" (2015), ch. 5. Bias: long corridors as in depth-first search, without its stack:
the hunt joins the first unvisited cell beside a visited one.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import all_moves, forbid, join, steps
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int32], NDArray[np.uint8]]:
    """The moves from each cell, those of them to unvisited cells, the step table, and which cells were visited."""
    moves = all_moves(rows, columns)
    return moves, moves.copy(), steps(columns), np.zeros(rows * columns, np.uint8)


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    moves: memoryview,
    unvisited: memoryview,
    step: memoryview,
    visited: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    cells = rows * columns
    x = advance(random_state[0])
    cell = below(x, cells)
    done = 0  # all cells before this one are visited
    while True:
        visited[cell] = 1
        forbid(unvisited, cell, columns)
        while unvisited[cell] != 0:
            x = advance(x)
            neighbour = cell + step[unvisited[cell] * 12 + below(x, 12)]
            join(passages, cell, neighbour, columns)
            cell = neighbour
            visited[cell] = 1
            forbid(unvisited, cell, columns)
        while done < cells and visited[done] == 1:
            done += 1
        if done == cells:
            break
        cell = done
        while visited[cell] == 1 or unvisited[cell] == moves[cell]:
            cell += 1
        x = advance(x)
        join(passages, cell, cell + step[(moves[cell] ^ unvisited[cell]) * 12 + below(x, 12)], columns)
    random_state[0] = x
