"""The same network fitted in several ways, side by side: loss and micro-F1 over the epochs, and where the answers went."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mazefit.errors import ConfigError
from mazefit.plots.classifier_words import label
from mazefit.plots.comparison import COLOURS, DASHES
from mazefit.plots.confusion import Counts, check_confusion, draw_confusion
from mazefit.plots.fonts import drawable
from mazefit.plots.log_axis import log_scale
from mazefit.plots.panels import ROW, Numbers, dress, foot, legend_above, legend_rows
from mazefit.plots.sheet import INK, drawing, sheet
from mazefit.words import Language

WIDTH, PANEL = 8.4, 2.3  # inches of the sheet, of the curves' height
MARKS = ("o", "s", "^", "D")


class Way(NamedTuple):
    """A way to fit: its name, loss and micro-F1 after 0, 1, … epochs, [E + 1] each, and its confusion matrix [K, K]."""

    name: str
    loss: npt.ArrayLike
    f1: npt.ArrayLike
    confusion: npt.ArrayLike


def plot_modes(
    ways: Sequence[Way],
    classes: Sequence[str],
    *,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw curves of all ways in two panels, and a small confusion matrix of each below.

    Args:
        ways: two to four.
        classes: the names of the classes: how many there are.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are fewer than two ways, or more than four, or their shapes do not fit.
    """
    if not 2 <= len(ways) <= len(MARKS):
        raise ConfigError(f"plot_modes: expected two to {len(MARKS)} ways, got {len(ways)}")
    matrices = [check_confusion("plot_modes", way.confusion, classes) for way in ways]
    spoken = drawable(language)
    losses, f1s = (
        [np.asarray(values, np.float64) for values in column] for column in ([w.loss for w in ways], [w.f1 for w in ways])
    )
    for loss, f1 in zip(losses, f1s, strict=True):
        if loss.ndim != 1 or loss.shape != f1.shape or not len(loss):
            raise ConfigError(f"plot_modes: expected loss and F1 of one length, got {list(loss.shape)}, {list(f1.shape)}")
    lost = [not np.isfinite(loss).all() for loss in losses]
    looks: list[dict[str, Any]] = [
        {"color": COLOURS[i], "linestyle": DASHES[i], "marker": MARKS[i], "markersize": 4, "linewidth": 1.6}
        for i in range(len(ways))
    ]
    cross: dict[str, Any] = {"color": INK, "linestyle": "none", "marker": "x", "markersize": 8, "markeredgewidth": 1.6}
    names = [way.name for way in ways] + ([label("not finite", spoken)] if any(lost) else [])
    handles = [Line2D([], [], **look) for look in looks] + ([Line2D([], [], **cross)] if any(lost) else [])
    square = min(2.15, (WIDTH - 0.5) / len(ways) - 0.45)
    above = (0.45 if title else 0.2) + ROW * legend_rows(names)[1] + 0.4
    below = 0.35 + (0.28 if note else 0.0)
    height = above + PANEL + 0.85 + square + below
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        bottom = (height - above - PANEL) / height
        left, right = (figure.add_axes((at, bottom, 0.385, PANEL / height)) for at in (0.095, 0.595))
        for look, loss, f1 in zip(looks, losses, f1s, strict=True):
            end = len(loss) if np.isfinite(loss).all() else int(np.argmin(np.isfinite(loss)))
            left.plot(np.arange(end), loss[:end], zorder=4, **look)
            if 0 < end < len(loss):
                left.plot(end - 1, loss[end - 1], zorder=6, **cross)
            right.plot(np.arange(len(f1)), f1, zorder=4, **look)
        _panels(left, right, losses, spoken)
        for place, (way, counts) in enumerate(zip(ways, matrices, strict=True)):
            middle = (place + 0.5) * (WIDTH - 0.3) / len(ways) + 0.15
            axes = figure.add_axes(((middle - square / 2) / WIDTH, below / height, square / WIDTH, square / height))
            draw_confusion(axes, counts, classes, spoken, small=True)
            axes.set_title(f"{way.name}: {_last(f1s[place], counts)}", fontsize=9.5, pad=4)
        legend_above(figure, handles, names, 1 - (above - 0.36) / height)
        if note:
            foot(figure, note)
        return figure


def _last(f1: Numbers, counts: Counts) -> str:
    """The micro-F1 that the matrix has, to three digits."""
    return f"{np.trace(counts) / max(1, counts.sum()):.3f}"


def _panels(left: Axes, right: Axes, losses: Sequence[Numbers], language: Language) -> None:
    """Axes of both panels: the loss on a logarithmic scale, micro-F1 from 0 to 1."""
    seen = np.concatenate(losses)
    seen = seen[np.isfinite(seen) & (seen > 0)]
    if len(seen):
        log_scale(left, seen)
    right.set_ylim(0.0, 1.0)
    for axes, name in ((left, label("log", language, label=label("loss", language))), (right, label("f1 test", language))):
        dress(axes, language, whole=True)
        axes.set_title(name, fontsize=10, pad=5)
        axes.set_xlabel(label("epoch", language), labelpad=2, fontsize=9)
