"""A page of mistakes: images, what they are, what they were said to be, and with which probability."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots.classifier import draw_image
from mazefit.plots.classifier_words import label
from mazefit.plots.fonts import drawable
from mazefit.plots.panels import foot
from mazefit.plots.sheet import INK, MUTED, ORANGE, drawing, sheet

COLUMNS, TILE, GAP, WORDS = 6, 1.35, 0.35, 0.52  # inches: of an image, between two, of the words below one


def plot_mistakes(
    images: npt.ArrayLike,
    true: Sequence[int] | npt.NDArray[np.int64],
    said: Sequence[int] | npt.NDArray[np.int64],
    probabilities: npt.ArrayLike,
    classes: Sequence[str],
    *,
    indices: Sequence[int] | npt.NDArray[np.int64] | None = None,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the images in rows of six, in the order in which they are given.

    Args:
        images: levels of grey, [K, H, W].
        true: their classes, [K].
        said: what they were said to be, [K].
        probabilities: of the class that was said, [K].
        classes: the names of the classes, in the figure's language.
        indices: which images they are, [K]: a small number in each one's corner.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font: give English names then.

    Raises:
        ConfigError: there are no images, or not as many of one thing as of another.
    """
    shown, given = np.asarray(images), np.asarray(probabilities, dtype=np.float64)
    lengths = [len(shown), len(true), len(said), len(given), len(shown) if indices is None else len(indices)]
    if shown.ndim != 3 or not len(shown) or len(set(lengths)) != 1:
        raise ConfigError(
            f"plot_mistakes: expected images [K, H, W] with K labels each, got {list(shown.shape)} and {lengths[1:]}"
        )
    spoken = drawable(language)
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    tall = TILE * shown.shape[1] / shown.shape[2]
    width = max(GAP + columns * (TILE + GAP), 4.5)
    left = (width - columns * (TILE + GAP) + GAP) / 2
    above, below = (0.55 if title else 0.15), 0.32 if note else 0.1
    height = above + rows * (tall + WORDS) + below
    with drawing(spoken):
        figure = sheet(width, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.27 / height)
        for place in range(len(shown)):
            row, column = divmod(place, columns)
            bottom = height - above - row * (tall + WORDS) - tall
            axes = figure.add_axes(((left + column * (TILE + GAP)) / width, bottom / height, TILE / width, tall / height))
            draw_image(axes, shown[place])
            middle = (left + column * (TILE + GAP) + TILE / 2) / width
            words: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8.2}
            name, answer = classes[int(true[place])], classes[int(said[place])]
            figure.text(middle, (bottom - 0.12) / height, label("mistake.true", spoken, name=name), color=INK, **words)
            told = label("mistake.said", spoken, name=answer, probability=chance(float(given[place])))
            figure.text(middle, (bottom - 0.28) / height, told, color=ORANGE, **words)
            if indices is not None:
                white = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8}
                corner: dict[str, Any] = {"transform": axes.transAxes, "ha": "right", "va": "top", "bbox": white}
                axes.text(0.98, 0.98, f"{int(indices[place])}", fontsize=6.5, color=MUTED, **corner)
        if note:
            foot(figure, note)
        return figure


def chance(probability: float) -> str:
    """A probability in three digits; one that would be rounded to 1 says so.

    >>> chance(0.5), chance(0.98765), chance(0.99999), chance(float("nan"))
    ('0.500', '0.988', '> 0.999', '–')
    """
    if np.isnan(probability):
        return "–"
    return "> 0.999" if probability >= 0.9995 else f"{probability:.3f}"
