"""Autoencoders on the real Fashion-MNIST: what each model comes to beside principal component analysis with 28 components."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from mazefit.supervised.autoencoder.fits import fit_autoencoder
from mazefit.supervised.autoencoder.pixels import scaled
from mazefit.training import Adam
from mazefit.training.seeds import seeded
from tests.supervised.autoencoder.pictures import fashion
from tests.supervised.autoencoder.tutorials_own import TutorialsOwn, tutorials_loop

PCA_28 = 0.0646  # test error of 28 principal components


def test_a_hidden_layer_beats_components_on_some_of_the_images():
    fit = fit_autoencoder(
        fashion("train")[:9000], fashion("t10k")[:1000], model="dense", epochs=3, batch_size=60,
        optimizer=Adam(learning_rate=0.002), device="cpu", progress=False,
    )  # fmt: skip
    assert fit.test_mse[-1] < 0.9 * fit.pca_mse
    assert fit.pca_mse < 0.2 * fit.mean_image_mse


def test_it_is_the_tutorials_loop():
    images, test_images = fashion("train")[:1800], fashion("t10k")[:100]
    fit = fit_autoencoder(images, test_images, model="conv", seed=4, device="cpu", progress=False)
    with seeded(4):
        theirs = TutorialsOwn()
    losses = tutorials_loop(theirs, torch.from_numpy(scaled(images)), 4)
    assert len(losses) == fit.trainer.steps == 30
    assert fit.history["loss"][0] == pytest.approx(np.mean(losses), rel=1e-6)
    with torch.no_grad():
        x = torch.from_numpy(scaled(test_images))
        assert fit.test_mse[0] == pytest.approx(float(functional.mse_loss(theirs(x)[0], x)), rel=1e-6)
    for one, other in zip(fit.model.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_without_activations_it_is_principal_component_analysis():
    fit = fit_autoencoder(fashion("train"), fashion("t10k"), model="linear", device="cpu", progress=False)
    assert fit.pca_mse == pytest.approx(PCA_28, abs=1e-4)
    assert fit.test_mse[-1] == pytest.approx(fit.pca_mse, rel=0.01)
    assert fit.angles is not None
    assert fit.angles[-1] < 5


@pytest.mark.slow
@pytest.mark.parametrize("model", ["dense", "strided"])
def test_the_better_built_ones_beat_it_clearly(model: str):
    fit = fit_autoencoder(fashion("train"), fashion("t10k"), model=model, device="cpu", progress=False)
    assert fit.pca_mse == pytest.approx(PCA_28, abs=1e-4)
    assert fit.test_mse[-1] < 0.6 * fit.pca_mse


@pytest.mark.slow
def test_one_epoch_of_the_tutorials_network_loses():
    images, test_images = fashion("train"), fashion("t10k")
    found = [
        fit_autoencoder(images, test_images, model="conv", seed=seed, device="cpu", progress=False).test_mse[-1]
        for seed in range(3)
    ]
    assert np.median(found) == pytest.approx(0.0813, rel=0.1)
    assert min(found) > PCA_28
