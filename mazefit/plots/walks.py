"""Several mazes side by side: what a network says of each cell, and the walk that it leads to."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mazefit.errors import ConfigError
from mazefit.plots.fonts import drawable, families
from mazefit.plots.held_out_words import say
from mazefit.plots.legend import WALL
from mazefit.plots.maze import VALUES
from mazefit.plots.sheet import BLUE, GREEN, ORANGE, drawing, sheet
from mazefit.words import Language

SIDE, GAP, EACH_ROW = 2.1, 0.22, 4  # inches of a maze and between two; mazes in a row


class Walk(NamedTuple):
    """A maze and a walk through it.

    Args:
        walls: bools [R, C].
        goals: the goal states.
        values: floats [S], of the free cells.
        path: states, the start first.
        shortest: steps of a shortest path.
        arrived: whether the walk ends at a goal.
    """

    walls: npt.ArrayLike
    goals: npt.ArrayLike
    values: npt.ArrayLike
    path: npt.ArrayLike
    shortest: int
    arrived: bool


def plot_walks(walks: Sequence[Walk], *, title: str | None = None, language: str = "en") -> Figure:
    """Draw walks through mazes.

    Args:
        walks: at least one.
        title: what stands above; None says what is seen.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there is none.
    """
    if not walks:
        raise ConfigError("walks: expected at least one, got none")
    spoken = drawable(language)
    columns, rows = min(EACH_ROW, len(walks)), -(-len(walks) // EACH_ROW)
    width = max(4.8, columns * SIDE + (columns + 1) * GAP)
    above, below, label = 0.5, 1.05, 0.3
    height = above + rows * (SIDE + label) + below
    known = [np.where(np.asarray(walk.walls), np.nan, np.reshape(walk.values, np.shape(walk.walls))) for walk in walks]
    scale = Normalize(min(float(np.nanmin(v)) for v in known), max(float(np.nanmax(v)) for v in known))
    with drawing(spoken):
        figure = sheet(width, height)
        figure.suptitle(say("walks", spoken) if title is None else title, fontsize=12, weight="bold", y=1 - 0.24 / height)
        left = (width - columns * SIDE - (columns - 1) * GAP) / 2
        for number, (walk, values) in enumerate(zip(walks, known, strict=True)):
            row, column = divmod(number, EACH_ROW)
            corner = left + column * (SIDE + GAP), height - above - (row + 1) * (SIDE + label)
            _panel(figure, (corner[0] / width, corner[1] / height, SIDE / width, SIDE / height), walk, values, scale, spoken)
        box = figure.add_axes((0.5 - 1.6 / width, 0.68 / height, 3.2 / width, 0.11 / height))
        bar = figure.colorbar(ScalarMappable(scale, VALUES), cax=box, orientation="horizontal")
        bar.set_label(say("value", spoken), fontsize=9, labelpad=2)
        box.tick_params(labelsize=8, length=2, labelfontfamily=families(spoken))
        _legend(figure, spoken, any(not walk.arrived for walk in walks))
    return figure


def _panel(
    figure: Figure,
    box: tuple[float, float, float, float],
    walk: Walk,
    values: npt.NDArray[np.float64],
    scale: Normalize,
    language: Language,
) -> None:
    """One maze."""
    rows, columns = values.shape
    axes = figure.add_axes(box)
    axes.set_facecolor(WALL)
    goals = np.asarray(walk.goals, np.int64).reshape(-1)
    axes.imshow(np.ma.masked_invalid(values), cmap=VALUES, norm=scale, interpolation="nearest")
    path = np.asarray(walk.path, np.int64)
    down, right = np.divmod(path, columns)
    axes.plot(right, down, color=ORANGE, linewidth=2.4, solid_joinstyle="round", solid_capstyle="round", zorder=3)
    axes.plot(right[0], down[0], "o", color=BLUE, markeredgecolor="white", markersize=7, zorder=4)
    axes.plot(goals % columns, goals // columns, "*", color=GREEN, markeredgecolor="white", markersize=12, zorder=4)
    if not walk.arrived:
        axes.plot(right[-1], down[-1], "X", color=ORANGE, markeredgecolor="white", markersize=8, zorder=5)
    axes.set(xticks=[], yticks=[], xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    key, steps = ("arrived", len(path) - 1) if walk.arrived else ("astray", walk.shortest)
    axes.set_title(say(key, language, steps=steps), fontsize=8.5, pad=3)


def _legend(figure: Figure, language: Language, astray: bool) -> None:
    """What the signs mean."""
    signs: list[tuple[Line2D | Patch, str]] = [
        (Line2D([], [], marker="o", linestyle="none", color=BLUE, markeredgecolor="white", markersize=7), "start"),
        (Line2D([], [], marker="*", linestyle="none", color=GREEN, markeredgecolor="white", markersize=12), "goal cell"),
        (Line2D([], [], color=ORANGE, linewidth=2.4), "path"),
    ]
    if astray:
        signs.append((Line2D([], [], marker="X", linestyle="none", color=ORANGE, markeredgecolor="white", markersize=8), "end"))
    figure.legend(
        [sign for sign, _ in signs], [say(key, language) for _, key in signs], loc="lower center", bbox_to_anchor=(0.5, 0.0),
        ncols=len(signs), frameon=False, fontsize=9, columnspacing=1.4,
    )  # fmt: skip
