"""New points on a map that stands: the old ones do not move, and new ones do not see each other.

t-SNE by openTSNE   each new point is moved until it lies as near to its old neighbours as t-SNE asks (perplexity 5)
PCA                 the same projection
quick               where its nearest old point lies, nothing between
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, Problems
from mazefit.supervised.embedding.affinities import Array
from mazefit.supervised.embedding.maps import Map, check_codes
from mazefit.supervised.embedding.spread import Axes


def place(mapped: Map, codes: npt.ArrayLike) -> Array:
    """Where new points belong.

    Args:
        mapped: the map.
        codes: of the new points, [m, d].

    Returns:
        [m, dimensions]

    Raises:
        ConfigError: the codes do not fit, or the map cannot take new points: scikit-learn's t-SNE.
    """
    settings = mapped.settings
    if settings.method == "tsne" and mapped.model is None:
        raise ConfigError(
            "place: expected a map that takes new points, got t-SNE by scikit-learn, which has none; openTSNE "
            "(`pip install mazefit[tsne]`), 'quick' and 'pca' have"
        )
    points = np.asarray(codes)
    problems = Problems("place")
    if check_codes(problems, "codes", points):
        wanted = mapped.codes.shape[1]
        problems.check(
            points.shape[1] == wanted, f"codes: expected {wanted} numbers a point, as the map's, got {points.shape[1]}"
        )
    problems.raise_if_any()
    points = np.ascontiguousarray(points, dtype=np.float64)
    if isinstance(mapped.model, Axes):
        return mapped.model.project(points)
    if settings.method == "quick":
        return _at_the_nearest(mapped, points)
    return _by_opentsne(mapped.model, mapped.plane, points)


def _at_the_nearest(mapped: Map, points: Array) -> Array:
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(mapped.codes)
    return mapped.plane[np.asarray(index.kneighbors(points, return_distance=False))[:, 0]]


def _by_opentsne(model: Any, plane: Array, points: Array) -> Array:
    n = len(plane)
    try:
        placed = model.transform(points, perplexity=min(5.0, n / 3), k=min(25, n))
        return np.array(placed, dtype=np.float64)
    finally:
        model[...] = plane  # it centres itself each time, by a rounding
