"""An autoencoder fitted to images: good settings for each model, the test error after each epoch, and what it stands against.

Beside every fit: principal component analysis with as many numbers, and the mean image.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mazefit.errors import Problems
from mazefit.supervised.autoencoder.codes import codes_of
from mazefit.supervised.autoencoder.models import MODELS, autoencoder
from mazefit.supervised.autoencoder.network import Autoencoder
from mazefit.supervised.autoencoder.pca import PCA, fit_pca, principal_angles
from mazefit.supervised.autoencoder.pixels import check_images, scaled
from mazefit.supervised.autoencoder.recipes import RECIPES, Recipe, schedule
from mazefit.training.history import History
from mazefit.training.losses import mse
from mazefit.training.trainer import Trainer

Images = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class AutoencoderFit:
    """What came of it.

    Args:
        name: the model's name in MODELS.
        model: the autoencoder, on the device that it was fitted on.
        trainer: holds device, history and optimizer, and can go on.
        test_mse: mean (reconstruction - picture)² of the test images after each epoch, on the scale from -1 to 1 [epochs].
        pca: principal component analysis of the training images, with as many numbers.
        pca_mse: its test error, on the same scale.
        mean_image_mse: that of the mean training image.
        codes: of the training images, float32 [N, code].
        test_codes: of the test images, float32 [M, code].
        angles: principal angles in degrees between what the decoder can draw and the components [code]; of "linear" alone.
        drop: probability of dropping a hidden number while it was fitted.
    """

    name: str
    model: Autoencoder
    trainer: Trainer
    test_mse: npt.NDArray[np.float64]
    pca: PCA
    pca_mse: float
    mean_image_mse: float
    codes: npt.NDArray[np.float32]
    test_codes: npt.NDArray[np.float32]
    angles: npt.NDArray[np.float64] | None
    drop: float

    @property
    def history(self) -> History:
        """The course of the fit."""
        return self.trainer.history


def reconstruction_mse(prediction: Any, pictures: Tensor) -> Tensor:
    """mean (reconstruction - pictures)², of what an autoencoder returns: (reconstruction, code)."""
    return mse(prediction[0], pictures)


def fit_autoencoder(
    images: Images,
    test_images: Images,
    *,
    model: str = "conv",
    code: int = 28,
    epochs: int | None = None,
    batch_size: int | None = None,
    optimizer: Any = None,
    drop: float = 0.0,
    fast: bool = True,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    callbacks: Sequence[Callable[..., Any]] = (),
    checkpoint: str | Path | None = None,
    every: int | None = None,
    progress: bool | None = None,
) -> AutoencoderFit:
    """Fit one; with a checkpoint folder that holds an interrupted fit of the same arguments, end that one, to the same bytes.

    Args:
        images: for fitting, uint8 [N, H, W].
        test_images: measured after each epoch, uint8 [M, H, W].
        model: a name of MODELS.
        code: how many numbers stand for an image, at most H · W.
        epochs: passes over the images; None = the model's own (RECIPES).
        batch_size: images of an update; None = the model's own.
        optimizer: as in `Trainer`, with a constant learning rate; None = the model's own, with the model's own schedule.
        drop: probability of dropping a hidden number while training.
        fast: whether layers may be computed in the way of `fast_conv`, which gives the same numbers to rounding.
        seed: of weights, the order of batches and what is dropped.
        device: as in `Trainer`.
        precision: as in `Trainer`.
        callbacks: as in `Trainer.fit`.
        checkpoint: as in `Trainer.fit`.
        every: as in `Trainer.fit`.
        progress: as in `Trainer.fit`.

    Raises:
        ConfigError: an argument is out of range, images are no bytes, or the folder holds another fit; names all that is wrong.
        TrainingError: the loss is no finite number any more.
        TrainingInterrupted: Ctrl-C.
        DataError: the checkpoint folder is damaged.
        OutputError: the checkpoint folder cannot be written.
    """
    recipe = _checked(images, test_images, model, code, epochs, batch_size, optimizer)
    trained, tested = (torch.from_numpy(scaled(one)) for one in (images, test_images))  # input and target: one memory
    settings: dict[str, Any] = {"optimizer": recipe.optimizer, "loss": reconstruction_mse, "seed": seed, "device": device,
                                "precision": precision}  # fmt: skip
    make = autoencoder(model, (images.shape[1], images.shape[2]), code, drop=drop, fast=fast)
    trainer = Trainer(make, **settings) if checkpoint is None else Trainer.resume(checkpoint, make, **settings)
    trainer.fit(
        (trained, trained), validation=(tested, tested), epochs=recipe.epochs, batch_size=recipe.batch_size,
        callbacks=[*schedule(recipe, len(images)), *callbacks], checkpoint=checkpoint, every=every, progress=progress,
    )  # fmt: skip
    fitted: Any = trainer.model
    return against_pca(model, fitted, trainer, images, test_images, float(drop))


def against_pca(
    name: str, model: Autoencoder, trainer: Trainer, images: Images, test_images: Images, drop: float = 0.0
) -> AutoencoderFit:
    """A fitted model beside principal component analysis and the mean image, with the codes of all images."""
    codes, test_codes = codes_of(model, images), codes_of(model, test_images)
    pca = fit_pca(images, codes.shape[1])
    angles = principal_angles(pca.components, drawn(model)) if name == "linear" else None
    return AutoencoderFit(
        name, model, trainer, trainer.history["validation_loss"], pca, pca.mse(test_images), pca.mean_image_mse(test_images),
        codes, test_codes, angles, drop,
    )  # fmt: skip


def drawn(model: Autoencoder) -> npt.NDArray[np.float64]:
    """What a linear decoder makes of each unit code, as differences from that of the zero code, float64 [code, H · W]."""
    layer: Any = model.decoder.layers[0]
    return layer.linear.weight.detach().cpu().double().numpy().T.copy()


def _checked(
    images: Images, test_images: Images, model: str, code: int, epochs: int | None, batch_size: int | None, optimizer: Any
) -> Recipe:
    """The recipe of a fit, once its arguments are checked."""
    problems = Problems("fit_autoencoder")
    check_images(problems, "images", images)
    check_images(problems, "test_images", test_images, images)
    problems.choice("model", model, MODELS)
    problems.integer("code", code, 1, max(1, int(np.prod(np.shape(images)[1:]))))
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value is not None:
            problems.integer(name, value, 1)
    problems.raise_if_any()
    own = RECIPES[model]
    return Recipe(
        own.optimizer if optimizer is None else optimizer,
        own.epochs if epochs is None else int(epochs),
        own.batch_size if batch_size is None else int(batch_size),
        own.cosine and optimizer is None,
    )
