"""Breadth-first search backward from the goals: how far every cell of a grid is from the nearest one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.kernel import kernel, worth_compiling


@kernel
def breadth_first(walls: Any, rows: int, columns: int, distance: Any, queue: Any, tail: int) -> None:
    """Fill `distance` [S], given -1 everywhere but 0 at the goals that stand in `queue` [0:tail]."""
    head = 0
    while head < tail:
        cell = queue[head]
        head += 1
        column = cell % columns
        further = distance[cell] + 1
        for action in range(4):
            if action == 0:
                beside = cell - columns
                inside = beside >= 0
            elif action == 1:
                beside = cell + 1
                inside = column + 1 < columns
            elif action == 2:
                beside = cell + columns
                inside = beside < rows * columns
            else:
                beside = cell - 1
                inside = column > 0
            if inside and distance[beside] < 0 and not walls[beside]:
                distance[beside] = further
                queue[tail] = beside
                tail += 1


def distances_to(walls: npt.NDArray[np.bool_], goals: Sequence[int]) -> npt.NDArray[np.int32]:
    """Steps from every cell to its nearest goal.

    Args:
        walls: bools [R, C].
        goals: goal states.

    Returns:
        int32 [R * C]; -1 for walls and cells from which no goal can be reached.
    """
    distance = np.full(walls.size, -1, dtype=np.int32)
    distance[list(goals)] = 0
    queue = np.empty(walls.size, dtype=np.int32)
    queue[: len(goals)] = goals
    rows, columns = walls.shape
    breadth_first.run(worth_compiling(walls.size), walls.reshape(-1), rows, columns, distance, queue, len(goals))
    return distance
