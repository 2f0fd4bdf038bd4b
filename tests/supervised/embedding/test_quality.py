"""The figures of a map against scikit-learn's own, and in bounded memory."""

import tracemalloc

import numpy as np
import pytest
from sklearn.manifold import trustworthiness as theirs
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from mazefit.errors import ConfigError
from mazefit.supervised.embedding.describe import describe
from mazefit.supervised.embedding.maps import embed
from mazefit.supervised.embedding.quality import knn_accuracy, quality, trustworthiness
from tests.supervised.embedding.examples import digits


@pytest.mark.parametrize("k", [1, 5, 12])
@pytest.mark.parametrize("n", [60, 400, 1201])
def test_trustworthiness_is_scikit_learns(n: int, k: int) -> None:
    rng = np.random.default_rng(n)
    codes = rng.normal(size=(n, 6))
    plane = codes[:, :2] + rng.normal(0, 0.5, (n, 2))
    assert trustworthiness(codes, plane, k) == pytest.approx(theirs(codes, plane, n_neighbors=k), abs=1e-12)


def test_trustworthiness_of_many_points_stays_small() -> None:
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(4000, 8))
    trustworthiness(codes[:100], codes[:100, :2])  # what is imported is not counted
    tracemalloc.start()
    trustworthiness(codes, codes[:, :2])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6  # all distances at once are 128 MB, and scikit-learn holds three such tables


def test_knn_accuracy_is_that_of_scikit_learns_cross_validation() -> None:
    codes, labels, _ = digits()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    said = cross_val_predict(KNeighborsClassifier(10), codes, labels, cv=folds)
    assert knn_accuracy(codes, labels) == pytest.approx((said == labels).mean())


def test_all_figures_of_a_map() -> None:
    codes, labels, _ = digits()
    mapped = embed(codes, "pca")
    judged = quality(mapped, labels, {"round": (0, 6, 8, 9), "straight": (1, 4, 7)})
    assert judged.kl is None
    assert judged.knn is not None
    assert judged.knn.points == 400
    assert judged.knn.plane < judged.knn.codes
    inside = np.isin(labels, (1, 4, 7))
    assert judged.groups["straight"].plane == knn_accuracy(mapped.plane[inside], labels[inside])
    assert judged.groups["straight"].codes == knn_accuracy(codes[inside], labels[inside])
    assert judged.groups["round"].points == np.isin(labels, (0, 6, 8, 9)).sum()
    assert quality(mapped).knn is None
    assert quality(mapped).trustworthiness == judged.trustworthiness


def test_a_map_in_words() -> None:
    codes, labels, _ = digits()
    mapped = embed(codes, "quick", perplexity=12.5)
    judged = quality(mapped, labels)
    first, second = describe(mapped, judged).split("\n")
    assert first == "quick look (t-SNE stopped early, coarse sums), perplexity 12.5, 250 iterations, 400 points"
    assert judged.knn is not None
    assert second == (
        f"KL {mapped.kl:.3f} · trustworthiness {judged.trustworthiness:.3f} · "
        f"10-NN accuracy {judged.knn.plane:.3f} on the map, {judged.knn.codes:.3f} in the codes"
    )
    assert describe(embed(codes, "pca"), None, "ko") == "PCA, 점 400개"


LABELS = np.arange(40) % 4
POINTS = np.random.default_rng(0).normal(size=(40, 3))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.where(np.arange(40) < 4, 9, 1), "labels: expected at least 5 points of every class, got 4 of class 9"),
        (LABELS[:39], "labels: expected 40, one a point, got 39"),
        (LABELS * 0.5, "labels: expected integers"),
        (LABELS[:, None], "labels: expected integers"),
    ],
)
def test_labels_that_do_not_fit(labels: np.ndarray, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        knn_accuracy(POINTS, labels)


def test_what_else_does_not_fit() -> None:
    mapped = embed(POINTS, "pca")
    with pytest.raises(ConfigError, match="points: expected at least 13, got 12"):
        knn_accuracy(POINTS[:12], np.arange(12) % 2)
    with pytest.raises(ConfigError, match="k: expected at least 1 and less than half of 20 points, got 12"):
        trustworthiness(POINTS[:20], POINTS[:20, :2])
    with pytest.raises(ConfigError, match="plane: expected 40 points, as codes, got 39"):
        trustworthiness(POINTS, POINTS[:39, :2])
    with pytest.raises(ConfigError, match="group 'shoes': expected two labels or more that are there"):
        quality(mapped, LABELS, {"shoes": (7, 9)})
    with pytest.raises(ConfigError, match="groups: expected labels as well"):
        quality(mapped, None, {"shoes": (0, 1)})
