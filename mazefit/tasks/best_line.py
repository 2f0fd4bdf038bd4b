"""The best straight line through points, exactly: by squares, and by absolute values.

    least squares              (w, b) that make   mean (y - x w - b)²   smallest
    least absolute values      (w, b) that make   mean |y - x w - b|    smallest

Every descent on a line, and every network without an activation, is held against these.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError
from mazefit.tasks.points import Numbers


class Line(NamedTuple):
    """y = x w + b: `w` [d, k], `b` [k], and the mean loss at these, squared or absolute."""

    w: Numbers
    b: Numbers
    loss: float

    def __call__(self, x: npt.ArrayLike) -> Numbers:
        """The line at inputs [m, d]: outputs [m, k]."""
        return np.asarray(x, dtype=np.float64) @ self.w + self.b


def least_squares(x: npt.ArrayLike, y: npt.ArrayLike) -> Line:
    """The least-squares line, from the centred points (so that a far-away mean costs no digits).

    Args:
        x: inputs, [n, d].
        y: outputs, [n, k].

    Raises:
        ConfigError: other shapes, or no points.
    """
    inputs, outputs = _checked(x, y)
    middle, height = inputs.mean(axis=0), outputs.mean(axis=0)
    w = np.linalg.lstsq(inputs - middle, outputs - height, rcond=None)[0]
    b = height - middle @ w
    return Line(w, b, float(((inputs @ w + b - outputs) ** 2).mean()))


def least_absolute(x: npt.ArrayLike, y: npt.ArrayLike) -> Line:
    """The least-absolute-values line through points with one input and one output.

    There is a best line through two of the points. Turned about a point that it goes through, a line is best at a weighted
    median of the slopes to all other points. So: turn about the points on the line, one after the other, until no turn makes
    the loss smaller; the loss is linear between such turns, so nothing else can.

    Reference: Wesolowsky (1981), A new descent algorithm for the least absolute value regression problem.

    Args:
        x: inputs, [n, 1].
        y: outputs, [n, 1].

    Raises:
        ConfigError: other shapes, or all inputs alike.
    """
    inputs, outputs = _checked(x, y)
    if inputs.shape[1] != 1 or outputs.shape[1] != 1 or not np.ptp(inputs):
        raise ConfigError(
            f"least_absolute: expected one column of inputs that differ and one of outputs, got {inputs.shape}, {outputs.shape}"
        )
    across, up = inputs[:, 0], outputs[:, 0]
    start = least_squares(inputs, outputs)
    w, pivot = float(start.w[0, 0]), int(np.abs(up - across * start.w[0, 0] - start.b[0]).argmin())
    loss, waiting = np.inf, [pivot]
    while waiting:
        turn = waiting.pop()
        slope, turned = _best_turn(across, up, turn)
        if turned < loss * (1.0 - 1e-14):
            w, pivot, loss = slope, turn, turned
            away = np.abs(up - up[turn] - w * (across - across[turn]))
            waiting = [i for i in np.flatnonzero(away <= 1e-12 * np.abs(up).max()).tolist() if i != turn]
    return Line(np.array([[w]]), np.array([up[pivot] - w * across[pivot]]), loss)


def _best_turn(x: Numbers, y: Numbers, pivot: int) -> tuple[float, float]:
    """The best slope of a line through the point `pivot` (a weighted median) and its loss."""
    across, up = x - x[pivot], y - y[pivot]
    others = np.flatnonzero(across)
    slopes, weights = up[others] / across[others], np.abs(across[others])
    order = np.argsort(slopes, kind="stable")
    total = np.cumsum(weights[order])
    slope = float(slopes[order[int(np.searchsorted(total, total[-1] / 2))]])
    return slope, float(np.abs(up - slope * across).mean())


def _checked(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    inputs, outputs = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if inputs.ndim != 2 or outputs.ndim != 2 or len(inputs) != len(outputs) or not len(inputs):
        raise ConfigError(f"best line: expected x [n, d] and y [n, k] of at least one row, got {inputs.shape}, {outputs.shape}")
    return inputs, outputs
