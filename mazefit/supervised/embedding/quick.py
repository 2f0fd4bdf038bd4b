"""A quick look: t-SNE's own gradient, the push of all on all summed on a grid instead of pair by pair, and few iterations.

    gradient_i = 4 Σ_j (e p_ij - q_ij) w_ij (y_i - y_j),    w_ij = (1 + |y_i - y_j|²)⁻¹,    q_ij = w_ij / Z

What pulls is a sum over the neighbours. What pushes are sums Σ_j K(y_i - y_j) c_j with smooth K: each point's c is shared out
to the four corners of its cell, the grid is convolved with K by a Fourier transform, and the sums are read back between the
corners (the idea of FIt-SNE, with straight lines for polynomials and a coarser grid). e exaggerates at first, as in t-SNE. No
chance is in it: the same codes give the same map. It is t-SNE stopped early, not another method.

Reference: Linderman et al. (2019), Fast interpolation-based t-SNE for improved visualization of single-cell RNA-seq data.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.supervised.embedding.affinities import Array, affinities
from mazefit.supervised.embedding.spread import widest

ITERATIONS, EXAGGERATED, EXAGGERATION = 250, 100, 12.0
MOMENTUM = (0.5, 0.8)  # while exaggerated, and after
CELL, FEWEST, MOST = 0.5, 48, 128  # side of a cell in the map's unit; cells along a side
LONGEST = 5.0  # of a step


def quick_map(
    codes: Array, perplexity: float, iterations: int = ITERATIONS, told: Callable[[int, int], None] | None = None
) -> tuple[Array, Any]:
    """A map in two dimensions.

    Args:
        codes: [n, d].
        perplexity: of the affinities.
        iterations: steps in all; two in five are exaggerated.
        told: called with the steps done and in all.

    Returns:
        The map [n, 2], and the affinities that it was made from.
    """
    near = affinities(codes, perplexity)
    plane = widest(codes, 2).project(codes)
    plane *= 1e-4 / plane[:, 0].std()
    n, exaggerated = len(codes), iterations * EXAGGERATED // ITERATIONS
    gains, step = np.ones_like(plane), np.zeros_like(plane)
    rows = np.repeat(np.arange(n), np.diff(near.indptr))
    pulls = near.astype(np.float32)
    columns, p = pulls.indices, pulls.data.copy()
    for i in range(iterations):
        e = EXAGGERATION if i < exaggerated else 1.0
        x, y = np.ascontiguousarray(plane.T, dtype=np.float32)
        across, up = x.take(rows) - x.take(columns), y.take(rows) - y.take(columns)
        np.divide(p, 1.0 + (across * across + up * up), out=pulls.data)  # p w of every pair
        pull = e * (pulls.sum(axis=1)[:, None] * plane - pulls @ plane)
        gradient = 4.0 * (pull - push(plane))
        gains = np.maximum(np.where(np.sign(gradient) != np.sign(step), gains + 0.2, gains * 0.8), 0.01)
        step = MOMENTUM[i >= exaggerated] * step - max(n / e / 4, 50.0) * gains * gradient
        step *= np.minimum(1.0, LONGEST / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-300))
        plane = plane + step
        plane -= plane.mean(axis=0)
        if told is not None:
            told(i + 1, iterations)
    return plane, near


def push(plane: Array) -> Array:
    """Σ_j q_ij w_ij (y_i - y_j) of every point of a map [n, 2], by a grid."""
    fft: Any = importlib.import_module("scipy.fft")
    low = plane.min(axis=0)
    reach = float(np.ptp(plane, axis=0).max()) or 1.0
    side = int(np.clip(reach / CELL, FEWEST, MOST))  # cells
    cell = reach / (side - 1) * (1 + 1e-9)
    at = (plane - low) / cell
    corner = at.astype(np.int64)
    share = at - corner  # how far to the next corner, [n, 2]
    nodes = side + 1
    size: int = fft.next_fast_len(2 * nodes, real=True)
    weights = [np.prod(np.where(turn, share, 1 - share), axis=1) for turn in TURNS]
    places = [(corner[:, 0] + turn[0]) * nodes + corner[:, 1] + turn[1] for turn in TURNS]
    middle = plane - plane.mean(axis=0)
    charges = np.stack([np.ones(len(plane)), middle[:, 0], middle[:, 1]])  # [3, n]
    grid = np.zeros((3, nodes * nodes))
    for weight, place in zip(weights, places, strict=True):
        grid += np.stack([np.bincount(place, weight * charge, nodes * nodes) for charge in charges])
    spectrum = fft.rfft2(grid.reshape(3, nodes, nodes).astype(np.float32), (size, size))
    offsets = np.minimum(np.arange(size), size - np.arange(size)) * cell
    kernel = (1.0 / (1.0 + np.square(offsets)[:, None] + np.square(offsets))).astype(np.float32)
    once, twice = fft.rfft2(np.stack([kernel, kernel * kernel]))
    fields: npt.NDArray[np.float32] = fft.irfft2(np.concatenate([spectrum[:1] * once, spectrum * twice]), (size, size))
    fields = fields[:, :nodes, :nodes].reshape(4, -1)
    found = sum(weight * fields[:, place] for weight, place in zip(weights, places, strict=True))
    total, near, near_x, near_y = np.asarray(found, dtype=np.float64)  # Σ w, Σ w², Σ w² y
    z = max(float((total - _itself(share, cell)).sum()), np.finfo(float).tiny)
    return (near[:, None] * middle - np.stack([near_x, near_y], axis=1)) / z


def _itself(share: Array, cell: float) -> Array:
    """What each point reads of its own share in Σ w: a little less than 1, for the grid has spread it."""
    along = share * share + (1 - share) * (1 - share)  # both ends of an edge with themselves, [n, 2]
    across = 1 - along  # and with each other
    same, edge, corner = 1.0, 1 / (1 + cell * cell), 1 / (1 + 2 * cell * cell)
    one_each = along[:, 0] * across[:, 1] + across[:, 0] * along[:, 1]
    return same * along.prod(axis=1) + edge * one_each + corner * across.prod(axis=1)


TURNS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])  # the corners of a cell
