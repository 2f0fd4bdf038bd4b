"""Principal component analysis against scikit-learn's, and angles between subspaces that are known."""

import numpy as np
import pytest
from sklearn import decomposition

from mazefit.errors import ConfigError
from mazefit.supervised.autoencoder.pca import fit_pca, principal_angles
from mazefit.supervised.autoencoder.pixels import as_bytes, scaled
from tests.supervised.autoencoder.pictures import blots, fashion


def test_it_is_scikit_learns():
    train, test = blots(2500, 7, 6), blots(300, 7, 6, seed=1)
    ours = fit_pca(train, 5)
    rows, others = (scaled(one).reshape(len(one), -1).astype(np.float64) for one in (train, test))
    theirs = decomposition.PCA(5, svd_solver="full").fit(rows)
    np.testing.assert_allclose(np.abs((ours.components * theirs.components_).sum(axis=1)), 1, atol=1e-9)
    np.testing.assert_allclose(ours.variances * 2500 / 2499, theirs.explained_variance_, rtol=1e-9)
    back = theirs.inverse_transform(theirs.transform(others))
    np.testing.assert_allclose(ours.reconstruct(test).reshape(300, -1), back, atol=1e-9)
    assert ours.mse(test) == pytest.approx(np.square(back - others).mean(), rel=1e-9)
    assert ours.mean_image_mse(test) == pytest.approx(np.square(others - rows.mean(axis=0)).mean(), rel=1e-9)
    assert bool((np.take_along_axis(ours.components, np.abs(ours.components).argmax(axis=1)[:, None], axis=1) > 0).all())


def test_with_all_components_nothing_is_lost():
    images = blots(200, 4, 4)
    assert fit_pca(images, 16).mse(images) < 1e-20
    with pytest.raises(ConfigError, match=r"code: expected an integer from 1 to 16, got 17"):
        fit_pca(images, 17)


def test_angles_that_are_known():
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    known = np.array([1e-9, 0.5, 30.0, 45.0, 80.0, 90.0])[:4]
    turned = np.cos(np.radians(known))[:, None] * basis[:4] + np.sin(np.radians(known))[:, None] * basis[4:8]
    a, b = rng.normal(size=(4, 4)) @ basis[:4], rng.normal(size=(4, 4)) @ turned
    np.testing.assert_allclose(principal_angles(a, b), known, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(principal_angles(basis[:1], basis[1:2]), [90.0])
    assert principal_angles(basis[:2], a)[0] < 1e-12
    assert principal_angles(basis[:2], a).shape == principal_angles(a, basis[:2]).shape == (2,)


def test_angles_of_what_has_none():
    with pytest.raises(ConfigError, match=r"expected a \[i, n\] and b \[j, n\], got \[2, 3\] and \[2, 4\]"):
        principal_angles(np.ones((2, 3)), np.ones((2, 4)))
    with pytest.raises(ConfigError, match=r"b: expected 2 independent rows, got 1"):
        principal_angles(np.eye(2, 3), np.ones((2, 3)))


def test_pixels():
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert scaled(every).dtype == np.float32
    assert scaled(every).min() == -1
    assert scaled(every).max() == 1
    assert np.array_equal(as_bytes(scaled(every)), every)
    assert as_bytes(np.array([-3.0, 3.0])).tolist() == [0, 255]
    standard = (every / 255 - 0.1305) / 0.3081  # the tutorial's way
    np.testing.assert_allclose(2 * (standard - standard.min()) / np.ptp(standard) - 1, scaled(every), atol=1e-6)


@pytest.mark.slow
def test_fashion_mnist():
    train, test = fashion("train"), fashion("t10k")
    pca = fit_pca(train, 28)
    assert pca.mse(test) == pytest.approx(0.0646, abs=0.0001)
    assert pca.mean_image_mse(test) == pytest.approx(0.347, abs=0.001)
