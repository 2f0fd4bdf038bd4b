"""Codes as points on a map, coloured by class: in two dimensions or three, several maps side by side, new points on top."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots.fonts import drawable
from mazefit.plots.map_parts import Labels, checked, feet, feet_height, frame, key, look, name_classes
from mazefit.plots.map_words import said
from mazefit.plots.new_points import draw_new
from mazefit.plots.panels import Numbers
from mazefit.plots.sheet import BLUE, MUTED, RULE, drawing, sheet

PANEL, KEY, EDGE = 6.2, 1.65, 0.15  # inches of the map's side, of the legend, and beside the map
SMALL = 3.05  # side of a map among others


class Panel(NamedTuple):
    """One of several maps: its name, where the points lie [n, 2], and a line or more of figures."""

    name: str
    plane: npt.ArrayLike
    note: str = ""


def plot_embedding(
    plane: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    classes: Sequence[str] | None = None,
    *,
    new: npt.ArrayLike | None = None,
    new_images: npt.ArrayLike | None = None,
    axes: tuple[str, str] | None = None,
    names: bool = True,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw one map.

    Args:
        plane: where the points lie, [n, 2] or [n, 3].
        labels: their classes, integers [n].
        classes: what these are called, [K]; None = their numbers.
        new: points that were placed afterwards, [m, 2]; on a map of two dimensions.
        new_images: theirs, uint8 [m, H, W].
        axes: what the axes are called, where they mean something; then they have ticks.
        names: whether classes are named on a map of two dimensions as well.
        title: what stands above.
        note: lines at the foot: settings and figures.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: things do not fit together.
    """
    places, known, called = checked("plot_embedding", plane, labels, classes, solid=True)
    flat = places.shape[1] == 2
    if new is not None and not flat:
        raise ConfigError("plot_embedding: new: expected none on a map of three dimensions, got some")
    spoken = drawable(language)
    above, left = 0.5 if title else EDGE, 0.55 if axes else EDGE
    below = feet_height(note) + (0.45 if axes else 0.0)
    width, height = left + PANEL + (KEY if called or new is not None else EDGE), above + PANEL + below
    with drawing(spoken):
        figure = sheet(width, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.27 / height)
        box = (left / width, below / height, PANEL / width, PANEL / height)
        panel: Any = figure.add_axes(box) if flat else _solid(figure, box)
        if flat:
            extra = np.empty((0, 2)) if new is None else np.asarray(new, dtype=np.float64)
            frame(panel, np.concatenate([places, extra]), axes, spoken)
        _scatter(panel, places, known, bool(called), PANEL)
        if called and names and flat:
            name_classes(panel, places, known, called)
        if called or new is not None:
            heading = said("map.classes", spoken) if called else ""
            star = None if new is None else said("map.new", spoken)
            key(figure, known, called, ((left + PANEL + 0.15) / width, 1 - above / height), heading, star=star)
        if new is not None:
            draw_new(figure, panel, places, np.asarray(new, dtype=np.float64), new_images)
        feet(figure, note)
        return figure


def plot_maps(
    panels: Sequence[Panel],
    labels: npt.ArrayLike | None = None,
    classes: Sequence[str] | None = None,
    *,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw several maps of the same points side by side, four in a row.

    Args:
        panels: the maps, [n, 2] each.
        labels: the points' classes, integers [n].
        classes: what these are called, [K]; None = their numbers.
        title: what stands above.
        note: lines at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there is none, or things do not fit together.
    """
    if not panels:
        raise ConfigError("plot_maps: expected at least one map, got none")
    found = [checked(f"plot_maps: {one.name}", one.plane, labels, classes) for one in panels]
    _, known, called = found[0]
    spoken = drawable(language)
    across = min(4, len(panels))
    down = -(-len(panels) // across)
    lines = max(one.note.count("\n") + 1 if one.note else 0 for one in panels)
    name, words, between = 0.26, 0.17 * lines + 0.1, 0.15
    per_row = max(1, int((across * SMALL - 0.3) / (0.5 + 0.085 * max((_width(n) for n in called), default=1))))
    rows = -(-len(called) // per_row)
    above = (0.48 if title else 0.1) + (0.22 * rows + 0.1 if called else 0.0)
    below = feet_height(note)
    width = 2 * EDGE + across * SMALL + (across - 1) * between
    height = above + down * (name + SMALL + words) + below
    with drawing(spoken):
        figure = sheet(width, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.27 / height)
        if called:
            middle = 1 - (above - 0.05 - 0.11 * rows) / height
            key(figure, known, called, (0.5, middle), "", columns=max(2, -(-len(called) // rows)))
        for i, (one, (places, _, _)) in enumerate(zip(panels, found, strict=True)):
            row, column = divmod(i, across)
            left = EDGE + column * (SMALL + between)
            top = height - above - row * (name + SMALL + words) - name
            panel = figure.add_axes((left / width, (top - SMALL) / height, SMALL / width, SMALL / height))
            frame(panel, places, None, spoken)
            _scatter(panel, places, known, bool(called), SMALL)
            panel.set_title(one.name, fontsize=10, weight="bold", pad=5)
            if one.note:
                for k, line in enumerate(one.note.split("\n")):
                    at = (left + SMALL / 2) / width, (top - SMALL - 0.17 * (k + 1)) / height
                    figure.text(*at, line, ha="center", va="baseline", fontsize=8.5, color=MUTED)
        feet(figure, note)
        return figure


def _width(name: str) -> int:
    return sum(2 if ord(letter) > 0x1100 else 1 for letter in name)


def _scatter(panel: Any, places: Numbers, labels: Labels, coloured: bool, side: float) -> None:
    """All points, in an order that lets no class lie above another."""
    order = np.random.default_rng(0).permutation(len(places))
    size = float(np.clip(900 * side * side / len(places), 2.0, 26.0))  # points²: a share of the panel, whatever their number
    for marker in sorted({look(i)[1] for i in np.unique(labels).tolist()}):
        some = order[[look(int(label))[1] == marker for label in labels[order]]]
        colours = [look(int(label))[0] for label in labels[some]] if coloured else BLUE
        settings: dict[str, Any] = {
            "s": size * (1.0 if marker == "o" else 1.3),
            "alpha": 0.8,
            "linewidths": 0,
            "rasterized": True,
        }
        panel.scatter(*places[some].T, c=colours, marker=marker, zorder=3, **settings)


def _solid(figure: Figure, box: tuple[float, float, float, float]) -> Axes:
    """Axes of three dimensions with nothing on them but a cage."""
    panel: Any = figure.add_axes(box, projection="3d")
    panel.set_box_aspect((1, 1, 1), zoom=1.06)
    panel.view_init(elev=22, azim=-58)
    for axis in (panel.xaxis, panel.yaxis, panel.zaxis):
        axis.set_ticklabels([])
        axis.set_pane_color((1.0, 1.0, 1.0, 1.0))
        axis.line.set_color(RULE)
        axis._axinfo["grid"].update(color=RULE, linewidth=0.5)
        axis._axinfo["tick"].update(inward_factor=0.0, outward_factor=0.0)
    return panel
