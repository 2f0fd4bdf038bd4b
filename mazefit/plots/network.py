"""A network as textbooks draw it: a node for each unit, a link for each weight, its layers from left to right.

Colour and thickness of a link are its weight, the colour of a node is its bias: blue below zero, orange above, grey about it
(colours that every kind of colour vision tells apart). Numbers are written where no links cross.
"""

from collections.abc import Sequence

import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mazefit.plots.fonts import drawable
from mazefit.plots.network_checks import checked
from mazefit.plots.network_drawing import Drawing
from mazefit.plots.network_layout import LEGEND, column, rows
from mazefit.plots.network_words import fonts_for, heading
from mazefit.plots.sheet import drawing, sheet

MOST = 10  # rows of nodes; a larger layer is abbreviated


def network(
    sizes: Sequence[int],
    *,
    weights: Sequence[npt.ArrayLike] | None = None,
    biases: Sequence[npt.ArrayLike] | None = None,
    activation: str | Sequence[str | None] | None = None,
    names: Sequence[str] | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    batch: int | None = None,
    most: int = MOST,
    title: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw a fully connected network on a sheet of its own.

    Args:
        sizes: units of each layer, input first, such as (784, 100, 30, 10).
        weights: for each pair of neighbouring layers an array [units left, units right], row i from unit i (`layer.weight.T`
            of a PyTorch layer); None draws all links alike.
        biases: for each layer but the input an array [units]; None draws all nodes alike.
        activation: of the hidden layers, or a list with one for each layer but the input (None: no activation).
        names: of the layers; None calls them input, hidden 1, …, output.
        inputs: names of the input units; None numbers them x₁, x₂, …
        outputs: names of the output units; None numbers them y₁, y₂, …
        batch: rows of the data, the first number of each shape; None writes n.
        most: the largest layer that is drawn whole; of a larger one the first and last units are, with dots between.
        title: what stands above; None says sizes and number of parameters.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Returns:
        A matplotlib Figure that pyplot does not know.

    Raises:
        ConfigError: an argument does not fit the sizes, or is no finite number; all that is wrong in one sentence.
    """
    what = checked(sizes, weights, biases, activation, names, inputs, outputs, batch, most)
    spoken = drawable(language)
    columns = [column(size, most) for size in what.sizes]
    pitch = max(1.2, min(1.8, 8.0 / len(columns)))
    body = max(1.1, rows(columns) * (0.46 if rows(columns) > 4 else 0.62))
    width, height = max(4.6, pitch * len(columns) + 0.6), body + 1.35 + (LEGEND if what.largest is not None else 0.0)
    with drawing(spoken), rc_context({"font.family": fonts_for(what, spoken)}):
        figure = sheet(width, height)
        above = title if title is not None else heading(what.sizes, spoken)
        figure.suptitle(above, fontsize=12, weight="bold", y=1 - 0.27 / height)
        axes = figure.add_axes((0.0, 0.08 / height, 1.0, (height - 0.55) / height))
        Drawing(axes, what, spoken)
        return figure


def draw_network(
    axes: Axes,
    sizes: Sequence[int],
    *,
    weights: Sequence[npt.ArrayLike] | None = None,
    biases: Sequence[npt.ArrayLike] | None = None,
    activation: str | Sequence[str | None] | None = None,
    names: Sequence[str] | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    batch: int | None = None,
    most: int = MOST,
    language: str = "en",
) -> None:
    """Draw a network into axes that are there, beside curves say; the axes' place must be final, as letters fit it.

    Args and Raises are those of `network`.
    """
    what = checked(sizes, weights, biases, activation, names, inputs, outputs, batch, most)
    spoken = drawable(language)
    with drawing(spoken), rc_context({"font.family": fonts_for(what, spoken)}):
        Drawing(axes, what, spoken)
