"""How well networks walk through mazes that they never saw: the share of shortest paths over the course of learning."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from mazefit.errors import ConfigError
from mazefit.plots.comparison import COLOURS
from mazefit.plots.fonts import drawable
from mazefit.plots.held_out_words import say
from mazefit.plots.panels import ROW, dress, foot, legend_above, legend_rows
from mazefit.plots.sheet import drawing, sheet

WIDTH, HEIGHT = 7.2, 3.2  # inches of the sheet, and of the panel
DASHES: tuple[tuple[int, tuple[float, ...]], ...] = ((0, (5, 3)), (0, (1.2, 1.6)))


def plot_shares(
    courses: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]],
    *,
    bounds: Mapping[str, float] | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the share of held-out mazes that are walked through by a shortest path.

    Args:
        courses: by name, the steps [K] and the shares [K] from 0 to 1.
        bounds: shares that are drawn as dashed lines, by name, such as a network's that was taught the exact values.
        title: what stands above; None says what is seen.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there is nothing to draw, or not as many shares as steps.
    """
    known = {name: (np.asarray(x, np.float64), np.asarray(y, np.float64)) for name, (x, y) in courses.items()}
    for name, (x, y) in known.items():
        if x.ndim != 1 or x.shape != y.shape or not len(x):
            raise ConfigError(f"courses: expected {name!r} as steps and shares [K] of one length, got {x.shape} and {y.shape}")
    if not known:
        raise ConfigError("courses: expected at least one, got none")
    spoken = drawable(language)
    levels = dict(bounds or {})
    _, rows = legend_rows([*known, *levels])
    above, below = 0.56 + ROW * rows + 0.12, 0.85 if note else 0.62
    height = above + HEIGHT + below
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        figure.suptitle(say("title", spoken) if title is None else title, fontsize=12, weight="bold", y=1 - 0.24 / height)
        axes = figure.add_axes((0.115, below / height, 0.865, HEIGHT / height))
        handles = [
            axes.plot(x, y, "o-", color=COLOURS[i % len(COLOURS)], linewidth=1.8, markersize=4, zorder=3 + i)[0]
            for i, (x, y) in enumerate(known.values())
        ]
        handles += [
            axes.axhline(share, color=COLOURS[i % len(COLOURS)], linestyle=DASHES[i // len(COLOURS) % 2], linewidth=1.4)
            for i, share in enumerate(levels.values())
        ]
        axes.set(ylim=(-0.03, 1.03), xlabel=say("steps", spoken), ylabel=say("share", spoken))
        dress(axes, spoken, whole=True)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
        legend_above(figure, handles, [*known, *levels], 1 - (0.52 + ROW * rows) / height)
        if note:
            foot(figure, note)
    return figure
