"""Pictures over what methods make of them from a few numbers each, a row a method, all on one grey scale."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots.fonts import drawable, families
from mazefit.plots.panels import foot
from mazefit.plots.reconstructions_words import label
from mazefit.plots.sheet import INK, MUTED, RULE, drawing, sheet
from mazefit.words import Language

TILE, GAP, NAMES, SCALE = 0.82, 0.07, 1.42, 0.62  # inches: of a picture, between two, of the names, of the scale of greys
LETTER = 0.0078  # inches that a letter takes for each point of its size


class Row(NamedTuple):
    """What one method makes of the pictures, [K, H, W] from -1 to 1, and its mean squared error on all test images."""

    name: str
    pictures: npt.ArrayLike
    mse: float | None = None


def plot_reconstructions(
    rows: Sequence[Row],
    *,
    heads: Sequence[str] | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw them: a column a picture, the originals in the first row, -1 white and 1 black in every row.

    Args:
        rows: the originals, then what each method makes of them; names are in the figure's language.
        heads: what stands above the columns, [K].
        title: what stands above all.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font: give English names then.

    Raises:
        ConfigError: there is nothing to draw, or not as many pictures of one size in each row.
    """
    pictures = [np.asarray(row.pictures, dtype=np.float64) for row in rows]
    shapes = {each.shape for each in pictures}
    if len(shapes) != 1 or pictures[0].ndim != 3 or not pictures[0].size:
        raise ConfigError(f"plot_reconstructions: expected rows of pictures [K, H, W], got {sorted(map(list, shapes))}")
    count, high, wide = pictures[0].shape
    if heads is not None and len(heads) != count:
        raise ConfigError(f"plot_reconstructions: expected {count} heads, one a column, got {len(heads)}")
    spoken = drawable(language)
    tall = TILE * high / wide
    width = max(NAMES + count * (TILE + GAP) + SCALE, 4.5)
    above, below = (0.5 if title else 0.1) + (0.24 if heads else 0.05), 0.36 if note else 0.12
    height = above + len(rows) * (tall + GAP) + below
    with drawing(spoken):
        figure = sheet(width, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.26 / height)
        for i, (row, shown) in enumerate(zip(rows, pictures, strict=True)):
            bottom = height - above - i * (tall + GAP) - tall
            for k in range(count):
                left = NAMES + k * (TILE + GAP)
                axes = figure.add_axes((left / width, bottom / height, TILE / width, tall / height))
                _picture(axes, shown[k])
                if heads is not None and i == 0:
                    axes.set_title(heads[k], fontsize=_size(heads), pad=4, color=INK)
            _name(figure, row, (NAMES - 0.12) / width, (bottom + tall / 2) / height, spoken)
        left, bottom = NAMES + count * (TILE + GAP) + 0.1, below + GAP
        _scale(figure, (left / width, bottom / height, 0.11 / width, (height - above - bottom) / height), spoken)
        if note:
            foot(figure, note, 0.16)
        return figure


def _picture(axes: Axes, picture: npt.NDArray[np.float64]) -> None:
    axes.imshow(picture, cmap="gray_r", vmin=-1.0, vmax=1.0, interpolation="nearest", aspect="auto")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(RULE)


def _name(figure: Figure, row: Row, right: float, middle: float, language: Language) -> None:
    """The name of a row at its left, its error below."""
    words: dict[str, Any] = {"ha": "right"}
    if row.mse is None:
        figure.text(right, middle, row.name, fontsize=10, weight="bold", va="center", **words)
        return
    room = 0.03 / figure.get_figheight()
    figure.text(right, middle + room, row.name, fontsize=10, weight="bold", va="bottom", **words)
    said = label("mse", language, mse=f"{row.mse:.4f}")
    figure.text(right, middle - room, said, fontsize=8.5, va="top", color=MUTED, **words)


def _size(heads: Sequence[str]) -> float:
    """Points of letters with which the longest head is as wide as a picture at most."""
    letters = max(1.0, max(sum(1.7 if ord(letter) > 0x1100 else 1.0 for letter in head) for head in heads))
    return min(8.5, TILE / (LETTER * letters))


def _scale(figure: Figure, place: tuple[float, float, float, float], language: Language) -> None:
    """The one scale of greys."""
    axes = figure.add_axes(place)
    bar = figure.colorbar(ScalarMappable(Normalize(-1.0, 1.0), "gray_r"), cax=axes, ticks=[-1, 0, 1])
    outline: Any = bar.outline
    outline.set_color(RULE)
    bar.ax.set_yticklabels(["\N{MINUS SIGN}1", "0", "1"])
    axes.tick_params(labelsize=8.5, length=2, labelfontfamily=families(language))
