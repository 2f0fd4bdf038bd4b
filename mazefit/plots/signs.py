"""Arrows as one path."""

import numpy as np
import numpy.typing as npt
from matplotlib.path import Path

# An arrow upward in a unit square, y down: from near the middle to near the edge, so that four of them make a cross.
ARROW = np.array([(0.46, 0.46), (0.46, 0.24), (0.37, 0.24), (0.5, 0.06), (0.63, 0.24), (0.54, 0.24), (0.54, 0.46)]) - 0.5


def arrows(states: npt.NDArray[np.int64], actions: npt.NDArray[np.int64], columns: int, size: float, raised: float) -> Path:
    """Arrows as one path in cell coordinates (x right, y down).

    Args:
        states: where each stands, [N].
        actions: where each points, [N]: 0 up, 1 right, 2 down, 3 left.
        columns: columns of the grid.
        size: side of the square that four arrows fill, in cells.
        raised: how far above the cell's middle they stand, in cells.
    """
    turned = [ARROW]
    for _ in range(3):
        turned.append(np.stack([-turned[-1][:, 1], turned[-1][:, 0]], axis=1))
    shapes = np.stack(turned)[actions] * size  # [N, 7, 2]
    middles = np.stack([states % columns + 0.5, states // columns + 0.5 - raised], axis=1)
    corners = shapes + middles[:, None, :]
    closed = np.concatenate([corners, corners[:, :1]], axis=1).reshape(-1, 2)
    codes = np.tile(np.array([Path.MOVETO, *[Path.LINETO] * 6, Path.CLOSEPOLY], dtype=np.uint8), len(states))
    return Path(closed, codes) if len(states) else Path(np.empty((0, 2)))
