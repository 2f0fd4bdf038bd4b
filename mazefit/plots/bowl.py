"""The loss of a line as a bowl seen from above, with the ways that optimizers take down in it, and their losses."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from mazefit.errors import ConfigError
from mazefit.plots.comparison import COLOURS
from mazefit.plots.curves import log_ticks
from mazefit.plots.fit_words import label
from mazefit.plots.fonts import drawable
from mazefit.plots.panels import ROW, Numbers, dress, foot, legend_above, legend_rows
from mazefit.plots.sheet import INK, MUTED, drawing, sheet
from mazefit.words import amount

WIDTH, HEIGHT = 9.4, 3.9
FINE = 160  # cells of the bowl in each direction
RINGS = 13
MARKED = 30  # steps that are marked by a dot


def plot_bowl(
    bottom: npt.ArrayLike,
    matrix: npt.ArrayLike,
    lowest: float,
    paths: Mapping[str, npt.ArrayLike],
    *,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the bowl lowest + (θ - bottom)ᵀ A (θ - bottom) over θ = (w, b), the paths in it, and the loss along them.

    Args:
        bottom: (w, b) of the lowest point, [2].
        matrix: A, [2, 2].
        lowest: the loss there.
        paths: by the name of each, (w, b) before the first step and after every one, [K, 2]; what leaves the sheet is cut.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no paths, or the shapes do not fit.
    """
    middle, curved = np.asarray(bottom, dtype=np.float64), np.asarray(matrix, dtype=np.float64)
    ways = {name: np.asarray(path, dtype=np.float64) for name, path in paths.items()}
    shapes = [way.shape for way in ways.values()]
    if middle.shape != (2,) or curved.shape != (2, 2) or not ways or any(len(s) != 2 or s[1] != 2 or not s[0] for s in shapes):
        raise ConfigError(
            f"plot_bowl: expected bottom [2], matrix [2, 2] and paths [K, 2], got {middle.shape}, {curved.shape}, {shapes}"
        )
    spoken = drawable(language)
    names = [*ways, label("bowl.start", spoken), label("bowl.bottom", spoken)]
    above = (0.45 if title else 0.2) + ROW * legend_rows(names)[1] + 0.15
    below = 0.58 + (0.25 if note else 0.0)
    height = above + HEIGHT + below

    def loss(at: Numbers) -> Numbers:
        away = at - middle
        with np.errstate(over="ignore", invalid="ignore"):
            return lowest + ((away @ curved) * away).sum(axis=-1)

    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        left = figure.add_axes((0.06, below / height, 0.42, HEIGHT / height))
        right = figure.add_axes((0.585, below / height, 0.39, HEIGHT / height))
        looks = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(ways)}
        _from_above(left, middle, loss, ways, looks)
        left.set_xlabel("w")
        left.set_ylabel("b")
        dress(left, spoken)
        left.grid(visible=False)
        _losses(right, lowest, {name: loss(way) for name, way in ways.items()}, looks)
        right.set_xlabel(label("step", spoken))
        right.set_ylabel(label("log", spoken, label=label("loss", spoken)))
        dress(right, spoken)
        handles = [Line2D([], [], color=colour, linewidth=2.0, marker="o", markersize=3.5) for colour in looks.values()]
        handles.append(Line2D([], [], color=INK, marker="s", markersize=6, linestyle="none"))
        handles.append(Line2D([], [], color=INK, marker="*", markersize=11, linestyle="none"))
        legend_above(figure, handles, names, 1 - (above - 0.1) / height)
        if note:
            foot(figure, note)
        return figure


def _from_above(axes: Any, bottom: Numbers, loss: Any, ways: Mapping[str, Numbers], looks: Mapping[str, str]) -> None:
    """Rings of equal loss, evenly spaced in its logarithm, and the paths as far as they stay near."""
    start = next(iter(ways.values()))[0]
    reach = np.maximum(np.abs(start - bottom), 0.35 * np.abs(start - bottom).max()) * 1.35 + 0.3
    w = np.linspace(bottom[0] - reach[0], bottom[0] + reach[0], FINE)
    b = np.linspace(bottom[1] - reach[1], bottom[1] + reach[1], FINE)
    heights = loss(np.stack(np.meshgrid(w, b), axis=-1))
    levels = np.geomspace(max(float(heights.min()), 1e-12) * 1.001, float(heights.max()), RINGS)
    axes.contourf(w, b, np.log(heights), levels=np.log(levels), cmap="Greys", alpha=0.55, extend="both", zorder=0)
    axes.contour(w, b, heights, levels=levels, colors=MUTED, linewidths=0.5, alpha=0.7, zorder=1)
    near = 3.0 * reach
    for name, way in ways.items():
        inside = np.isfinite(way).all(axis=1) & (np.abs(way - bottom) <= near).all(axis=1)
        shown = way[: len(way) if inside.all() else int(np.argmin(inside))]  # until it first leaves the sheet for good
        low = 3 if len(shown) < len(way) else 4  # what leaves the sheet lies below the others
        axes.plot(shown[:, 0], shown[:, 1], color=looks[name], linewidth=1.3, zorder=low)
        axes.plot(*shown[:MARKED].T, color=looks[name], linestyle="none", marker="o", markersize=2.8, zorder=low)
    axes.plot(*start, marker="s", markersize=6, color=INK, zorder=6)
    axes.plot(*bottom, marker="*", markersize=13, color=INK, markeredgecolor="white", zorder=6)
    axes.set_xlim(w[0], w[-1])
    axes.set_ylim(b[0], b[-1])


def _losses(axes: Any, lowest: float, losses: Mapping[str, Numbers], looks: Mapping[str, str]) -> None:
    """The loss after each step, both axes logarithmic; a path that diverges leaves through the top."""
    first = max(float(values[0]) for values in losses.values())
    low, high = lowest * 0.75 if lowest > 0 else first * 1e-6, first * 12
    for name, values in losses.items():
        seen = np.isfinite(values) & (values < 1e6 * high)
        shown = values[: len(values) if seen.all() else int(np.argmin(seen))]
        axes.plot(np.arange(1, len(shown) + 1), shown, color=looks[name], linewidth=1.7, zorder=4)
    if lowest > 0:
        axes.axhline(lowest, color=INK, linestyle=(0, (5, 3)), linewidth=1.2, zorder=5)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_xlim(0.93, max(map(len, losses.values())) * 1.06)
    tens = 10.0 ** np.arange(9)
    axes.xaxis.set_major_locator(FixedLocator([1.0, *(1.0 + tens)]))  # step k is drawn at k + 1, for the logarithm of 0 is none
    axes.xaxis.set_minor_locator(FixedLocator((1.0 + np.outer(tens, np.arange(2, 10))).ravel().tolist()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value - 1:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high, low)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 3)))
