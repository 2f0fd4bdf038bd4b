"""What the panels of all fits have in common: their frame, their grid, and a legend above them that covers nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mazefit.plots.fonts import families
from mazefit.plots.sheet import MUTED, RULE
from mazefit.words import Language, amount

Numbers = npt.NDArray[np.float64]
ROW = 0.22  # inches of a line of the legend
POINT = "#8d939c"  # data


def dress(axes: Axes, language: Language, *, whole: bool = False) -> None:
    """Grid, frame and ticks.

    Args:
        axes: the panel.
        language: of the letters.
        whole: whether the x axis counts something.
    """
    axes.grid(color=RULE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(labelsize=9, labelfontfamily=families(language))
    if axes.get_xscale() == "linear":
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=whole, min_n_ticks=1, steps=[1, 2, 2.5, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 6)))
    if axes.get_yscale() == "linear":
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 6)))


def legend_rows(labels: Sequence[str]) -> tuple[int, int]:
    """Columns and rows of a legend: as many columns as their widest label leaves room for."""
    letters = max(sum(2 if ord(letter) > 0x1100 else 1 for letter in label) for label in labels)
    columns = max(1, min(len(labels), 4, 92 // (letters + 8)))
    return columns, -(-len(labels) // columns)


def legend_above(figure: Figure, handles: Sequence[Any], labels: Sequence[str], bottom: float) -> None:
    """A legend in the middle of the sheet, its lower edge at that height (a share of the figure's)."""
    columns, _ = legend_rows(labels)
    figure.legend(
        handles, labels, loc="lower center", bbox_to_anchor=(0.5, bottom), ncols=columns, frameon=False, fontsize=9,
        handlelength=3.0, columnspacing=1.6, borderpad=0, labelspacing=0.35,
    )  # fmt: skip


def foot(figure: Figure, note: str, place: float = 0.13) -> None:
    """A line at the foot of the sheet, so many inches above its edge."""
    figure.text(0.5, place / figure.get_figheight(), note, ha="center", va="center", fontsize=8.5, color=MUTED)


def within(values: Numbers, share: float = 0.04) -> tuple[float, float]:
    """The ends of an axis on which all finite values are seen, with some room beside them."""
    seen = values[np.isfinite(values)]
    low, high = float(seen.min()), float(seen.max())
    room = share * (high - low) or 0.5
    return low - room, high + room
