"""The worst mistakes: images that a wrong class was given to most surely."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
ORDERS = ("probability", "loss")


class Mistakes(NamedTuple):
    """Images that were said to be what they are not, the worst first.

    Args:
        images: which they are, by their places among all, [W].
        true: their classes, [W].
        said: what they were said to be, [W].
        probability: which the wrong class was given, [W].
        loss: the sigmoid cross-entropy of the image, summed over the outputs, [W].
    """

    images: Indices
    true: Indices
    said: Indices
    probability: Numbers
    loss: Numbers


def probabilities(logits: npt.ArrayLike) -> Numbers:
    """1 / (1 + exp(-z)) of every logit, in float64: each class for itself, so a row need not add up to 1."""
    z = np.asarray(logits, dtype=np.float64)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def losses(logits: npt.ArrayLike, labels: npt.ArrayLike) -> Numbers:
    """The sigmoid cross-entropy of each image, summed over the outputs, in float64, [M]; not finite where logits are not."""
    z, true = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    with np.errstate(invalid="ignore", over="ignore"):
        return (np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))).sum(axis=1) - z[np.arange(len(z)), true]


def worst_mistakes(logits: npt.ArrayLike, labels: npt.ArrayLike, *, order: str = "probability") -> Mistakes:
    """All mistakes, the worst first; of equal ones the one with the smaller index.

    Args:
        logits: [M, K].
        labels: the true classes, [M].
        order: "probability" of the wrong class that was said, or "loss" of the image.

    Raises:
        ConfigError: another order.
    """
    problems = Problems("worst_mistakes")
    problems.choice("order", order, ORDERS)
    problems.raise_if_any()
    z, true = np.asarray(logits), np.asarray(labels, dtype=np.int64)
    said = z.argmax(axis=1)
    index = np.flatnonzero(said != true)
    each = losses(z, true)[index]
    surest = z[index, said[index]].astype(np.float64)  # the order of logits is that of probabilities, which round to 1
    rank = np.argsort(-(surest if order == "probability" else each), kind="stable")
    index, each = index[rank], each[rank]
    return Mistakes(index, true[index], said[index], probabilities(surest[rank]), each)
