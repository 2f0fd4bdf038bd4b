"""Rows of learners that plan with a learned model: which row a planned update rests on, and what else there is to say of it.

The column `cause` holds the number of the row that the model has its answer from; of a real row its own number. The column
`extra` holds a bonus or a priority.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.steps import note, note_extra
from mazefit.backup.one_step import PLANNING, read_backup
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup
from mazefit.kernel import kernel

CAUSE = {"cause": "<i8"}
EXTRA = {"extra": "<f8", "cause": "<i8"}


@kernel
def note_cause(log: Any, rows: int, cause: int) -> None:
    """Log which row the row number `rows` of this block rests on."""
    if log.at >= 0:
        log.cause[log.at + rows] = cause


@kernel
def note_resting(log: Any, rows: int, row: int, following: int, reward: float, cause: int) -> None:
    """Log row number `rows` of this block, and which row it rests on."""
    note(log, rows, row, following, reward)
    note_cause(log, rows, cause)


@kernel
def note_planned(log: Any, rows: int, row: int, following: int, reward: float, cause: int, extra: float) -> None:
    """The same, and what else there is to say of it."""
    note_resting(log, rows, row, following, reward, cause)
    note_extra(log, rows, extra)


def check_planned(settings: Mapping[str, Any], tables: Mapping[str, Any], rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse loaded rows that rest on none, or whose bonus or priority is no number of at least 0.

    Raises:
        ValueError: some do.
    """
    if rows and (rows["cause"] < 0).any():
        raise ValueError("rows: cause: expected numbers of rows, got negative ones")
    if "extra" in rows and not ((rows["extra"] >= 0.0) & (rows["extra"] < np.inf)).all():
        raise ValueError("rows: extra: expected numbers of at least 0, got others")


def read_planned(
    spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], index: int, details: dict[str, Any]
) -> Backup:
    """The Backup of a row, which says what it rests on where it was planned; the row ends with its cause."""
    backup = read_backup(spec, settings, row[:3], index, details)
    return replace(backup, cause=row[-1]) if row[0] & PLANNING else backup


def read_planned_with(name: str) -> Callable[..., Backup]:
    """The same of rows whose column `extra` is the "bonus" or the "priority" of a planned update."""

    def read(spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
        backup = read_planned(spec, settings, row, index, details)
        return replace(backup, **{name: row[3]}) if row[0] & PLANNING else backup

    return read
