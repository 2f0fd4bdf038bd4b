"""Korean where it can be drawn, English and one warning where not, boxes never."""

import warnings
from collections.abc import Iterator

import pytest

from mazefit.errors import ConfigError
from mazefit.plots import fonts, plot_maze, png_bytes
from mazefit.words import word

WALLS = [[False, False], [True, False]]


@pytest.fixture
def no_korean_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fonts, "KOREAN", ("No Such Font",))
    fonts.korean_font.cache_clear()
    fonts._warn.cache_clear()
    yield
    fonts.korean_font.cache_clear()
    fonts._warn.cache_clear()


@pytest.mark.usefixtures("no_korean_font")
def test_without_a_korean_font_english_is_drawn_with_one_warning():
    with pytest.warns(UserWarning, match="no Korean font was found") as seen:
        figures = [plot_maze(WALLS, 0, [3], language="ko") for _ in range(3)]
    assert len(seen) == 1
    assert seen[0].filename == __file__
    for figure in figures:
        assert [text.get_text() for text in figure.texts] == [word("maze.plain", "en")]


@pytest.mark.skipif(fonts.korean_font() is None, reason="this machine has no Korean font")
def test_with_a_korean_font_every_sign_has_a_shape():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a letter that no font has
        figure = plot_maze(
            WALLS, 0, [3], [-1.5, -1.0, 0.0, 0.0], title="가치 γ = 0.9, ε = 0.1, −1, α δ λ π ∞ ←↑→↓", language="ko"
        )
        png_bytes(figure)
    assert figure.texts[0].get_fontfamily()[0] == fonts.korean_font()


def test_english_is_drawn_with_the_font_that_comes_with_matplotlib():
    assert plot_maze(WALLS, 0, [3]).texts[0].get_fontfamily() == ["DejaVu Sans"]


def test_another_language_is_refused():
    with pytest.raises(ConfigError, match="lang: unknown 'kr'; expected one of en, ko"):
        plot_maze(WALLS, 0, [3], language="kr")
