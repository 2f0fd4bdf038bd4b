"""Where the straight pieces of a network's curve meet, exactly.

A network of linear layers and (leaky) ReLUs with one input draws a line made of straight pieces: each unit bends the curve
where its own sum passes through zero. Layer by layer, between the bends known so far, every unit's sum is a straight line, so
its zero is known exactly.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mazefit.tasks.points import Numbers

FLAT = 1e-6  # relative to the steepest piece: slopes that differ by less are one slope


def bends(
    weights: Sequence[npt.ArrayLike], biases: Sequence[npt.ArrayLike], slope: float, low: float, high: float
) -> tuple[Numbers, Numbers]:
    """The curve as a chain of straight pieces.

    Args:
        weights: of each layer, [units, inputs], as a PyTorch layer has them; the first has one input, the last one unit.
        biases: of each layer, [units].
        slope: of the activation below zero: 0 for ReLU, 0.2 for the leaky ReLU, 1 for none at all.
        low: left end.
        high: right end.

    Returns:
        The corners x [K] and the curve's height there [K], both ends included.
    """
    at = np.array([low, high], dtype=np.float64)
    layers = [(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64)) for w, b in zip(weights, biases, strict=True)]
    values = at[:, None]  # [K, units]
    for w, b in layers[:-1]:
        sums = values @ w.T + b
        at, sums = _with_zeros(at, sums)
        values = np.where(sums > 0, sums, slope * sums)
    w, b = layers[-1]
    return at, (values @ w.T + b)[:, 0]


def kinks(weights: Sequence[npt.ArrayLike], biases: Sequence[npt.ArrayLike], slope: float, low: float, high: float) -> Numbers:
    """Where the curve's slope changes between `low` and `high`, ascending, [k]; arguments are those of `bends`."""
    at, height = bends(weights, biases, slope, low, high)
    apart = np.append(True, np.diff(at) > 1e-9 * (high - low))  # corners that lie on one another are one
    at, height = at[apart], height[apart]
    steep = np.diff(height) / np.diff(at)
    turned = np.abs(np.diff(steep)) > FLAT * max(float(np.abs(steep).max()), 1e-300)
    return at[1:-1][turned]


def _with_zeros(at: Numbers, sums: Numbers) -> tuple[Numbers, Numbers]:
    """The corners with those added at which a unit's sum passes through zero, and the sums at all of them."""
    left, right = sums[:-1], sums[1:]
    pieces, units = np.nonzero(left * right < 0)
    share = left[pieces, units] / (left[pieces, units] - right[pieces, units])
    found = at[pieces] + share * (at[pieces + 1] - at[pieces])
    all_at = np.unique(np.concatenate([at, found]))
    return all_at, np.stack([np.interp(all_at, at, column) for column in sums.T], axis=1)
