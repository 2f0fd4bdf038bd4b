"""What the autoencoder leaves behind beside its page: the model with its codes, two tables, and two figures."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.lab.announce import drawn_language
from mazefit.lab.images.config_autoencoder import AutoencoderConfig
from mazefit.lab.images.data import class_names, title_of
from mazefit.lab.images.losses_within import LossesWithin
from mazefit.lab.images.phrases import say
from mazefit.lab.page import fixed
from mazefit.lab.results import write_rows
from mazefit.plots.learning import plot_learning
from mazefit.plots.reconstructions import Row, plot_reconstructions
from mazefit.supervised.autoencoder.codes import reconstructions
from mazefit.supervised.autoencoder.fits import AutoencoderFit
from mazefit.supervised.autoencoder.pixels import scaled
from mazefit.tasks.images import Images
from mazefit.words import Language

MODEL = "model"
TABLES, FIGURES = ("history.csv", "updates.csv"), ("reconstructions", "curve")
PICTURES = 10


def write_tables(folder: Path, fitted: AutoencoderFit, losses: LossesWithin) -> None:
    """Errors after every epoch, PCA's and the mean image's beside; and the loss within epochs.

    Raises:
        OutputError: a file cannot be written.
    """
    pairs = zip(fitted.history["loss"].tolist(), fitted.test_mse.tolist(), strict=True)
    write_rows(
        folder / "history.csv",
        ("epoch", "train_loss", "test_mse", "pca_test_mse", "mean_image_test_mse"),
        ([epoch, *row, fitted.pca_mse, fitted.mean_image_mse] for epoch, row in enumerate(pairs, 1)),
    )
    write_rows(folder / "updates.csv", ("updates", f"train_loss_of_last_{losses.size}"), losses.table())


def ten(images: Images, seed: int) -> npt.NDArray[np.int64]:
    """Which ten test images are shown: one of each of ten classes in their order, drawn; of fewer classes several."""
    generator = np.random.default_rng([seed, PICTURES])
    order = generator.permutation(len(images.test_labels))
    labels = images.test_labels[order]
    turn = np.empty(len(labels), np.int64)  # the how manieth of its class an image is
    for label in np.unique(labels):
        turn[labels == label] = np.arange((labels == label).sum())
    first = np.lexsort((labels, turn))[:PICTURES]
    return order[first[np.argsort(labels[first], kind="stable")]]


def pictures(
    language: Language, config: AutoencoderConfig, images: Images, fitted: AutoencoderFit, losses: LossesWithin
) -> dict[str, Any]:
    """Ten test images over what comes back, and the learning curve."""
    spoken, code = drawn_language(language), fitted.codes.shape[1]
    chosen, name = ten(images, config.seed), title_of(config, images)
    shown, classes = images.test_images[chosen], class_names(images, spoken)
    mse, epochs = float(fitted.test_mse[-1]), len(fitted.test_mse)
    rows = [
        Row(say("picture.original", spoken), scaled(shown)),
        Row(say("picture.autoencoder", spoken), reconstructions(fitted.model, shown), mse),
        Row(f"PCA-{code}", fitted.pca.reconstruct(shown), fitted.pca_mse),
    ]
    title = "picture.title one" if epochs == 1 else "picture.title"
    over = plot_reconstructions(
        rows,
        heads=[classes[label] for label in images.test_labels[chosen].tolist()],
        title=say(title, spoken, name=name, code=code, model=config.model, epochs=f"{epochs:,}"),
        note=say("picture.note", spoken, seed=config.seed),
        language=spoken,
    )
    levels = {
        say("curve.pca", spoken, code=code): fitted.pca_mse,
        say("curve.mean", spoken): fitted.mean_image_mse,
    }
    said = {"name": name, "model": config.model, "mse": fixed(mse, 4), "code": code, "pca": fixed(fitted.pca_mse, 4)}
    curve = plot_learning(
        losses.course(fitted.trainer.steps // max(1, epochs)),
        fitted.test_mse,
        levels,
        updates=losses.size,
        title=say("curve.title of", spoken, **said),
        language=spoken,
    )
    return {"reconstructions": over, "curve": curve}
