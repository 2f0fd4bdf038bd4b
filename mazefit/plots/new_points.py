"""New points on a map: a star where each belongs, and its image beside it where it covers least, with a line between."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mazefit.errors import ConfigError
from mazefit.plots.panels import Numbers
from mazefit.plots.sheet import INK

SIDE = 0.44  # inches of an image
AWAY = (0.45, 0.65, 0.9, 1.2, 1.6)  # inches that it may lie from its point
TURNS = 24


def draw_new(figure: Figure, panel: Axes, places: Numbers, new: Numbers, images: npt.ArrayLike | None) -> None:
    """Draw them; the panel's limits stand already.

    Args:
        figure: the figure.
        panel: the map.
        places: of the old points, [n, 2].
        new: of the new ones, [m, 2].
        images: of the new ones, uint8 [m, H, W].

    Raises:
        ConfigError: there are not as many images as points.
    """
    pictures = None if images is None else np.asarray(images)
    if new.ndim != 2 or new.shape[1] != 2 or (pictures is not None and (pictures.ndim != 3 or len(pictures) != len(new))):
        got = f"{list(new.shape)} and {'none' if pictures is None else list(pictures.shape)}"
        raise ConfigError(f"new: expected points [m, 2] and as many images [m, H, W], got {got}")
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    inch = (right - left) / (panel.get_window_extent().width / figure.dpi)
    if pictures is not None:
        side = SIDE * inch
        low, high = np.array([left, bottom]) + 0.6 * side, np.array([right, top]) - 0.6 * side
        taken: list[Numbers] = []
        for point, picture in zip(new, pictures, strict=True):
            middle = _free(point, places, new, taken, side, low, high, inch)
            taken.append(middle)
            panel.plot(*np.stack([point, middle]).T, color=INK, linewidth=0.9, zorder=9)
            half = side / 2
            box = (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half)
            shown: Any = panel.imshow(picture, cmap="gray_r", vmin=0, vmax=255, extent=box, aspect="auto", zorder=11)
            shown.set_interpolation("nearest" if max(picture.shape) < 16 else "antialiased")
            edge = Rectangle((box[0], box[2]), side, side, facecolor="none", edgecolor=INK, linewidth=1.1, zorder=12)
            panel.add_patch(edge)
    panel.plot(*new.T, "*", color=INK, markersize=11, markeredgecolor="white", markeredgewidth=0.8, zorder=10, linestyle="none")
    panel.set_xlim(left, right)
    panel.set_ylim(bottom, top)


def _free(
    point: Numbers, places: Numbers, new: Numbers, taken: list[Numbers], side: float, low: Numbers, high: Numbers, inch: float
) -> Numbers:
    """Where an image covers fewest points and no other image; the nearest of such places."""
    best, least = np.clip(point, low, high), np.inf
    angles = np.arange(TURNS) * 2 * np.pi / TURNS
    for away in AWAY:
        for angle in angles:
            middle = point + away * inch * np.array([np.cos(angle), np.sin(angle)])
            if (middle < low).any() or (middle > high).any():
                continue
            covered = float((np.abs(places - middle).max(axis=1) < side / 2).sum())
            covered += 1e6 * sum(bool(np.abs(middle - other).max() < 1.08 * side) for other in taken)
            covered += 1e5 * float((np.abs(new - middle).max(axis=1) < 0.65 * side).sum())
            cost = covered + 0.02 * len(places) * away / len(AWAY)
            if cost < least:
                best, least = middle, cost
    return best
