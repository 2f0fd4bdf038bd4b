"""The figures of the regressions: what is drawn is what was given, every text is seen, and nothing covers anything."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mazefit.errors import ConfigError
from mazefit.plots import svg_bytes
from mazefit.plots.bowl import plot_bowl
from mazefit.plots.descent import plot_descent
from mazefit.plots.fit import Curve, plot_fit
from mazefit.plots.fit_words import WORDS, label
from mazefit.plots.sine import plot_chain, plot_rates, plot_sine
from mazefit.plots.starts import plot_starts
from tests.plots.seen import cut_off, overlapping, texts

RNG = np.random.default_rng(0)
X = np.arange(1.0, 11.0)
Y = np.array([3.0, 5, 5, 6, 7, 7, 8, 9, 9, 10])
NAMES = ("SGD", "Momentum", "RMSprop", "Adam")
MATRIX = np.array([[38.5, 5.5], [5.5, 1.0]])
WAY = np.array([0.709, 3.0]) + np.outer(0.9 ** np.arange(80), [-1.0, -4.0])
AWAY = np.array([0.709, 3.0]) + np.outer((-1.3) ** np.arange(80), [0.2, 0.0])
FINE = np.linspace(0, 2 * np.pi, 100)
RUNS = {name: np.sin(FINE) + 0.3 * RNG.normal(size=(12, 1)) for name in NAMES}
LOSSES = {name: np.exp(-np.arange(400) / (40 * (1 + i))) * np.exp(RNG.normal(0, 0.4, (12, 1))) for i, name in enumerate(NAMES)}
PATH = np.column_stack([3 + 2 * 0.8 ** np.arange(11), 2 - 2 * 0.8 ** np.arange(11), 1 + 8 * 0.64 ** np.arange(11)])


def line(language: str = "en") -> Figure:
    ends = np.array([0.0, 11.0])
    curves = [
        Curve("y = 0.709 x + 3", ends, 0.709 * ends + 3),
        Curve("before", ends, ends, "before"),
        Curve("best", ends, ends + 1, "best"),
    ]
    return plot_fit(X, Y, curves, title="A line through ten points", note="a note", language=language)


def wave(language: str = "en") -> Figure:
    x = RNG.uniform(-10, 10, 800)
    at = np.linspace(-10, 10, 50)
    curves = [Curve("network, seed 0", at, 40 * np.sin(at)), Curve("without noise", at, 45 * np.sin(at), "truth")]
    return plot_fit(x, 40 * np.sin(x) + RNG.normal(0, 9, 800), curves, kinks=at[5:20], title="Waves", language=language)


def bowl(language: str = "en") -> Figure:
    ways = {"gradient descent 0.02": WAY, "gradient descent 0.03": AWAY, "Adam 0.07": WAY[::2]}
    return plot_bowl([0.709, 3.0], MATRIX, 0.1418, ways, title="A bowl", note="a note", language=language)


def descent(language: str = "en") -> Figure:
    return plot_descent(
        PATH,
        PATH + 0.05,
        truth=(3.0, 2.0),
        best=(3.03, 1.98, 1.01),
        title="The path of W and b: gradient descent 0.1",
        note="x",
        language=language,
    )


def sine(language: str = "en") -> Figure:
    at = FINE[::11]
    train = {name: values[:, ::11] for name, values in RUNS.items()}
    return plot_sine(
        at, np.sin(at), FINE, np.sin(FINE), train, RUNS, np.arange(400), LOSSES, title="Sine", note="a note", language=language
    )


def own_sine(language: str = "en") -> Figure:
    train = {"Adam": RUNS["Adam"][:, ::11]}
    return plot_sine(
        FINE[::11],
        np.sin(FINE[::11]),
        FINE,
        None,
        train,
        {"Adam": RUNS["Adam"]},
        [0],
        {"Adam": LOSSES["Adam"][:, :1]},
        language=language,
    )


def chain(language: str = "en") -> Figure:
    return plot_chain(np.arange(400), LOSSES, title="As written: one model, never begun anew", note="a note", language=language)


def rates(language: str = "en") -> Figure:
    tried = dict.fromkeys(NAMES, (0.01, 0.03, 0.1, 0.3, 1.0))
    scores = {name: np.exp(RNG.normal(-3, 1, (20, 5))) for name in NAMES}
    return plot_rates(
        tried,
        scores,
        used={"SGD": 0.1, "Adam": 0.01},
        title="Rates matter: the end after 1,000 epochs",
        note="a note",
        language=language,
    )


def starts(language: str = "en") -> Figure:
    return plot_starts(
        range(12),
        [1.0, 0.99, 1.33, *[1.01] * 9],
        1.05,
        title="Every start, judged by the noise of its points",
        note="a note",
        language=language,
    )


def many_starts(language: str = "en") -> Figure:
    return plot_starts(range(1_000, 1_200), np.r_[np.nan, RNG.normal(1.0, 0.02, 199)], 1.05, language=language)


DRAWN = (line, wave, bowl, descent, sine, own_sine, chain, rates, starts, many_starts)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_nothing_is_cut_off_or_covered(draw: Callable[[str], Figure], language: str):
    figure = draw(language)
    assert cut_off(figure) == overlapping(figure) == []
    for legend in figure.legends:
        assert not any(axes.get_window_extent().overlaps(legend.get_window_extent()) for axes in figure.axes)
        labels = [text.get_text() for text in legend.get_texts()]
        assert len(labels) == len(set(labels))
    if language == "ko":
        assert any("가" <= letter <= "힣" for text, _ in texts(figure) for letter in text)


@pytest.mark.parametrize("draw", DRAWN[:7], ids=lambda draw: draw.__name__)
def test_the_same_figure_has_the_same_bytes(draw: Callable[[], Figure]):
    if draw is not wave:  # its points are drawn anew by this file
        assert svg_bytes(draw()) == svg_bytes(draw())


def test_points_curves_and_kinks_are_what_was_given():
    axes = wave().axes[0]
    assert len(np.asarray(axes.lines[0].get_xdata())) == 800
    at, height = (np.asarray(data) for data in (axes.lines[1].get_xdata(), axes.lines[1].get_ydata()))
    assert height == pytest.approx(40 * np.sin(at))
    marks = axes.lines[3]
    assert np.asarray(marks.get_xdata()).tolist() == at[5:20].tolist()
    assert np.asarray(marks.get_ydata()) == pytest.approx(height[5:20])
    assert any("15 kinks" in text for text, _ in texts(wave()))


def test_a_curve_that_runs_away_does_not_make_the_points_small():
    axes = plot_fit(X, Y, [Curve("wild", X, 1e6 * X)]).axes[0]
    low, high = axes.get_ylim()
    assert low < 3.0
    assert 10.0 < high < 20.0


def test_a_path_that_diverges_leaves_the_bowl_and_the_losses_through_the_top():
    left, right = bowl().axes
    assert left.get_xlim()[1] < 5.0
    assert right.get_ylim()[1] < 1e5
    assert (right.get_xscale(), right.get_yscale()) == ("log", "log")


def test_a_step_stands_under_its_own_number():
    right = bowl().axes[1]
    right.figure.draw_without_rendering()
    drawn = np.asarray(right.lines[0].get_xdata())
    for place, said in zip(right.get_xticks(), [tick.get_text() for tick in right.get_xticklabels()], strict=True):
        if place <= drawn[-1]:
            assert int(np.flatnonzero(drawn == place)[0]) == int(said.replace(",", ""))


def test_the_path_of_w_and_b_its_law_and_its_truth():
    top, bottom = descent().axes[1], descent().axes[0]
    drawn = [np.asarray(one.get_ydata()).tolist() for one in top.lines if isinstance(one, Line2D)]
    assert PATH[:, 0].tolist() in drawn
    assert PATH[:, 1].tolist() in drawn
    assert [3.0, 3.0] in drawn
    assert bottom.get_ylim()[0] == 0.0


def test_without_test_points_there_is_no_panel_of_them():
    assert [axes.get_title() for axes in own_sine().axes] == ["at the training points", "while learning"]
    assert [axes.get_title() for axes in sine().axes] == ["at the training points", "at the test points", "while learning"]


def test_median_and_rings_of_the_rates():
    figure = rates()
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["0.01", "0.03", "0.1", "0.3", "1"]
    rings = [one for one in figure.axes[0].lines if one.get_markersize() == 11]
    assert sorted(float(np.asarray(one.get_xdata())[0]) for one in rings) == [0.01, 0.1]
    medians = [np.asarray(one.get_xydata()).tolist() for one in figure.axes[0].lines if one.get_markersize() == 4]
    assert [[np.asarray(ring.get_xydata())[0].tolist() in one for one in medians].count(True) for ring in rings] == [1, 1]


def test_bands_of_the_sine_are_median_and_middle_80_percent_of_each_optimizer():
    train, test, losses = sine().axes
    for i, name in enumerate(NAMES):
        for axes, runs in ((train, RUNS[name][:, ::11]), (test, RUNS[name]), (losses, LOSSES[name])):
            assert np.asarray(axes.lines[i].get_ydata()) == pytest.approx(np.median(runs, axis=0))
            heights = axes.collections[i].get_paths()[0].vertices[:, 1]
            low, high = np.quantile(runs, (0.1, 0.9), axis=0)
            assert (heights.min(), heights.max()) == pytest.approx((low.min(), high.max()))


def test_losses_beside_the_bowl_are_those_of_the_path():
    losses = bowl().axes[1].lines
    away = WAY - [0.709, 3.0]
    assert np.asarray(losses[0].get_ydata()) == pytest.approx(0.1418 + np.einsum("ki,ij,kj->k", away, MATRIX, away))
    assert list(losses[3].get_ydata()) == [0.1418, 0.1418]  # pyright: ignore


@pytest.mark.parametrize("draw", [line, wave, bowl, descent, sine, chain, rates, starts], ids=lambda draw: draw.__name__)
def test_title_and_note_are_seen(draw: Callable[[], Figure]):
    figure = draw()
    assert figure.get_suptitle()
    if draw is not wave:
        assert any(text.get_text() in ("a note", "x") for text in figure.texts)


def test_stuck_starts_look_otherwise():
    axes = starts().axes[0]
    fine, stuck = axes.lines[:2]
    assert len(np.asarray(fine.get_xdata())) == 11
    assert np.asarray(stuck.get_xdata()).tolist() == [2]
    assert fine.get_marker() != stuck.get_marker()
    assert fine.get_color() != stuck.get_color()
    early = plot_starts([0, 1], [1.0, 3.0], 1.05, early=True)  # on the way as yet: nothing is called stuck
    assert [text.get_text() for text in early.legends[0].get_texts()][1] == "above 1.05, on the way as yet"
    assert [text.get_text() for text in starts().legends[0].get_texts()][1] == "stuck (above 1.05)"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_fit([], []),
        lambda: plot_fit([1.0], [1.0, 2.0]),
        lambda: plot_bowl([0.0], MATRIX, 0.1, {"a": WAY}),
        lambda: plot_bowl([0.0, 0.0], MATRIX, 0.1, {}),
        lambda: plot_descent(PATH[:, :2]),
        lambda: plot_descent(PATH, PATH[:4]),
        lambda: plot_sine(X, Y, X, Y, {}, {}, [0], {}),
        lambda: plot_chain([0], {}),
        lambda: plot_rates({"a": [1.0]}, {}),
        lambda: plot_starts([1], [1.0, 2.0], 1.05),
        lambda: plot_starts([], [], 1.05),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Callable[[], Figure]):
    with pytest.raises(ConfigError, match=r"plot_[a-z]+: expected"):
        draw()


def test_the_words_are_whole_in_both_languages():
    for english, korean in WORDS.values():
        assert english.isascii()
        assert any("가" <= letter <= "힣" for letter in korean)
    assert label("fit.kinks", "ko", count=3) == "꺾이는 점 3개, 그 사이는 직선"
