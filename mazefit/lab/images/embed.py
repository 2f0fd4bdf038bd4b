"""The map of codes as a command: an autoencoder taken or fitted, its codes mapped, the map judged, drawn as points and images.

embed(EmbedConfig(quick=True))        0, and a folder out/embed with the map, its figures, and files for the Embedding Projector
"""

from typing import NamedTuple

import numpy as np

from mazefit.lab.images.autoencoder_files import MODEL
from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.images.data import load_images, saved_dataset, tell_images
from mazefit.lab.images.embed_compare import tell_compared
from mazefit.lab.images.embed_encoders import (
    CODE,
    KIND,
    Encoder,
    check_size,
    fitted,
    of_saved,
    saved_model,
    with_its_images,
)
from mazefit.lab.images.embed_files import FIGURES, PROJECTOR, TABLES, pictures, write_tables
from mazefit.lab.images.embed_maps import Judged, beside, compared, judged, placed
from mazefit.lab.images.embed_points import Newcomers, Points, chosen_points, newcomers, sized
from mazefit.lab.images.embed_told import (
    tell_encoder,
    tell_flaws,
    tell_map,
    tell_placed,
    tell_start,
    tell_table,
)
from mazefit.lab.images.phrases import say
from mazefit.lab.images.taking_up import CHECKPOINT, Place, take_place, tell_how, tell_resumed
from mazefit.lab.page import Page
from mazefit.lab.results import INTERRUPTED, finish, kept
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE
from mazefit.supervised.autoencoder.saved import SavedAutoencoder, save
from mazefit.supervised.embedding import libraries
from mazefit.tasks.images import Images
from mazefit.training import is_first_process, pick_device
from mazefit.words import check_language


class Task(NamedTuple):
    """Everything that is known before anything is computed; `asked` are the settings as they were given."""

    asked: EmbedConfig
    config: EmbedConfig
    images: Images
    points: Points
    new: Newcomers | None
    saved: SavedAutoencoder | None


def embed(config: EmbedConfig) -> int:
    """Map codes and tell what the map is worth.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was whole is kept).

    Raises:
        MazefitError: something is wrong; before anything was computed, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    task = _task(config)
    place = _take_place(task.config)
    page = Page(language, say)
    tell_start(page, task.config, task.images, task.points, task.saved)
    tell_images(page, task.config, task.images)
    tell_resumed(page, task.config, place)
    page.print()
    try:
        encoder = _encoder(page, task, place)
        tell_encoder(page, task.config, encoder, task.images, task.saved)
        page.print()
        main = judged("main", task.config, encoder, task.points, language)
    except KeyboardInterrupt:
        return _told_how(page, task, place)
    tell_map(page, task.config, main)
    page.print()
    maps, others, stopped = [main], list[Judged](), False
    try:
        for other in beside(task.config, main, task.points, language):
            maps.append(other)
        tell_table(page, task.config, maps, task.points, task.images, task.saved)
        page.print()
        for other in compared(task.config, main, task.images, task.points, language):
            others.append(other)
    except KeyboardInterrupt:
        stopped = True
    return kept(lambda: _tell(page, task, place, maps, others, stopped))


def _task(config: EmbedConfig) -> Task:
    """What there is to do, checked."""
    libraries.chosen(config.maker)
    saved = saved_model(config)
    resolved = with_its_images(config, saved)
    images = load_images(resolved)
    check_size(saved, images)
    resolved = sized(resolved, images)
    points = chosen_points(resolved, images)
    return Task(config, resolved, images, points, newcomers(resolved, images, points), saved)


def _take_place(config: EmbedConfig) -> Place:
    """The folder of the results, once it is known that nobody else's files are in it."""
    pick_device(config.device)
    if is_first_process() and not config.resume:
        claimed(config.folder, [CONFIG_FILE, MODEL, PROJECTOR], config.kind)
    return take_place(config, TABLES, FIGURES)


def _encoder(page: Page, task: Task, place: Place) -> Encoder:
    """The autoencoder of the map: the saved one, or one that is fitted now and saved."""
    if task.saved is not None:
        return of_saved(task.saved, task.points.images, task.config.device)
    code = min(CODE, int(np.prod(task.images.images.shape[1:])))
    encoder, fit = fitted(
        task.config, task.images, task.points.images, KIND, code, task.config.total, page.language, place.checkpoint
    )
    save(fit, place.folder / MODEL, dataset=saved_dataset(task.config, task.images))
    choice = fit.trainer.choice
    page.computed(str(choice.device), choice.precision, choice.backend, task.config.device)
    return encoder


def _tell(page: Page, task: Task, place: Place, maps: list[Judged], others: list[Judged], stopped: bool) -> int:
    """Everything that is told, written and drawn once the maps are made."""
    config, main = task.config, maps[0]
    if stopped and not others:
        tell_table(page, config, maps, task.points, task.images, task.saved)
    if others:
        tell_compared(page, config, others, len(task.points.images))
    found = None
    if task.new is not None and not stopped:
        found = placed(main, task.points, task.new)
        tell_placed(page, task.images, task.points, task.new, found, main)
    tell_flaws(page, maps)
    if stopped:
        page.lines.append("")
        page.text("embed.stopped", done=len(maps) + len(others))
    page.print()
    tables = write_tables(place.folder, task.images, task.points, maps, others, task.new, found)
    drawn = pictures(page.language, config, task.images, task.points, main, others, task.new, found)
    own = [] if task.saved is not None else [f"{MODEL}/", f"{CHECKPOINT}/"]
    return finish(page, config, place.folder, [*tables, f"{PROJECTOR}/", *own], drawn, stopped)


def _told_how(page: Page, task: Task, place: Place) -> int:
    """Ctrl-C before there was a map: say how to go on; returns the exit code."""
    if task.saved is None:
        page.text("embed.before")
        tell_how(page, task.asked)
    else:
        page.text("embed.no map")
    page.print()
    return INTERRUPTED
