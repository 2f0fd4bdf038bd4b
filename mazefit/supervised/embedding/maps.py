"""Codes of many numbers as a map in two or three: t-SNE by scikit-learn or openTSNE, a quick look at it, or PCA.

    embed(codes).plane                          t-SNE, perplexity 30, 1,000 iterations of which the first 250 are exaggerated
    embed(codes, "quick").plane                 the same gradient on a grid, 250 iterations, nothing to install
    embed(codes, "pca").plane                   the projection on the widest axes

References: van der Maaten & Hinton (2008), Visualizing data using t-SNE; Poličar, Stražar & Zupan (2024), openTSNE: a modular
Python library for t-SNE dimensionality reduction and embedding.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems
from mazefit.supervised.embedding import libraries
from mazefit.supervised.embedding.affinities import Array, divergence
from mazefit.supervised.embedding.quick import ITERATIONS as QUICK_ITERATIONS
from mazefit.supervised.embedding.quick import quick_map
from mazefit.supervised.embedding.spread import widest

Method = Literal["tsne", "pca", "quick"]
Library = Literal["auto", "scikit-learn", "opentsne"]
METHODS: tuple[Method, ...] = ("tsne", "pca", "quick")
LIBRARIES: tuple[Library, ...] = ("auto", "scikit-learn", "opentsne")
PERPLEXITY, ITERATIONS, EXAGGERATED = 30.0, 1000, 250


@dataclass(frozen=True)
class Settings:
    """How a map was made; None where the method has no such thing."""

    method: Method
    points: int
    dimensions: int
    perplexity: float | None
    iterations: int | None
    seed: int | None


@dataclass(frozen=True, eq=False)
class Map:
    """A map of codes.

    Args:
        plane: where each point lies, float64 [n, dimensions].
        kl: what is left of t-SNE's objective, as who made the map says; None where there is none. It compares at one perplexity
            alone, and within about a hundredth between libraries, which approximate it; in three dimensions not between them at
            all, for scikit-learn gives the map's distances lighter tails there (two degrees of freedom).
        seconds: that making it took.
        library: who made it, with its version.
        settings: how.
        codes: what was mapped, float64 [n, d].
        model: what `place` needs to place new points on it, where it needs anything.
    """

    plane: Array
    kl: float | None
    seconds: float
    library: str
    settings: Settings
    codes: Array = field(repr=False)
    model: Any = field(repr=False, default=None)


def embed(
    codes: npt.ArrayLike,
    method: Method = "tsne",
    *,
    perplexity: float = PERPLEXITY,
    iterations: int | None = None,
    dimensions: int = 2,
    seed: int = 0,
    library: Library = "auto",
    told: Callable[[int, int], None] | None = None,
) -> Map:
    """Map codes.

    Args:
        codes: [n, d], one row a point.
        method: "tsne"; "quick" (t-SNE stopped early, with a coarser sum; two dimensions alone); or "pca".
        perplexity: how many neighbours count for near, about; from 1 to n - 1.
        iterations: in all, the exaggerated ones counted in, as scikit-learn counts; None = 1,000, for "quick" 250.
        dimensions: 2 or 3.
        seed: of t-SNE; the same seed gives the same map. "quick" and "pca" leave nothing to chance.
        library: of t-SNE: "scikit-learn", "opentsne" (extra `mazefit[tsne]`), or "auto": openTSNE where it is installed.
        told: called with iterations done and in all, by those who can tell (openTSNE and "quick").

    Raises:
        ConfigError: something does not fit; says all that does not. Or openTSNE is asked for and not installed.
    """
    points = np.asarray(codes)
    _check(points, method, perplexity, iterations, dimensions, seed, library)
    points = np.ascontiguousarray(points, dtype=np.float64)
    steps = iterations if iterations is not None else QUICK_ITERATIONS if method == "quick" else ITERATIONS
    if method == "pca":
        settings = Settings("pca", len(points), dimensions, None, None, None)
    else:
        settings = Settings(method, len(points), dimensions, float(perplexity), steps, seed if method == "tsne" else None)
    begun = time.perf_counter()
    model: Any = None
    kl: float | None = None
    if method == "pca":
        model = widest(points, dimensions)
        plane, who = model.project(points), "mazefit"
    elif method == "quick":
        plane, near = quick_map(points, perplexity, steps, told)
        seconds = time.perf_counter() - begun
        return Map(plane, divergence(near, plane), seconds, "mazefit", settings, points)
    elif libraries.chosen(library) == "opentsne":
        plane, kl, model = libraries.by_opentsne(points, perplexity, steps, EXAGGERATED, dimensions, seed, told)
        who = libraries.version("openTSNE")
    else:
        plane, kl = libraries.by_scikit_learn(points, perplexity, steps, EXAGGERATED, dimensions, seed)
        who = libraries.version("scikit-learn")
    return Map(plane, kl, time.perf_counter() - begun, who, settings, points, model)


def _check(
    codes: npt.NDArray[Any],
    method: object,
    perplexity: object,
    iterations: object,
    dimensions: object,
    seed: object,
    library: object,
) -> None:
    """All that does not fit, in one error."""
    problems = Problems("embed")
    problems.choice("method", method, METHODS)
    problems.choice("library", library, LIBRARIES)
    problems.check(dimensions in (2, 3), f"dimensions: expected 2 or 3, got {dimensions!r}")
    if method == "quick":
        problems.check(dimensions != 3, "dimensions: expected 2 for method 'quick', got 3; 'tsne' and 'pca' have 3")
    problems.integer("seed", seed, 0, 2**32 - 1)
    if iterations is not None:
        problems.integer("iterations", iterations, 1 if method == "quick" else EXAGGERATED)
    least = (dimensions if dimensions in (2, 3) else 2) + 1
    if check_codes(problems, "codes", codes):
        n, d = codes.shape
        problems.check(n >= least, f"codes: expected at least {least} points, got {n}")
        if isinstance(dimensions, int):
            problems.check(d >= dimensions, f"codes: expected at least {dimensions} numbers a point, got {d}")
        if n >= least:
            apart = bool((codes != codes[0]).any())
            problems.check(apart, f"codes: expected points that differ, got {n} times the same one")
            if method != "pca":
                problems.number("perplexity", perplexity, 1, n - 1)
    problems.raise_if_any()


def check_codes(problems: Problems, name: str, codes: npt.NDArray[Any]) -> bool:
    """Note codes that are no finite numbers [n, d]; whether they are."""
    shaped = codes.ndim == 2 and codes.size > 0 and codes.dtype.kind in "fiu"
    problems.check(
        shaped, f"{name}: expected numbers [n, d], at least one point, got {codes.dtype} of shape {list(codes.shape)}"
    )
    if not shaped:
        return False
    wrong = np.argwhere(~np.isfinite(codes))
    if len(wrong):
        row, column = wrong[0].tolist()
        problems.check(False, f"{name}: expected finite numbers, got {codes[row, column]} in row {row}, column {column}")
    return not len(wrong)
