"""Figures that several regressions share: the network as nodes and links, and predictions against measurements."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.lab.regression.own_points import Points
from mazefit.lab.regression.phrases import say
from mazefit.plots.fit import Curve, plot_fit
from mazefit.words import Language

DRAWN = {"leaky-relu": "leaky ReLU", "relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "none": None}
"""What activations are called on a drawn network."""


def network_picture(
    weights: Sequence[npt.ArrayLike],
    biases: Sequence[npt.ArrayLike],
    activation: str,
    rows: int,
    title: str,
    language: Language,
) -> Any:
    """The network as it stands after learning.

    Args:
        weights: of each layer, [units, inputs].
        biases: of each layer, [units].
        activation: between the layers.
        rows: of the data.
        title: what stands above.
        language: "en" or "ko".
    """
    from mazefit.plots.network import network

    arrays = [np.asarray(each, dtype=np.float64) for each in weights]
    sizes = [arrays[0].shape[1], *(each.shape[0] for each in arrays)]
    return network(
        sizes, weights=[each.T for each in arrays], biases=biases, activation=DRAWN[activation], batch=rows, title=title,
        language=language,
    )  # fmt: skip


def predictions(points: Points, said: npt.ArrayLike, language: Language) -> Any:
    """With several inputs no curve can be drawn: what the model says of each point, against what was measured."""
    measured, answered = points.y(points.task.y[:, 0]), points.y(said)
    both = np.concatenate([measured, answered])
    ends = np.array([both.min(), both.max()])
    name = points.columns[-1]
    axes = (say("predictions.measured", language, name=name), say("predictions.said", language, name=name))
    diagonal = [Curve(say("predictions.equal", language), ends, ends, "truth")]
    title = say("predictions.title", language)
    return plot_fit(measured, answered, diagonal, title=title, axes=axes, language=language)
