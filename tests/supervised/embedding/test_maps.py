"""Maps: each method against the truth it has, the same bytes again, and one sentence for what does not fit."""

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from mazefit.errors import ConfigError
from mazefit.supervised.embedding import libraries
from mazefit.supervised.embedding.affinities import affinities, conditional, divergence
from mazefit.supervised.embedding.maps import embed
from mazefit.supervised.embedding.place import _by_opentsne, place
from mazefit.supervised.embedding.quality import knn_accuracy, trustworthiness
from mazefit.supervised.embedding.quick import push
from tests.supervised.embedding.examples import CLOTHES, clothes, digits

WITH_OPENTSNE = pytest.mark.skipif(not libraries.has_opentsne(), reason="openTSNE is an extra")
BOTH = ["scikit-learn", pytest.param("opentsne", marks=WITH_OPENTSNE)]


def test_pca_is_scikit_learns_but_for_signs() -> None:
    codes = digits().codes
    mapped = embed(codes, "pca", dimensions=3)
    theirs = PCA(3, svd_solver="full").fit_transform(codes)
    np.testing.assert_allclose(np.abs(mapped.plane), np.abs(theirs), atol=1e-8)
    assert (mapped.kl, mapped.settings.perplexity, mapped.settings.iterations, mapped.settings.seed) == (None,) * 4


def test_scikit_learns_map_is_its_own_estimators() -> None:
    codes = digits(150).codes
    mapped = embed(codes, perplexity=10, iterations=300, seed=3, library="scikit-learn")
    theirs = TSNE(perplexity=10.0, max_iter=300, init="pca", learning_rate="auto", random_state=3)
    np.testing.assert_array_equal(mapped.plane, theirs.fit_transform(codes.astype(np.float32)).astype(np.float64))
    assert mapped.kl == pytest.approx(theirs.kl_divergence_)
    assert mapped.library.startswith("scikit-learn ")
    assert (mapped.settings.points, mapped.settings.perplexity, mapped.settings.iterations) == (150, 10.0, 300)


@pytest.mark.parametrize("library", BOTH)
@pytest.mark.parametrize("dimensions", [2, 3])
def test_t_sne_knows_the_digits_and_is_the_same_again(library: Any, dimensions: int) -> None:
    codes, labels, _ = digits(250)
    first, again = (embed(codes, perplexity=15, iterations=400, dimensions=dimensions, library=library) for _ in range(2))
    assert first.plane.shape == (250, dimensions)
    assert first.plane.tobytes() == again.plane.tobytes()
    assert first.kl == again.kl
    assert first.plane.tobytes() != embed(codes, "pca", dimensions=dimensions).plane.tobytes()
    assert knn_accuracy(first.plane, labels) > 0.9
    assert trustworthiness(codes, first.plane) > 0.97
    if library == "opentsne" or dimensions == 2:  # in three, scikit-learn's has two degrees of freedom
        assert first.kl == pytest.approx(divergence(affinities(codes, 15), first.plane), rel=0.05)


def test_the_quick_map_needs_nothing_and_is_near_t_sne() -> None:
    codes, labels, _ = digits()
    quick, again = embed(codes, "quick"), embed(codes, "quick")
    assert quick.plane.tobytes() == again.plane.tobytes()
    assert (quick.settings.iterations, quick.settings.seed) == (250, None)
    whole = embed(codes, library="scikit-learn", iterations=500)
    near = affinities(codes, 30)
    assert quick.kl == pytest.approx(divergence(near, quick.plane))
    assert quick.kl is not None
    assert quick.kl < divergence(near, whole.plane) + 0.1
    assert knn_accuracy(quick.plane, labels) > 0.92


def test_fewer_steps_make_a_worse_quick_map_and_all_are_told() -> None:
    told: list[tuple[int, int]] = []
    short = embed(digits(200).codes, "quick", iterations=20, told=lambda done, of: told.append((done, of)))
    assert told == [(i, 20) for i in range(1, 21)]
    assert short.kl is not None
    assert short.kl > (embed(digits(200).codes, "quick").kl or 0.0) + 0.2


@pytest.mark.parametrize(("spread", "off"), [(1e-4, 1e-5), (0.3, 0.01), (1.0, 0.03), (6.0, 0.09), (20.0, 0.35)])
def test_the_push_on_the_grid_is_near_the_push_of_all_pairs(spread: float, off: float) -> None:
    plane = np.random.default_rng(0).normal(0, spread, (600, 2))
    apart = plane[:, None] - plane
    near = 1 / (1 + np.square(apart).sum(axis=2))
    np.fill_diagonal(near, 0)
    exact = (np.square(near)[:, :, None] * apart).sum(axis=1) / near.sum()
    assert np.linalg.norm(push(plane) - exact) <= off * np.linalg.norm(exact)


@pytest.mark.parametrize("perplexity", [2.0, 5.0, 20.0])
def test_each_row_has_the_perplexity_asked_for(perplexity: float) -> None:
    squared = np.sort(np.random.default_rng(1).exponential(3.0, (40, 60)), axis=1)
    shares = conditional(squared, perplexity)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_allclose(np.exp(-(shares * np.log(shares + 1e-300)).sum(axis=1)), perplexity, rtol=1e-6)
    assert (np.diff(shares, axis=1) <= 1e-15).all()


def test_affinities_are_symmetric_and_the_divergence_is_by_hand() -> None:
    codes = digits(40).codes
    near = affinities(codes, 5)
    p = near.toarray()
    np.testing.assert_allclose(p, p.T)
    assert p.sum() == pytest.approx(1.0)
    plane = np.random.default_rng(2).normal(size=(40, 2))
    w = 1 / (1 + np.square(plane[:, None] - plane).sum(axis=2))
    np.fill_diagonal(w, 0)
    q = w / w.sum()
    assert divergence(near, plane) == pytest.approx((p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum())


@WITH_OPENTSNE
def test_opentsne_is_taken_where_it_is_and_says_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    mapped = embed(digits(120).codes, perplexity=8, iterations=300, told=lambda done, of: told.append((done, of)))
    assert mapped.library.startswith("openTSNE ")
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (300, 300)


def test_without_opentsne_scikit_learn_is_taken_and_asking_by_name_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "has_opentsne", lambda: False)
    mapped = embed(digits(60).codes, perplexity=5, iterations=250)
    assert mapped.library.startswith("scikit-learn ")
    assert mapped.kl is None  # every iteration is an exaggerated one
    with pytest.raises(ConfigError, match=r"pip install mazefit\[tsne\]"):
        embed(digits(60).codes, perplexity=5, library="opentsne")
    with pytest.raises(ConfigError, match="expected a map that takes new points, got t-SNE by scikit-learn"):
        place(mapped, digits(60).codes)


GOOD = np.random.default_rng(0).normal(size=(40, 5))
HOLE = GOOD.copy()
HOLE[7, 3] = np.nan
BAD = [
    (GOOD, {"perplexity": 40}, "perplexity: expected a number with 1 <= perplexity <= 39, got 40"),
    (GOOD, {"perplexity": 0.5}, "perplexity: expected"),
    (GOOD, {"perplexity": float("nan")}, "perplexity: expected"),
    (GOOD[:2], {"perplexity": 1}, "codes: expected at least 3 points, got 2"),
    (GOOD[:1], {}, "codes: expected at least 3 points, got 1"),
    (GOOD[:3], {"dimensions": 3}, "codes: expected at least 4 points, got 3"),
    (HOLE, {}, "codes: expected finite numbers, got nan in row 7, column 3"),
    (np.ones((40, 5)), {}, "codes: expected points that differ, got 40 times the same one"),
    (GOOD[:, :1], {}, "codes: expected at least 2 numbers a point, got 1"),
    (GOOD[0], {}, "codes: expected numbers"),
    (np.array([["a", "b"]] * 9), {}, "codes: expected numbers"),
    (np.empty((0, 3)), {}, "codes: expected numbers"),
    (GOOD, {"dimensions": 4}, "dimensions: expected 2 or 3, got 4"),
    (GOOD, {"dimensions": 3, "method": "quick"}, "dimensions: expected 2 for method 'quick', got 3"),
    (GOOD, {"iterations": 249}, "iterations: expected an integer of at least 250, got 249"),
    (GOOD, {"iterations": 500.5}, "iterations: expected an integer"),
    (GOOD, {"seed": -1}, "seed: expected an integer"),
    (GOOD, {"method": "tsn"}, "method: unknown 'tsn'; did you mean 'tsne'"),
    (GOOD, {"library": "sklearn"}, "library: unknown 'sklearn'"),
]


@pytest.mark.parametrize(("codes", "settings", "said"), BAD, ids=[said for *_, said in BAD])
def test_what_does_not_fit_is_one_sentence(codes: np.ndarray, settings: dict, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        embed(codes, **settings)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError, match=r"iterations: .*; perplexity: "):
        embed(GOOD, perplexity=99, iterations=3)


@pytest.mark.parametrize("method", ["pca", "quick", pytest.param("tsne", marks=WITH_OPENTSNE)])
def test_new_points_find_their_class_and_move_nothing(method: Any) -> None:
    codes, labels, _ = digits(500)
    mapped = embed(codes[:400], method, perplexity=15, iterations=None if method == "pca" else 400)
    before = mapped.plane.copy()
    placed = place(mapped, codes[400:])
    np.testing.assert_array_equal(placed, place(mapped, codes[400:]))
    np.testing.assert_allclose(placed[:1], place(mapped, codes[400:401]), atol=1e-9)
    np.testing.assert_array_equal(mapped.plane, before)
    nearest = np.square(placed[:, None] - mapped.plane).sum(axis=2).argmin(axis=1)
    assert (labels[nearest] == labels[400:]).mean() > (0.45 if method == "pca" else 0.85)
    old = place(mapped, codes[:50])
    assert np.linalg.norm(old - mapped.plane[:50], axis=1).mean() < 0.1 * np.ptp(mapped.plane)


def test_what_opentsne_moves_of_its_own_copy_is_put_back() -> None:
    class Drifting(np.ndarray):
        def transform(self, codes: Any, **settings: Any) -> Any:
            self += 1e-9  # it centres itself before it places a point
            return np.asarray(self)[: len(codes)]

    plane = np.random.default_rng(0).normal(size=(9, 2))
    model = plane.copy().view(Drifting)
    first = _by_opentsne(model, plane, plane[:3])
    np.testing.assert_array_equal(first, _by_opentsne(model, plane, plane[:3]))


def test_new_points_that_do_not_fit() -> None:
    mapped = embed(GOOD, "pca")
    with pytest.raises(ConfigError, match="codes: expected 5 numbers a point, as the map's, got 4"):
        place(mapped, GOOD[:, :4])
    with pytest.raises(ConfigError, match="expected finite numbers"):
        place(mapped, HOLE)


@pytest.mark.slow
@WITH_OPENTSNE
@pytest.mark.skipif(not CLOTHES.exists(), reason="Debian's Fashion-MNIST is not installed")
def test_clothes_at_the_tutorials_budget() -> None:
    codes, labels, _ = clothes()
    theirs = embed(codes, perplexity=5, iterations=300, library="scikit-learn")
    ours = embed(codes, perplexity=5, iterations=300, library="opentsne")
    assert ours.kl is not None
    assert theirs.kl is not None
    assert ours.kl < 2.6 < 3.2 < theirs.kl
    quick = embed(codes, "quick", perplexity=5)
    for mapped, trust in ((theirs, 0.982), (ours, 0.99), (quick, 0.99)):
        assert trustworthiness(codes, mapped.plane) > trust
        assert knn_accuracy(mapped.plane, labels) > 0.76
    assert knn_accuracy(embed(codes, "pca").plane, labels) < 0.6 < 0.79 < knn_accuracy(codes, labels)
