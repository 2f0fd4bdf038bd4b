"""Many runs of several kinds as bands: a line for the median of each kind, around it the middle 80 % of its runs.

A run that has come to no finite number counts as infinitely bad, so that a band does not look better for having lost some.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from mazefit.errors import ConfigError
from mazefit.plots.comparison import COLOURS, DASHES, ROW
from mazefit.plots.curves import log_ticks
from mazefit.plots.fonts import drawable, families
from mazefit.plots.sheet import INK, MUTED, RULE, drawing, sheet
from mazefit.words import Language, amount

Numbers = npt.NDArray[np.float64]
POINTS = 600  # a band has no more corners than this
WIDE = 10.0  # a ratio of largest to smallest median from which a scale is logarithmic
LEVELS: tuple[Any, ...] = ((0, (5, 3)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)))  # dashes that are told apart
WIDTH, HEIGHT = 7.2, 3.3  # inches of the sheet, and of the panel
WORDS = {
    "en": ("epoch", "loss", "{label}, log scale", "line: median, band: 10 to 90 % of {runs} starts"),
    "ko": ("에포크", "손실", "{label}, 로그 눈금", "선: 중앙값, 띠: 시작점 {runs}개의 10~90 %"),
}


def plot_bands(
    x: npt.ArrayLike,
    runs: Mapping[str, npt.ArrayLike],
    *,
    levels: Mapping[str, float] | None = None,
    label: str | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw a line and a band of each kind.

    Args:
        x: epochs, [K].
        runs: by the name of the kind, the value of each of its runs at each x, [S, K].
        levels: values to be drawn as dashed or dotted lines, such as the least loss that noise allows, by name.
        label: what is measured; None = "loss".
        title: what stands above.
        note: a line at the foot; None says what line and band are.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there is nothing to draw, or the shapes do not fit.
    """
    at = np.asarray(x, dtype=np.float64)
    values = {name: np.asarray(each, dtype=np.float64) for name, each in runs.items()}
    for name, each in values.items():
        if each.ndim != 2 or not each.size or each.shape[1:] != at.shape:
            raise ConfigError(f"runs: expected {name!r} of shape [runs, {at.size}], at least one run, got {each.shape}")
    if not values:
        raise ConfigError("runs: expected at least one kind, got none")
    spoken = drawable(language)
    epoch, loss, scaled, says = WORDS[spoken]
    known = {name: value for name, value in (levels or {}).items() if np.isfinite(value)}
    styles = {name: (COLOURS[i % len(COLOURS)], DASHES[i // len(COLOURS) % len(DASHES)]) for i, name in enumerate(values)}
    entries = len(values) + len(known)
    longest = max(map(len, [*values, *known]))
    ncols = min(max(1, int(6.4 / (0.75 + 0.085 * longest))), entries)
    above, below = (0.45 if title else 0.1) + ROW * -(-entries // ncols) + 0.12, 0.88
    height = above + below + HEIGHT
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        axes = figure.add_axes((0.125, below / height, 0.85, HEIGHT / height))
        columns = thinned(len(at))
        middles = [_band(axes, at[columns], each[:, columns], styles[name]) for name, each in values.items()]
        for i, value in enumerate(known.values()):
            axes.axhline(value, color=INK, linestyle=LEVELS[i % len(LEVELS)], linewidth=1.2, zorder=5)
        _scale(axes, np.concatenate(middles), list(known.values()), loss if label is None else label, scaled)
        _dress(axes, at, epoch, spoken)
        letters = max(len(tick_label(float(tick))) for tick in axes.get_yticks())
        left = max(0.125, (0.55 + 0.075 * letters) / WIDTH)  # the numbers of the axis stand here
        axes.set_position((left, below / height, 0.975 - left, HEIGHT / height))
        _legend(figure, styles, list(known), ncols, 1 - (above - 0.06) / height)
        counts = {len(each) for each in values.values()}
        foot = says.format(runs=counts.pop() if len(counts) == 1 else "/".join(str(len(each)) for each in values.values()))
        figure.text(0.5, 0.13 / height, foot if note is None else note, ha="center", va="center", fontsize=8.5, color=MUTED)
        return figure


def quantiles(values: Numbers, shares: tuple[float, ...]) -> Numbers:
    """Quantiles over the runs by linear interpolation, what is not finite counted as infinity, [shares, K]."""
    ordered = np.sort(np.where(np.isfinite(values), values, np.inf), axis=0)
    places = np.array(shares) * (len(values) - 1)
    below = np.floor(places).astype(np.int64)
    above = np.minimum(below + 1, len(values) - 1)
    part = (places - below)[:, None]
    low, high = ordered[below], ordered[above]
    with np.errstate(invalid="ignore"):
        return np.where((part == 0) | np.isinf(low), low, low + part * (high - low))


def thinned(count: int) -> npt.NDArray[np.int64]:
    """Which of `count` columns are drawn: all, or so many that no eye sees the difference, the first and the last included."""
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(np.int64))


def tick_label(value: float) -> str:
    """A number beside the axis; from a million on as a power of ten, for thirteen zeros are not read."""
    return f"{value:.3g}" if abs(value) >= 1e6 else amount(value, 3)


def _band(axes: Axes, x: Numbers, values: Numbers, style: tuple[str, Any]) -> Numbers:
    """One kind; returns its median."""
    low, middle, high = quantiles(values, (0.1, 0.5, 0.9))
    colour, dashes = style
    high = np.where(np.isinf(high), np.nan, high)
    if len(values) > 1:
        axes.fill_between(x, low, high, facecolor=(colour, 0.13), edgecolor=(colour, 0.55), linewidth=0.7, zorder=2)
    shown = np.where(np.isinf(middle), np.nan, middle)
    axes.plot(x, shown, color=colour, linestyle=dashes, linewidth=1.7, zorder=4, marker="o" if len(x) == 1 else "")
    return shown


def _scale(axes: Axes, middles: Numbers, levels: list[float], label: str, scaled: str) -> None:
    """Logarithmic where the medians reach over more than a factor of ten and nothing is zero or below."""
    seen = np.append(middles[np.isfinite(middles)], levels)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_label(float(value))))
    bands = [np.asarray(path.vertices, dtype=np.float64)[:, 1] for one in axes.collections for path in one.get_paths()]
    drawn = np.concatenate([seen, *bands])
    drawn = drawn[np.isfinite(drawn)]
    if not len(seen) or seen.min() <= 0 or drawn.min() <= 0 or seen.max() <= WIDE * seen.min():
        axes.set_ylabel(label)
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        return
    low, high = drawn.min() / 1.15, min(drawn.max(), 30 * seen.max()) * 1.15
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high, low)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_label(float(value))))
    axes.set_ylabel(scaled.format(label=label))


def _dress(axes: Axes, at: Numbers, epoch: str, language: Language) -> None:
    """Ticks, grid and frame."""
    room = 0.01 * max(float(at.max() - at.min()), 1.0)
    axes.set_xlim(float(at.min()) - room, float(at.max()) + room)
    axes.set_xlabel(epoch)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(color=RULE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(labelsize=9, labelfontfamily=families(language))


def _legend(figure: Figure, styles: Mapping[str, Any], levels: list[str], ncols: int, bottom: float) -> None:
    """What the lines are, above the panel."""
    handles = [Line2D([], [], color=colour, linestyle=dashes, linewidth=2.0) for colour, dashes in styles.values()]
    handles += [Line2D([], [], color=INK, linestyle=LEVELS[i % len(LEVELS)], linewidth=1.2) for i in range(len(levels))]
    figure.legend(
        handles, [*styles, *levels], loc="lower center", bbox_to_anchor=(0.55, bottom), ncols=ncols, frameon=False, fontsize=9,
        handlelength=2.6, columnspacing=1.8, borderpad=0, labelspacing=0.35,
    )  # fmt: skip
