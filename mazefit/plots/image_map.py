"""A map drawn as its images: a fine grid over it, and in each cell that holds points the image of one of them.

So none buries another, and the outline of the map, its islands and its gaps stay what they are. Which image stands for a cell
is that of the point nearest to its middle. Images are ink on white: what is black in them is see-through.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots.fonts import drawable
from mazefit.plots.map_parts import MARGIN, checked, feet, feet_height, key, look
from mazefit.plots.map_words import said
from mazefit.plots.panels import Numbers
from mazefit.plots.sheet import INK, RULE, drawing, sheet

SIDE, KEY, EDGE = 8.6, 1.65, 0.15  # inches of the map, of the legend, and beside
FEWEST, MOST = 8, 46  # cells along a side
Chosen = npt.NDArray[np.int64]


def plot_image_map(
    plane: npt.ArrayLike,
    images: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    classes: Sequence[str] | None = None,
    *,
    cells: int | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the map.

    Args:
        plane: where the points lie, [n, 2].
        images: theirs, uint8 [n, H, W].
        labels: their classes, integers [n]: each has its colour; None = all are dark.
        classes: what these are called, [K]; None = their numbers.
        cells: along a side; None = as many as can be read, fewer for few points.
        title: what stands above.
        note: lines at the foot: settings and figures.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: things do not fit together.
    """
    places, known, called = checked("plot_image_map", plane, labels, classes)
    pictures = np.asarray(images)
    if pictures.ndim != 3 or pictures.dtype != np.uint8 or len(pictures) != len(places) or not pictures.size:
        shape = f"{pictures.dtype} of shape {list(pictures.shape)}"
        raise ConfigError(
            f"plot_image_map: images: expected uint8 [n, H, W], one for each of {len(places)} points, got {shape}"
        )
    if cells is not None and not 2 <= cells <= 200:
        raise ConfigError(f"plot_image_map: cells: expected an integer from 2 to 200, got {cells!r}")
    spoken = drawable(language)
    count = cells if cells is not None else int(np.clip(1.6 * np.sqrt(len(places)), FEWEST, MOST))
    chosen, at = one_per_cell(places, count)
    canvas = ink(pictures, known, bool(called), chosen, at, count)
    counted = said("map.shown", spoken, shown=f"{len(chosen):,}", points=f"{len(places):,}")
    lines = f"{note}\n{counted}" if note else counted
    above, below = 0.5 if title else EDGE, feet_height(lines)
    width, height = EDGE + SIDE + (KEY if called else EDGE), above + SIDE + below
    with drawing(spoken):
        figure = sheet(width, height)
        if title:
            figure.suptitle(title, fontsize=13, weight="bold", y=1 - 0.27 / height)
        panel = figure.add_axes((EDGE / width, below / height, SIDE / width, SIDE / height))
        room = MARGIN / 2 * count
        shown: Any = panel.imshow(canvas, extent=(0, count, 0, count), interpolation="antialiased", aspect="auto", zorder=3)
        shown.set_interpolation_stage("rgba")
        panel.set_xlim(-room, count + room)
        panel.set_ylim(-room, count + room)
        panel.set_xticks([])
        panel.set_yticks([])
        panel.spines[:].set_color(RULE)
        if called:
            heading = said("map.classes", spoken)
            key(figure, known, called, ((EDGE + SIDE + 0.15) / width, 1 - above / height), heading)
        feet(figure, lines)
        return figure


def one_per_cell(plane: Numbers, cells: int) -> tuple[Chosen, Chosen]:
    """The points that stand for the cells of a square grid over the map, one unit on both axes.

    Args:
        plane: [n, 2].
        cells: along a side.

    Returns:
        Indices of the points [m], and their cells as (column, row from below) [m, 2]; no cell twice.
    """
    low, high = plane.min(axis=0), plane.max(axis=0)
    reach = max(float((high - low).max()), 1e-12)
    scaled = (plane - (low + high) / 2) / reach * cells * (1 - 1e-9) + cells / 2
    at = np.clip(scaled.astype(np.int64), 0, cells - 1)
    away = np.square(scaled - at - 0.5).sum(axis=1)
    order = np.lexsort((away, at[:, 1], at[:, 0]))
    _, first = np.unique(at[order, 0] * cells + at[order, 1], return_index=True)
    chosen = order[first]
    return chosen, at[chosen]


def ink(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64], coloured: bool, chosen: Chosen, at: Chosen, cells: int
) -> npt.NDArray[np.uint8]:
    """The chosen images on one transparent sheet, RGBA [cells · S, cells · S, 4], S the longer side of an image and a gap."""
    high, wide = images.shape[1:]
    side = max(high, wide) + max(1, max(high, wide) // 14)
    sheet_of_ink = np.zeros((cells * side, cells * side, 4), dtype=np.uint8)
    down, right = (side - high) // 2, (side - wide) // 2
    for point, (column, row) in zip(chosen.tolist(), at.tolist(), strict=True):
        colour = to_rgb(look(int(labels[point]))[0] if coloured else INK)
        tint = np.rint(255 * np.array(colour) * (0.82 if coloured else 1.0)).astype(np.uint8)
        top, left = (cells - 1 - row) * side + down, column * side + right
        sheet_of_ink[top : top + high, left : left + wide, :3] = tint
        sheet_of_ink[top : top + high, left : left + wide, 3] = images[point]
    return sheet_of_ink
