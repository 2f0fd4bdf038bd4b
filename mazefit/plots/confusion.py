"""A confusion matrix: how many images of each class were said to be of which; right answers in blue, wrong ones in orange."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from mazefit.errors import ConfigError
from mazefit.plots.classifier_words import label
from mazefit.plots.fonts import families
from mazefit.plots.sheet import BLUE, INK, MUTED, ORANGE, RULE
from mazefit.words import Language

Counts = npt.NDArray[np.int64]
SHARES = 12  # classes up to which each cell tells its share of the row
COUNTS = 20  # classes up to which it tells its count
LONG = 2  # letters from which names of columns stand upright


def check_confusion(where: str, confusion: npt.ArrayLike, classes: Sequence[str]) -> Counts:
    """Counts [K, K] with a name for each class.

    Raises:
        ConfigError: they are something else.
    """
    counts = np.asarray(confusion)
    size = len(classes)
    if counts.shape != (size, size) or not size or counts.dtype.kind not in "iu" or counts.min() < 0:
        raise ConfigError(f"{where}: expected counts [{size}, {size}] of the {size} classes, got shape {list(counts.shape)}")
    return counts.astype(np.int64)


def shares_of_rows(counts: Counts) -> npt.NDArray[np.float64]:
    """Each count over the sum of its row, [K, K]; 0 in an empty row."""
    whole = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, whole, out=np.zeros(counts.shape), where=whole > 0)


def coloured(counts: Counts) -> npt.NDArray[np.float64]:
    """The colour of each cell, [K, K, 3]: deeper with its share, mistakes deeper sooner, so that they are seen."""
    share = shares_of_rows(counts)
    right = np.eye(len(counts), dtype=bool)
    depth = np.where(right, 0.92 * share, 0.92 * np.sqrt(share))[..., None]
    colour = np.where(right[..., None], np.array(to_rgb(BLUE)), np.array(to_rgb(ORANGE)))
    return 1.0 - depth * (1.0 - colour)


def draw_confusion(axes: Axes, counts: Counts, classes: Sequence[str], language: Language, *, small: bool = False) -> None:
    """Draw the matrix into a panel.

    Args:
        axes: the panel; a square one.
        counts: [true, said], [K, K].
        classes: their names, as they shall stand there.
        language: of the letters.
        small: colours alone, without names and numbers.
    """
    size = len(counts)
    axes.imshow(coloured(counts), interpolation="nearest", aspect="equal")
    edges = np.arange(size + 1) - 0.5
    axes.hlines(edges, -0.5, size - 0.5, color=RULE, linewidth=0.5)
    axes.vlines(edges, -0.5, size - 0.5, color=RULE, linewidth=0.5)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel(label("said", language), fontsize=8 if small else 10, labelpad=3)
    axes.set_ylabel(label("true", language), fontsize=8 if small else 10, labelpad=3)
    if small:
        axes.set_xticks([])
        axes.set_yticks([])
        return
    upright = max(map(len, classes)) >= LONG
    axes.set_xticks(range(size), classes, rotation=90 if upright else 0)
    axes.set_yticks(range(size), classes)
    axes.tick_params(length=0, labelsize=min(8.5, 230 / size), labelfontfamily=families(language))
    if size <= COUNTS:
        _numbers(axes, counts, language)


def _numbers(axes: Axes, counts: Counts, language: Language) -> None:
    """Counts and shares, in white where the cell is dark."""
    shares, colours = shares_of_rows(counts), coloured(counts)
    both = len(counts) <= SHARES
    for (row, column), count in np.ndenumerate(counts):
        light = float(colours[row, column] @ [0.299, 0.587, 0.114]) > 0.58
        colour = MUTED if not count else INK if light else "white"
        place = -0.15 if both and count else 0.0
        words: dict[str, Any] = {"ha": "center", "va": "center", "color": colour, "fontfamily": families(language)}
        axes.text(column, row + place, f"{count:,}", fontsize=8.2 if count else 7, **words)
        if both and count:
            axes.text(column, row + 0.24, percent(float(shares[row, column])), fontsize=6.6, **words)


def percent(share: float) -> str:
    """A share in percent, with a digit behind the point where it is small.

    >>> percent(0.862), percent(0.0312), percent(0.0004), percent(1.0)
    ('86 %', '3.1 %', '0.04 %', '100 %')
    """
    value = 100.0 * share
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.1f} %" if value >= 0.095 else f"{value:.2g} %"
