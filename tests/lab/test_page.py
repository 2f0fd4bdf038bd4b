"""Text that fits 80 columns, in letters that are one or two columns wide."""

import pytest

from mazefit.backup.draw.figure import columns
from mazefit.lab.page import WIDTH, Page, fixed, number, percent, widened
from mazefit.lab.regression.phrases import say


@pytest.mark.parametrize("language", ["en", "ko"])
def test_paragraphs_are_wrapped_and_indented(language: str):
    page = Page(language, say)  # pyright: ignore[reportArgumentType]
    page.heading("flaws")
    page.point("waves.flaw graph")
    page.text("waves.floor", expected="23.937", floor="24.029", test_floor="23.586")
    assert max(columns(line) for line in page.lines) <= WIDTH
    assert page.lines[1].startswith("  - ")
    assert all(line.startswith("    ") for line in page.lines[2:4])


def test_an_empty_line_stands_before_every_heading_but_the_first(capsys: pytest.CaptureFixture[str]):
    page = Page("en", say)
    page.heading("flaws")
    page.print()
    page.heading("flaws")
    page.print()
    assert capsys.readouterr().out.count("\n\n") == 1


def test_some_losses_and_that_after_the_last_update():
    import numpy as np

    page = Page("en", say)
    page.losses(np.arange(100.0, 0.0, -1.0), 0.5, 10)
    rows = [line.split() for line in page.lines[1:]]
    assert rows[0] == ["epoch", "loss"]
    assert rows[1:3] == [["0", "100"], ["10", "90"]]
    assert rows[-1] == ["100", "0.5"]
    assert len(rows) == 12


def test_a_growing_table_is_as_wide_as_its_widest_cell():
    page = Page("ko", say)
    head = [widened("종류", ["Momentum 0.002", "SGD"]), "x"]
    for cells in (head, ["SGD", "1"], ["Momentum 0.002", "2"]):
        page.row(cells, head)
    assert len({columns(line) for line in page.lines}) == 1


def test_numbers():
    assert (fixed(-0.0001, 3), fixed(-1.5, 2), fixed(1234.5, 1)) == ("0.000", "-1.50", "1,234.5")
    assert (number(-0.5), number(1e-9)) == ("-0.5", "1e-09")
    assert percent(0.875) == "87.5\N{NO-BREAK SPACE}%"


def test_a_path_that_is_longer_than_a_line_is_whole():
    path = "/a/folder/" + "그림/" * 60 + "end"
    page = Page("en", say)
    page.heading("files.in", folder=path)
    assert max(map(columns, page.lines)) <= WIDTH
    assert "".join(page.lines) == f"Files in{path}"
