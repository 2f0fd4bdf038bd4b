"""How fits from different starts ended: a dot for each, those beyond the limit in another colour and named."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from mazefit.errors import ConfigError
from mazefit.plots.fit_words import label
from mazefit.plots.fonts import drawable
from mazefit.plots.panels import ROW, dress, foot, legend_above, legend_rows
from mazefit.plots.sheet import BLUE, INK, ORANGE, drawing, sheet

LINE, LETTER, APART = 6.2, 0.085, 0.12  # inches of the axis, of a digit below it, and between two numbers


def plot_starts(
    seeds: npt.ArrayLike,
    ratios: npt.ArrayLike,
    limit: float,
    *,
    early: bool = False,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw a dot for each start.

    Args:
        seeds: of the starts, [S].
        ratios: final training loss over the mean size of that sample's own noise, [S]; 1 = as well as the true curve.
        limit: above this a start is stuck.
        early: whether the starts are on their way as yet, so that none above the limit can be called stuck.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no starts, or not as many seeds as ratios.
    """
    names, values = np.asarray(seeds, dtype=np.int64), np.asarray(ratios, dtype=np.float64)
    if values.ndim != 1 or not len(values) or names.shape != values.shape:
        raise ConfigError(
            f"plot_starts: expected seeds and ratios [S] of at least one start, got {names.shape}, {values.shape}"
        )
    spoken = drawable(language)
    above_limit = "starts.above" if early else "starts.stuck"
    labels = [label(name, spoken, limit=f"{limit:g}") for name in ("starts.arrived", above_limit, "starts.floor")]
    above = (0.45 if title else 0.2) + ROW * legend_rows(labels)[1] + 0.12
    panel, below = 2.9, 0.58 + (0.25 if note else 0.0)
    height = above + panel + below
    stuck = ~(values <= limit)  # one that has come to no number is stuck as well
    shown = np.where(np.isfinite(values), values, np.nan)
    with drawing(spoken):
        figure = sheet(7.2, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        axes = figure.add_axes((0.115, below / height, 0.86, panel / height))
        places = np.arange(len(values))
        axes.plot(places[~stuck], shown[~stuck], "o", color=BLUE, markersize=7, zorder=4)
        axes.plot(places[stuck], shown[stuck], "X", color=ORANGE, markersize=8.5, zorder=4)
        axes.axhline(limit, color=ORANGE, linestyle=(0, (5, 3)), linewidth=1.2, zorder=3)
        axes.axhline(1.0, color=INK, linestyle=(0, (5, 3)), linewidth=1.2, zorder=3)
        axes.set_xlim(-0.6, len(values) - 0.4)
        axes.set_xlabel(label("starts.seed", spoken))
        axes.set_ylabel(label("starts.ratio", spoken))
        dress(axes, spoken, whole=True)
        letters = max(len(str(name)) for name in names.tolist())
        every = max(1, -(-len(values) // int(LINE / (LETTER * letters + APART))))
        axes.xaxis.set_major_locator(FixedLocator(places[::every].tolist()))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: str(names[min(max(round(value), 0), len(names) - 1)])))
        dashed: dict[str, Any] = {"linestyle": (0, (5, 3)), "linewidth": 1.2}
        handles = [
            Line2D([], [], color=BLUE, marker="o", linestyle="none", markersize=7),
            Line2D([], [], color=ORANGE, marker="X", linestyle="none", markersize=8.5),
            Line2D([], [], color=INK, **dashed),
        ]
        legend_above(figure, handles, labels, 1 - (above - 0.06) / height)
        if note:
            foot(figure, note)
        return figure
