"""The figures of the classifier: what is drawn is what was given, every text is seen, and nothing covers anything."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots import svg_bytes
from mazefit.plots.classifier import Curves, Sample, plot_classifier
from mazefit.plots.classifier_words import WORDS, label
from mazefit.plots.confusion import coloured, percent, shares_of_rows
from mazefit.plots.log_axis import power
from mazefit.plots.mistakes import chance, plot_mistakes
from mazefit.plots.modes import Way, plot_modes
from tests.plots.seen import cut_off, overlapping, texts

RNG = np.random.default_rng(0)
ENGLISH = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
KOREAN = ("티셔츠/상의", "바지", "풀오버", "드레스", "코트", "샌들", "셔츠", "운동화", "가방", "앵클부츠")
NAMES = {"en": ENGLISH, "ko": KOREAN}
IMAGES = RNG.integers(0, 256, (24, 28, 28)).astype(np.uint8)
COUNTS = RNG.integers(0, 90, (10, 10)) * (RNG.random((10, 10)) < 0.6) + 850 * np.eye(10, dtype=np.int64)
FALLING, RISING = 7.0 * 0.5 ** np.arange(6), 1 - 0.9 * 0.4 ** np.arange(6)
CURVES = Curves(FALLING, FALLING + 0.05, RISING, RISING - 0.02)
WRITTEN = np.array([355.0, 1e19, 320.0, 252.0, 270.0, 250.0])


def whole(language: str = "en") -> Figure:
    sample = Sample(IMAGES[0], 9, np.linspace(0, 0.95, 10), 4731)
    return plot_classifier(
        sample, CURVES, COUNTS, NAMES[language], title="Fashion-MNIST, corrected", note="a note", language=language
    )


def digits(language: str = "en") -> Figure:
    sample = Sample(IMAGES[0, :8, :8], 3, np.full(10, 0.1))
    return plot_classifier(sample, Curves(*(values[:2] for values in CURVES)), COUNTS, "0123456789", language=language)


def many(language: str = "en") -> Figure:
    classes = [f"class {i}" for i in range(20)]
    sample = Sample(IMAGES[0], 3, np.full(20, 0.1), 0)
    return plot_classifier(sample, CURVES, 900 * np.eye(20, dtype=np.int64), classes, language=language)


def letters(language: str = "en") -> Figure:
    classes = [f"letter {i}" for i in range(47)]
    sample = Sample(IMAGES[0], 3, np.full(47, 0.1), 0)
    return plot_classifier(sample, CURVES, 900 * np.eye(47, dtype=np.int64), classes, language=language)


def diverged(language: str = "en") -> Figure:
    written = np.array([355.0, 1e19, np.nan])
    curves = Curves(written, written, [0.1] * 3, [0.1] * 3)
    return plot_classifier(Sample(IMAGES[0], 3, np.full(10, np.nan), 0), curves, COUNTS, NAMES[language], language=language)


def mistakes(language: str = "en") -> Figure:
    true, said = np.arange(24) % 10, (np.arange(24) + 1) % 10
    given = np.linspace(0.99999, 0.6, 24)
    return plot_mistakes(
        IMAGES,
        true,
        said,
        given,
        NAMES[language],
        indices=np.arange(24) * 411,
        title="The worst",
        note="a note",
        language=language,
    )


def widest_mistakes(language: str = "en") -> Figure:
    zeros = np.zeros(12, np.int64)
    return plot_mistakes(IMAGES[:12], zeros, zeros, np.ones(12), NAMES[language], language=language)


def one_mistake(language: str = "en") -> Figure:
    return plot_mistakes(IMAGES[:1], [0], [9], [np.nan], NAMES[language], title="One", language=language)


def modes(language: str = "en") -> Figure:
    column = np.zeros((10, 10), np.int64)
    column[:, 6] = 1000
    names = ("as written", "repaired", "corrected") if language == "en" else ("원문대로", "고장만 고침", "제대로 고침")
    ways = [
        Way(names[0], WRITTEN, np.full(6, 0.1), column),
        Way(names[1], FALLING + 5, np.full(6, 0.12), COUNTS[::-1].copy()),
        Way(names[2], FALLING, RISING, COUNTS),
    ]
    return plot_modes(ways, NAMES[language], title="Three ways", note="a note", language=language)


def lost_mode(language: str = "en") -> Figure:
    ways = [Way("one", [355.0, 1e19, np.nan, np.nan], [0.1] * 4, COUNTS), Way("other", FALLING[:4], RISING[:4], COUNTS)]
    return plot_modes(ways, NAMES[language], language=language)


DRAWN = (whole, digits, many, letters, diverged, mistakes, widest_mistakes, one_mistake, modes, lost_mode)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_nothing_is_cut_off_or_covered(draw: Callable[[str], Figure], language: str):
    figure = draw(language)
    assert cut_off(figure) == overlapping(figure) == []
    for legend in figure.legends:
        assert not any(axes.get_window_extent().overlaps(legend.get_window_extent()) for axes in figure.axes)
    if language == "ko":
        assert any("가" <= letter <= "힣" for text, _ in texts(figure) for letter in text)


def test_the_same_figure_has_the_same_bytes():
    assert svg_bytes(whole()) == svg_bytes(whole())


def test_the_whole_shows_what_was_given():
    picture, bars, loss, f1, matrix = whole().axes
    assert np.asarray(picture.images[0].get_array()).tolist() == IMAGES[0].tolist()
    assert [text.get_text() for text in picture.texts] == ["Test image 4731: Ankle boot"]
    assert [bar.get_width() for bar in bars.patches] == pytest.approx(np.linspace(0, 0.95, 10))  # pyright: ignore
    for axes, train, test in ((loss, CURVES[0], CURVES[1]), (f1, CURVES[2], CURVES[3])):
        assert [np.asarray(line.get_ydata()).tolist() for line in axes.lines] == [list(train[1:]), list(test[1:])]
        assert np.asarray(axes.lines[0].get_xdata()).tolist() == [1, 2, 3, 4, 5]
    cells = [text.get_text() for text in matrix.texts[:-2]]
    assert [int(text) for text in cells if "%" not in text] == COUNTS.ravel().tolist()
    assert len(cells) - 100 == np.count_nonzero(COUNTS)
    assert [tick.get_text() for tick in matrix.get_yticklabels()] == list(ENGLISH)
    assert (matrix.get_xlim(), matrix.get_ylim()) == ((-0.5, 9.5), (9.5, -0.5))  # the first class at the top left
    assert [text.get_text() for text in matrix.texts if text.get_position() == (3, 8.0 - 0.15 * bool(COUNTS[8, 3]))] == [
        f"{COUNTS[8, 3]}"
    ]
    assert matrix.get_ylabel() == "true class"
    assert matrix.get_xlabel() == "class said"


def test_right_answers_are_blue_wrong_ones_orange_and_none_white():
    colours = coloured(np.array([[8, 2], [0, 10]]))
    assert colours[0, 0, 2] > colours[0, 0, 0]
    assert colours[0, 1, 0] > colours[0, 1, 2]
    assert colours[1, 0].tolist() == [1.0, 1.0, 1.0]
    assert shares_of_rows(np.array([[8, 2], [0, 0]])).tolist() == [[0.8, 0.2], [0.0, 0.0]]


def test_mistakes_are_told_in_their_order():
    figure = mistakes()
    said = [text.get_text() for text in figure.texts if ": " in text.get_text()]
    assert said[:4] == ["is: T-shirt/top", "said: Trouser, > 0.999", "is: Trouser", "said: Pullover, 0.983"]
    assert [axes.texts[0].get_text() for axes in figure.axes][:3] == ["0", "411", "822"]
    assert len(figure.axes) == 24


def test_a_course_that_is_lost_ends_with_a_cross():
    left = lost_mode().axes[0]
    assert [np.asarray(line.get_xdata()).tolist() for line in left.lines] == [[0, 1], [1], [0, 1, 2, 3]]
    assert left.lines[1].get_marker() == "x"
    assert left.get_yscale() == "log"
    assert len(modes().axes[0].lines) == 3


def test_numbers_in_words():
    assert [percent(share) for share in (0.862, 0.0312, 0.0004, 1.0, 0.0994)] == ["86 %", "3.1 %", "0.04 %", "100 %", "9.9 %"]
    assert [chance(p) for p in (0.5, 0.9994, 0.9996, 1.0, np.nan)] == ["0.500", "0.999", "> 0.999", "> 0.999", "–"]
    assert [power(value) for value in (0.5, 1000.0, 1e6, 1e18, 3e6)] == ["0.5", "1,000", "10⁶", "10¹⁸", "3,000,000"]
    assert modes().axes[2].get_title() == "as written: 0.100"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_classifier(Sample(IMAGES[0], 0, np.zeros(9)), CURVES, COUNTS, ENGLISH),
        lambda: plot_classifier(Sample(IMAGES, 0, np.zeros(10)), CURVES, COUNTS, ENGLISH),
        lambda: plot_classifier(Sample(IMAGES[0], 10, np.zeros(10)), CURVES, COUNTS, ENGLISH),
        lambda: plot_classifier(Sample(IMAGES[0], 0, np.zeros(10)), CURVES, COUNTS[:9], ENGLISH),
        lambda: plot_classifier(Sample(IMAGES[0], 0, np.zeros(10)), CURVES, -COUNTS, ENGLISH),
        lambda: plot_classifier(Sample(IMAGES[0], 0, np.zeros(10)), CURVES._replace(test_f1=[1.0]), COUNTS, ENGLISH),
        lambda: plot_mistakes(IMAGES[:0], [], [], [], ENGLISH),
        lambda: plot_mistakes(IMAGES[:2], [0, 1], [1], [0.5, 0.5], ENGLISH),
        lambda: plot_modes([Way("one", FALLING, RISING, COUNTS)], ENGLISH),
        lambda: plot_modes([Way("one", FALLING, RISING, COUNTS), Way("two", FALLING, [1.0], COUNTS)], ENGLISH),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Callable[[], Figure]):
    with pytest.raises(ConfigError, match=r"plot_[a-z]+: expected"):
        draw()


def test_the_words_are_whole_in_both_languages():
    for english, korean in WORDS.values():
        assert english.isascii()
        assert any("가" <= letter <= "힣" for letter in korean)
    assert label("sample", "ko", index=3, name="가방") == "테스트 이미지 3: 가방"
