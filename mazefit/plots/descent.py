"""Where W and b go: both over the steps, the truth and the law beside them, and the loss below."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mazefit.errors import ConfigError
from mazefit.plots.fit_words import label
from mazefit.plots.fonts import drawable
from mazefit.plots.panels import ROW, dress, foot, legend_above, legend_rows
from mazefit.plots.sheet import BLUE, INK, ORANGE, drawing, sheet

WIDTH, HEIGHTS = 7.2, (3.0, 2.0)
LONG = 40  # steps from which not each is marked


def plot_descent(
    path: npt.ArrayLike,
    law: npt.ArrayLike | None = None,
    *,
    truth: tuple[float, float] | None = None,
    best: tuple[float, float, float] | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw W and b over the steps, and the loss below them.

    Args:
        path: W, b and loss after 0, 1, … updates, [K, 3].
        law: the same as the law has it, [K, 3].
        truth: the values from which the data were made, dashed.
        best: W, b and loss of the least-squares line of these data, where the path ends, dotted.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: shapes that do not fit.
    """
    seen = np.asarray(path, dtype=np.float64)
    known = None if law is None else np.asarray(law, dtype=np.float64)
    if seen.ndim != 2 or seen.shape[1] != 3 or not len(seen) or (known is not None and known.shape != seen.shape):
        raise ConfigError(
            f"plot_descent: expected path and law [K, 3], got {seen.shape}, {None if known is None else known.shape}"
        )
    spoken = drawable(language)
    lines: list[tuple[str, dict[str, Any]]] = [
        ("W", {"color": ORANGE, "marker": "o", "markersize": 4.5, "linewidth": 1.6}),
        ("b", {"color": BLUE, "marker": "s", "markersize": 4.2, "linewidth": 1.6}),
        (label("loss", spoken), {"color": INK, "marker": "^", "markersize": 4.2, "linewidth": 1.6}),
    ]
    entries = list(lines)
    ghost: dict[str, Any] = {"color": INK, "linestyle": "none", "marker": "x", "markersize": 7, "markeredgewidth": 1.1}
    if known is not None:
        entries.append((label("descent.law", spoken), ghost))
    dashed: dict[str, Any] = {"linestyle": (0, (5, 3)), "linewidth": 1.2, "color": INK}
    dotted: dict[str, Any] = {"linestyle": (0, (1.2, 1.8)), "linewidth": 1.2, "color": INK}
    if truth is not None:
        entries.append((label("descent.truth", spoken), dashed))
    if best is not None:
        entries.append((label("descent.best", spoken), dotted))
    above = (0.45 if title else 0.2) + ROW * legend_rows([name for name, _ in entries])[1] + 0.14
    below, between = 0.58 + (0.25 if note else 0.0), 0.18
    height = above + sum(HEIGHTS) + between + below
    steps = np.arange(len(seen))
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        bottom = figure.add_axes((0.1, below / height, 0.875, HEIGHTS[1] / height))
        top = figure.add_axes((0.1, (below + HEIGHTS[1] + between) / height, 0.875, HEIGHTS[0] / height), sharex=bottom)
        for column, axes in ((0, top), (1, top), (2, bottom)):
            look: dict[str, Any] = {**lines[column][1], **({"marker": ""} if len(seen) > LONG else {})}
            if truth is not None and column < 2:
                axes.axhline(truth[column], linestyle=dashed["linestyle"], linewidth=1.2, color=look["color"], zorder=2)
            if best is not None:
                axes.axhline(best[column], linestyle=dotted["linestyle"], linewidth=1.2, color=look["color"], zorder=2)
            axes.plot(steps, seen[:, column], **look, zorder=3)
            if known is not None:
                every = slice(None, None, max(1, len(seen) // LONG))
                there: dict[str, Any] = {**ghost, "color": look["color"]}
                axes.plot(steps[every], known[every, column], **there, zorder=4)
        top.set_ylabel(label("descent.parameters", spoken))
        bottom.set_ylabel(label("loss", spoken))
        bottom.set_xlabel(label("descent.updates", spoken))
        bottom.set_ylim(bottom=0.0)
        bottom.set_xlim(-0.02 * len(steps), 1.02 * (len(steps) - 1) + 0.01)
        for axes in (top, bottom):
            dress(axes, spoken, whole=True)
        top.tick_params(labelbottom=False)
        legend_above(
            figure, [Line2D([], [], **look) for _, look in entries], [name for name, _ in entries], 1 - (above - 0.09) / height
        )
        if note:
            foot(figure, note)
        return figure
