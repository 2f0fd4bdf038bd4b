"""Text to grid and back: the one place that knows what a maze looks like in a file.

    S..        # wall, S start (exactly one), G goal (one or more), . or space a free cell,
    .#a        a-z a free cell with a reward of its own on arrival,
    ..G
               and after one empty line what each letter is worth, a line each:
    a = -5

Windows line ends, a byte order mark and one newline at the end are accepted; everything else that is not this is
refused with its line and column. A state is a cell's number, row * columns + column, walls counted.
"""

import math
import re
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from mazefit.errors import ConfigError, MazeFormatError, Problems

MAX_CELLS = 4_000_000

_FOREIGN = re.compile(r"[^#SG. a-z\n]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_DECLARATION = re.compile(r" *([a-z]) *= *([^ ]+) *")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NAMES = {
    "\0": "NUL",
    "\t": "a tab",
    "\r": "a carriage return without a line feed",
    "\ufeff": "a second byte order mark",
    "\u3000": "a full-width space",
    "\xa0": "a no-break space",
}
_VIEW = 72  # the widest part of a line that an error shows


class MazeGrid(NamedTuple):
    """What a maze's text says, as arrays over its R rows and C columns."""

    walls: NDArray[np.bool_]  # [R, C]
    start: int
    goals: tuple[int, ...]  # ascending
    marks: NDArray[np.uint8]  # [R, C], 0 or the code of the letter a-z on that cell
    rewards: dict[str, float]  # arrival reward by letter, as declared


def parse(text: str | bytes, *, max_cells: int = MAX_CELLS) -> MazeGrid:
    """Read a maze's text.

    Args:
        text: the maze as in the module's description; bytes are read as UTF-8.
        max_cells: the largest rows x columns accepted, walls counted.

    Returns:
        The grid; `format_grid(*grid)` gives the text again, its free cells written as `.`.

    Raises:
        MazeFormatError: the text is not a maze; one sentence with line and column, then the line and a caret.
        ConfigError: `text` is neither str nor bytes, or `max_cells` is not a positive integer.
    """
    problems = Problems("maze text")
    problems.integer("max_cells", max_cells, 1)
    problems.raise_if_any()
    plain = _normalized(text, max_cells)
    gap = plain.find("\n\n")
    end = len(plain) if gap < 0 else gap
    codes = _grid_codes(plain, end, max_cells)
    start, goals = _start_and_goals(plain, end, codes)
    marks = np.where((codes >= ord("a")) & (codes <= ord("z")), codes, np.uint8(0))
    rewards = {} if gap < 0 else _declarations(plain, gap + 2)
    _check_letters(plain, end, marks, rewards)
    return MazeGrid(codes == ord("#"), start, goals, marks, {letter: rewards[letter][0] for letter in sorted(rewards)})


def format_grid(
    walls: NDArray[np.bool_],
    start: int,
    goals: tuple[int, ...],
    marks: NDArray[np.uint8],
    rewards: dict[str, float],
) -> str:
    """Write a maze's text: the inverse of `parse`, without a newline at the end.

    Args:
        walls: bool [R, C].
        start: state of the start.
        goals: states of the goals.
        marks: uint8 [R, C], 0 or the code of the letter on that cell (never on a wall, the start or a goal).
        rewards: arrival reward by letter.

    Returns:
        The rows, and after an empty line the declarations in the order of their letters.
    """
    rows, columns = walls.shape
    cells = np.where(walls, np.uint8(ord("#")), np.where(marks > 0, marks, np.uint8(ord("."))))
    cells.flat[list(goals)] = ord("G")
    cells.flat[start] = ord("S")
    lines = np.full((rows, columns + 1), ord("\n"), np.uint8)
    lines[:, :columns] = cells
    declarations = "".join(f"\n{letter} = {_shortest(rewards[letter])}" for letter in sorted(rewards))
    return lines.tobytes().decode("ascii")[:-1] + ("\n" + declarations if rewards else "")


def _shortest(number: float) -> str:
    """The shortest text that reads back as the same float64: -5.0 is `-5`."""
    return repr(float(number)).removesuffix(".0")


def _normalized(text: object, max_cells: int) -> str:
    """The text as str with `\n` line ends, without a byte order mark and without one newline at the end."""
    if not isinstance(text, str | bytes):
        raise ConfigError(f"maze text: expected str or bytes, got {type(text).__name__}")
    longest = 3 * max_cells + 4096  # a cell and a Windows line end, and the declarations
    if len(text) > longest:
        unit = "characters" if isinstance(text, str) else "bytes"
        raise MazeFormatError(
            f"maze text, line 1, column 1: expected at most {max_cells:,} cells, got a text of {len(text):,} {unit}"
        )
    plain = _decoded(text) if isinstance(text, bytes) else text
    return plain.removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n")


def _decoded(data: bytes) -> str:
    """The bytes as UTF-8; at the first that is not, say where."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start
        readable = data[:offset].decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n") + "\ufffd"
        rest = data[offset + 1 : offset + 1 + _VIEW].decode("utf-8", "replace")
        sentence = f"expected UTF-8, got byte 0x{data[offset]:02x} at byte offset {offset}"
    _refuse(readable + rest, len(readable) - 1, sentence)


def _grid_codes(plain: str, end: int, max_cells: int) -> NDArray[np.uint8]:
    """The rows of the text up to `end` as an array of character codes [R, C]."""
    if end == 0 or plain.startswith("\n"):
        got = "an empty line" if plain else "an empty text"
        _refuse(plain, 0, f"expected the first row of a maze, got {got}")
    newline = plain.find("\n", 0, end)
    columns = end if newline < 0 else newline
    if columns > max_cells:
        _refuse(plain, max_cells, f"expected at most {max_cells:,} cells, got a row of {columns:,}")
    foreign = _FOREIGN.search(plain, 0, end)
    if foreign:
        expected = "'#', 'S', 'G', '.', a space or a letter a-z"
        hint = "; declarations such as 'a = -5' come after an empty line" if foreign[0] == "=" else ""
        _refuse(plain, foreign.start(), _unexpected(foreign[0], expected) + hint)
    codes = np.frombuffer(plain[:end].encode("ascii") + b"\n", np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    lengths = np.diff(ends, prepend=-1) - 1  # [R]
    ragged = np.flatnonzero(lengths != columns)
    if len(ragged):
        row = int(ragged[0])
        first, length = int(ends[row] - lengths[row]), int(lengths[row])
        _refuse(plain, first + min(length, columns), _ragged(plain, columns, first, length, row + 1))
    if len(ends) * columns > max_cells:
        index = int(ends[max_cells // columns - 1]) + 1 if columns <= max_cells else 0
        _refuse(plain, index, f"expected at most {max_cells:,} cells, got {len(ends):,} x {columns:,}")
    return codes.reshape(len(ends), columns + 1)[:, :columns]


def _ragged(plain: str, columns: int, first: int, length: int, line: int) -> str:
    """What is said of a row of `length` from index `first` on that should have `columns` cells."""
    longer = plain[first : first + length] if length > columns else plain[:columns]
    spaces = len(longer) - len(longer.rstrip(" "))
    where = f"line {line if length > columns else 1}"
    hint = f"; spaces are free cells, and {where} ends with {spaces} of them" if spaces else ""
    got = f"{length} in line {line}" if length else f"an empty line {line}"
    return f"expected {columns} cells as in line 1, got {got}{hint}"


def _start_and_goals(plain: str, end: int, codes: NDArray[np.uint8]) -> tuple[int, tuple[int, ...]]:
    starts = np.flatnonzero(codes == ord("S"))
    goals = np.flatnonzero(codes == ord("G"))
    if len(starts) == 0:
        _refuse(plain, end, "expected one start 'S' in the maze, got none")
    if len(starts) > 1:
        row, column = divmod(int(starts[1]), codes.shape[1])
        _refuse(plain, row * (codes.shape[1] + 1) + column, f"expected one start 'S' in the maze, got {len(starts)}")
    if len(goals) == 0:
        _refuse(plain, end, "expected at least one goal 'G' in the maze, got none")
    return int(starts[0]), tuple(goals.tolist())


def _declarations(plain: str, first: int) -> dict[str, tuple[float, int]]:
    """The lines from index `first` on: letter -> (reward, index of the letter in the text)."""
    foreign = _NOT_ASCII.search(plain, first)
    found: dict[str, tuple[float, int]] = {}
    index = first
    while index <= len(plain):
        newline = plain.find("\n", index)
        stop = len(plain) if newline < 0 else newline
        expected = "a declaration such as 'a = -5'"
        if foreign and foreign.start() < stop:
            _refuse(plain, foreign.start(), _unexpected(foreign[0], expected))
        match = _DECLARATION.fullmatch(plain, index, stop)
        if not match:
            got = "an empty line" if stop == index else repr(plain[index : min(stop, index + _VIEW)])
            _refuse(plain, index, f"expected {expected}, got {got}")
        letter, number = match[1], match[2]
        if letter in found:
            earlier = plain.count("\n", 0, found[letter][1]) + 1
            _refuse(plain, match.start(1), f"expected one declaration of '{letter}', got a second (first in line {earlier})")
        reward = _reward(number)
        if not math.isfinite(reward):
            _refuse(plain, match.start(2), f"expected a finite number as the reward of '{letter}', got {number[:_VIEW]!r}")
        found[letter] = (reward, match.start(1))
        index = stop + 1
    return found


def _reward(number: str) -> float:
    """The number, or NaN where it is none (`inf` and `nan`, which `float` would read, included)."""
    return float(number) if _NUMBER.fullmatch(number) else math.nan


def _check_letters(plain: str, end: int, marks: NDArray[np.uint8], rewards: dict[str, tuple[float, int]]) -> None:
    """Every letter on a cell must be declared, and every declared letter must be on a cell."""
    used = {chr(code) for code in np.flatnonzero(np.bincount(marks.ravel(), minlength=1)).tolist() if code}
    for letter in sorted(used - rewards.keys()):
        capital = f"; the {'start' if letter == 's' else 'goal'} is a capital '{letter.upper()}'" if letter in "sg" else ""
        declared = f"a declaration '{letter} = <reward>' after an empty line"
        _refuse(plain, plain.index(letter, 0, end), f"expected {declared} for the letter '{letter}', got none{capital}")
    for letter in sorted(rewards.keys() - used):
        _refuse(plain, rewards[letter][1], f"expected the declared letter '{letter}' on a cell of the maze, got none")


def _unexpected(character: str, expected: str) -> str:
    """`expected ..., got ...` for one character, named where it would not be seen or looks like another."""
    code = f"(U+{ord(character):04X})"
    if "\uff01" <= character <= "\uff5e":
        narrow = chr(ord(character) - 0xFEE0)
        return f"expected {expected if _FOREIGN.match(narrow) else repr(narrow)}, got full-width '{character}' {code}"
    shown = repr(character) if character.isprintable() else "a character that cannot be shown"
    return f"expected {expected}, got {_NAMES.get(character, shown)} {code}"


def _refuse(plain: str, index: int, sentence: str) -> NoReturn:
    """Raise with line and column of `index`, then that line (its part around the place) and a caret."""
    line = plain.count("\n", 0, index) + 1
    first = plain.rfind("\n", 0, index) + 1
    newline = plain.find("\n", index)
    last = len(plain) if newline < 0 else newline
    left = max(first, index - _VIEW // 2)
    view = "".join(c if c.isprintable() else "\ufffd" for c in plain[left : min(last, left + _VIEW)])
    dots = "..." if left > first else ""
    caret = " " * (len(dots) + index - left) + "^"
    raise MazeFormatError(f"maze text, line {line}, column {index - first + 1}: {sentence}\n  {dots}{view}\n  {caret}")
