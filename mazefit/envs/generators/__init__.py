"""Mazes made by algorithm: ten ways to a perfect maze (one way between any two cells), and loops on request.

One algorithm, one file; each has a kernel `carve` that can be read from top to bottom, and a `scratch` that says what it
works with. Plain and compiled give the same maze, and a seed gives the same maze in every version.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mazefit.envs.generators import (
    aldous_broder,
    binary_tree,
    dfs,
    eller,
    hunt_and_kill,
    kruskal,
    prim,
    recursive_division,
    sidewinder,
    wilson,
)
from mazefit.envs.generators.grid import wall_grid
from mazefit.envs.generators.loops import closed_walls, open_walls
from mazefit.envs.generators.random_bits import seeded
from mazefit.errors import Problems
from mazefit.kernel import Kernel, numba_available

__all__ = ["ALGORITHMS", "MAX_GRID", "Algorithm", "generate_walls"]

MAX_GRID = 2**24  # cells and walls together
COMPILED_FROM = 2500  # cells; below, plain Python is done before Numba is imported


class Algorithm(NamedTuple):
    """A kernel `carve(rows, columns, passages, random_state, *scratch(rows, columns))`."""

    carve: Kernel
    scratch: Callable[[int, int], tuple[NDArray[Any], ...]]


ALGORITHMS: dict[str, Algorithm] = {
    "dfs": Algorithm(dfs.carve, dfs.scratch),
    "prim": Algorithm(prim.carve, prim.scratch),
    "kruskal": Algorithm(kruskal.carve, kruskal.scratch),
    "wilson": Algorithm(wilson.carve, wilson.scratch),
    "aldous-broder": Algorithm(aldous_broder.carve, aldous_broder.scratch),
    "eller": Algorithm(eller.carve, eller.scratch),
    "sidewinder": Algorithm(sidewinder.carve, sidewinder.scratch),
    "binary-tree": Algorithm(binary_tree.carve, binary_tree.scratch),
    "recursive-division": Algorithm(recursive_division.carve, recursive_division.scratch),
    "hunt-and-kill": Algorithm(hunt_and_kill.carve, hunt_and_kill.scratch),
}


def generate_walls(
    rows: int,
    columns: int,
    algorithm: str = "wilson",
    seed: int = 0,
    loops: float = 0.0,
    *,
    compiled: bool | None = None,
) -> NDArray[np.bool_]:
    """Make a maze of rows x columns cells.

    Args:
        rows: number of rows of cells, at least 1.
        columns: number of columns of cells, at least 1; a maze of one cell is refused.
        algorithm: a name in ALGORITHMS.
        seed: a non-negative integer; the same seed gives the same maze.
        loops: share of the remaining inner walls to open, 0 (a perfect maze) to 1 (no wall between neighbours).
        compiled: run compiled or plain; None = compiled from 2,500 cells on where Numba is installed.

    Returns:
        bool [2 rows - 1, 2 columns - 1], True where there is a wall; cell (r, c) stands at [2 r, 2 c].

    Raises:
        ConfigError: an argument is out of range or unknown; every wrong one is named.
    """
    _check(rows, columns, algorithm, seed, loops)
    fast = rows * columns >= COMPILED_FROM and numba_available() if compiled is None else compiled
    thin = min(rows, columns) == 1  # one perfect maze only, which a random walk finds in rows^2 * columns^2 steps
    carve, scratch = ALGORITHMS["binary-tree" if thin else algorithm]
    passages = np.zeros(rows * columns, np.uint8)
    random_state = seeded(seed)
    carve.run(fast, rows, columns, passages, random_state, *scratch(rows, columns))
    if loops > 0:
        closed = closed_walls(passages, rows, columns)
        open_walls.run(fast, math.floor(loops * len(closed) + 0.5), passages, random_state, closed)
    return wall_grid(passages, rows, columns)


def _check(rows: object, columns: object, algorithm: object, seed: object, loops: object) -> None:
    problems = Problems("maze generator")
    problems.integer("rows", rows, 1)
    problems.integer("columns", columns, 1)
    if isinstance(rows, int) and isinstance(columns, int) and not problems.sentences:
        problems.check(rows * columns > 1, "rows, columns: expected at least two cells, got 1 x 1 (start would be goal)")
        grid = (2 * rows - 1) * (2 * columns - 1)
        size = f"rows, columns: expected (2 rows - 1) (2 columns - 1) <= {MAX_GRID:,}, got {grid:,}"
        problems.check(grid <= MAX_GRID, size)
    problems.choice("algorithm", algorithm, ALGORITHMS)
    problems.integer("seed", seed, 0)
    problems.number("loops", loops, 0.0, 1.0)
    problems.raise_if_any()
