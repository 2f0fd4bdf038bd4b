"""Courses of learning side by side: every line and level is seen, named once, and covered by nothing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots import Level, Line, plot_comparison, svg_bytes
from mazefit.plots.comparison import smoothed
from tests.plots.seen import cut_off, overlapping

X = np.arange(1, 301)
STEPS = 14 + 400 / X
NAMES = (
    "q-learning",
    "sarsa",
    "n-step-sarsa",
    "true-online-sarsa-lambda",
    "expected-sarsa",
    "dyna-q",
    "tree-backup",
    "q-sigma",
)


def drawn(count: int, levels: int = 0, language: str = "en", points: int = 300) -> Figure:
    lines = [Line(name, X[:points], STEPS[:points] * (1 + i), STEPS[:points] / 10) for i, name in enumerate(NAMES[:count])]
    flat = [Level(f"planner-{i}", 14.0) for i in range(levels)]
    best = [None] if levels else [14.0]
    return plot_comparison(
        {"steps": [*lines, *flat]}, best=best, title="Side by side", note="what the band is", language=language
    )


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("count", "levels"), [(1, 0), (2, 2), (8, 3)])
def test_nothing_is_cut_off_or_covered(count: int, levels: int, language: str):
    figure = drawn(count, levels, language)
    assert cut_off(figure) == overlapping(figure) == []
    legend = figure.legends[0].get_window_extent()
    assert not any(axes.get_window_extent().overlaps(legend) for axes in figure.axes)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(labels) == len(set(labels)) == count + max(levels, 1)


def test_lines_and_bands_are_what_was_given():
    axes = drawn(2).axes[0]
    assert np.asarray(axes.lines[1].get_ydata()).tolist() == (2 * STEPS).tolist()
    corners = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert corners.max() == pytest.approx(1.1 * STEPS[0])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "asinh")
    assert drawn(2, points=20).axes[0].get_xscale() == "linear"


def test_no_two_lines_look_alike_and_levels_take_turns():
    lines = drawn(8, 3).axes[0].lines
    looks = {(line.get_color(), str(getattr(line, "_unscaled_dash_pattern"))) for line in lines}  # noqa: B009
    assert len(looks) == len(lines) == 11


def test_errors_stand_on_a_logarithmic_scale_and_what_is_far_below_is_said():
    figure = plot_comparison({"RMS error": [Line("td", X, STEPS - 13), Level("exact", 1e-12)]}, errors=True)
    assert figure.axes[0].get_yscale() == "log"
    assert [text.get_text() for text in figure.axes[0].texts] == ["exact: 1e-12, below the axis"]
    assert figure.axes[0].get_ylim()[0] > 0.5
    wide = plot_comparison({"RMS error": [Line("td", X, STEPS - 13, STEPS)]}, errors=True)
    corners = wide.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert 0 < corners.min() < wide.axes[0].get_ylim()[0]  # a band that reaches below 0 is cut at the axis, not torn
    alike = plot_comparison({"RMS error": [Line("td", X, np.ones(300))]}, errors=True)
    assert alike.axes[0].get_yscale() == "linear"


def test_the_mean_of_a_tenth_of_the_episodes_so_far():
    values = np.arange(1.0, 41.0)
    found = smoothed(values)
    assert found[:19].tolist() == values[:19].tolist()
    assert found[19:22].tolist() == [19.5, 20.5, 21.5]
    assert found[39] == pytest.approx(values[36:40].mean())


def test_same_figure_same_bytes_and_nothing_to_draw_is_refused():
    assert svg_bytes(drawn(3)) == svg_bytes(drawn(3))
    with pytest.raises(ConfigError, match="expected at least one line"):
        plot_comparison({"steps": []})
