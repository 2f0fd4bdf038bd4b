"""What readers call their columns stands whole on a figure: in its own letters, and within the sheet."""

import warnings

import pytest

from mazefit.plots import fonts, png_bytes
from mazefit.plots.fit import plot_fit
from mazefit.plots.own_names import LONGEST, UNKNOWN, short, width
from tests.plots.seen import cut_off, overlapping


@pytest.mark.skipif(fonts.korean_font() is None, reason="this machine has no Korean font")
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_korean_column_keeps_its_name_in_both_languages(language: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a letter that no font has
        figure = plot_fit([1, 2], [3, 4], axes=("달", "기온(°C), γ"), language=language)
        png_bytes(figure)
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("달", "기온(°C), γ")


def test_a_letter_that_no_font_has_is_a_question_mark_and_no_box(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mazefit.plots.own_names.korean_font", lambda: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = plot_fit([1, 2], [3, 4], axes=("달 x", "y"))
        png_bytes(figure)
    assert figure.axes[0].get_xlabel() == f"{UNKNOWN} x"


def test_english_names_need_no_other_font():
    assert plot_fit([1, 2], [3, 4], axes=("size", "price")).axes[0].xaxis.label.get_fontfamily() == [fonts.LATIN]


def test_of_a_name_that_is_too_long_the_middle_is_left_out():
    assert short("price") == "price"
    names = ("x" * 200, "a column that somebody has exported with a whole sentence for its name, measured")
    assert short(names[1]) == "a column that somebody has ex…name, measured"
    assert all(width(short(name)) <= LONGEST for name in (*names, "가격" * 40))
    assert cut_off(plot_fit([1, 2], [3, 4], axes=names)) == overlapping(plot_fit([1, 2], [3, 4], axes=names)) == []
