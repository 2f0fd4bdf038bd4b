"""Points, and the curves that were fitted to them, each in its own look and named once."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mazefit.errors import ConfigError
from mazefit.plots.fit_words import label
from mazefit.plots.fonts import drawable
from mazefit.plots.own_names import name_axes
from mazefit.plots.panels import POINT, ROW, Numbers, dress, foot, legend_above, legend_rows, within
from mazefit.plots.sheet import BLUE, GREEN, INK, ORANGE, drawing, sheet

Look = Literal["fit", "before", "best", "truth"]
LOOKS: dict[Look, dict[str, Any]] = {
    "fit": {"color": ORANGE, "linewidth": 2.0, "zorder": 5},
    "before": {"color": GREEN, "linewidth": 1.6, "linestyle": (0, (6, 2, 1.5, 2)), "zorder": 4},
    "best": {"color": BLUE, "linewidth": 1.6, "linestyle": (0, (1.5, 1.5)), "zorder": 6},
    "truth": {"color": INK, "linewidth": 1.3, "linestyle": (0, (5, 3)), "zorder": 6},
}
MANY = 200  # points from which they are drawn small
WIDTH, HEIGHT = 7.2, 3.9  # inches of the sheet, and of the panel


class Curve(NamedTuple):
    """A curve: what it is called, x [m], y [m], and its look: a fit, a fit before learning, the best one, or the truth."""

    name: str
    x: npt.ArrayLike
    y: npt.ArrayLike
    look: Look = "fit"


def plot_fit(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    curves: Sequence[Curve] = (),
    *,
    points: str | None = None,
    kinks: npt.ArrayLike | None = None,
    title: str | None = None,
    note: str | None = None,
    axes: tuple[str, str] = ("x", "y"),
    language: str = "en",
) -> Figure:
    """Draw points with curves.

    Args:
        x: of the points, [n].
        y: of the points, [n].
        curves: what is drawn over them.
        points: what they are called; None = "data".
        kinks: where straight pieces of the first curve meet, [k]: each is marked on that curve.
        title: what stands above.
        note: a line at the foot.
        axes: what the axes are called.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no points, or x and y do not fit together.
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if across.ndim != 1 or not len(across) or across.shape != up.shape:
        raise ConfigError(f"plot_fit: expected x and y [n] of at least one point, got shapes {across.shape}, {up.shape}")
    spoken = drawable(language)
    lines = [(one.name, np.asarray(one.x, np.float64), np.asarray(one.y, np.float64), LOOKS[one.look]) for one in curves]
    names = [label("data", spoken) if points is None else points, *(name for name, *_ in lines)]
    marks = np.empty(0) if kinks is None or not lines else np.asarray(kinks, dtype=np.float64)
    if len(marks):
        names.append(label("fit.kinks", spoken, count=len(marks)))
    above = (0.45 if title else 0.2) + ROW * legend_rows(names)[1] + 0.12
    below = 0.58 + (0.25 if note else 0.0)
    height = above + HEIGHT + below
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        panel = figure.add_axes((0.115, below / height, 0.86, HEIGHT / height))
        size = 2.6 if len(across) > MANY else 6.5
        look: dict[str, Any] = {"marker": "o", "linestyle": "none", "color": POINT, "markeredgewidth": 0}
        panel.plot(across, up, markersize=size, alpha=0.45 if len(across) > MANY else 1.0, zorder=2, rasterized=True, **look)
        for _, at, height_there, style in lines:
            panel.plot(at, height_there, **style)
        handles = [Line2D([], [], markersize=6.5, **look), *(Line2D([], [], **style) for *_, style in lines)]
        if len(marks):
            _, at, there, _ = lines[0]
            mark: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 4.6, "markerfacecolor": "white"}
            mark |= {"markeredgecolor": ORANGE, "markeredgewidth": 1.2}
            panel.plot(marks, np.interp(marks, at, there), zorder=7, **mark)
            handles.append(Line2D([], [], **mark))
        _fit_axes(panel, across, up, lines)
        name_axes(panel, axes, spoken)
        dress(panel, spoken)
        legend_above(figure, handles, names, 1 - (above - 0.08) / height)
        if note:
            foot(figure, note)
        return figure


def _fit_axes(panel: Any, x: Numbers, y: Numbers, lines: Sequence[tuple[str, Numbers, Numbers, Any]]) -> None:
    """All points are seen, and of a curve as much as does not make them small."""
    panel.set_xlim(*within(np.concatenate([x, *(at for _, at, *_ in lines)]), 0.02))
    reach = float(np.ptp(y)) or 1.0
    curves = np.concatenate([y, *(there[np.isfinite(there)] for _, _, there, _ in lines)])
    panel.set_ylim(*within(np.clip(curves, y.min() - 0.5 * reach, y.max() + 0.5 * reach)))
