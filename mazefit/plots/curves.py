"""How learning went: the return and the length of every episode, their running mean, and the optimum as a dashed line."""

import math

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from mazefit.errors import ConfigError
from mazefit.plots.fonts import drawable, families
from mazefit.plots.sheet import BLUE, INK, MUTED, ORANGE, RULE, drawing, sheet
from mazefit.words import Language, amount, word

Numbers = npt.NDArray[np.float64]
DENSE = 1_500  # more episodes than this are drawn as a band from the smallest to the largest
WIDE = 30.0  # a ratio of largest to smallest from which a scale is logarithmic


def plot_curves(
    returns: npt.ArrayLike,
    lengths: npt.ArrayLike,
    *,
    best_return: float | None = None,
    best_length: float | None = None,
    window: int | None = None,
    title: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the course of learning.

    Args:
        returns: return G of each episode, [N].
        lengths: its number of steps, [N].
        best_return: the optimum, where it is known (the exact value of the start state).
        best_length: the smallest possible number of steps, where it is known.
        window: episodes in the running mean; None = a 25th of all, at least 5 and at most 500.
        title: what stands above; None says what is seen.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no episodes, or not as many lengths as returns.
    """
    gains, steps = np.asarray(returns, dtype=np.float64), np.asarray(lengths, dtype=np.float64)
    if gains.ndim != 1 or not len(gains) or gains.shape != steps.shape:
        raise ConfigError(
            f"plot_curves: expected returns and lengths [N] of at least one episode, got shapes {gains.shape}, {steps.shape}"
        )
    spoken = drawable(language)
    mean = min(max(5, len(gains) // 25), 500) if window is None else window
    with drawing(spoken):
        figure = sheet(7.2, 5.4)
        figure.suptitle(word("curves.title", spoken) if title is None else title, fontsize=12, weight="bold", y=0.97)
        letters = max(len(amount(float(np.abs(values).max()), 1)) for values in (gains, steps))
        left = max(0.13, (0.55 + 0.085 * letters) / 7.2)  # the numbers of the axes stand here
        top = figure.add_axes((left, 0.535, 0.97 - left, 0.35))
        bottom = figure.add_axes((left, 0.105, 0.97 - left, 0.35), sharex=top)
        _panel(top, gains, best_return, mean, word("return", spoken), spoken)
        _panel(bottom, steps, best_length, mean, word("curves.length", spoken), spoken)
        top.tick_params(labelbottom=False)
        bottom.set_xlabel(word("episode", spoken))
        return figure


def running_mean(values: Numbers, window: int) -> Numbers:
    """The mean of each number and the `window` - 1 before it, of fewer at the beginning, [N]."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - window, 0)
    return (total[last] - total[first]) / (last - first)


def _panel(axes: Axes, values: Numbers, best: float | None, window: int, label: str, language: Language) -> None:
    """One curve with its mean and its optimum."""
    episodes = np.arange(1, len(values) + 1)
    mean = running_mean(values, window)
    if len(values) > DENSE:
        first = np.linspace(0, len(values), DENSE // 2, endpoint=False).astype(np.int64)
        low, high = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
        band = word("curves.range", language)
        axes.fill_between(episodes[first], low, high, color=BLUE, alpha=0.3, linewidth=0, label=band, zorder=2)
        episodes, mean = episodes[first], mean[first]
    else:
        size = 2.4 if len(values) > 60 else 4.0
        each = word("curves.each", language)
        axes.plot(episodes, values, ".", color=BLUE, alpha=0.45, markersize=size + 1.5, markeredgewidth=0, label=each, zorder=2)
    axes.plot(episodes, mean, color=ORANGE, linewidth=1.8, zorder=3, label=word("curves.mean", language, episodes=window))
    if best is not None and np.isfinite(best):
        name = word("curves.optimum", language, value=amount(best, 6))
        axes.axhline(best, color=INK, linestyle=(0, (5, 3)), linewidth=1.3, zorder=4, label=name)
    scale_axis(axes, values, best, label, language)
    axes.set_xlim(1 - 0.01 * len(values), len(values) * 1.01)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(color=RULE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(labelsize=9, labelfontfamily=families(language))
    tenth = max(1, len(values) // 10)
    place = "upper right" if values[:tenth].mean() > values[-tenth:].mean() else "lower right"
    axes.legend(loc=place, fontsize=8.5, frameon=True, facecolor="white", edgecolor="none", framealpha=0.85)


def scale_axis(axes: Axes, values: Numbers, best: float | None, label: str, language: Language, *, wide: float = WIDE) -> None:
    """Linear, or logarithmic where the first episodes are so much longer that the last ones would lie flat."""
    everything = values if best is None or not np.isfinite(best) else np.append(values, best)
    sizes = np.abs(everything[everything != 0])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 6)))
    if not len(sizes) or float(sizes.max()) <= wide * float(np.median(sizes)):
        axes.set_ylabel(label)
        axes.yaxis.set_major_locator(MaxNLocator(6))
        return
    unit = float(sizes.min())  # the scale is logarithmic beyond it, linear about zero
    low, high = np.arcsinh(everything.min() / unit), np.arcsinh(everything.max() / unit)
    pad = 0.06 * (high - low)
    bottom, top = unit * np.sinh(low - pad), unit * np.sinh(high + pad)
    axes.set_yscale("asinh", linear_width=unit)
    axes.set_ylim(bottom, top)
    axes.set_ylabel(word("curves.log", language, label=label))
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(bottom, top, unit)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 6)))


def log_ticks(bottom: float, top: float, unit: float) -> list[float]:
    """Round numbers to write on a logarithmic scale: 1, 2, 5, 10 … or, where these are many, 1, 10, 100 …, and 0."""
    largest = max(abs(bottom), abs(top))
    for subdivisions in ((1, 2, 5), (1, 3), (1,)):
        powers = range(math.floor(math.log10(unit)), math.ceil(math.log10(largest)) + 1)
        sizes = [m * 10.0**p for p in powers for m in subdivisions if m * 10.0**p >= unit]
        ticks = [t for t in sorted([-size for size in sizes] + [0.0] + sizes) if bottom <= t <= top]
        if len(ticks) <= 8:
            break
    return ticks
