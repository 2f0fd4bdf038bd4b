"""Bands: what is drawn are the quantiles that were asked for, and nothing hides a run that was lost."""

import numpy as np
import pytest

from mazefit.errors import ConfigError
from mazefit.plots.bands import POINTS, plot_bands, quantiles, thinned
from tests.plots.seen import cut_off, overlapping

RNG = np.random.default_rng(0)
X = np.arange(200)
FALLING = np.exp(-X / 40) * np.exp(RNG.normal(0, 0.2, (50, 1)))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("count", [1, 4, 9])
def test_nothing_is_cut_off_or_covered(count: int, language: str):
    runs = {f"optimizer {i}": FALLING * (1 + i) for i in range(count)}
    figure = plot_bands(X, runs, levels={"noise floor": 0.01}, title="Many starts", language=language)
    assert cut_off(figure) == overlapping(figure) == []
    legend = figure.legends[0]
    assert not figure.axes[0].get_window_extent().overlaps(legend.get_window_extent())
    assert [text.get_text() for text in legend.get_texts()] == [*runs, "noise floor"]


def test_line_and_band_are_median_and_middle_80_percent():
    axes = plot_bands(X, {"a": FALLING}).axes[0]
    assert np.asarray(axes.lines[0].get_ydata()).tolist() == np.median(FALLING, axis=0).tolist()
    corners = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert corners.max() == pytest.approx(np.quantile(FALLING[:, 0], 0.9))
    assert corners.min() == pytest.approx(np.quantile(FALLING[:, -1], 0.1))
    assert axes.get_yscale() == "log"
    assert plot_bands(X, {"a": 1 + FALLING}).axes[0].get_yscale() == "linear"
    assert plot_bands(X, {"a": FALLING - 0.01}).axes[0].get_yscale() == "linear"


def test_levels_are_told_apart():
    figure = plot_bands(X, {"a": FALLING}, levels={"floor": 0.01, "line": 0.5}, title="Told apart")
    assert figure.get_suptitle() == "Told apart"
    floor, line = figure.axes[0].lines[1:3]
    assert (floor.get_ydata()[0], line.get_ydata()[0]) == (0.01, 0.5)  # pyright: ignore
    assert floor._dash_pattern != line._dash_pattern  # pyright: ignore
    named = [handle._dash_pattern for handle in figure.legends[0].get_lines()[1:]]  # pyright: ignore
    assert [one[1] for one in named] == [floor._dash_pattern[1], line._dash_pattern[1]]  # pyright: ignore


def test_lost_runs_count_as_infinitely_bad():
    values = np.array([[1.0], [2.0], [np.nan], [np.inf], [3.0]])
    assert quantiles(values, (0.0, 0.25, 0.5, 0.6, 0.9))[:, 0].tolist() == [1.0, 2.0, 3.0, np.inf, np.inf]
    lost = FALLING.copy()
    lost[:30, 100:] = np.nan
    figure = plot_bands(X, {"a": lost, "b": FALLING})
    drawn = np.asarray(figure.axes[0].lines[0].get_ydata())
    assert np.isfinite(drawn[:100]).all()
    assert np.isnan(drawn[100:]).all()
    assert cut_off(figure) == []


def test_few_runs_one_epoch_and_very_many_epochs():
    assert len(plot_bands([0], {"a": [[1.0]]}).axes[0].lines) == 1
    assert not plot_bands(X, {"a": FALLING[:1]}).axes[0].collections
    kept = thinned(20_000)
    assert (len(kept), kept[0], kept[-1]) == (POINTS, 0, 19_999)
    assert plot_bands(np.arange(20_000), {"a": np.ones((2, 20_000))}).axes[0].lines[0].get_xdata().size == POINTS  # pyright: ignore


@pytest.mark.parametrize("runs", [{}, {"a": [1.0, 2.0]}, {"a": [[1.0]]}, {"a": np.empty((0, 2))}])
def test_what_cannot_be_drawn_is_refused(runs: dict[str, object]):
    with pytest.raises(ConfigError, match="runs: expected"):
        plot_bands([0, 1], runs)  # pyright: ignore
