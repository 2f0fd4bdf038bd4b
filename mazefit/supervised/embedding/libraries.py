"""The two libraries that make t-SNE, asked for the same thing: PCA to begin with, learning rate by the number of points.

Both make the same bytes again on as many cores: openTSNE is given exact neighbours, for those that it would guess hang on the
order in which its threads run.
"""

import importlib
import importlib.util
from collections.abc import Callable
from functools import cache
from importlib.metadata import version as installed
from typing import Any, Literal

import numpy as np

from mazefit.errors import ConfigError
from mazefit.supervised.embedding.affinities import Array

ON_A_GRID = 5_000  # points from which openTSNE sums by a grid (2-D alone), below by a tree: at 6,000 a third of the time
FEW = 2_000  # points below which one thread is faster than several
TOLD = 10  # iterations between two reports


def has_opentsne() -> bool:
    """Whether openTSNE is installed; found without importing it."""
    return importlib.util.find_spec("openTSNE") is not None


def chosen(library: str) -> Literal["scikit-learn", "opentsne"]:
    """The library to take.

    Raises:
        ConfigError: openTSNE is asked for by name and not installed.
    """
    if library == "opentsne" and not has_opentsne():
        raise ConfigError("library: expected openTSNE to be installed, got none; `pip install mazefit[tsne]` brings it")
    return "opentsne" if library == "opentsne" or (library == "auto" and has_opentsne()) else "scikit-learn"


def version(name: str) -> str:
    """Name and version of an installed library."""
    return f"{name} {installed(name)}"


def by_scikit_learn(
    codes: Array, perplexity: float, iterations: int, exaggerated: int, dimensions: int, seed: int
) -> tuple[Array, float | None]:
    """t-SNE by scikit-learn: the map, and its KL (None where every iteration is an exaggerated one)."""
    from sklearn.manifold import TSNE

    made: Any = TSNE(
        n_components=dimensions, perplexity=float(perplexity), max_iter=iterations, init="pca", learning_rate="auto",
        random_state=seed, n_jobs=_cores(len(codes)),
    )  # fmt: skip
    plane = np.asarray(made.fit_transform(codes.astype(np.float32)), dtype=np.float64)
    return plane, float(made.kl_divergence_) if iterations > exaggerated else None


def by_opentsne(
    codes: Array,
    perplexity: float,
    iterations: int,
    exaggerated: int,
    dimensions: int,
    seed: int,
    told: Callable[[int, int], None] | None = None,
) -> tuple[Array, float, Any]:
    """t-SNE by openTSNE: the map, its KL, and what places new points."""
    parts: Any = importlib.import_module("openTSNE")
    affinity: Any = importlib.import_module("openTSNE.affinity")

    count = min(len(codes) - 1, max(1, int(3 * perplexity)))
    index = _exact_neighbours()(codes, count)
    near: Any = affinity.PerplexityBasedNN(
        perplexity=float(perplexity), knn_index=index, n_jobs=_cores(len(codes)), random_state=seed
    )
    grid = dimensions == 2 and len(codes) >= ON_A_GRID
    calls = None if told is None else [_Reports(told, exaggerated, iterations)]
    maker: Any = parts.TSNE(
        n_components=dimensions, perplexity=float(perplexity), early_exaggeration_iter=exaggerated,
        n_iter=iterations - exaggerated, initialization="pca", random_state=seed, n_jobs=_cores(len(codes)),
        negative_gradient_method="fft" if grid else "bh", callbacks=calls, callbacks_every_iters=TOLD,
    )  # fmt: skip
    made: Any = maker.fit(codes, affinities=near)
    found = np.array(made, dtype=np.float64)
    plane = found - (found.max(axis=0) + found.min(axis=0)) / 2  # so does openTSNE before it places a point
    made[...] = plane
    return plane, float(f"{made.kl_divergence:.12g}"), made  # beyond that it hangs on the order in which threads added it up


class _Reports:
    """Says how far openTSNE is."""

    def __init__(self, told: Callable[[int, int], None], exaggerated: int, iterations: int) -> None:
        self.told, self.exaggerated, self.iterations = told, exaggerated, iterations
        self.begun = 0

    def optimization_about_to_start(self) -> None:
        """The exaggerated iterations, or those after them."""
        self.begun += 1

    def __call__(self, iteration: int, error: float, plane: Any) -> None:
        """After some iterations of this stretch."""
        self.told(iteration + (self.exaggerated if self.begun > 1 else 0), self.iterations)


def _cores(points: int) -> int:
    """How many cores this process may use; one for few points, which threads would only wait for."""
    from joblib import cpu_count

    return 1 if points < FEW else max(1, int(cpu_count()))


@cache
def _exact_neighbours() -> Any:
    """openTSNE's kind of index, which compares all."""
    from sklearn.neighbors import NearestNeighbors

    kind: Any = importlib.import_module("openTSNE.nearest_neighbors").KNNIndex

    class Exact(kind):
        """Neighbours by comparing all with all."""

        VALID_METRICS = ("euclidean",)

        def __init__(self, data: Array, k: int) -> None:
            super().__init__(data, k)
            self.index = NearestNeighbors(algorithm="brute").fit(data)

        def build(self) -> tuple[Any, Any]:
            distances, indices = self.index.kneighbors(n_neighbors=self.k)
            return indices, distances

        def query(self, query: Array, k: int) -> tuple[Any, Any]:
            distances, indices = self.index.kneighbors(query, n_neighbors=k)
            return indices, distances

    return Exact
