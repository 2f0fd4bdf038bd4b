"""A run that was interrupted and goes on: where its checkpoint lies, whether it is the same run, and the line to copy.

Without `--resume` a run begins anew, and the checkpoint of an earlier one goes.
"""

import json
import re
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from mazefit.errors import DataError, OutputError, Problems
from mazefit.files import MANIFEST
from mazefit.lab.command_line import call
from mazefit.lab.images.config import ImagesConfig
from mazefit.lab.page import Page
from mazefit.lab.places import what_is
from mazefit.lab.results import claim
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE, is_ours
from mazefit.training import checkpoint as checkpoints
from mazefit.training import is_first_process, pick_device

CHECKPOINT = "checkpoint"
FREE = ("out", "show", "lang", "quick")  # settings that may differ: they change neither images nor updates
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
        _check_same(config)
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
    page.lines.append(f"  {call(config.command)} {shlex.join([*config.flags, '--resume'])}")


def _check_same(config: ImagesConfig) -> None:
    """See that the folder holds a run of the same settings."""
    file = config.folder / CONFIG_FILE
    try:
        saved: Any = json.loads(file.read_bytes())
    except OSError as error:
        given = what_is(config.folder)
        given += f" without {CONFIG_FILE}" if given.endswith("a folder") else ""
        raise DataError(f"--resume: expected --out to be the folder of an interrupted run, got {given}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file}: expected the settings of an interrupted run, got damaged JSON ({error})") from error
    if not is_ours(saved, config.kind) or not isinstance(saved.get("flags"), dict):
        raise DataError(f"{file}: expected the settings of an interrupted {config.kind}, got something else")
    problems, before = Problems(f"{config.command} --resume"), saved["flags"]
    for name, value in config.to_json().items():
        flag = f"--{name.replace('_', '-')}"
        same = name in FREE or (name in before and before[name] == value)
        problems.check(same, f"{flag}: expected {before.get(name)!r}, as in the run, got {value!r}")
    problems.raise_if_any()


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
