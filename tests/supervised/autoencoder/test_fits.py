"""Fits of autoencoders: the same bytes again and after an interruption, what stands beside them, and their memory."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.errors import ConfigError
from mazefit.supervised.autoencoder.codes import codes_of, decoded, mse_of, reconstructions
from mazefit.supervised.autoencoder.fits import AutoencoderFit, fit_autoencoder
from mazefit.supervised.autoencoder.models import MODELS
from mazefit.supervised.autoencoder.recipes import RECIPES
from mazefit.training import SGD, Adam
from mazefit.training.trainer import TrainingInterrupted
from tests.supervised.autoencoder.pictures import blots

TRAIN, TEST = blots(240), blots(60, seed=1)
SMALL: dict[str, Any] = {"code": 4, "batch_size": 40, "epochs": 3, "device": "cpu", "progress": False}


def weights(fit: AutoencoderFit) -> bytes:
    return b"".join(value.numpy().tobytes() for value in fit.model.state_dict().values())


@pytest.mark.parametrize("model", MODELS)
def test_a_fit_and_what_stands_beside_it(model: str):
    fit = fit_autoencoder(TRAIN, TEST, model=model, seed=3, **SMALL)
    again = fit_autoencoder(TRAIN, TEST, model=model, seed=3, **SMALL)
    other = fit_autoencoder(TRAIN, TEST, model=model, seed=4, **SMALL)
    assert weights(fit) == weights(again) != weights(other)
    assert fit.test_mse.shape == (3,)
    assert fit.test_mse[-1] < fit.test_mse[0]
    assert fit.test_mse[-1] == pytest.approx(mse_of(fit.model, TEST), rel=1e-5)
    assert fit.codes.shape == (240, 4)
    assert fit.test_codes.shape == (60, 4)
    assert fit.test_codes.dtype == np.float32
    assert fit.pca_mse == fit.pca.mse(TEST) < fit.mean_image_mse
    assert (fit.angles is None) == (model != "linear")
    assert list(fit.history) == ["loss", "validation_loss"]


def test_codes_and_pictures():
    fit = fit_autoencoder(TRAIN, TEST, model="conv", **SMALL)
    assert np.array_equal(codes_of(fit.model, TEST), fit.test_codes)
    found = reconstructions(fit.model, TEST)
    assert found.shape == TEST.shape
    np.testing.assert_allclose(decoded(fit.model, fit.test_codes), found, atol=1e-6)
    with pytest.raises(ConfigError, match="at least one"):
        codes_of(fit.model, TEST[:0])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("at", [1, 8, 12])
def test_after_an_interruption_the_same_bytes(model: str, at: int, tmp_path: Path):
    def interrupt(event: Any) -> None:
        if event.kind == "step" and event.step == at:
            signal.raise_signal(signal.SIGINT)

    interrupt.each_step = True  # type: ignore[attr-defined]
    arguments: dict[str, Any] = {"model": model, "drop": 0.2, **SMALL}
    whole = fit_autoencoder(TRAIN, TEST, **arguments)
    with pytest.raises(TrainingInterrupted):
        fit_autoencoder(TRAIN, TEST, checkpoint=tmp_path, callbacks=[interrupt], **arguments)
    resumed = fit_autoencoder(TRAIN, TEST, checkpoint=tmp_path, **arguments)
    assert weights(resumed) == weights(whole)
    assert resumed.test_mse.tobytes() == whole.test_mse.tobytes()
    assert resumed.test_codes.tobytes() == whole.test_codes.tobytes()
    assert resumed.trainer.steps == whole.trainer.steps == 18
    finished = fit_autoencoder(TRAIN, TEST, checkpoint=tmp_path, **arguments)
    assert weights(finished) == weights(whole)


def test_the_source_s_settings():
    own = RECIPES["conv"]
    assert own.optimizer == SGD(learning_rate=0.01, momentum=0.9)
    assert (own.epochs, own.batch_size, own.cosine) == (1, 60, False)
    assert all(RECIPES[model].cosine for model in MODELS if model != "conv")


def test_a_linear_autoencoder_comes_to_principal_component_analysis():
    train, test = blots(2000, 8, 5), blots(500, 8, 5, seed=1)
    arguments: dict[str, Any] = {"model": "linear", "code": 3, "batch_size": 50, "device": "cpu", "progress": False}
    fit = fit_autoencoder(train, test, epochs=60, optimizer=Adam(learning_rate=0.005), **arguments)
    assert fit.angles is not None
    assert fit.test_mse[-1] == pytest.approx(fit.pca_mse, rel=0.01)
    assert fit.angles[-1] < 5
    early = fit_autoencoder(train, test, epochs=1, **arguments)
    assert early.angles is not None
    assert early.angles[-1] > 20


def test_another_optimizer_has_a_constant_rate():
    fit = fit_autoencoder(TRAIN, TEST, model="dense", optimizer=Adam(learning_rate=0.01), **SMALL)
    optimizer = fit.trainer.torch_optimizer
    assert optimizer is not None
    assert optimizer.param_groups[0]["lr"] == 0.01
    own = fit_autoencoder(TRAIN, TEST, model="dense", **SMALL).trainer.torch_optimizer
    assert own is not None
    assert own.param_groups[0]["lr"] < 1e-12


def test_what_is_refused():
    with pytest.raises(ConfigError, match=r"images: .*got float32 \[240, 8, 8\].*model: unknown 'cnv'.*epochs: "):
        fit_autoencoder(TRAIN.astype(np.float32), TEST, model="cnv", epochs=0)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigError, match=r"test_images: expected images of 8 x 8, as the others, got 9 x 8"):
        fit_autoencoder(TRAIN, blots(3, 9, 8))
    with pytest.raises(ConfigError, match="code: expected an integer from 1 to 64, got 65"):
        fit_autoencoder(TRAIN, TEST, code=65)


MEASURE = """
import re, sys
from pathlib import Path
import numpy as np, torch
from mazefit.supervised.autoencoder.fits import reconstruction_mse
from mazefit.supervised.autoencoder.codes import mse_of
from mazefit.supervised.autoencoder.models import autoencoder
from mazefit.supervised.autoencoder.pixels import scaled
from mazefit.training.trainer import Trainer

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024  # of this process alone

images = np.random.default_rng(0).integers(0, 256, (10_000, 28, 28), dtype=np.uint8)
trainer = Trainer(autoencoder("conv", (28, 28)), loss=reconstruction_mse, device="cpu")
few = torch.from_numpy(scaled(images[:60]))
trainer.fit((few, few), epochs=1, batch_size=60, progress=False)
before = peak()
if sys.argv[1] == "trainer":
    x = torch.from_numpy(scaled(images))
    trainer.evaluate((x, x))
else:
    mse_of(trainer.model, images)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read as Linux gives it")
@pytest.mark.parametrize("way", ["trainer", "bytes"])
def test_an_evaluation_of_ten_thousand_images_takes_little_memory(way: str):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ran = subprocess.run([sys.executable, "-c", MEASURE, way], capture_output=True, text=True, check=True, env=environment)
    assert 5 < float(ran.stdout) <= 100


def test_input_and_target_are_one_memory(monkeypatch: pytest.MonkeyPatch):
    seen: list[Any] = []

    from mazefit.supervised.autoencoder import fits

    def fit(self: Any, data: Any, **arguments: Any) -> Any:
        seen.append((data, arguments["validation"]))
        return original(self, data, **arguments)

    original = fits.Trainer.fit
    monkeypatch.setattr(fits.Trainer, "fit", fit)
    fit_autoencoder(TRAIN, TEST, model="dense", **SMALL)
    for x, y in seen[0]:
        assert x.data_ptr() == y.data_ptr()
