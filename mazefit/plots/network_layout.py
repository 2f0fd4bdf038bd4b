"""Where the nodes of a drawn network stand: which units of each layer are shown, and how much paper there is for them.

Lengths are inches, y upward. A layer of more than `most` units shows its first and last few, and dots for those between.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

NODE, SMALLEST_NODE = 0.2, 0.02  # largest and smallest radius of a node
ROW = 0.8  # the largest distance of two nodes of one layer
LETTER = 8.5  # points of the words below a layer, where there is room
SMALLEST_LETTER = 1.0
LINE = 1.45  # a line of text, in its letters' size
WORDS = 0.3  # the largest share of the height that the words below take
LEGEND = 0.62  # what the legend takes at the foot
EDGE = 0.3  # room beside the first and the last layer, at least, for the names of inputs and outputs


class Column(NamedTuple):
    """One layer: the units that are drawn, and their heights in rows above the middle."""

    units: npt.NDArray[np.int64]  # [m], ascending
    rows: npt.NDArray[np.float64]  # [m]
    dots: bool  # whether dots in the middle stand for units left out


class Layout(NamedTuple):
    """The place of everything."""

    columns: tuple[Column, ...]
    x: npt.NDArray[np.float64]  # of each column, [L]
    y: tuple[npt.NDArray[np.float64], ...]  # of each node
    middle: float  # the height about which columns stand
    row: float  # from node to node
    radius: float
    names: float  # the height below which the words stand
    letter: float  # points of those words
    width: float


def column(size: int, most: int) -> Column:
    """The units of a layer that are drawn: all, or as many of the first as of the last, at most `most` rows with the dots.

    >>> column(784, 7).units.tolist(), column(784, 7).rows.tolist()
    ([0, 1, 2, 781, 782, 783], [3.0, 2.0, 1.0, -1.0, -2.0, -3.0])
    """
    if size <= most:
        return Column(np.arange(size), (size - 1) / 2 - np.arange(size, dtype=np.float64), False)
    half = (most - 1) // 2
    return Column(
        np.concatenate([np.arange(half), np.arange(size - half, size)]),
        np.concatenate([np.arange(half, 0, -1.0), -np.arange(1.0, half + 1)]),
        True,
    )


def rows(columns: Sequence[Column]) -> int:
    """Rows of the tallest column."""
    return max(len(each.units) + each.dots for each in columns)


def layout(columns: Sequence[Column], words: Sequence[Sequence[str]], width: float, height: float, legend: bool) -> Layout:
    """Everything's place on so many inches.

    Args:
        columns: the layers.
        words: the lines below each.
        width: of the axes, inches.
        height: of the axes, inches.
        legend: whether room is kept at the foot for the scale of the weights.
    """
    pitch = (width - 2 * EDGE) / len(columns)
    widest = max(inches(line) for lines in words for line in lines)
    count = max(map(len, words))
    letter = max(SMALLEST_LETTER, min(LETTER, LETTER * 0.94 * pitch / widest, 72 * WORDS * height / (count * LINE)))
    below = count * letter * LINE / 72 + (LEGEND if legend else 0.05)
    body = max(height - below, 0.2 * height)
    row = min(ROW, body / (rows(columns) + 0.2))
    radius = max(SMALLEST_NODE, min(NODE, 0.42 * row, 0.2 * pitch))
    middle = height - body / 2
    tallest = rows(columns) * row / 2
    return Layout(
        columns=tuple(columns),
        x=EDGE + pitch * (np.arange(len(columns), dtype=np.float64) + 0.5),
        y=tuple(middle + row * each.rows for each in columns),
        middle=middle,
        row=row,
        radius=radius,
        names=middle - max(tallest, radius + 0.05),
        letter=letter,
        width=width,
    )


def inches(text: str) -> float:
    """About how wide a text of the common size is: Hangul is twice as wide as Latin letters."""
    return sum(0.95 if ord(letter) > 0x1100 else 0.63 for letter in text) * LETTER / 72
