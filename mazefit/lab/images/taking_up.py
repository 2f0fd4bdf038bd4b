"""A run that was interrupted and goes on: where its checkpoint lies, whether it is the same run, and the line to copy.

Without `--resume` a run begins anew, and the checkpoint of an earlier one goes.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mazefit.errors import OutputError
from mazefit.files import MANIFEST
from mazefit.lab.images.config import ImagesConfig
from mazefit.lab.page import Page
from mazefit.lab.results import claim
from mazefit.lab.resuming import check_same, line_to_go_on
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE
from mazefit.training import checkpoint as checkpoints
from mazefit.training import is_first_process, pick_device

CHECKPOINT = "checkpoint"
OURS = re.compile(r"history\.(csv|jsonl)|(trainer|tensors|history)-[0-9a-f]{12}\.(json|safetensors|npy)|\.(?!\.).*-\w{8}")


class Place(NamedTuple):
    """The folder of the results, that of the checkpoint, and what was done before: (epochs, updates), None = nothing."""

    folder: Path
    checkpoint: Path
    done: tuple[int, int] | None


def take_place(config: ImagesConfig, tables: Sequence[str], figures: Sequence[str]) -> Place:
    """Claim the folder of the results, with the checkpoint in it where the run goes on, and without one where it does not.

    Args:
        config: the settings.
        tables: every file that the command may write, config.json and the checkpoint aside.
        figures: every figure, without its ending.

    Raises:
        ConfigError: the interrupted run had other settings; names all of them. Or no such device is known.
        DataError: there is no run to go on with, or its checkpoint is damaged; nothing was touched.
        DeviceError: the device is not there.
        OutputError: as `claim` raises it.
    """
    pick_device(config.device)
    kept, done = config.folder / CHECKPOINT, None
    if config.resume:
        check_same(config)
        if checkpoints.is_there(kept):
            place = checkpoints.load(kept).place
            done = int(place["epoch"]), int(place["step"])
    elif is_first_process():
        claimed(config.folder, [CONFIG_FILE, CHECKPOINT, *tables], config.kind)
        _clear(kept)
    folder = claim(config, tables, figures)
    return Place(folder, kept if config.resume or is_first_process() else folder / CHECKPOINT, done)


def tell_resumed(page: Page, config: ImagesConfig, place: Place) -> None:
    """What was there before, where something was asked to go on."""
    if place.done is not None:
        epochs, steps = (f"{number:,}" for number in place.done)
        page.text("resume.on", folder=place.folder, epochs=epochs, full=f"{config.total:,}", steps=steps)
    elif config.resume:
        page.text("resume.new", folder=place.folder)


def tell_how(page: Page, config: ImagesConfig) -> None:
    """What is kept of a run that was interrupted, and the command line that goes on, in one piece, to be copied."""
    page.lines.append("")
    page.text("resume.how", folder=config.folder)
    page.lines.append(line_to_go_on(config))


def _clear(folder: Path) -> None:
    """Delete the checkpoint of an earlier run; first that by which it counts as one. Files of others stay.

    Raises:
        OutputError: it cannot be deleted.
    """
    try:
        if folder.is_dir():
            (folder / MANIFEST).unlink(missing_ok=True)
            for file in folder.iterdir():
                if OURS.fullmatch(file.name):
                    file.unlink()
            with suppress(OSError):  # somebody else's files are in it
                folder.rmdir()
    except OSError as error:
        raise OutputError(f"{folder}: expected an earlier checkpoint that can be deleted, got {error.strerror}") from error
