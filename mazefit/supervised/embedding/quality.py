"""How good a map is, by numbers: are neighbours on the map neighbours in truth, and do they share their labels?

    trustworthiness = 1 - 2 / (n k (2n - 3k - 1)) Σ_i Σ_j max(0, r(i, j) - k)

over the k nearest j of each point i on the map, r(i, j) being j's rank among i's neighbours in the codes: 1 where the map
brings none near that is far. k-NN accuracy: the share of points whose label is the most frequent among their 10 nearest, by
5-fold cross-validation. Labels are never used to make a map, so this says what the codes know of them.

References: Venna & Kaski (2001), Neighborhood preservation in nonlinear projection methods; Cover & Hart (1967).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, Problems
from mazefit.supervised.embedding.affinities import ROWS, Array, neighbours
from mazefit.supervised.embedding.maps import Map, check_codes

TRUST_NEIGHBOURS, NEIGHBOURS, FOLDS, SEED = 12, 10, 5, 0


class Agreement(NamedTuple):
    """k-NN accuracy on the map and in the codes, of so many points."""

    plane: float
    codes: float
    points: int


class Quality(NamedTuple):
    """What is known of a map.

    Args:
        kl: as the map has it; None where there is none.
        trustworthiness: at k = 12.
        knn: of all points; None where there are no labels.
        groups: within groups of classes, by their names: each group by itself, the others left out.
    """

    kl: float | None
    trustworthiness: float
    knn: Agreement | None
    groups: Mapping[str, Agreement]


def quality(mapped: Map, labels: npt.ArrayLike | None = None, groups: Mapping[str, Sequence[int]] | None = None) -> Quality:
    """Judge a map.

    Args:
        mapped: the map.
        labels: of its points, integers [n].
        groups: by name, the labels that belong to it, such as {"shoes": (5, 7, 9)}.

    Raises:
        ConfigError: there are too few points, or too few of a class for five folds, or labels do not fit.
    """
    trust = trustworthiness(mapped.codes, mapped.plane)
    if labels is None:
        if groups:
            raise ConfigError(f"quality: groups: expected labels as well, got none for {', '.join(groups)}")
        return Quality(mapped.kl, trust, None, {})
    known = np.asarray(labels)
    both = agreement(mapped.plane, mapped.codes, known)
    within: dict[str, Agreement] = {}
    for name, members in (groups or {}).items():
        inside = np.isin(known, list(members))
        if len(set(members)) < 2 or not inside.any():
            raise ConfigError(f"quality: group {name!r}: expected two labels or more that are there, got {list(members)}")
        within[name] = agreement(mapped.plane[inside], mapped.codes[inside], known[inside])
    return Quality(mapped.kl, trust, both, within)


def agreement(plane: Array, codes: Array, labels: npt.NDArray[Any]) -> Agreement:
    """k-NN accuracy on the map and in the codes."""
    return Agreement(knn_accuracy(plane, labels), knn_accuracy(codes, labels), len(plane))


def trustworthiness(codes: npt.ArrayLike, plane: npt.ArrayLike, k: int = TRUST_NEIGHBOURS) -> float:
    """Scikit-learn's number without its tables of all distances: a few rows at a time.

    Points at the same distance share the better rank, where scikit-learn's hangs on its sorting.

    Args:
        codes: [n, d].
        plane: [n, dimensions].
        k: neighbours, fewer than half the points.

    Raises:
        ConfigError: the arrays do not fit, or there are too few points.
    """
    from sklearn.metrics.pairwise import euclidean_distances

    true, seen = np.asarray(codes), np.asarray(plane)
    problems = Problems("trustworthiness")
    if check_codes(problems, "codes", true) & check_codes(problems, "plane", seen):
        problems.check(len(true) == len(seen), f"plane: expected {len(true)} points, as codes, got {len(seen)}")
        problems.check(1 <= k < len(true) / 2, f"k: expected at least 1 and less than half of {len(true)} points, got {k}")
    problems.raise_if_any()
    true, n = true.astype(np.float64), len(true)
    near, _ = neighbours(seen.astype(np.float64), k)
    beyond = 0
    for start in range(0, n, ROWS):
        rows = slice(start, start + ROWS)
        apart = euclidean_distances(true[rows], true, squared=True)
        some = np.arange(len(apart))
        apart[some, start + some] = np.inf
        for j in near[rows].T:
            rank = 1 + (apart < apart[some, j][:, None]).sum(axis=1)
            beyond += int(np.maximum(0, rank - k).sum())
    return 1.0 - 2.0 * beyond / (n * k * (2 * n - 3 * k - 1))


def knn_accuracy(points: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Accuracy of the 10 nearest neighbours' vote, by 5-fold cross-validation with each class spread evenly over the folds.

    Args:
        points: [n, d].
        labels: integers [n].

    Raises:
        ConfigError: labels do not fit, a class has fewer points than folds, or there are too few points.
    """
    from sklearn.model_selection import StratifiedKFold
    from sklearn.neighbors import KNeighborsClassifier

    at, known = np.asarray(points), np.asarray(labels)
    problems = Problems("knn_accuracy")
    fine = check_codes(problems, "points", at)
    whole = known.ndim == 1 and known.dtype.kind in "iu"
    problems.check(whole, f"labels: expected integers [n], got {known.dtype} of shape {list(known.shape)}")
    if fine and whole:
        problems.check(len(known) == len(at), f"labels: expected {len(at)}, one a point, got {len(known)}")
        classes, counts = np.unique(known, return_counts=True)
        if len(counts):
            rarest = int(counts.argmin())
            sentence = (
                f"labels: expected at least {FOLDS} points of every class, got {counts[rarest]} of class {classes[rarest]}"
            )
            problems.check(int(counts.min()) >= FOLDS, sentence)
        least = -(-NEIGHBOURS * FOLDS // (FOLDS - 1))
        problems.check(len(at) >= least, f"points: expected at least {least}, got {len(at)}")
    problems.raise_if_any()
    right = 0
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(at, known):
        vote = KNeighborsClassifier(NEIGHBOURS).fit(at[train], known[train])
        right += int((vote.predict(at[test]) == known[test]).sum())
    return right / len(at)
