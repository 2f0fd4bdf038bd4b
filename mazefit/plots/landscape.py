"""A loss surface from above: its rings, the nodes of a grid on it with their best actions, the ways down, and their losses."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from mazefit.errors import ConfigError
from mazefit.plots.comparison import COLOURS
from mazefit.plots.curves import log_ticks
from mazefit.plots.fonts import drawable
from mazefit.plots.landscape_words import say
from mazefit.plots.panels import ROW, Numbers, dress, foot, legend_above, legend_rows
from mazefit.plots.sheet import INK, MUTED, drawing, sheet
from mazefit.plots.signs import ARROW, arrows
from mazefit.words import Language, amount

WIDTH, HEIGHT = 10.6, 4.9
RINGS = 14
MARKED = 30  # steps that are marked by a dot
BEYOND = 0.55  # how far beyond the grid a way is followed, a share of the grid's side
MANY = 900  # nodes above which no arrows are drawn: they could not be told apart


class Way(NamedTuple):
    """A way over the surface.

    Args:
        path: (w, b) before the first step and after every one, [K, 2].
        losses: the loss there, [K].
        moves: whether it goes from node to node, as an agent does; drawn broad, below the others.
    """

    path: npt.ArrayLike
    losses: npt.ArrayLike
    moves: bool = False


class Surface(NamedTuple):
    """The losses of a grid: `losses` [R, C] at `w` [C], rising or falling, and `b` [R]."""

    w: npt.ArrayLike
    b: npt.ArrayLike
    losses: npt.ArrayLike


def plot_landscape(
    grid: Surface,
    goals: npt.ArrayLike,
    ways: Mapping[str, Way],
    *,
    optimal: npt.ArrayLike | None = None,
    fine: Surface | None = None,
    axes: tuple[str, str] = ("w", "b"),
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the surface with the ways over it, and beside it the loss along each of them.

    Args:
        grid: the nodes; state r * C + c is the one at (w[c], b[r]).
        goals: the states of least loss.
        ways: by the name of each; all begin at one start. What leaves the sheet is cut.
        optimal: bools [S, 4]; an arrow for each true: b up, w right, b down, w left. With more than 900 nodes none is drawn.
        fine: more of the same surface, also beyond the grid, from which the rings are drawn; without it they follow the nodes.
        axes: what the two parameters are called.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no ways, or the shapes do not fit.
    """
    nodes, ends = _surface(grid), np.asarray(goals, dtype=np.int64).reshape(-1)
    ground = nodes if fine is None else _surface(fine)
    seen = {name: _way(way) for name, way in ways.items()}
    choices = None if optimal is None else np.asarray(optimal, dtype=np.bool_)
    if not seen or (choices is not None and choices.shape != (nodes.losses.size, 4)):
        raise ConfigError(
            f"plot_landscape: expected at least one way, and optimal [{nodes.losses.size}, 4], got {len(seen)} ways and "
            f"{None if choices is None else list(choices.shape)}"
        )
    spoken = drawable(language)
    drawn = choices is not None and nodes.losses.size <= MANY
    names = [*seen, say("start", spoken), say("goal", spoken), *([say("arrow", spoken)] if drawn else [])]
    above = (0.45 if title else 0.2) + ROW * legend_rows(names)[1] + 0.15
    below = 0.58 + (0.25 if note else 0.0)
    height = above + HEIGHT + below
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)
        left = figure.add_axes((0.055, below / height, 0.52, HEIGHT / height))
        right = figure.add_axes((0.66, below / height, 0.325, HEIGHT / height))
        colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(n for n, way in seen.items() if not way.moves)}
        looks = {name: _look(way, colours.get(name, INK)) for name, way in seen.items()}
        _sheet(left, nodes, seen)
        _rings(left, ground)
        if choices is not None and drawn:
            _arrows(left, nodes, choices, ends)
        for name, way in seen.items():
            _line(left, way, looks[name])
        start = np.asarray(next(iter(seen.values())).path)[0]
        left.plot(*start, marker="s", markersize=7, color=INK, markeredgecolor="white", zorder=7, clip_on=False)
        rows, columns = np.divmod(ends, len(np.asarray(nodes.w)))
        spots = np.asarray(nodes.w)[columns], np.asarray(nodes.b)[rows]
        left.plot(*spots, linestyle="none", marker="*", markersize=14, color=INK, markeredgecolor="white", zorder=7)
        left.set_xlabel(axes[0])
        left.set_ylabel(axes[1])
        dress(left, spoken)
        left.grid(visible=False)
        _losses(right, seen, looks, float(np.asarray(nodes.losses).min()), spoken)
        handles = [Line2D([], [], **look) for look in looks.values()]
        handles.append(Line2D([], [], color=INK, marker="s", markersize=6, linestyle="none"))
        handles.append(Line2D([], [], color=INK, marker="*", markersize=11, linestyle="none"))
        if drawn:
            sign = MarkerStyle(Path([(float(x), -float(y) - 0.24) for x, y in ARROW], closed=False))
            handles.append(Line2D([], [], color=MUTED, marker=sign, markersize=11, markeredgecolor="none", linestyle="none"))
        legend_above(figure, handles, names, 1 - (above - 0.1) / height)
        if note:
            foot(figure, note)
        return figure


class _Nodes(NamedTuple):
    w: Numbers
    b: Numbers
    losses: Numbers


class _Seen(NamedTuple):
    path: Numbers
    losses: Numbers
    moves: bool


def _surface(given: Surface) -> _Nodes:
    w, b, losses = (np.asarray(values, dtype=np.float64) for values in given)
    if losses.shape != (b.size, w.size) or w.ndim != 1 or b.ndim != 1 or min(losses.shape) < 2:
        raise ConfigError(f"plot_landscape: expected w [C], b [R] and losses [R, C], got {w.shape}, {b.shape}, {losses.shape}")
    return _Nodes(w, b, losses)


def _way(given: Way) -> _Seen:
    path, losses = np.asarray(given.path, dtype=np.float64), np.asarray(given.losses, dtype=np.float64)
    if path.ndim != 2 or path.shape[1] != 2 or not len(path) or losses.shape != (len(path),):
        raise ConfigError(f"plot_landscape: expected a path [K, 2] and its losses [K], got {path.shape}, {losses.shape}")
    return _Seen(path, losses, given.moves)


def _look(way: _Seen, colour: str) -> dict[str, Any]:
    if way.moves:
        return {"color": INK, "linewidth": 4.5, "alpha": 0.5, "solid_capstyle": "round", "solid_joinstyle": "round"}
    return {"color": colour, "linewidth": 1.5, "marker": "o", "markersize": 3.0}


def _sheet(axes: Axes, nodes: _Nodes, ways: Mapping[str, _Seen]) -> None:
    """The grid, and beyond it as far as ways go, up to a limit."""
    for values, column, limit in ((nodes.w, 0, axes.set_xlim), (nodes.b, 1, axes.set_ylim)):
        low, high = float(values.min()), float(values.max())
        room, side = 0.6 * (high - low) / (len(values) - 1), BEYOND * (high - low)
        reached = np.concatenate([way.path[:, column] for way in ways.values()])
        reached = reached[np.isfinite(reached)]
        least, most = float(reached.min(initial=low)), float(reached.max(initial=high))
        limit(max(least, low - side) - room, min(most, high + side) + room)


def _rings(axes: Axes, ground: _Nodes) -> None:
    """Rings of equal loss, evenly spaced in its logarithm over the lowest."""
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    inside = ground.losses[np.ix_((ground.b >= bottom) & (ground.b <= top), (ground.w >= low) & (ground.w <= high))]
    least, most = float(inside.min()), float(inside.max())
    floor = max(0.03 * (most - least) / 10, 1e-12) - min(least, 0.0)  # so that a loss of 0, or below it, has a logarithm
    heights = np.log(np.clip(ground.losses, least, most) + floor)
    levels = np.linspace(float(np.log(least + floor)), float(np.log(most + floor)), RINGS + 1)
    axes.contourf(ground.w, ground.b, heights, levels=levels, cmap="Greys", alpha=0.5, extend="both", zorder=0)
    axes.contour(
        ground.w, ground.b, heights, levels=levels[1:-1], colors=MUTED, linestyles="solid", linewidths=0.5, alpha=0.7, zorder=1
    )


def _arrows(axes: Axes, nodes: _Nodes, optimal: npt.NDArray[np.bool_], goals: npt.NDArray[np.int64]) -> None:
    """All best actions in one path, each at its node."""
    inner = optimal.copy()
    inner[goals] = False
    states, actions = np.nonzero(inner)
    columns = len(nodes.w)
    path = arrows(states, actions, columns, 0.92, 0.0)
    row, column = np.divmod(np.repeat(states, 8), columns)
    away = np.asarray(path.vertices) - np.stack([column + 0.5, row + 0.5], axis=1)  # in cells, b downward
    cell = [(float(values.max()) - float(values.min())) / (len(values) - 1) for values in (nodes.w, nodes.b)]
    corners = np.stack([nodes.w[column] + cell[0] * away[:, 0], nodes.b[row] - cell[1] * away[:, 1]], axis=1)
    axes.add_patch(PathPatch(Path(corners, path.codes), facecolor=MUTED, edgecolor="none", alpha=0.85, zorder=2))


def _line(axes: Axes, way: _Seen, look: Mapping[str, Any]) -> None:
    """A way until it first leaves the numbers; the sheet's edge cuts it."""
    finite = np.isfinite(way.path).all(axis=1)
    shown = way.path[: len(way.path) if finite.all() else int(np.argmin(finite))]
    plain = {name: value for name, value in look.items() if not name.startswith("marker")}
    axes.plot(shown[:, 0], shown[:, 1], **plain, zorder=3 if way.moves else 4)
    if not way.moves:
        axes.plot(*shown[:MARKED].T, color=look["color"], linestyle="none", marker="o", markersize=2.8, zorder=4)


def _losses(axes: Axes, ways: Mapping[str, _Seen], looks: Mapping[str, Any], lowest: float, language: Language) -> None:
    """The loss after each step, both axes logarithmic (the loss linear where it is not positive)."""
    finite = np.concatenate([way.losses[np.isfinite(way.losses)] for way in ways.values()])
    first = max(float(way.losses[0]) for way in ways.values())
    for name, way in ways.items():
        plain = {key: value for key, value in looks[name].items() if not key.startswith("marker")}
        axes.plot(np.arange(1, len(way.losses) + 1), way.losses, **plain, zorder=3 if way.moves else 4)
    axes.axhline(lowest, color=INK, linestyle=(0, (5, 3)), linewidth=1.2, zorder=2)
    axes.set_xscale("log")
    axes.set_xlim(0.93, max(len(way.losses) for way in ways.values()) * 1.06)
    if min(float(finite.min()), lowest) > 0:
        low, high = min(float(finite.min()), lowest) * 0.75, first * 6
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high, low)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 3)))
    tens = 10.0 ** np.arange(9)
    axes.xaxis.set_major_locator(FixedLocator([1.0, *(1.0 + tens)]))  # step k is drawn at k + 1, for the logarithm of 0 is none
    axes.xaxis.set_minor_locator(FixedLocator((1.0 + np.outer(tens, np.arange(2, 10))).ravel().tolist()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value - 1:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(say("steps", language))
    axes.set_ylabel(say("loss" if axes.get_yscale() == "log" else "plain loss", language))
    dress(axes, language)
