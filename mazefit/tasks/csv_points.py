"""Your own points from a text file of columns: x is all columns but the last, y is the last.

    size,price          a header, or none: it is one where the first row holds no number
    50.5,120
    72,155.25           as many numbers in every row, separated by comma, semicolon, tab or space

Beside semicolons and tabs a comma may be the decimal sign, in the whole file then. Nothing is guessed, dropped or filled in: a
missing value, a word, a row too short is an error that names its place.
"""

import io
import math
import re
from array import array
from itertools import islice
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from mazefit.errors import DataError
from mazefit.tasks.csv_text import Cells, Row, read_cells, shown
from mazefit.tasks.points import Task

MAX_ROWS = 10_000_000
LARGE = 1_000_000  # letters of a file from which it is read in blocks
ROWS_AT_ONCE = 65_536
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WITH_COMMA = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MISSING = {"", "na", "n/a", "null", "none", "-", "?", "."}
_NOT_FINITE = {"nan", "inf", "infinity"}


class Points(NamedTuple):
    """Points that were read: n rows of d inputs and one output.

    Args:
        name: the file's name without its ending.
        x: inputs, float64 [n, d].
        y: output, float64 [n, 1].
        columns: d + 1 names, of the header or x (x1, x2, …) and y.
    """

    name: str
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    columns: tuple[str, ...]

    @property
    def constant(self) -> tuple[str, ...]:
        """Names of columns in which all values are the same: nothing can be learned from, or about, them."""
        values = np.concatenate([self.x, self.y], axis=1)
        return tuple(name for name, same in zip(self.columns, (values == values[0]).all(axis=0), strict=True) if same)

    def task(self) -> Task:
        """The points as something to be fitted."""
        return Task(self.name, self.x, self.y)


def read_points(path: str | Path) -> Points:
    """Read a file of columns of numbers.

    Args:
        path: a text file in UTF-8, with or without a byte order mark.

    Returns:
        The points, at least 2 of them.

    Raises:
        DataError: the file is missing or is not such a file; names file, line, column, what was expected and what was found.
        ConfigError: `path` is not the name of a file.
    """
    cells = read_cells(path)
    reader = _Reader(path, commas=cells.separator in ";\t")
    for index, row in enumerate(cells.rows):
        reader.add(row)
        if index == 0 and len(cells.text) >= LARGE and (values := _at_once(cells, reader)) is not None:
            return reader.points(values)
    return reader.points(np.frombuffer(reader.values, dtype=np.float64).reshape(-1, reader.width))


def _at_once(cells: Cells, reader: "_Reader") -> npt.NDArray[np.float64] | None:
    """The numbers of a large file [n, d + 1], thousands of rows at a time; None where anything is unusual."""
    text, between = cells.text, cells.separator
    if not text.isascii() or "_" in text or '"' in text or (reader.commas and "," in text) or reader.first is None:
        return None
    lines = io.StringIO(text, newline=None)
    for _ in range(reader.first.line - (reader.header is None)):
        next(lines)
    blocks = [np.empty(0)]
    while block := list(islice(lines, ROWS_AT_ONCE)):
        rows = [row for row in block if not row.isspace()]
        if any((len(row.split()) if between == " " else row.count(between) + 1) != reader.width for row in rows):
            return None
        found = (" ".join(rows).split() if between == " " else between.join(rows).split(between)) if rows else []
        try:
            blocks.append(np.fromiter(map(float, found), np.float64, len(found)))
        except ValueError:
            return None
    values = np.concatenate(blocks).reshape(-1, reader.width)
    return values if len(values) <= MAX_ROWS and bool(np.isfinite(values).all()) else None


class _Reader:
    """Rows of cells to numbers."""

    def __init__(self, path: str | Path, *, commas: bool) -> None:
        self.path, self.commas = path, commas
        self.first: Row | None = None
        self.header: list[str] | None = None
        self.values = array("d")
        self.sign = ""  # the decimal sign, once one was seen
        self.sign_seen = ""  # where, and in which cell

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.first.cells) if self.first is not None else 1

    def add(self, row: Row) -> None:
        """Take the next row, or say what is wrong with it."""
        if self.first is None:
            self.first = row
            if len(row.cells) < 2:
                raise DataError(f"{self.path}, line {row.line}: expected at least 2 columns, got 1: {shown(row.cells[0])}")
            if self.is_header(row.cells):
                self.header = [cell.strip() for cell in row.cells]
                return
        if len(row.cells) != len(self.first.cells):
            raise DataError(
                f"{self.path}, line {row.line}: expected {len(self.first.cells)} columns as in line {self.first.line}, "
                f"got {len(row.cells)}"
            )
        if len(self.values) >= MAX_ROWS * len(row.cells):
            raise DataError(f"{self.path}, line {row.line}: expected at most {MAX_ROWS:,} rows, got more")
        for column, cell in enumerate(row.cells, 1):
            self.values.append(self.number(cell.strip(), row.line, column))

    def is_header(self, cells: list[str]) -> bool:
        """Whether none of the cells is a number and one is a word."""
        bare = [cell.strip() for cell in cells]
        numbers = any(_NUMBER.fullmatch(cell) or _WITH_COMMA.fullmatch(cell) for cell in bare)
        words = any(cell.lower() not in _MISSING and cell.lower().lstrip("+-") not in _NOT_FINITE for cell in bare)
        return words and not numbers

    def number(self, cell: str, line: int, column: int) -> float:
        """The number that a cell holds."""
        if not _NUMBER.fullmatch(cell) and not (self.commas and _WITH_COMMA.fullmatch(cell)):
            self.refuse(cell, line, column)
        if self.commas and ("," in cell or "." in cell):
            sign = "," if "," in cell else "."
            if self.sign not in ("", sign):
                raise DataError(
                    f"{self.place(line, column)}: expected one decimal sign in the whole file, got {shown(cell)} "
                    f"after {self.sign_seen}"
                )
            if not self.sign:
                self.sign, self.sign_seen = sign, f"{shown(cell)} in line {line}"
            cell = cell.replace(",", ".")
        value = float(cell)
        if not math.isfinite(value):
            raise DataError(f"{self.place(line, column)}: expected a number within float64, got {shown(cell)}")
        return value

    def refuse(self, cell: str, line: int, column: int) -> NoReturn:
        """Say what stands where a number should."""
        if cell.lower() in _MISSING:
            got = f"a missing value, {shown(cell)}" if cell else "a missing value"
            raise DataError(f"{self.place(line, column)}: expected a number, got {got}")
        if cell.lower().lstrip("+-") in _NOT_FINITE:
            raise DataError(f"{self.place(line, column)}: expected a finite number, got {shown(cell)}")
        hint = " (a header would hold no number)" if self.first is not None and line == self.first.line else ""
        raise DataError(f"{self.place(line, column)}: expected a number, got {shown(cell)}{hint}")

    def place(self, line: int, column: int) -> str:
        """File, line and column as a sentence names them."""
        name = self.header[column - 1] if self.header is not None else ""
        return f"{self.path}, line {line}, column {column}" + (f" ({name})" if name else "")

    def points(self, values: npt.NDArray[np.float64]) -> Points:
        """The points of these numbers, [n, d + 1]."""
        if len(values) < 2:
            raise DataError(f"{self.path}: expected at least 2 rows of numbers, got {len(values)}")
        plain = ["x"] if self.width == 2 else [f"x{k}" for k in range(1, self.width)]
        given = self.header if self.header is not None else [*plain, "y"]
        names = [name or f"column {k}" for k, name in enumerate(given, 1)]
        return Points(Path(self.path).stem, values[:, :-1].copy(), values[:, -1:].copy(), tuple(names))
