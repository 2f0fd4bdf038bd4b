"""What a fit leaves behind: its settings, its numbers as CSV, and its figures as PNG and SVG; nobody else's files go."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mazefit.files import to_json, write_file
from mazefit.interrupt import Interruption
from mazefit.lab.announce import open_windows
from mazefit.lab.page import Page
from mazefit.lab.run_files import save_pictures, settings
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE
from mazefit.training import is_first_process, pick_device

INTERRUPTED = 130
ROWS = 100_000


class Settings(Protocol):
    """What is asked of the settings of a command."""

    @property
    def kind(self) -> str:
        """Which command it is: "mazefit regression line"."""
        ...

    @property
    def folder(self) -> Path:
        """Where the results go."""
        ...

    @property
    def device(self) -> str:
        """The device that is asked for."""
        ...

    @property
    def show(self) -> bool:
        """Whether windows are opened."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Every setting as it was used."""
        ...


def claim(config: Settings, names: Sequence[str], figures: Sequence[str]) -> Path:
    """The folder for results: a new one, or that of an earlier run of the same command, whose results and figures go.

    Args:
        config: the settings, which are written at once.
        names: every file that this command may write, config.json aside.
        figures: every figure, without its ending.

    Raises:
        ConfigError, DeviceError: no such device is known, or it is not there: said before anything is touched.
        OutputError: the folder cannot be written, or holds files of these names that are not such a run's.
    """
    pick_device(config.device)
    if not is_first_process():  # started by torchrun: all fit together, the first alone leaves something
        return Path(_nowhere().name)
    everything = [*names, *(f"{figure}.{ending}" for figure in figures for ending in ("png", "svg"))]
    folder = claimed(config.folder, [CONFIG_FILE, *everything], config.kind)
    for name in everything:
        (folder / name).unlink(missing_ok=True)
    saved = settings(config.to_json(), config.kind)
    saved["versions"]["torch"] = version("torch")
    write_file(folder / CONFIG_FILE, to_json(saved))
    return folder


@cache
def _nowhere() -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="mazefit-")


def write_rows(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; numbers with all their digits, what is missing is empty.

    Raises:
        OutputError: it cannot be written.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([["" if cell is None or cell != cell else cell for cell in row] for row in rows])
    write_file(path, file.getvalue().encode())


def write_losses(path: Path, head: Sequence[str], losses: npt.NDArray[np.float64]) -> None:
    """Write losses [epochs, columns], a row an epoch; of more than 100,000 epochs every so manieth, as the first column says.

    Raises:
        OutputError: the file cannot be written.
    """
    every = max(1, -(-len(losses) // ROWS))
    write_rows(
        path,
        ("epoch", *head),
        ([k, *row] for k, row in zip(range(0, len(losses), every), losses[::every].tolist(), strict=True)),
    )


def kept(tell: Callable[[], int]) -> int:
    """Do what comes after the fitting: a Ctrl-C meanwhile waits until everything is written.

    Returns:
        The exit code of `tell`, or 130 where Ctrl-C was heard.
    """
    with Interruption() as late:
        code = tell()
    return INTERRUPTED if late.asked else code


def finish(
    page: Page, config: Settings, folder: Path, tables: Sequence[str], pictures: Mapping[str, Any], stopped: bool
) -> int:
    """Write the figures, say where everything is, show it where that is asked for.

    Returns:
        The exit code: 0, or 130 where Ctrl-C ended it.

    Raises:
        OutputError: a figure cannot be written.
    """
    save_pictures(folder, pictures)
    page.heading("files.in", folder=folder)
    names = [(page.say("files.tables"), "  ".join([CONFIG_FILE, *tables]))]
    if pictures:
        names.append((page.say("files.figures"), "  ".join(f"{name}.png|svg" for name in pictures)))
    page.pairs(names)
    page.print()
    if config.show and not stopped and is_first_process():
        open_windows(folder, list(pictures), page.language)
    return INTERRUPTED if stopped else 0


def nothing(page: Page) -> int:
    """Say that Ctrl-C came before anything was whole; returns the exit code."""
    page.text("stopped.nothing")
    page.print()
    return INTERRUPTED
