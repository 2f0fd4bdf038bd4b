"""The course of a fit: one number an epoch for the loss, for every metric, and for their twins on the validation data."""

import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, did_you_mean
from mazefit.files import write_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Numbers = npt.NDArray[np.float64]


class History(Mapping[str, Numbers]):
    """What was measured, by name; each a read-only float64 array [epochs].

    `history["loss"][k]` is the mean loss of epoch k's batches, each measured before its own update: with one batch an epoch,
    the loss before epoch k's update. `history["validation_loss"][k]` is measured after epoch k's updates, as `evaluate` does.
    What was not measured in an epoch is NaN there. Eight bytes a number, and a quarter more while it grows.

    >>> history = History()
    >>> history.append({"loss": 2.0})
    >>> history.append({"loss": 1.0, "validation_loss": 1.5})
    >>> history["loss"].tolist(), history["validation_loss"].tolist(), history.epochs
    ([2.0, 1.0], [nan, 1.5], 2)
    """

    def __init__(self) -> None:
        self.epochs = 0
        """Whole epochs so far."""
        self.seconds = 0.0
        """What all fits took together, callbacks and validation included."""
        self._columns: dict[str, Numbers] = {}

    def append(self, values: Mapping[str, float]) -> None:
        """Note one epoch."""
        at = self.epochs
        for name, column in self._columns.items():
            if name not in values or at == len(column):
                break  # a longer way
            column[at] = values[name]
        else:
            if len(values) == len(self._columns):
                self.epochs = at + 1
                return
        self.extend(values, 1)

    def extend(self, values: Mapping[str, float | Numbers], epochs: int) -> None:
        """Note so many epochs at once, each column [epochs]."""
        end = self.epochs + epochs
        for name in values:
            if name not in self._columns:
                self._columns[name] = np.full(max(64, end), math.nan)
        for name, column in self._columns.items():
            if end > len(column):
                grown = np.empty(max(end, len(column) * 5 // 4 + 64))
                grown[: self.epochs] = column[: self.epochs]
                column = self._columns[name] = grown
            column[self.epochs : end] = values.get(name, math.nan)
        self.epochs = end

    def last(self, name: str) -> float:
        """The newest number of a column; NaN before the first epoch."""
        return float(self[name][-1]) if self.epochs else math.nan

    def __getitem__(self, name: str) -> Numbers:
        if name not in self._columns:
            known = list(self._columns) or ["nothing yet"]
            raise KeyError(f"history: no column {name!r}{did_you_mean(name, known)}")
        view = self._columns[name][: self.epochs]
        view.flags.writeable = False
        return view

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def rows(self, first: int = 0) -> Iterator[dict[str, Any]]:
        """One dictionary an epoch, from epoch `first` on: `epoch` (counted from 1) and each column."""
        for k in range(first, self.epochs):
            yield {"epoch": k + 1, **{name: float(column[k]) for name, column in self._columns.items()}}

    def to_csv(self, path: str | Path) -> None:
        """Write a table, one row an epoch; numbers in full, so that reading them gives the same float64.

        Raises:
            OutputError: the file cannot be written.
        """
        write_file(as_file(path), (self.csv_head() + self.csv_lines()).encode())

    def csv_head(self) -> str:
        """The first line of the table."""
        return ",".join(["epoch", *map(_quoted, self)]) + "\n"

    def csv_lines(self, first: int = 0) -> str:
        """Its rows, from epoch `first` on."""
        text = io.StringIO()
        for row in self.rows(first):
            text.write(",".join(map(str, row.values())) + "\n")
        return text.getvalue()

    def to_jsonl(self, path: str | Path) -> None:
        """Write one JSON object a line, one line an epoch; null where nothing was measured.

        Raises:
            OutputError: the file cannot be written.
        """
        write_file(as_file(path), "".join(json_line(row) for row in self.rows()).encode())

    def plot(self, *, title: str | None = None, language: str = "en") -> "Figure":
        """Draw every column over the epochs, a column beside its twin on the validation data.

        Raises:
            ConfigError: there are no epochs yet, or the language is not known.
        """
        from mazefit.plots.history import plot_history

        return plot_history(dict(self), title=title, language=language)

    def __repr__(self) -> str:
        latest = ", ".join(f"{name} {self.last(name):.6g}" for name in self) if self.epochs else "nothing yet"
        return f"History({self.epochs} epochs: {latest})"

    def _repr_html_(self) -> str:
        """A table for a notebook: first, least and last of each column."""
        import html

        head = "<tr><th></th><th>first</th><th>least</th><th>last</th></tr>"
        body = "".join(
            f"<tr><th>{html.escape(name)}</th>"
            + "".join(f"<td>{number:.6g}</td>" for number in (column[0], _least(column), column[-1]))
            + "</tr>"
            for name, column in self.items()
            if self.epochs
        )
        return f"<table><caption>{self.epochs} epochs, {self.seconds:.3g} s</caption>{head}{body}</table>"


def _least(column: Numbers) -> float:
    measured = column[~np.isnan(column)]
    return float(measured.min()) if len(measured) else math.nan


def _quoted(name: str) -> str:
    """A column's name as CSV writes it."""
    return '"' + name.replace('"', '""') + '"' if any(letter in name for letter in ',"\n\r') else name


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one line of JSON, numbers that are not finite as null."""
    plain = {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()}
    return json.dumps(plain, ensure_ascii=False, allow_nan=False) + "\n"


def as_file(path: object) -> Path:
    """A file's path, as it was given.

    Raises:
        ConfigError: it is not a path.
    """
    if not isinstance(path, str | Path) or not str(path):
        raise ConfigError(f"path: expected the path of a file, got {path!r}")
    return Path(path)
