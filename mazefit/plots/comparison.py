"""Several courses of learning side by side: a line each, a band around it, and level lines for what does not learn.

Colours are those of Okabe and Ito; from the eighth line on the dashes differ as well. Level lines of one height take turns in
dashes, so that none hides another. What the lines are stands above the panels, never on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from mazefit.errors import ConfigError
from mazefit.plots.curves import scale_axis
from mazefit.plots.fonts import drawable, families
from mazefit.plots.sheet import BLUE, GREEN, INK, MUTED, ORANGE, RULE, drawing, sheet
from mazefit.words import Language, amount, word

COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9", "#e69f00", "#000000")
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (6, 2, 1.5, 2)), (0, (1.5, 1.5)))
WIDTH, HEIGHT = 7.6, 2.35  # inches of the sheet, and of a panel
WIDE = 4.0  # a ratio of largest to median from which a scale is logarithmic
MANY = 100  # episodes from which theirs is
ROW = 0.22  # inches of a line of the legend


@dataclass(frozen=True, eq=False)
class Line:
    """The course of one algorithm: `mean` [N] over `x` [N], with a band of ± `half` [N] where it is known."""

    name: str
    x: npt.ArrayLike
    mean: npt.ArrayLike
    half: npt.ArrayLike | None = None


@dataclass(frozen=True)
class Level:
    """What one algorithm arrives at without episodes."""

    name: str
    value: float


Drawn = Line | Level


def smoothed(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The mean of each number and of those before it, as many as a tenth of its place: what a logarithmic axis asks for."""
    found = np.asarray(values, dtype=np.float64)
    total = np.concatenate([[0.0], np.cumsum(found)])
    last = np.arange(1, len(found) + 1)
    first = last - np.maximum(1, last // 10)
    return (total[last] - total[first]) / (last - first)


def plot_comparison(
    panels: Mapping[str, Sequence[Drawn]],
    *,
    best: Sequence[float | None] = (),
    errors: bool = False,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the panels below each other.

    Args:
        panels: lines and levels by the label of the panel's axis; one name has one colour in all of them.
        best: the optimum of each panel, dashed, where it is known.
        errors: whether these are errors, which are at least 0: their scale is logarithmic.
        title: what stands above.
        note: a line at the foot: what the band is.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there is nothing to draw.
    """
    names = list(dict.fromkeys(one.name for lines in panels.values() for one in lines))
    if not names:
        raise ConfigError("plot_comparison: expected at least one line, got none")
    spoken = drawable(language)
    known = [value is not None and bool(np.isfinite(value)) for value in best]
    entries = len(names) + any(known)
    ncols = 1 if entries == 1 else 2 if max(map(len, names)) > 20 else 3
    rows = 0 if len(names) == 1 and not any(known) else -(-entries // ncols)
    above, below, between = 0.5 + ROW * rows + 0.1, 0.6 + (0.25 if note else 0.0), 0.2
    count = len(panels)
    height = above + below + count * HEIGHT + (count - 1) * between
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title is not None:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.27 / height)
        styles = {name: (COLOURS[i % len(COLOURS)], DASHES[i // len(COLOURS) % len(DASHES)]) for i, name in enumerate(names)}
        shared: Axes | None = None
        for i, (label, lines) in enumerate(panels.items()):
            bottom = (below + (count - 1 - i) * (HEIGHT + between)) / height
            axes = figure.add_axes((0.125, bottom, 0.855, HEIGHT / height), sharex=shared)
            optimum = best[i] if i < len(best) and known[i] else None
            _panel(axes, lines, optimum, styles, label, spoken, errors)
            axes.tick_params(labelbottom=i == count - 1)
            shared = axes
        if shared is not None:
            shared.set_xlabel(word("episode", spoken))
        if rows:
            _legend(figure, names, styles, next((v for v, k in zip(best, known, strict=True) if k), None), ncols, above, spoken)
        if note:
            figure.text(0.5, 0.13 / height, note, ha="center", va="center", fontsize=8.5, color=MUTED)
        return figure


def _panel(
    axes: Axes,
    lines: Sequence[Drawn],
    best: float | None,
    styles: Mapping[str, Any],
    label: str,
    language: Language,
    errors: bool,
) -> None:
    """The lines of one panel."""
    courses = [one for one in lines if isinstance(one, Line)]
    levels = [one for one in lines if isinstance(one, Level)]
    seen = [np.asarray(one.mean, dtype=np.float64) for one in courses]
    for one, mean in zip(courses, seen, strict=True):
        x = np.asarray(one.x, dtype=np.float64)
        colour, dashes = styles[one.name]
        axes.plot(x, mean, color=colour, linestyle=dashes, linewidth=1.6, zorder=4, marker="o" if len(x) == 1 else "")
        if one.half is not None and np.isfinite(half := np.asarray(one.half, dtype=np.float64)).all():
            low = np.maximum(mean - half, np.finfo(float).tiny) if errors else mean - half  # a logarithm needs more than 0
            axes.fill_between(x, low, mean + half, color=colour, alpha=0.2, linewidth=0, zorder=2)
    for i, level in enumerate(levels):  # they take turns: each dash is followed by room for those of the others
        turn = 6.0
        dashes: Any = "-" if len(levels) == 1 else (i * turn, (turn, turn * (len(levels) - 1)))
        axes.axhline(level.value, color=styles[level.name][0], linestyle=dashes, linewidth=2.0, zorder=3)
    if best is not None:
        axes.axhline(best, color=INK, linestyle=(0, (5, 3)), linewidth=1.2, zorder=5)
    everything = np.concatenate([*seen, [level.value for level in levels], [] if best is None else [best]])
    if errors:
        _logarithmic(axes, np.concatenate(seen) if seen else everything, label, language)
        for level in levels:
            if level.value < axes.get_ylim()[0]:
                said = word("compare.below", language, name=level.name, value=amount(level.value, 3))
                axes.text(0.012, 0.02, said, transform=axes.transAxes, fontsize=8.5, color=MUTED, va="bottom")
    else:
        scale_axis(axes, everything, None, label, language, wide=WIDE)
    if courses:
        last = max(float(np.max(np.asarray(one.x))) for one in courses)
        first = min(float(np.min(np.asarray(one.x))) for one in courses)
        _episodes(axes, first, last)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(color=RULE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(labelsize=9, labelfontfamily=families(language))


def _episodes(axes: Axes, first: float, last: float) -> None:
    """The axis of the episodes: logarithmic where there are many and the first is number 1, for most happens early."""
    if first >= 1 and last >= MANY:
        axes.set_xscale("log")
        axes.set_xlim(0.93 * first, 1.05 * last)
        axes.xaxis.set_major_locator(LogLocator(10.0, subs=(1.0, 2.0, 5.0)))
        return
    pad = max(0.01 * (last - first), 0.5 if last == first else 0.0)
    axes.set_xlim(first - pad, last + pad)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))


def _logarithmic(axes: Axes, values: npt.NDArray[np.float64], label: str, language: Language) -> None:
    """A logarithmic scale, of three powers of ten at most; a linear one from 0 where values hardly differ."""
    top = float(values.max())
    positive = values[values > 0]
    if not len(positive) or top <= 3 * float(positive.min()):
        scale_axis(axes, values, None, label, language)
        axes.set_ylim(bottom=0.0)
        return
    bottom = max(float(positive.min()), top * 1e-3)
    axes.set_yscale("log")
    axes.set_ylim(bottom / 1.25, top * 1.25)
    axes.set_ylabel(word("curves.log", language, label=label))
    decades = np.log10(top / bottom)
    axes.yaxis.set_major_locator(LogLocator(10.0, subs=(1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 6)))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _legend(
    figure: Figure,
    names: list[str],
    styles: Mapping[str, Any],
    best: float | None,
    ncols: int,
    above: float,
    language: Language,
) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=styles[name][0], linestyle=styles[name][1], linewidth=2.0) for name in names]
    labels = list(names)
    if best is not None:
        handles.append(Line2D([], [], color=INK, linestyle=(0, (5, 3)), linewidth=1.2))
        labels.append(word("compare.optimum", language))
    height = figure.get_figheight()
    middle = 1 - (above + 0.42) / 2 / height
    figure.legend(
        handles, labels, loc="center", bbox_to_anchor=(0.55, middle), ncols=ncols, frameon=False, fontsize=9,
        handlelength=2.6, columnspacing=1.8, borderpad=0, labelspacing=0.35,
    )  # fmt: skip
