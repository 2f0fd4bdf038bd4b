"""A maze by Kruskal's algorithm: take all pairs of neighbours in random order, join those not yet connected.

Reference: J. B. Kruskal, "On the shortest spanning subtree of a graph" (1956), with random weights; connected or not is
told by union-find with path halving (Tarjan & van Leeuwen 1984). Bias: many short dead ends, the same everywhere.
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators.grid import edges, join
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The pairs of neighbours, and each cell's parent in its set: at first itself."""
    return edges(rows, columns), np.arange(rows * columns, dtype=np.int32)


@kernel
def root(parents: memoryview, cell: int) -> int:
    """The cell that stands for the set of `cell`; on the way every other cell is moved to its grandparent."""
    while parents[cell] != cell:
        parents[cell] = parents[parents[cell]]
        cell = parents[cell]
    return cell


@kernel
def carve(
    rows: int,
    columns: int,
    passages: memoryview,
    random_state: memoryview,
    pairs: memoryview,
    parents: memoryview,
) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = random_state[0]
    left = len(pairs)
    missing = rows * columns - 1
    while missing > 0:
        x = advance(x)
        drawn = below(x, left)
        pair = pairs[drawn]
        left -= 1
        pairs[drawn] = pairs[left]
        cell = pair >> 1
        neighbour = cell + (columns if pair & 1 else 1)
        a = root(parents, cell)
        b = root(parents, neighbour)
        if a != b:
            parents[a] = b
            join(passages, cell, neighbour, columns)
            missing -= 1
    random_state[0] = x
