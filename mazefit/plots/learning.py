"""How an autoencoder learns: its loss within the epochs, its test error after each, and what it stands against as lines."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mazefit.errors import ConfigError
from mazefit.plots.bands import LEVELS
from mazefit.plots.curves import log_ticks
from mazefit.plots.fonts import drawable
from mazefit.plots.log_axis import log_scale
from mazefit.plots.panels import ROW, Numbers, dress, foot, legend_above, legend_rows, within
from mazefit.plots.reconstructions_words import label
from mazefit.plots.sheet import BLUE, INK, ORANGE, drawing, sheet
from mazefit.words import Language

WIDTH, HEIGHT = 7.2, 3.3  # inches of the sheet, and of the panel
WIDE = 4.0  # a ratio of largest to smallest from which the scale is logarithmic
FEW = 30  # test errors that are marked
LONG = 5  # epochs from which the first one's losses may lie above the panel
FAR = 2.0  # a level so many times the largest number that is seen is told in the legend alone


def plot_learning(
    train: tuple[npt.ArrayLike, npt.ArrayLike],
    test: npt.ArrayLike,
    levels: Mapping[str, float] | None = None,
    *,
    updates: int | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the course of a fit. Of five epochs and more the panel is as high as what comes after the first one.

    Args:
        train: (epochs, losses), [N] each: the loss on what was fitted, at parts of epochs such as 0.05, 0.10, …
        test: the error on the test images after 1, 2, … epochs, [E].
        levels: errors of other methods by name, in the figure's language; each a horizontal line, or a word in the legend
            where it lies far above all else.
        updates: how many updates each training loss is the mean of; None = those of an epoch.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font: give English names then.

    Raises:
        ConfigError: there is no test error, or there are not as many losses as epochs.
    """
    at, losses = (np.asarray(one, dtype=np.float64) for one in train)
    errors = np.asarray(test, dtype=np.float64)
    if at.ndim != 1 or at.shape != losses.shape or errors.ndim != 1 or not len(errors):
        raise ConfigError(
            f"plot_learning: expected losses as many as epochs [N] and test errors [E], got {list(at.shape)}, "
            f"{list(losses.shape)} and {list(errors.shape)}"
        )
    spoken = drawable(language)
    seen = np.concatenate([errors, losses[at > 1] if len(errors) >= LONG else losses])
    highest = FAR * float(np.nanmax(seen))
    near = {name: value for name, value in (levels or {}).items() if value <= highest}
    above = [label("above", spoken, name=name, value=f"{v:.4f}") for name, v in (levels or {}).items() if name not in near]
    marker = "s" if len(errors) <= FEW else ""
    lines = _lines(near, above, updates, len(losses) > 0, marker, spoken)
    top, below = (0.45 if title else 0.1) + ROW * legend_rows(list(lines))[1] + 0.14, 0.84 if note else 0.58
    height = top + HEIGHT + below
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        axes = figure.add_axes((0.115, below / height, 0.86, HEIGHT / height))
        axes.plot(at, losses, color=BLUE, linewidth=1.4, marker="." if len(at) <= FEW else "", zorder=3)
        axes.plot(np.arange(1, len(errors) + 1), errors, color=ORANGE, linewidth=1.5, marker=marker, markersize=5, zorder=4)
        for place, value in enumerate(near.values()):
            axes.axhline(value, color=INK, linestyle=LEVELS[place % len(LEVELS)], linewidth=1.2, zorder=2)
        _scaled(axes, np.concatenate([seen, [*near.values()]]), spoken)
        axes.set_xlim(0.0, 1.03 * len(errors))
        axes.set_xlabel(label("epoch", spoken))
        legend_above(figure, list(lines.values()), list(lines), 1 - (top - 0.06) / height)
        if note:
            foot(figure, note, 0.16)
        return figure


def _lines(
    levels: Mapping[str, float], above: list[str], updates: int | None, trained: bool, marker: str, language: Language
) -> dict[str, Line2D]:
    """What each line is, for the legend; and what lies above the panel."""
    kind = "train epoch" if updates is None else "train each" if updates == 1 else "train"
    looks: dict[str, Any] = {}
    if trained:
        looks[label(kind, language, updates=updates)] = {"color": BLUE, "linewidth": 1.4}
    looks[label("test", language)] = {"color": ORANGE, "linewidth": 1.5, "marker": marker, "markersize": 5}
    for place, (name, value) in enumerate(levels.items()):
        told = label("level", language, name=name, value=f"{value:.4f}")
        looks[told] = {"color": INK, "linestyle": LEVELS[place % len(LEVELS)], "linewidth": 1.2}
    looks |= {told: {"linestyle": "none"} for told in above}
    return {name: Line2D([], [], **look) for name, look in looks.items()}


def _scaled(axes: Axes, values: Numbers, language: Language) -> None:
    """A logarithmic scale where values lie far apart, with numbers that are read."""
    seen = values[np.isfinite(values)]
    named = label("error", language)
    if len(seen) and seen.min() > 0 and seen.max() > WIDE * seen.min():
        log_scale(axes, seen)
        low, high = float(seen.min()) / 1.25, float(seen.max()) * 1.25
        axes.set_ylim(low, high)
        axes.set_yticks([tick for tick in log_ticks(low, high, 10.0 ** np.floor(np.log10(low))) if tick > 0])
        named = label("log", language, label=named)
    elif len(seen):
        axes.set_ylim(*within(seen, 0.08))
    dress(axes, language, whole=False)
    axes.set_ylabel(named, fontsize=9)
