"""The autoencoders whose codes are mapped: a saved one, one that is fitted here, and others to stand beside it."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, DataError
from mazefit.files import MANIFEST
from mazefit.lab.bars import epochs_bar
from mazefit.lab.images.autoencoder_files import MODEL
from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.places import what_is
from mazefit.supervised.autoencoder.codes import codes_of, mse_of
from mazefit.supervised.autoencoder.fits import AutoencoderFit, fit_autoencoder
from mazefit.supervised.autoencoder.models import autoencoder
from mazefit.supervised.autoencoder.network import Autoencoder
from mazefit.supervised.autoencoder.pca import fit_pca
from mazefit.supervised.autoencoder.saved import SavedAutoencoder, load
from mazefit.supervised.datasets import NAMES
from mazefit.tasks.image_folder import kind_of
from mazefit.tasks.images import Images
from mazefit.training import pick_device
from mazefit.training.seeds import built
from mazefit.words import Language

KIND, CODE = "dense", 28
"""What is fitted where no model is named: it learns fastest."""


class Encoder(NamedTuple):
    """An autoencoder, or principal component analysis, by what it makes of images.

    Args:
        kind: the model's name in MODELS, or "pca".
        model: the autoencoder; None for principal component analysis.
        epochs: that it was fitted for; None where nothing was.
        test_mse: of its reconstructions of the test images, on the scale from -1 to 1.
        codes: of the points of the map, float64 [n, code].
        seconds: that fitting it took; None where it was not fitted here.
    """

    kind: str
    model: Autoencoder | None
    epochs: int | None
    test_mse: float
    codes: npt.NDArray[np.float64]
    seconds: float | None = None


def saved_model(config: EmbedConfig) -> SavedAutoencoder | None:
    """The autoencoder that was named: its own folder, or that of the run that saved it; None where none was.

    Raises:
        DataError: there is none, or it is damaged.
    """
    if config.model is None:
        return None
    given = Path(config.model)
    try:
        found = next(path for path in (given, given / MODEL) if (path / MANIFEST).is_file())
    except (StopIteration, OSError, ValueError) as error:
        what = what_is(config.model)
        what += " in which no autoencoder was saved" if what.endswith("a folder") else ""
        raise DataError(f"--model: expected the folder of a saved autoencoder, got {what}") from error
    return load(found)


def with_its_images(config: EmbedConfig, saved: SavedAutoencoder | None) -> EmbedConfig:
    """The settings with the images that the saved autoencoder was fitted to, where no others were named.

    Raises:
        ConfigError: nobody knows where they are.
    """
    if saved is None or config.dataset is not None:
        return config
    if saved.dataset not in NAMES and not (os.sep in saved.dataset and kind_of(Path(saved.dataset)) == "folder"):
        raise ConfigError(
            f"--dataset: expected the folder of the images that the autoencoder was fitted to ({saved.dataset}), got none"
        )
    return replace(config, dataset=saved.dataset)


def check_size(saved: SavedAutoencoder | None, images: Images) -> None:
    """See that the images have the size that the autoencoder takes.

    Raises:
        ConfigError: they have not.
    """
    if saved is not None and tuple(saved.model.decoder.shape) != images.images.shape[1:]:
        wanted, got = (" x ".join(map(str, shape)) for shape in (saved.model.decoder.shape, images.images.shape[1:]))
        raise ConfigError(f"--dataset: expected images of {wanted}, as the autoencoder takes them, got {got}")


def of_saved(saved: SavedAutoencoder, pixels: npt.NDArray[np.uint8], device: str = "auto") -> Encoder:
    """What the saved autoencoder makes of images: on the CPU, unless another device is named."""
    if device != "auto":
        saved.model.to(pick_device(device).device)
    mse = float(saved.test_mse[-1]) if len(saved.test_mse) else float("nan")
    return Encoder(saved.name, saved.model, len(saved.test_mse), mse, _codes(saved.model, pixels))


def fitted(
    config: EmbedConfig,
    images: Images,
    pixels: npt.NDArray[np.uint8],
    kind: str,
    code: int,
    epochs: int,
    language: Language,
    checkpoint: Path | None = None,
) -> tuple[Encoder, AutoencoderFit]:
    """One that is fitted now.

    Raises:
        TrainingInterrupted: Ctrl-C; the checkpoint is kept.
    """
    begun = time.perf_counter()
    fit = fit_autoencoder(
        images.images, images.test_images, model=kind, code=code, epochs=epochs, seed=config.seed, device=config.device,
        callbacks=[epochs_bar(language)], checkpoint=checkpoint, progress=False,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    return Encoder(kind, fit.model, epochs, float(fit.test_mse[-1]), _codes(fit.model, pixels), seconds), fit


def untrained(config: EmbedConfig, images: Images, pixels: npt.NDArray[np.uint8], kind: str, code: int) -> Encoder:
    """One with its first weights."""
    shape = images.images.shape[1], images.images.shape[2]
    model: Any = built(autoencoder(kind, shape, code), config.seed)
    model.eval()
    return Encoder(kind, model, None, mse_of(model, images.test_images), _codes(model, pixels))


def components(images: Images, pixels: npt.NDArray[np.uint8], code: int) -> Encoder:
    """Principal component analysis with as many numbers."""
    pca = fit_pca(images.images, code)
    return Encoder("pca", None, None, pca.mse(images.test_images), pca.encode(pixels))


def _codes(model: Autoencoder, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    return codes_of(model, pixels).astype(np.float64)
