"""What maps of codes have in common: a colour for each class, a legend beside them, names where classes lie, and checks.

The ten colours were searched for: the least difference of two of them, in OKLab for normal sight and for the three kinds of
colour blindness (Machado, Oliveira & Fernandes, 2009), is twice that of the usual ten. From the eleventh class on the marker
differs as well.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from mazefit.errors import ConfigError
from mazefit.plots.fonts import families
from mazefit.plots.panels import Numbers
from mazefit.plots.sheet import INK, MUTED, RULE
from mazefit.words import Language

COLOURS = ("#8ba2ff", "#d1d12e", "#e817a2", "#00e8e8", "#0000b9", "#e88b8b", "#008b17", "#a200ff", "#8b005d", "#462e00")
MARKERS = ("o", "^", "s", "D", "v", "P")
MARGIN = 0.05  # beside the points
LINE = 0.2  # inches of a line at the foot
Labels = npt.NDArray[np.int64]


def look(label: int) -> tuple[str, str]:
    """Colour and marker of a class."""
    return COLOURS[label % len(COLOURS)], MARKERS[label // len(COLOURS) % len(MARKERS)]


def checked(
    where: str, plane: npt.ArrayLike, labels: npt.ArrayLike | None, classes: Sequence[str] | None, *, solid: bool = False
) -> tuple[Numbers, Labels, list[str]]:
    """Places [n, 2] (or [n, 3] where `solid`), a label for each (all 0 where there are none), and the names of the classes.

    Raises:
        ConfigError: they do not fit together.
    """
    places = np.asarray(plane, dtype=np.float64)
    kinds = (2, 3) if solid else (2,)
    if places.ndim != 2 or places.shape[1] not in kinds or not len(places) or not np.isfinite(places).all():
        wanted = " or ".join(f"[n, {kind}]" for kind in kinds)
        raise ConfigError(
            f"{where}: plane: expected finite numbers {wanted}, at least one point, got shape {list(places.shape)}"
        )
    if labels is None:
        return places, np.zeros(len(places), dtype=np.int64), []
    known = np.asarray(labels)
    if known.shape != (len(places),) or known.dtype.kind not in "iu" or known.min() < 0:
        raise ConfigError(
            f"{where}: labels: expected {len(places)} integers from 0 on, got {known.dtype} of shape {list(known.shape)}"
        )
    names = [str(i) for i in range(int(known.max()) + 1)] if classes is None else list(classes)
    if int(known.max()) >= len(names):
        raise ConfigError(f"{where}: classes: expected a name for label {int(known.max())}, got {len(names)} names")
    return places, known.astype(np.int64), names


def frame(axes: Axes, places: Numbers, names: tuple[str, str] | None, language: Language) -> None:
    """One unit on both axes, 5 % of room; ticks only where the axes have names, for those of t-SNE mean nothing."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = MARGIN * np.maximum(high - low, 1e-9)
    box = axes.get_window_extent()
    size = high - low + 2 * room
    unit = max(size[0] / box.width, size[1] / box.height)
    middle, half = (low + high) / 2, unit * np.array([box.width, box.height]) / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
    axes.spines[:].set_color(RULE)
    if names is None:
        axes.set_xticks([])
        axes.set_yticks([])
        return
    axes.set_xlabel(names[0], fontsize=9)
    axes.set_ylabel(names[1], fontsize=9)
    axes.tick_params(labelsize=8, colors=MUTED, labelfontfamily=families(language))


def key(
    figure: Figure,
    labels: Labels,
    names: Sequence[str],
    at: tuple[float, float],
    heading: str,
    *,
    columns: int = 1,
    star: str | None = None,
) -> None:
    """The classes that are there, from that place (shares of the sheet) downwards; in a row where there are many columns.

    With `star`, a last line for what stars mean.
    """
    there: list[int] = np.unique(labels).tolist() if names else []
    known: dict[str, Any] = {"linestyle": "none", "markersize": 7, "markeredgewidth": 0}
    handles = [Line2D([], [], marker=look(i)[1], color=look(i)[0], **known) for i in there]
    called = [names[i] for i in there]
    if star:
        handles.append(Line2D([], [], linestyle="none", marker="*", color=INK, markersize=10, markeredgewidth=0))
        called.append(star)
    figure.legend(
        handles, called, loc="upper left" if columns == 1 else "center", bbox_to_anchor=at, frameon=False,
        fontsize=9, title=heading or None, title_fontsize=9, alignment="left", ncols=columns, handletextpad=0.3,
        columnspacing=1.3, labelspacing=0.5, borderpad=0, borderaxespad=0,
    )  # fmt: skip


def name_classes(axes: Axes, places: Numbers, labels: Labels, names: Sequence[str], size: float = 9.0) -> None:
    """Each class' name where it lies densest and least mixed, none on another."""
    figure: Any = axes.figure
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    box = axes.get_window_extent()
    unit = (right - left) / box.width
    high = size * 1.25 * figure.dpi / 72 * unit
    taken: list[tuple[float, float, float]] = []
    there: list[int] = np.unique(labels).tolist()
    for i in there:
        width = sum(1.75 if ord(letter) > 0x1100 else 1.05 for letter in names[i]) * size * 0.58 * figure.dpi / 72 * unit
        x, y = _densest(places, labels, i)
        x = float(np.clip(x, left + width / 2, right - width / 2))
        turns = (0.0, *(sign * k * high / 2 for k in range(1, 40) for sign in (1, -1)))
        tried = [y + turn for turn in turns if bottom + high / 2 < y + turn < top - high / 2] or [y]
        free = [at for at in tried if all(abs(at - v) >= high or abs(x - u) >= (width + w) / 2 for u, v, w in taken)]
        y = (free or tried)[0]
        taken.append((x, y, width))
        axes.text(
            x, y, names[i], ha="center", va="center", fontsize=size, weight="bold", color=INK, zorder=8, clip_on=True,
            path_effects=[withStroke(linewidth=2.8, foreground="white")],
        )  # fmt: skip


def _densest(places: Numbers, labels: Labels, label: int, cells: int = 24) -> tuple[float, float]:
    """The middle of the class' points in and around the cell that holds most of it and least of others."""
    from scipy.ndimage import uniform_filter

    low, reach = places.min(axis=0), np.maximum(np.ptp(places, axis=0), 1e-9)
    at = np.minimum(((places - low) / reach * cells).astype(int), cells - 1)
    grids = np.zeros((2, cells, cells))
    np.add.at(grids[0], tuple(at[labels == label].T), 1.0)
    np.add.at(grids[1], tuple(at.T), 1.0)
    own, everyone = (uniform_filter(grid, 3, mode="constant") for grid in grids)
    best = np.array(np.unravel_index(np.argmax(own * own / np.maximum(everyone, 1e-9)), own.shape))
    near = (labels == label) & (np.abs(at - best).max(axis=1) <= 1)
    x, y = np.median(places[near if near.any() else labels == label], axis=0)
    return float(x), float(y)


def feet(figure: Figure, note: str | None) -> None:
    """The lines at the foot of the sheet, the last lowest."""
    lines = note.split("\n") if note else []
    for i, line in enumerate(reversed(lines)):
        place = (0.13 + LINE * i) / figure.get_figheight()
        figure.text(0.5, place, line, ha="center", va="center", fontsize=8.5, color=MUTED)


def feet_height(note: str | None) -> float:
    """Inches that they take."""
    return 0.12 + LINE * (note.count("\n") + 1) if note else 0.1
