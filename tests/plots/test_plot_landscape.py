"""The figure of a loss surface: ways, arrows and losses are what was given, every text is seen, and nothing covers anything."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from mazefit.errors import ConfigError
from mazefit.plots import svg_bytes
from mazefit.plots.landscape import Surface, Way, plot_landscape
from mazefit.plots.landscape_words import WORDS
from tests.plots.seen import cut_off, overlapping, texts

W, B = np.linspace(0.0, 2.0, 5), np.linspace(4.0, 0.0, 5)  # [C], [R]
LOSSES = (W - 1.5) ** 2 + 0.5 * (B[:, None] - 3.0) ** 2 + 0.1  # [R, C]
GOAL = int(LOSSES.argmin())  # row 1, column 3
MOVES = np.array([[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [1.0, 1.0]])
ROLLED = np.array([1.5, 3.0]) + 0.8 ** np.arange(60)[:, None] * [-1.5, -3.0]
AWAY = np.array([1.5, 3.0]) + (-1.4) ** np.arange(60)[:, None] * [-1.5, -3.0]
OPTIMAL = np.zeros((25, 4), dtype=bool)
OPTIMAL[:, 1] = True
OPTIMAL[0, 2] = True


def loss(path: np.ndarray) -> np.ndarray:
    return (path[:, 0] - 1.5) ** 2 + 0.5 * (path[:, 1] - 3.0) ** 2 + 0.1


WAYS = {
    "best policy, γ = 0.9: 22 moves": Way(MOVES, loss(MOVES), moves=True),
    "gradient descent 0.02": Way(ROLLED, loss(ROLLED)),
    "momentum 0.002, 0.9": Way(AWAY, loss(AWAY)),
    "RMSprop 0.05": Way(ROLLED[::2], loss(ROLLED[::2])),
    "Adam 0.1": Way(ROLLED[::3], loss(ROLLED[::3])),
}


def drawn(language: str = "en", **more: Any) -> Figure:
    given: dict[str, Any] = {"optimal": OPTIMAL, "title": "A loss surface is a maze", "note": "a note", "language": language}
    return plot_landscape(Surface(W, B, LOSSES), [GOAL], WAYS, **{**given, **more})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_is_cut_off_or_covered(language: str):
    figure = drawn(language)
    assert cut_off(figure) == overlapping(figure) == []
    (legend,) = figure.legends
    assert not any(axes.get_window_extent().overlaps(legend.get_window_extent()) for axes in figure.axes)
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels[: len(WAYS)] == list(WAYS)
    assert len(labels) == len(set(labels)) == len(WAYS) + 3
    assert any("가" <= letter <= "힣" for text, _ in texts(figure) for letter in text) == (language == "ko")


def test_the_same_figure_has_the_same_bytes():
    assert svg_bytes(drawn()) == svg_bytes(drawn())


def test_ways_start_and_goal_are_where_they_were_given():
    left = drawn().axes[0]
    lines = [np.asarray(line.get_xydata()).tolist() for line in left.lines]
    for way in WAYS.values():
        assert np.asarray(way.path).tolist() in lines
    assert [[0.0, 0.0]] in lines  # the start
    assert [[1.5, 3.0]] in lines  # the goal
    assert left.get_xlim()[0] < 0.0
    assert 2.0 < left.get_xlim()[1] < 3.5  # a way that diverges does not make the surface small


def test_every_best_action_has_an_arrow_that_points_its_way():
    (patch,) = [patch for patch in drawn().axes[0].patches if isinstance(patch, PathPatch)]
    corners = np.asarray(patch.get_path().vertices).reshape(-1, 8, 2)
    assert len(corners) == 25  # one a node, two at s0, none at the goal
    tips = {}
    for shape in corners:
        node = (float(W[np.abs(W - shape[:, 0].mean()).argmin()]), float(B[np.abs(B - shape[:, 1].mean()).argmin()]))
        away = (shape - node) / [W[1] - W[0], B[0] - B[1]]  # in cells
        tip = away[np.abs(away).max(axis=1).argmax()]
        tips.setdefault(node, []).append(tuple(np.sign(np.where(np.abs(tip) > 0.3, tip, 0.0)).tolist()))
    assert sorted(tips[0.0, 4.0]) == [(0.0, -1.0), (1.0, 0.0)]
    assert (1.5, 3.0) not in tips
    assert all(found == [(1.0, 0.0)] for node, found in tips.items() if node != (0.0, 4.0))


def test_losses_beside_are_those_of_the_ways_over_their_steps():
    right = drawn().axes[1]
    for line, way in zip(right.lines, WAYS.values(), strict=False):
        assert np.asarray(line.get_ydata()) == pytest.approx(np.asarray(way.losses))
        assert np.asarray(line.get_xdata()).tolist() == list(range(1, len(np.asarray(way.losses)) + 1))
    level = right.lines[len(WAYS)]
    assert set(np.asarray(level.get_ydata()).tolist()) == {float(LOSSES.min())}
    right.figure.draw_without_rendering()
    for place, said in zip(right.get_xticks(), [tick.get_text() for tick in right.get_xticklabels()], strict=True):
        assert int(said.replace(",", "")) == place - 1
    assert right.get_ylim()[1] < 1e3


def test_rings_follow_the_surface_and_are_evenly_spaced_in_its_logarithm():
    fine = Surface(np.linspace(-2, 4, 90), np.linspace(-3, 7, 80), np.fromfunction(lambda r, c: 1.0 + r + c, (80, 90)))
    for given in ({}, {"fine": fine}):
        left = drawn(**given).axes[0]
        levels = next(np.asarray(one.levels) for one in left.collections if hasattr(one, "levels"))
        assert np.diff(levels) == pytest.approx(np.diff(levels)[0])
        assert len(levels) == 15


def test_losses_that_are_not_positive_have_a_plain_scale():
    shifted = {name: Way(way.path, np.asarray(way.losses) - 0.1, way.moves) for name, way in WAYS.items()}
    figure = plot_landscape(Surface(W, B, LOSSES - 0.1), [GOAL], {"Adam 0.1": shifted["Adam 0.1"]})
    assert figure.axes[1].get_yscale() == "linear"
    assert figure.axes[1].get_ylabel() == "loss"
    assert cut_off(figure) == overlapping(figure) == []


def test_too_many_nodes_have_no_arrows():
    w, b = np.linspace(0, 2, 40), np.linspace(4, 0, 40)
    losses = (w - 1.5) ** 2 + (b[:, None] - 3.0) ** 2
    figure = plot_landscape(Surface(w, b, losses), [int(losses.argmin())], WAYS, optimal=np.ones((1600, 4), dtype=bool))
    assert not [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
    assert "best action, all that tie" not in [text for text, _ in texts(figure)]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_landscape(Surface(W, B, LOSSES), [GOAL], {}),
        lambda: drawn(optimal=OPTIMAL[:3]),
        lambda: plot_landscape(Surface(W[:2], B, LOSSES), [GOAL], WAYS),
        lambda: drawn(fine=Surface(W, B, LOSSES[0])),
        lambda: plot_landscape(Surface(W, B, LOSSES), [GOAL], {"a": Way([1.0, 2.0], [1.0])}),
        lambda: plot_landscape(Surface(W, B, LOSSES), [GOAL], {"a": Way(MOVES, [1.0])}),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    with pytest.raises(ConfigError, match="plot_landscape: expected"):
        draw()


def test_the_words_are_whole_in_both_languages():
    for english, korean in WORDS.values():
        assert english.isascii()
        assert any("가" <= letter <= "힣" for letter in korean)
