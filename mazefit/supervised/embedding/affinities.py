"""How near each point is to its neighbours, as t-SNE counts it; and what a map loses of that.

    p_j|i ∝ exp(-β_i |x_i - x_j|²) over the 3 · perplexity nearest, β_i such that 2^entropy = perplexity
    p_ij = (p_j|i + p_i|j) / 2n        q_ij = (1 + |y_i - y_j|²)⁻¹ / Z,    Z = Σ_k≠l (1 + |y_k - y_l|²)⁻¹
    KL = Σ p_ij ln (p_ij / q_ij)

Here Z is summed over all pairs, a few rows at a time; the libraries' own KL takes a sum that was approximated, and differs from
this by about a hundredth. Reference: van der Maaten & Hinton (2008), Visualizing data using t-SNE.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
ROWS = 500  # rows of all distances that stand in memory at once
ROUNDS = 64  # halvings in the search of β


def neighbours(codes: Array, count: int) -> tuple[npt.NDArray[np.int64], Array]:
    """The nearest of each point among the others, by comparing all: indices and distances, [n, count] each, nearest first."""
    from sklearn.neighbors import NearestNeighbors

    distances, indices = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(codes).kneighbors()
    return np.asarray(indices, dtype=np.int64), np.asarray(distances, dtype=np.float64)


def affinities(codes: Array, perplexity: float) -> Any:
    """The matrix p_ij of codes [n, d], a SciPy sparse matrix [n, n] of sum 1."""
    from scipy.sparse import csr_array

    n = len(codes)
    count = min(n - 1, int(3 * perplexity + 1))
    indices, distances = neighbours(codes, count)
    shares = conditional(np.square(distances), perplexity)
    rows = csr_array((shares.ravel(), indices.ravel(), np.arange(0, n * count + 1, count)), shape=(n, n))
    both = ((rows + rows.T) / (2 * n)).tocsr()
    both.sort_indices()
    return both


def conditional(squared: Array, perplexity: float) -> Array:
    """p_j|i from squared distances to the neighbours [n, k]: each row sums to 1 and has that perplexity, as near as it goes.

    >>> conditional(np.array([[1.0, 1.0, 4.0]]), 2.0).round(3)
    array([[0.5, 0.5, 0. ]])
    """
    wanted = np.log(perplexity)
    beyond = squared - squared[:, :1]  # of the nearest: nothing overflows, and every row has a 1
    scale = np.maximum(beyond.mean(axis=1, keepdims=True), np.finfo(float).tiny)
    beyond = beyond / scale
    beta, low, high = np.ones((len(squared), 1)), np.zeros((len(squared), 1)), np.full((len(squared), 1), np.inf)
    shares = np.empty_like(beyond)
    for _ in range(ROUNDS):
        weights = np.exp(-beta * beyond)
        total = weights.sum(axis=1, keepdims=True)
        shares = weights / total
        entropy = np.log(total) + beta * (shares * beyond).sum(axis=1, keepdims=True)
        wide = entropy > wanted  # too many neighbours count: nearer
        low, high = np.where(wide, beta, low), np.where(wide, high, beta)
        beta = np.where(np.isinf(high), np.minimum(beta * 2, 1e12), (low + high) / 2)
    return shares


def divergence(near: Any, plane: Array) -> float:
    """KL of a map from the affinities, exactly.

    Args:
        near: p_ij, as `affinities` gives it, [n, n].
        plane: the map, [n, k].
    """
    total = -float(len(plane))  # of each point with itself
    squares = np.square(plane).sum(axis=1)
    for start in range(0, len(plane), ROWS):
        some = plane[start : start + ROWS]
        apart = squares[start : start + ROWS, None] + squares - 2.0 * some @ plane.T
        total += float((1.0 / (1.0 + np.maximum(apart, 0.0))).sum())
    pairs = near.tocoo()
    apart = np.square(plane[pairs.row] - plane[pairs.col]).sum(axis=1)
    seen = pairs.data > 0
    p = pairs.data[seen]
    return float((p * (np.log(p) + np.log1p(apart[seen]) + np.log(total))).sum())
