"""The curves of learning: what is drawn is what was given."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots import plot_curves, png_bytes, svg_bytes
from mazefit.plots.curves import log_ticks, running_mean
from tests.plots.seen import cut_off, overlapping, texts

RNG = np.random.default_rng(0)
LENGTHS = (14 + 250 * np.exp(-np.arange(300) / 20) + RNG.integers(0, 6, 300)).astype(np.int64)
RETURNS = 1.0 - LENGTHS


def lines(figure: Figure, panel: int) -> dict[str, np.ndarray]:
    return {str(line.get_label()): np.asarray(line.get_ydata()) for line in figure.axes[panel].lines}


def test_points_mean_and_dashed_optimum_of_both_panels():
    figure = plot_curves(RETURNS, LENGTHS, best_return=-13, best_length=14)
    for panel, (values, best) in enumerate([(RETURNS, -13), (LENGTHS, 14)]):
        seen = lines(figure, panel)
        assert seen["each episode"].tolist() == values.tolist()
        assert seen["running mean of 12 episodes"][100] == pytest.approx(values[89:101].mean())
        name = f"optimum {best}".replace("-", "−")
        assert set(seen[name].tolist()) == {best}
        (dashed,) = [line for line in figure.axes[panel].lines if line.get_label() == name]
        assert dashed.is_dashed()


def test_without_an_optimum_there_is_no_dashed_line():
    assert len(plot_curves(RETURNS, LENGTHS).axes[0].lines) == 2
    assert len(plot_curves(RETURNS, LENGTHS, best_return=-np.inf).axes[0].lines) == 2


def test_the_running_mean_of_the_first_episodes_is_of_those_there_are():
    assert running_mean(np.array([2.0, 4.0, 9.0, 1.0]), 3).tolist() == [2.0, 3.0, 5.0, 14 / 3]


def test_long_first_episodes_make_the_scale_logarithmic():
    lengths = LENGTHS.copy()
    lengths[:5] = 5_000
    figure = plot_curves(1 - lengths, lengths, best_return=-13, best_length=14)
    for axes in figure.axes:
        assert axes.get_yscale() == "asinh"
        assert "log scale" in axes.get_ylabel()
        assert overlapping(figure) == cut_off(figure) == []
        low, high = axes.get_ylim()
        for line in axes.lines:
            assert low < np.min(line.get_ydata()) and np.max(line.get_ydata()) < high  # noqa: PT018
    assert figure.axes[0].get_ylim()[1] < 0  # nothing is promised beyond the best return
    assert [axes.get_yscale() for axes in plot_curves(RETURNS, LENGTHS).axes] == ["linear", "linear"]


def test_ticks_of_a_logarithmic_scale_are_few_and_round():
    assert log_ticks(10, 3000, 14) == [20, 50, 100, 200, 500, 1000, 2000]
    assert log_ticks(-3000, -10, 13) == [-2000, -1000, -500, -200, -100, -50, -20]
    assert len(log_ticks(-1e6, 1.0, 1.0)) <= 10


@pytest.mark.parametrize("episodes", [1, 2, 5, 100, 2_000, 20_000])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_any_number_of_episodes_is_drawn_and_nothing_is_cut_off(episodes: int, language: str):
    lengths = np.resize(LENGTHS, episodes)
    figure = plot_curves(1 - lengths, lengths, best_return=-13, best_length=14, language=language)
    assert cut_off(figure) == []
    assert overlapping(figure) == []
    assert len(svg_bytes(figure)) < 500_000


def test_many_episodes_become_a_band_that_holds_them_all():
    lengths = np.resize(LENGTHS, 20_000)
    lengths[12_345], lengths[7_777] = 1, 9_999
    figure = plot_curves(1 - lengths, lengths)
    corners = figure.axes[1].collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (lengths.min(), lengths.max())


def test_same_figure_same_bytes():
    assert svg_bytes(plot_curves(RETURNS, LENGTHS)) == svg_bytes(plot_curves(RETURNS, LENGTHS))
    assert png_bytes(plot_curves(RETURNS, LENGTHS)) == png_bytes(plot_curves(RETURNS, LENGTHS))


@pytest.mark.parametrize(("returns", "lengths"), [([], []), ([1.0], [1, 2]), ([[1.0]], [[1]])])
def test_nothing_to_draw_is_refused(returns: list[float], lengths: list[int]):
    with pytest.raises(ConfigError, match="expected returns and lengths"):
        plot_curves(returns, lengths)


@pytest.mark.parametrize("factor", [100, 1_000, 3_000])
def test_ticks_are_written_without_exponents(factor: int):
    lengths = LENGTHS * factor
    flat = plot_curves(1 - lengths, lengths, best_return=1 - 14 * factor, best_length=14 * factor)
    lengths[:5] *= 300
    steep = plot_curves(1 - lengths, lengths)
    for figure in (flat, steep):
        ticks = [text for text, _ in texts(figure) if text[-1].isdigit()]
        assert any("," in tick for tick in ticks)
        assert not any("e+" in tick for tick in ticks)
        assert cut_off(figure) == []
