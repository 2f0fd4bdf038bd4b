"""Several optimizers on one task, side by side: their fits where they learned, their fits in between, and their losses.

Also the same optimizers one after another on one model that never begins anew, as the tutorial ran them without meaning to; and
how each fares at other learning rates.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from mazefit.errors import ConfigError
from mazefit.plots.bands import quantiles, thinned
from mazefit.plots.comparison import COLOURS, DASHES
from mazefit.plots.curves import log_ticks
from mazefit.plots.fit_words import label
from mazefit.plots.fonts import drawable
from mazefit.plots.own_names import name_axes
from mazefit.plots.panels import ROW, Numbers, dress, foot, legend_above, legend_rows, within
from mazefit.plots.sheet import INK, MUTED, drawing, sheet
from mazefit.words import amount

Runs = Mapping[str, npt.ArrayLike]
MIDDLE = (0.1, 0.5, 0.9)


def plot_sine(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    x_test: npt.ArrayLike,
    y_test: npt.ArrayLike | None,
    train: Runs,
    test: Runs,
    epochs: npt.ArrayLike,
    losses: Runs,
    *,
    truth: str = "sin x",
    axes: tuple[str, str] = ("x", "y"),
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw three panels: fits of the training points, fits of the test points, losses; without test points two.

    Args:
        x: training inputs, [n].
        y: training outputs, [n].
        x_test: test inputs, ascending, [m].
        y_test: test outputs, [m]; None where there are no test points.
        train: by optimizer, predictions of each start at x, [S, n].
        test: by optimizer, predictions of each start at x_test, [S, m].
        epochs: at which losses are given, [K].
        losses: by optimizer, of each start, [S, K].
        truth: what the function to be fitted is called.
        axes: what x and y are called.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no fits, or not the same ones in every panel.
    """
    if not train or list(train) != list(test) or list(train) != list(losses):
        raise ConfigError(f"plot_sine: expected the same fits in each panel, got {list(train)}, {list(test)}, {list(losses)}")
    spoken = drawable(language)
    looks = _looks(train)
    points: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 5, "color": INK}
    true: dict[str, Any] = {"color": INK, "linestyle": (0, (5, 3)), "linewidth": 1.3}
    names = [label("data", spoken), *([truth] if y_test is not None else []), *looks]
    width, panel = 11.6, 3.3
    above, below = (0.45 if title else 0.2) + ROW + 0.42, 0.58 + (0.25 if note else 0.0)
    height = above + panel + below
    with drawing(spoken):
        figure = sheet(width, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        lefts, share = ((0.045, 0.365, 0.715), 0.265) if y_test is not None else ((0.055, 0.585), 0.4)
        panels = [figure.add_axes((left, below / height, share, panel / height)) for left in lefts]
        at, outputs = np.asarray(x, np.float64), np.asarray(y, np.float64)
        fine = np.asarray(x_test, np.float64)
        order = np.argsort(at)
        fits = ((at[order], {k: np.asarray(v)[:, order] for k, v in train.items()}), (fine, test))
        for one, (where, runs) in zip(panels[:-1], fits, strict=False):
            for name, values in runs.items():
                _band(one, where, np.asarray(values, np.float64), looks[name], 0.1)
            if y_test is not None:
                one.plot(fine, np.asarray(y_test, np.float64), **true, zorder=6)
            name_axes(one, axes, spoken)
        panels[0].plot(at, outputs, **points, zorder=7)
        for one in panels[:-1]:
            one.set_ylim(
                *within(np.concatenate([outputs, outputs if y_test is None else np.asarray(y_test, np.float64)]), 0.28)
            )
        columns = thinned(len(np.asarray(epochs)))
        seen = [
            _band(panels[-1], np.asarray(epochs, np.float64)[columns], np.asarray(v, np.float64)[:, columns], looks[name], 0.14)
            for name, v in losses.items()
        ]
        _log_y(panels[-1], np.concatenate(seen))
        panels[-1].set_xlabel(label("epoch", spoken))
        panels[-1].set_ylabel(label("log", spoken, label=label("loss", spoken)))
        titles = ("sine.train", *(["sine.test"] if y_test is not None else []), "sine.losses")
        for one, name in zip(panels, titles, strict=True):
            one.set_title(label(name, spoken), fontsize=10, pad=5)
            dress(one, spoken)
        handles = [Line2D([], [], **points), *([Line2D([], [], **true)] if y_test is not None else [])]
        handles += [Line2D([], [], color=colour, linestyle=dashes, linewidth=2.0) for colour, dashes in looks.values()]
        figure.legend(
            handles, names, loc="lower center", bbox_to_anchor=(0.5, 1 - (above - 0.36) / height), ncols=len(names),
            frameon=False, fontsize=9, handlelength=3.0, columnspacing=1.6, borderpad=0,
        )  # fmt: skip
        if note:
            foot(figure, note)
        return figure


def plot_chain(
    epochs: npt.ArrayLike, losses: Runs, *, title: str | None = None, note: str | None = None, language: str = "en"
) -> Figure:
    """Draw the losses of optimizers that went on from one another, in their order.

    Args:
        epochs: of each optimizer at which losses are given, [K].
        losses: by optimizer, of each chain, [S, K].
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are none.
    """
    if not losses:
        raise ConfigError("plot_chain: expected at least one optimizer, got none")
    spoken = drawable(language)
    looks = _looks(losses)
    above = (0.45 if title else 0.2) + ROW * legend_rows(list(looks))[1] + 0.12
    panel, below = 3.3, 0.58 + (0.25 if note else 0.0)
    height = above + panel + below
    with drawing(spoken):
        figure = sheet(7.8, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        axes = figure.add_axes((0.105, below / height, 0.87, panel / height))
        at = np.asarray(epochs, np.float64)
        length = float(at[-1] + (at[-1] - at[-2] if len(at) > 1 else 1.0))  # epochs of each
        begin, seen = 0.0, list[Numbers]()
        for name, values in losses.items():
            runs = np.asarray(values, np.float64)
            columns = thinned(runs.shape[1])
            seen.append(_band(axes, begin + at[columns], runs[:, columns], looks[name], 0.18))
            begin += length
            if name != list(losses)[-1]:
                axes.axvline(begin, color=MUTED, linewidth=1.0, linestyle=(0, (2, 2)), zorder=1)
        _log_y(axes, np.concatenate(seen))
        axes.set_xlim(-0.01 * begin, 1.01 * begin)
        axes.set_xlabel(label("sine.epochs in all", spoken))
        axes.set_ylabel(label("log", spoken, label=label("loss", spoken)))
        dress(axes, spoken, whole=True)
        handles = [Line2D([], [], color=colour, linestyle=dashes, linewidth=2.0) for colour, dashes in looks.values()]
        legend_above(figure, handles, list(looks), 1 - (above - 0.06) / height)
        if note:
            foot(figure, note)
        return figure


def plot_rates(
    rates: Mapping[str, npt.ArrayLike],
    scores: Runs,
    *,
    used: Mapping[str, float] | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw how each optimizer ends at each learning rate.

    Args:
        rates: by optimizer, its learning rates, ascending, [R].
        scores: by optimizer, the loss of each start at each rate, [S, R].
        used: the rate that the tutorial gives to each: ringed.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are none, or not the same optimizers in both.
    """
    if not rates or list(rates) != list(scores):
        raise ConfigError(f"plot_rates: expected rates and scores of the same optimizers, got {list(rates)}, {list(scores)}")
    spoken = drawable(language)
    looks = _looks(rates)
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 11,
        "markerfacecolor": "none",
        "markeredgecolor": INK,
        "linestyle": "none",
    }
    names = [*looks, *([label("sine.used", spoken)] if used else [])]
    above = (0.45 if title else 0.2) + ROW * legend_rows(names)[1] + 0.14
    panel, below = 3.3, 0.58 + (0.25 if note else 0.0)
    height = above + panel + below
    with drawing(spoken):
        figure = sheet(7.2, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        axes = figure.add_axes((0.115, below / height, 0.86, panel / height))
        axes.set_xscale("log")
        seen = list[Numbers]()
        for name, given in rates.items():
            at = np.asarray(given, np.float64)
            runs = np.asarray(scores[name], np.float64)
            middle = _band(axes, at, runs, looks[name], 0.14, marker="o")
            seen += [middle, quantiles(runs, (MIDDLE[0],))[0]]
            if used and name in used and used[name] in at:
                axes.plot(used[name], middle[at.tolist().index(used[name])], **ring, zorder=8)
        _log_y(axes, np.concatenate(seen))
        everything = sorted({float(rate) for given in rates.values() for rate in np.asarray(given, np.float64)})
        axes.set_xlim(everything[0] / 1.25, everything[-1] * 1.25)
        axes.xaxis.set_major_locator(FixedLocator(everything))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 2)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel(label("sine.rate", spoken))
        axes.set_ylabel(label("log", spoken, label=label("sine.score", spoken)))
        dress(axes, spoken)
        handles = [Line2D([], [], color=c, linestyle=d, linewidth=2.0, marker="o", markersize=4) for c, d in looks.values()]
        legend_above(figure, [*handles, *([Line2D([], [], **ring)] if used else [])], names, 1 - (above - 0.09) / height)
        if note:
            foot(figure, note)
        return figure


def _looks(names: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    return {name: (COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]) for i, name in enumerate(names)}


def _band(axes: Axes, x: Numbers, values: Numbers, look: tuple[str, Any], alpha: float, marker: str = "") -> Numbers:
    """The median of the runs as a line, the middle 80 % as a band; returns the median."""
    low, middle, high = quantiles(values, MIDDLE)
    colour, dashes = look
    if len(values) > 1:
        axes.fill_between(x, low, np.where(np.isinf(high), np.nan, high), color=colour, alpha=alpha, linewidth=0, zorder=2)
    shown = np.where(np.isinf(middle), np.nan, middle)
    axes.plot(
        x,
        shown,
        color=colour,
        linestyle=dashes,
        linewidth=1.7,
        zorder=5,
        marker=marker or ("o" if len(x) == 1 else ""),
        markersize=4,
    )
    return shown


def _log_y(axes: Axes, middles: Numbers) -> None:
    """A logarithmic axis on which all medians are seen, and of the bands what is near them."""
    seen = middles[np.isfinite(middles) & (middles > 0)]
    if not len(seen):
        return
    low, high = float(seen.min()) / 1.5, float(seen.max()) * 1.5
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high, low)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 3)))
