"""A text file of columns, cut into cells: encoding, line ends, and which separator stands between the cells.

The separator is the first of tab, semicolon, comma and space that occurs in at least half of the first lines, quoted parts left
aside. Empty lines and lines that begin with # count as lines, and hold no row.
"""

import csv
import io
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mazefit.errors import ConfigError, DataError

MAX_BYTES = 1 << 30
LOOKED_AT = 50  # lines from which the separator is known
SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "space"}  # in the order in which they are tried
_QUOTED = re.compile(r'"[^"]*"')
_VIEW = 30  # letters of a cell that a sentence shows


class Row(NamedTuple):
    """The cells of one line."""

    line: int  # counted from 1
    cells: list[str]


class Cells(NamedTuple):
    """A file's rows, to be read once, and what stands between their cells."""

    separator: str
    rows: Iterator[Row]
    text: str


def read_cells(path: object) -> Cells:
    """Open a file and find its separator.

    Raises:
        DataError: there is no such file, it is not text in UTF-8, is too large, is empty, or has one column only; later, from
            `rows`: quotes do not close.
        ConfigError: `path` is no name of a file.
    """
    text = _text(path)
    sample = [line for _, line in zip(range(LOOKED_AT), _lines(text), strict=False) if line != "\n"]
    if not sample:
        raise DataError(f"{path}: expected at least 2 rows of numbers, got an empty file")
    bare = [_QUOTED.sub("", line).strip(" \n") for line in sample]
    often = [mark for mark in SEPARATORS if 2 * sum(mark in line for line in bare) >= len(bare)]
    if not often:
        first = next(k for k, line in enumerate(_lines(text), 1) if line != "\n")
        raise DataError(
            f"{path}, line {first}: expected at least 2 columns, separated by comma, semicolon, tab or space, "
            f"got 1: {shown(sample[0].strip())}"
        )
    return Cells(often[0], _rows(path, text, often[0]), text)


def shown(cell: str) -> str:
    """A cell as a sentence quotes it, cut where it is long."""
    return repr(cell if len(cell) <= _VIEW else cell[: _VIEW - 1] + "…")


def _lines(text: str) -> Iterator[str]:
    """The lines, each with its end; empty ones and remarks are bare ends."""
    for line in io.StringIO(text, newline=None):
        bare = line.lstrip()
        yield line if bare and bare[0] != "#" else "\n"


def _rows(path: object, text: str, separator: str) -> Iterator[Row]:
    """Each row that holds something."""
    lines = _lines(text)
    if separator == " ":
        lines = (line.strip() + "\n" for line in lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            if cells:
                yield Row(reader.line_num, cells)
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: expected plain cells, quotes in pairs, got: {error}") from error


def _text(path: object) -> str:
    """The file's text."""
    if not isinstance(path, str | Path):
        raise ConfigError(f"path: expected the name of a file, got {path!r}")
    try:
        about = Path(path).stat()
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "something else"
            raise DataError(f"{path}: expected a file of columns, got {kind}")
        if about.st_size > MAX_BYTES:
            raise DataError(f"{path}: expected a file of at most {MAX_BYTES:,} bytes, got {about.st_size:,}")
        content = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"{path}: expected a file of columns, got no file of that name") from error
    except (OSError, ValueError) as error:  # no right to read it, a name that cannot be one
        raise DataError(f"{path!r}: expected a file that can be read, got {type(error).__name__}: {error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = " (UTF-16: save it as CSV in UTF-8)" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise DataError(f"{path}, line {line}: expected text in UTF-8, got byte 0x{content[error.start]:02x}{hint}") from error
