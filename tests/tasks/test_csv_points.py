"""Points of one's own: what is read is what is written there, and what cannot be read is named by line and column."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mazefit.errors import ConfigError, DataError, MazefitError
from mazefit.tasks import csv_points
from mazefit.tasks.csv_points import Points, read_points


def read(folder: Path, content: str | bytes) -> Points:
    file = folder / "points.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_points(file)


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("1,2\n3,4\n", ("x", "y")),
        ("1,2\n3,4", ("x", "y")),
        ("a,b\n1,2\n3,4\n", ("a", "b")),
        ('"a b","c, d"\n"1","2"\n3,4\n', ("a b", "c, d")),
        ("a;b\n1;2\n3;4\n", ("a", "b")),
        ("a\tb\n1\t2\n3\t4\n", ("a", "b")),
        ("a b\n1 2\n3 4\n", ("a", "b")),
        ("  a      b\n  1.0    2.0  \n  3.0    4.0\n", ("a", "b")),
        ("1, 2\n3, 4\n", ("x", "y")),
        ("time (s), height (m)\n1, 2\n3, 4\n", ("time (s)", "height (m)")),
        ("1,2\r\n3,4\r\n", ("x", "y")),
        ("1,2\r3,4\r", ("x", "y")),
        ("\ufeffa,b\n1,2\n3,4\n", ("a", "b")),
        ("# from numpy.savetxt\n1 2\n3 4\n", ("x", "y")),
        ("\n1,2\n\n  \n3,4\n\n", ("x", "y")),
        ("1,0;2,0\n3,;4\n", ("x", "y")),
        ("넓이,가격\n1,2\n3,4\n", ("넓이", "가격")),
        ("+1,2.\n0.3e1,4E+00\n", ("x", "y")),
        ("1\t2\n3,0\t4\n", ("x", "y")),
        (",b\n1,2\n3,4\n", ("column 1", "b")),
    ],
)
@pytest.mark.parametrize("large", [csv_points.LARGE, 0])
def test_ways_to_write_the_same_two_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, columns: tuple[str, ...], large: int
):
    monkeypatch.setattr(csv_points, "LARGE", large)
    points = read(tmp_path, content)
    assert points.x.tolist() == [[1.0], [3.0]]
    assert points.y.tolist() == [[2.0], [4.0]]
    assert points.x.dtype == points.y.dtype == np.float64
    assert points.columns == columns
    assert points.name == "points"
    assert points.constant == ()
    assert points.task().x is points.x
    assert points.task().name == "points"


def test_x_is_all_columns_but_the_last(tmp_path: Path):
    points = read(tmp_path, "1 2 3\n4 5 6\n7 8 9\n")
    assert points.x.tolist() == [[1, 2], [4, 5], [7, 8]]
    assert points.y.tolist() == [[3], [6], [9]]
    assert points.columns == ("x1", "x2", "y")


def test_constant_columns_are_read_and_named(tmp_path: Path):
    points = read(tmp_path, "a,b,c\n1,2,3\n1,5,3\n")
    assert points.constant == ("a", "c")
    assert points.x.tolist() == [[1, 2], [1, 5]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "points.csv: expected at least 2 rows of numbers, got an empty file"),
        ("\n\n# nothing\n", "expected at least 2 rows of numbers, got an empty file"),
        ("a,b\n", "expected at least 2 rows of numbers, got 0"),
        ("a,b\n1,2\n", "expected at least 2 rows of numbers, got 1"),
        ("1\n2\n3\n", "points.csv, line 1: expected at least 2 columns, separated by .*, got 1: '1'"),
        ("\nMy data\n1,2\n3,4\n5,6\n", "line 2: expected at least 2 columns, got 1: 'My data'"),
        ("1,2\n3\n", "line 2: expected 2 columns as in line 1, got 1"),
        ("a,b\n1,2\n\n3,4,5\n", "line 4: expected 2 columns as in line 1, got 3"),
        ("a,b,c\n1,2\n3,4\n", "line 2: expected 3 columns as in line 1, got 2"),
        ("1,2\n3,\n", "line 2, column 2: expected a number, got a missing value$"),
        ("x,y\n1,2\n,4\n", r"line 3, column 1 \(x\): expected a number, got a missing value$"),
        ("x,y\n1,2\nNA,4\n", r"line 3, column 1 \(x\): expected a number, got a missing value, 'NA'"),
        ("1,2\n3,four\n", "line 2, column 2: expected a number, got 'four'"),
        ("x,2\n3,4\n", r"line 1, column 1: expected a number, got 'x' \(a header would hold no number\)"),
        ("s,m\nx,y\n1,2\n", r"line 2, column 1 \(s\): expected a number, got 'x'"),
        ("1,2\n3,nan\n", "line 2, column 2: expected a finite number, got 'nan'"),
        ("1,2\n-inf,4\n", "line 2, column 1: expected a finite number, got '-inf'"),
        ("NaN,NaN\n1,2\n3,4\n", "line 1, column 1: expected a finite number, got 'NaN'"),
        ("1,2\n3,1e999\n", "line 2, column 2: expected a number within float64, got '1e999'"),
        ("1,2\n3,1_0\n", "got '1_0'"),
        ("1,2\n3,４\n", "got '４'"),
        ("1,2\n3,0x10\n", "got '0x10'"),
        ("1,5;2\n3.5;4\n", "line 2, column 1: expected one decimal sign in the whole file, got '3.5' after '1,5' in line 1"),
        ("1.234,5;2\n3;4\n", "line 1, column 1: expected a number, got '1.234,5'"),
        ("1,5 2,5\n3,5 4,5\n", "line 1, column 2: expected a number, got '5 2'"),
        ('"1,2\n3,4\n', "expected plain cells, quotes in pairs, got: unexpected end of data"),
        ('1,2\n"3"x,4\n', "line 2: expected plain cells, quotes in pairs, got: "),
        (b"1,2\n3,\xff\n", "line 2: expected text in UTF-8, got byte 0xff$"),
        ("1,2\n3,4\n".encode("utf-16"), r"line 1: expected text in UTF-8, got byte 0xff \(UTF-16: save it as CSV in UTF-8\)"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1: expected text in UTF-8, got byte 0x89"),
        ("1,2\n3," + "x" * 500, "line 2, column 2: expected a number, got 'x{29}…'"),
        ("1,2\n3," + "1" * 200_000, "line 2: expected plain cells, quotes in pairs, got: field larger than"),
    ],
)
@pytest.mark.parametrize("large", [csv_points.LARGE, 0])
def test_what_cannot_be_read_is_named_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes, message: str, large: int
):
    monkeypatch.setattr(csv_points, "LARGE", large)  # large files are read in blocks
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, content)
    assert str(tmp_path / "points.csv") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_folders_absent_files_and_names_that_cannot_be(tmp_path: Path):
    with pytest.raises(DataError, match="expected a file of columns, got a folder"):
        read_points(tmp_path)
    with pytest.raises(DataError, match="expected a file of columns, got no file of that name"):
        read_points(tmp_path / "none.csv")
    with pytest.raises(DataError, match="expected a file that can be read, got ValueError"):
        read_points("a\0b")
    with pytest.raises(DataError, match="expected a file that can be read, got OSError"):
        read_points("a" * 5000)
    with pytest.raises(DataError, match="expected a file of columns, got something else"):
        read_points("/dev/null")
    for wrong in (0, None, b"points.csv"):
        with pytest.raises(ConfigError, match="path: expected the name of a file"):
            read_points(wrong)  # pyright: ignore[reportArgumentType]


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        os.truncate(file.fileno(), (1 << 30) + 1)  # a file of holes
    with pytest.raises(DataError, match="expected a file of at most 1,073,741,824 bytes, got 1,073,741,825"):
        read_points(huge)
    monkeypatch.setattr(csv_points, "MAX_ROWS", 3)
    for large in (csv_points.LARGE, 0):
        monkeypatch.setattr(csv_points, "LARGE", large)
        assert len(read(tmp_path, "x,y\n1,2\n3,4\n5,6\n").x) == 3
        with pytest.raises(DataError, match="line 5: expected at most 3 rows, got more"):
            read(tmp_path, "x,y\n1,2\n3,4\n5,6\n7,8\n")


def test_blocks_of_a_large_file_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(csv_points, "LARGE", 0)
    expected = [[float(k), float(-k)] for k in range(12)]
    for rows in range(1, 15):
        monkeypatch.setattr(csv_points, "ROWS_AT_ONCE", rows)
        points = read(tmp_path, "x y\n\n\n" + "\n\n".join(f"{x} {y}" for x, y in expected))
        assert np.concatenate([points.x, points.y], axis=1).tolist() == expected


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match="expected a file that can be read, got PermissionError"):
        read(tmp_path, "1,2\n3,4\n")


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(
    rows=st.integers(2, 6).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=2)),
    separator=st.sampled_from([",", ";", "\t", " ", ", ", "   "]),
    header=st.booleans(),
    comma=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    large=st.sampled_from([csv_points.LARGE, 0]),
)
@settings(max_examples=150, deadline=None)
def test_numbers_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[float]],
    separator: str,
    header: bool,
    comma: bool,
    end: str,
    mark: bool,
    large: int,
):
    lines = [separator.join(map(repr, row)) for row in rows]
    if comma and separator in ";\t":
        lines = [line.replace(".", ",") for line in lines]
    if header:
        lines.insert(0, separator.join(f"name{k}" for k in range(len(rows[0]))))
    text = ("\ufeff" if mark else "") + end.join(lines) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_points, "LARGE", large)
        points = read(tmp_path_factory.getbasetemp(), text)
    assert np.concatenate([points.x, points.y], axis=1).tobytes() == np.array(rows).tobytes()


CELLS = ["1", "2.5", "-3e2", "+.5", " 4 ", "7.", "0", "12345678901234567890", "1e-320"] * 3
ODD = [
    "1,5",
    "",
    "NA",
    "nan",
    "x",
    "1_0",
    '"5"',
    '"6',
    "inf",
    "#",
    "0x1",
    "1e999",
    "４",
    "1 2",
    "\x00",
    "1\r2",
    "\x0c3",
    "1d5",
    "\n",
]


@st.composite
def nearly_files(draw: st.DrawFn) -> bytes:
    """Files of columns with a few things wrong."""
    width = draw(st.integers(1, 4))
    cell = st.sampled_from(CELLS + (ODD if draw(st.booleans()) else []))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=6))
    separator = draw(st.sampled_from([",", ";", "\t", " ", ", ", "  "]))
    head = [separator.join(f"name {k}" for k in range(width))] if draw(st.booleans()) else []
    lines = [*head, *(separator.join(row) for row in rows)]
    if draw(st.integers(0, 3)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", "  ", "# remark", "\t", ",", ";;"])))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines).encode()


@given(
    st.one_of(
        nearly_files(),
        nearly_files(),
        nearly_files(),
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text(alphabet="0123456789.,;\t \n\r\"'#-+eEnaNif", max_size=200).map(str.encode),
        st.text(alphabet='12,;\n".', max_size=60).map(str.encode),
    )
)
@example(b'1,2\n"3,4')
@example(b"\x00,\x00\n1,2\n3,4")
@example(b"1\xc2\x85,2\n3,4")
@example("1\u2028,2\n3,4\n".encode())
@settings(max_examples=600, deadline=None)
def test_whatever_a_file_holds_it_is_points_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    found = [outcome(tmp_path_factory.getbasetemp(), content, large) for large in (csv_points.LARGE, 0)]
    assert found[0] == found[1]  # large files are read another way


def outcome(folder: Path, content: bytes, large: int) -> object:
    """The bytes that were read, or the sentence that was said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_points, "LARGE", large)
        try:
            points = read(folder, content)
        except MazefitError as error:
            return str(error)
    assert len(points.x) == len(points.y) >= 2
    assert np.isfinite(points.x).all()
    assert np.isfinite(points.y).all()
    assert len(points.columns) == points.x.shape[1] + 1
    return points.x.tobytes(), points.y.tobytes(), points.columns


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_whatever_a_file_is_called_it_is_points_or_a_sentence(name: str):
    with pytest.raises(MazefitError):
        read_points("/nowhere/" + name + "/none.csv")
