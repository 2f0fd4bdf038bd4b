"""Text to grid and back, and every way in which a text is refused: the sentence, the place, the caret."""

import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mazefit.envs.maze_text import MazeGrid, format_grid, parse
from mazefit.errors import ConfigError, MazeFormatError

DYNA = "S..\n.#a\nb.G\n\na = -5\nb = 0.25"


def same(a: MazeGrid, b: MazeGrid) -> bool:
    arrays = np.array_equal(a.walls, b.walls) and np.array_equal(a.marks, b.marks)
    return arrays and (a.start, a.goals, a.rewards) == (b.start, b.goals, b.rewards)


def test_a_maze_is_read():
    grid = parse(DYNA)
    assert grid.walls.tolist() == [[False] * 3, [False, True, False], [False] * 3]
    assert grid.walls.dtype == np.bool_
    assert (grid.start, grid.goals) == (0, (8,))
    assert grid.marks.tolist() == [[0, 0, 0], [0, 0, ord("a")], [ord("b"), 0, 0]]
    assert grid.marks.dtype == np.uint8
    assert grid.rewards == {"a": -5.0, "b": 0.25}


def test_the_text_comes_back():
    for text in ("S..\n.#.\n..G", "SG", "G\nS", "GSG", DYNA):
        assert format_grid(*parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        DYNA + "\n",
        "\ufeff" + DYNA,
        DYNA.replace("\n", "\r\n"),
        DYNA.replace("\n", "\r\n") + "\r\n",
        DYNA.replace(".", " ", 4),
        DYNA.encode(),
        b"\xef\xbb\xbf" + DYNA.replace("\n", "\r\n").encode(),
        DYNA.replace("a = -5\nb = 0.25", "  b=+.25  \na   =   -5e0"),
    ],
)
def test_the_same_maze_written_otherwise(text: str | bytes):
    assert same(parse(text), parse(DYNA))
    assert format_grid(*parse(text)) == DYNA


def test_a_line_of_spaces_is_a_row_of_free_cells():
    grid = parse("S#\n  \n#G")
    assert grid.walls.tolist() == [[False, True], [False, False], [True, False]]


@pytest.mark.parametrize(
    ("reward", "written"),
    [(-5.0, "-5"), (0.1, "0.1"), (1e16, "1e+16"), (-0.0, "-0"), (5e-324, "5e-324"), (1 / 3, "0.3333333333333333")],
)
def test_rewards_are_written_shortest(reward: float, written: str):
    grid = parse("SaG\n\na = 1")._replace(rewards={"a": reward})
    text = format_grid(*grid)
    assert text == f"SaG\n\na = {written}"
    assert repr(parse(text).rewards["a"]) == repr(reward)


CELLS = "'#', 'S', 'G', '.', a space or a letter a-z"
DECLARATION = "a declaration such as 'a = -5'"

# text, line, column, the sentence, the line shown
BAD = [
    ("", 1, 1, "expected the first row of a maze, got an empty text", ""),
    ("\n", 1, 1, "expected the first row of a maze, got an empty text", ""),
    (b"", 1, 1, "expected the first row of a maze, got an empty text", ""),
    ("\ufeff", 1, 1, "expected the first row of a maze, got an empty text", ""),
    ("\nS.G", 1, 1, "expected the first row of a maze, got an empty line", ""),
    ("\n\nS.G", 1, 1, "expected the first row of a maze, got an empty line", ""),
    ("S..\n.#\n..G", 2, 3, "expected 3 cells as in line 1, got 2 in line 2", ".#"),
    ("S..\n.#..\n..G", 2, 4, "expected 3 cells as in line 1, got 4 in line 2", ".#.."),
    (
        "S..\r\n.#.  \r\n..G",
        2,
        4,
        "expected 3 cells as in line 1, got 5 in line 2; spaces are free cells, and line 2 ends with 2 of them",
        ".#.  ",
    ),
    (
        "S.. \n.#.\n..G",
        2,
        4,
        "expected 4 cells as in line 1, got 3 in line 2; spaces are free cells, and line 1 ends with 1 of them",
        ".#.",
    ),
    ("S..\n..G\n\n", 3, 1, "expected 3 cells as in line 1, got an empty line 3", ""),
    ("S.G\n\n\n", 3, 1, f"expected {DECLARATION}, got an empty line", ""),
    ("SaG\n\n\na = 1", 3, 1, f"expected {DECLARATION}, got an empty line", ""),
    ("SaG\n\na = 1\n\n", 4, 1, f"expected {DECLARATION}, got an empty line", ""),
    ("S.\t\n..G", 1, 3, f"expected {CELLS}, got a tab (U+0009)", "S.\ufffd"),
    ("S..\nＧ..", 2, 1, "expected 'G', got full-width 'Ｇ' (U+FF27)", "Ｇ.."),
    ("Ｓ.G", 1, 1, "expected 'S', got full-width 'Ｓ' (U+FF33)", "Ｓ.G"),
    ("S＃G", 1, 2, "expected '#', got full-width '＃' (U+FF03)", "S＃G"),
    ("SＱG", 1, 2, f"expected {CELLS}, got full-width 'Ｑ' (U+FF31)", "SＱG"),
    ("S\u3000G", 1, 2, f"expected {CELLS}, got a full-width space (U+3000)", "S\ufffdG"),
    ("S\0G", 1, 2, f"expected {CELLS}, got NUL (U+0000)", "S\ufffdG"),
    ("S.\rG", 1, 3, f"expected {CELLS}, got a carriage return without a line feed (U+000D)", "S.\ufffdG"),
    ("\ufeff\ufeffSG", 1, 1, f"expected {CELLS}, got a second byte order mark (U+FEFF)", "\ufffdSG"),
    ("S\x85G", 1, 2, f"expected {CELLS}, got a character that cannot be shown (U+0085)", "S\ufffdG"),
    ("S\ud800G", 1, 2, f"expected {CELLS}, got a character that cannot be shown (U+D800)", "S\ufffdG"),
    ("S.G\n.X.", 2, 2, f"expected {CELLS}, got 'X' (U+0058)", ".X."),
    ("S길G", 1, 2, f"expected {CELLS}, got '길' (U+AE38)", "S길G"),
    ("S😀G", 1, 2, f"expected {CELLS}, got '😀' (U+1F600)", "S😀G"),
    (
        "SaG\na = 5",
        2,
        3,
        f"expected {CELLS}, got '=' (U+003D); declarations such as 'a = -5' come after an empty line",
        "a = 5",
    ),
    ("...\n..G", 2, 4, "expected one start 'S' in the maze, got none", "..G"),
    ("S..\n.S.\n..G", 2, 2, "expected one start 'S' in the maze, got 2", ".S."),
    ("SSS\nSSG", 1, 2, "expected one start 'S' in the maze, got 5", "SSS"),
    ("S..\n...", 2, 4, "expected at least one goal 'G' in the maze, got none", "..."),
    (
        "S.\n.a\n.G",
        2,
        2,
        "expected a declaration 'a = <reward>' after an empty line for the letter 'a', got none",
        ".a",
    ),
    ("Sab\n..G\n\na = 1", 1, 3, "expected a declaration 'b = <reward>' after an empty line for the letter 'b'", "Sab"),
    ("SsG", 1, 2, "got none; the start is a capital 'S'", "SsG"),
    ("SgG", 1, 2, "got none; the goal is a capital 'G'", "SgG"),
    ("SaG\n\na = 1\nb = 2", 4, 1, "expected the declared letter 'b' on a cell of the maze, got none", "b = 2"),
    ("SaG\n\na = 1\n a = 1", 4, 2, "expected one declaration of 'a', got a second (first in line 3)", " a = 1"),
    ("SaG\n\na = nan", 3, 5, "expected a finite number as the reward of 'a', got 'nan'", "a = nan"),
    ("SaG\n\na = -inf", 3, 5, "expected a finite number as the reward of 'a', got '-inf'", "a = -inf"),
    ("SaG\n\na = 1e999", 3, 5, "expected a finite number as the reward of 'a', got '1e999'", "a = 1e999"),
    ("SaG\n\na = 1_0", 3, 5, "expected a finite number as the reward of 'a', got '1_0'", "a = 1_0"),
    ("SaG\n\na = five", 3, 5, "expected a finite number as the reward of 'a', got 'five'", "a = five"),
    ("SaG\n\na: 5", 3, 1, f"expected {DECLARATION}, got 'a: 5'", "a: 5"),
    ("SaG\n\na =", 3, 1, f"expected {DECLARATION}, got 'a ='", "a ="),
    ("SaG\n\na = 1 2", 3, 1, f"expected {DECLARATION}, got 'a = 1 2'", "a = 1 2"),
    ("SaG\n\nA = 1", 3, 1, f"expected {DECLARATION}, got 'A = 1'", "A = 1"),
    ("SaG\n\na = ５", 3, 5, f"expected {DECLARATION}, got full-width '５' (U+FF15)", "a = ５"),
    ("SaG\n\na = \N{MINUS SIGN}5", 3, 5, f"expected {DECLARATION}, got '\N{MINUS SIGN}' (U+2212)", None),
    (b"S.G\r\n..\xff", 2, 3, "expected UTF-8, got byte 0xff at byte offset 7", "..\ufffd"),
    (b"\xef\xbb\xbfS\xffG", 1, 2, "expected UTF-8, got byte 0xff at byte offset 4", "S\ufffdG"),
    ("SG".encode("utf-16"), 1, 1, "expected UTF-8, got byte 0xff at byte offset 0", None),
    ("미로".encode()[:4], 1, 2, "expected UTF-8, got byte 0xeb at byte offset 3", "미\ufffd"),
]


@pytest.mark.parametrize(("text", "line", "column", "sentence", "shown"), BAD)
def test_a_bad_text_is_refused(text: str | bytes, line: int, column: int, sentence: str, shown: str | None):
    with pytest.raises(MazeFormatError) as caught:
        parse(text)
    message, excerpt, caret = str(caught.value).split("\n")
    assert message.startswith(f"maze text, line {line}, column {column}: expected ")
    assert sentence in message
    assert excerpt[:2] == "  "
    if shown is not None:
        assert excerpt[2:] == shown
    assert caret == " " * (1 + column) + "^"
    str(caught.value).encode("utf-8")  # can be printed


def test_a_long_line_is_shown_around_the_place():
    with pytest.raises(MazeFormatError) as caught:
        parse("S" + "." * 5000 + "!" + "#" * 5000 + "G")
    message, excerpt, caret = str(caught.value).split("\n")
    assert "line 1, column 5002: " in message
    assert len(excerpt) < 80
    assert excerpt[len(caret) - 1] == "!"
    assert excerpt.startswith("  ....")


@pytest.mark.parametrize(
    ("text", "cells", "place", "sentence"),
    [
        ("S" + "." * 10 + "G", 11, "line 1, column 12", "expected at most 11 cells, got a row of 12"),
        ("S.\n..\n..\n.G", 7, "line 4, column 1", "expected at most 7 cells, got 4 x 2"),
        ("S\nG", 1, "line 2, column 1", "expected at most 1 cells, got 2 x 1"),
    ],
)
def test_the_cap_on_cells(text: str, cells: int, place: str, sentence: str):
    with pytest.raises(MazeFormatError) as caught:
        parse(text, max_cells=cells)
    assert str(caught.value).startswith(f"maze text, {place}: {sentence}\n")
    assert parse(text, max_cells=len(text.replace("\n", ""))).start == 0


@pytest.mark.parametrize("text", ["S" + "." * 10_000_000 + "G", b"S" * 100_000_000, b"\xff" * 20_000_000])
def test_a_huge_text_is_refused_fast(text: str | bytes):
    began = time.perf_counter()
    with pytest.raises(MazeFormatError) as caught:
        parse(text)
    assert time.perf_counter() - began < 0.5
    assert "expected at most 4,000,000 cells, got" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_large_maze_is_read_fast():
    cells = np.random.default_rng(0).choice(list("#. "), (1000, 1000))
    cells[0, 0], cells[-1, -1] = "S", "G"
    text = "\n".join("".join(row) for row in cells)
    times: list[float] = []
    for _ in range(3):
        began = time.perf_counter()
        grid = parse(text)
        times.append(time.perf_counter() - began)
    assert np.array_equal(grid.walls, cells == "#")
    assert min(times) < 0.1


@pytest.mark.parametrize("other", [None, 5, ["S.G"], bytearray(b"S.G")])
def test_other_types_are_refused(other: object):
    with pytest.raises(ConfigError, match=f"maze text: expected str or bytes, got {type(other).__name__}"):
        parse(other)


def test_the_cap_is_checked():
    with pytest.raises(ConfigError, match="max_cells: expected an integer of at least 1, got 0"):
        parse("SG", max_cells=0)


# What chance finds.

few_hundred = settings(max_examples=400, deadline=None)
maze_like = st.text(st.sampled_from("##..  SGSGab=-15e\n\n\r\t\ufeffＳ\0\ud800é"), max_size=40)


def read(text: str | bytes) -> MazeGrid | None:
    try:
        return parse(text, max_cells=30)
    except MazeFormatError as error:
        lines = str(error).split("\n")
        assert len(lines) in (1, 3)
        assert lines[0].startswith("maze text, line ")
        assert ": expected " in lines[0]
        assert ", got " in lines[0]
        return None


@few_hundred
@given(st.one_of(st.text(st.characters()), maze_like))
@example("S.G\n\n\ud800")
def test_any_text_is_a_maze_or_refused(text: str):
    grid = read(text)
    if grid is not None:
        assert same(parse(format_grid(*grid)), grid)


@few_hundred
@given(st.one_of(st.binary(), maze_like.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_a_maze_or_refused(data: bytes):
    grid = read(data)
    if grid is not None:
        assert same(parse(format_grid(*grid)), grid)


@st.composite
def grids(draw: st.DrawFn) -> MazeGrid:
    rows = draw(st.integers(1, 6))
    columns = draw(st.integers(2 if rows == 1 else 1, 6))
    cells = draw(st.lists(st.sampled_from(".#abz"), min_size=rows * columns, max_size=rows * columns))
    special = draw(st.lists(st.integers(0, rows * columns - 1), min_size=2, max_size=4, unique=True))
    for state in special:
        cells[state] = "."
    codes = np.array([ord(cell) for cell in cells], np.uint8).reshape(rows, columns)
    marks = np.where(codes >= ord("a"), codes, np.uint8(0))
    finite = st.floats(allow_nan=False, allow_infinity=False)
    rewards = {letter: draw(finite) for letter in sorted(set(cells) - {".", "#"})}
    return MazeGrid(codes == ord("#"), special[0], tuple(sorted(special[1:])), marks, rewards)


@few_hundred
@given(grids(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_grid_survives_its_text(grid: MazeGrid, newline: str, as_bytes: bool):
    text = format_grid(*grid).replace("\n", newline)
    assert same(parse(text.encode() if as_bytes else text), grid)


@few_hundred
@given(grids(), st.data())
def test_damage_is_noticed(grid: MazeGrid, data: st.DataObject):
    text = format_grid(*grid)
    place = data.draw(st.integers(0, len(text)))
    damaged = text[:place] + data.draw(st.sampled_from(["\t", "\0", "Ｓ", "!", "\n\n\n"])) + text[place + 1 :]
    assert read(damaged) is None
