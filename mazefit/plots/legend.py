"""What stands below a maze: what its signs mean, and the scale of its colours."""

import textwrap
from typing import Any

from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mazefit.plots.fonts import families
from mazefit.plots.sheet import BLUE, GREEN, INK
from mazefit.plots.signs import ARROW
from mazefit.words import Language, amount, word

WALL = "#2c3340"


def legend(figure: Figure, entries: list[str], height: float, language: Language, *, dot: bool) -> None:
    """One row of signs and words at that height (a share of the figure's); the start is a ring, or a `dot`."""
    arrow = Path([(float(x), -float(y) - 0.24) for x, y in ARROW], closed=False)
    signs = {
        "dot": Line2D([], [], marker="o", markersize=8, color=BLUE, markeredgecolor="white"),
        "start": Line2D([], [], marker="s", markersize=10, markerfacecolor="none", markeredgecolor=BLUE, markeredgewidth=2.2),
        "goal": Line2D([], [], marker="*", markersize=13, color=GREEN, markeredgecolor="white"),
        "wall": Line2D([], [], marker="s", markersize=11, color=WALL),
        "action": Line2D([], [], marker=MarkerStyle(arrow), markersize=12, color=INK, markeredgecolor="none"),
    }
    for sign in signs.values():
        sign.set_linestyle("none")
    figure.legend(
        [signs["dot" if name == "start" and dot else name] for name in entries],
        [word(f"maze.{name}", language) for name in entries],
        loc="center",
        bbox_to_anchor=(0.5, height),
        ncols=len(entries),
        frameon=False,
        fontsize=9,
        handletextpad=0.3,
        columnspacing=1.4,
        borderpad=0,
    )


def footnote(labels: list[str], width: float, language: Language) -> list[str]:
    """The lines that tell the rewards of lettered cells, on a sheet of so many inches; none where there are no letters."""
    return textwrap.wrap(word("maze.rewards", language, rewards=", ".join(labels)), int(width / 0.08)) if labels else []


def colour_bar(figure: Figure, colours: Colormap, scale: Normalize, bottom: float, width: float, language: Language) -> None:
    """The scale of the values, centred, at most as wide as the maze.

    Args:
        figure: the figure.
        colours: the colour map.
        scale: what it is spread over.
        bottom: where the bar stands, a share of the figure's height.
        width: the maze's width, inches.
        language: of its label.
    """
    total = figure.get_figwidth()
    share = min(max(width, 2.6), 4.5) / total
    axes = figure.add_axes((0.5 - share / 2, bottom, share, 0.12 / figure.get_figheight()))
    low, high = scale.vmin, scale.vmax
    one_value = low == high
    bar = figure.colorbar(ScalarMappable(scale, colours), cax=axes, orientation="horizontal", drawedges=False)
    outline: Any = bar.outline
    outline.set_visible(False)
    bar.set_label(word("maze.value", language), fontsize=9, labelpad=2)
    bar.locator = MaxNLocator(1 if one_value else 5, steps=[1, 2, 5, 10])
    bar.formatter = FuncFormatter(lambda value, _: amount(float(value), 6))
    bar.update_ticks()
    axes.tick_params(labelsize=8, length=2, labelfontfamily=families(language))
