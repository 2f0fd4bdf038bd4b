"""The autoencoder as a command: its layers, the fit, PCA and the mean image beside it, what came back, drawn and told.

autoencoder(AutoencoderConfig(quick=True))        0, and a folder out/autoencoder with the model, the codes, figures and numbers
"""

from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import torch

from mazefit.errors import Problems
from mazefit.files import MANIFEST
from mazefit.lab.bars import epochs_bar
from mazefit.lab.images.autoencoder_files import FIGURES, MODEL, TABLES, pictures, write_tables
from mazefit.lab.images.autoencoder_told import tell_flaws, tell_layers, tell_mse, tell_start, tell_verdict
from mazefit.lab.images.config_autoencoder import AutoencoderConfig
from mazefit.lab.images.data import load_images, saved_dataset, tell_images
from mazefit.lab.images.losses_within import LossesWithin
from mazefit.lab.images.phrases import say
from mazefit.lab.images.taking_up import CHECKPOINT, Place, take_place, tell_how, tell_resumed
from mazefit.lab.page import Page
from mazefit.lab.results import INTERRUPTED, finish, kept
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE
from mazefit.supervised.autoencoder.fits import AutoencoderFit, fit_autoencoder
from mazefit.supervised.autoencoder.saved import save
from mazefit.tasks.images import Images
from mazefit.training import TrainingInterrupted, is_first_process, pick_device
from mazefit.words import check_language

TINY = 100  # pixels


def autoencoder(config: AutoencoderConfig) -> int:
    """Fit the autoencoder and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (`--resume` goes on).

    Raises:
        MazefitError: something is wrong; before anything was fitted, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    images = load_images(config)
    _check_code(config, images)
    place = _take_place(config)
    page = Page(language, say)
    tell_start(page, config, images)
    tell_images(page, config, images)
    tell_resumed(page, config, place)
    tell_layers(page, config, images)
    page.print()
    losses = LossesWithin()
    try:
        with _threads(images):
            fitted = fit_autoencoder(
                images.images, images.test_images, model=config.model, code=config.code, epochs=config.total, seed=config.seed,
                device=config.device, callbacks=[epochs_bar(language), losses], checkpoint=place.checkpoint, progress=False,
            )  # fmt: skip
    except TrainingInterrupted as error:
        page.lines.append("")
        epoch, updates = min(error.trainer.epochs + 1, config.total), f"{error.trainer.steps:,}"
        page.text("autoencoder.stopped", epoch=f"{epoch:,}", full=f"{config.total:,}", updates=updates)
        return _told_how(page, config)
    except KeyboardInterrupt:  # after the fit, while the codes were made
        return _told_how(page, config)
    return kept(lambda: _tell(page, config, images, fitted, losses, place))


def _tell(
    page: Page, config: AutoencoderConfig, images: Images, fitted: AutoencoderFit, losses: LossesWithin, place: Place
) -> int:
    """Everything after the fitting."""
    choice = fitted.trainer.choice
    page.lines.append("")
    page.computed(str(choice.device), choice.precision, choice.backend, config.device)
    tell_mse(page, fitted)
    tell_verdict(page, config, images, fitted)
    tell_flaws(page)
    page.print()
    save(fitted, place.folder / MODEL, dataset=saved_dataset(config, images))
    write_tables(place.folder, fitted, losses)
    drawn = pictures(page.language, config, images, fitted, losses)
    return finish(page, config, place.folder, [*TABLES, f"{MODEL}/", f"{CHECKPOINT}/"], drawn, stopped=False)


@contextmanager
def _threads(images: Images) -> Generator[None]:
    """One thread of PyTorch for tiny images: several would wait for one another, on a busy machine ten times as long."""
    before = torch.get_num_threads()
    if images.images[0].size <= TINY:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _take_place(config: AutoencoderConfig) -> Place:
    """The folder of the results; the model of an earlier run is none any more, unless this one goes on with it."""
    pick_device(config.device)
    if not config.resume and is_first_process():
        claimed(config.folder, [CONFIG_FILE, MODEL], config.kind)
    place = take_place(config, TABLES, FIGURES)
    if not config.resume:
        (place.folder / MODEL / MANIFEST).unlink(missing_ok=True)  # what it named goes when a model is saved again
    return place


def _check_code(config: AutoencoderConfig, images: Images) -> None:
    """See that there are fewer numbers than pixels, or as many."""
    problems = Problems(config.command)
    problems.integer("--code", config.code, 1, int(np.prod(images.images.shape[1:])))
    problems.raise_if_any()


def _told_how(page: Page, config: AutoencoderConfig) -> int:
    """Say how to go on; returns the exit code."""
    tell_how(page, config)
    page.print()
    return INTERRUPTED
