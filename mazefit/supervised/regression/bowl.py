"""The loss of a straight line is a bowl, and everything about a bowl is known exactly.

With θ = (w, b) and A the mean of (x, 1)(x, 1)ᵀ, the mean squared error is

    loss(θ) = lowest + (θ - θ*)ᵀ A (θ - θ*)            gradient 2 A (θ - θ*), curvature 2 A

so plain gradient descent multiplies the distance to the bottom, along each axis of the bowl, by 1 - rate · λ at every step,
λ being the eigenvalue of 2 A there. It diverges above 2 / (the largest λ), and crawls along the axis of the smallest.
"""

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from mazefit.tasks.best_line import Line, least_squares
from mazefit.tasks.points import Numbers


class Optimizer(Protocol):
    """What the optimizers of mazefit.training are, as far as a path needs it."""

    def update(
        self, parameter: Numbers, gradient: Numbers, moments: tuple[Numbers, Numbers], step: int
    ) -> tuple[Numbers, tuple[Numbers, Numbers]]:
        """One step; counts from 1."""
        ...


class Bowl(NamedTuple):
    """The mean squared error of y = x w + b over all w and b.

    Args:
        best: the least-squares line: `bottom` and `lowest` are where it lies and how deep.
        matrix: A, [d + 1, d + 1].
    """

    best: Line
    matrix: Numbers

    @property
    def bottom(self) -> Numbers:
        """(w, b) of the best line, [d + 1]."""
        return np.append(self.best.w[:, 0], self.best.b)

    def loss(self, at: npt.ArrayLike) -> Numbers:
        """The loss at (w, b), [.., d + 1] -> [..]; beyond all numbers it is infinite or NaN."""
        away = np.asarray(at, dtype=np.float64) - self.bottom
        with np.errstate(over="ignore", invalid="ignore"):
            return self.best.loss + ((away @ self.matrix) * away).sum(axis=-1)

    def gradient(self, at: npt.ArrayLike) -> Numbers:
        """Its gradient there, [.., d + 1]."""
        return 2.0 * (np.asarray(at, dtype=np.float64) - self.bottom) @ self.matrix

    @property
    def eigenvalues(self) -> Numbers:
        """Of the curvature 2 A, ascending, [d + 1]."""
        return np.asarray(np.linalg.eigvalsh(2.0 * self.matrix), dtype=np.float64)

    @property
    def largest_rate(self) -> float:
        """The learning rate above which plain gradient descent diverges."""
        return 2.0 / float(self.eigenvalues[-1])


def bowl(x: npt.ArrayLike, y: npt.ArrayLike) -> Bowl:
    """The bowl of these points.

    Args:
        x: inputs, [n, d].
        y: outputs, [n, 1].

    Raises:
        ConfigError: other shapes.
    """
    inputs = np.asarray(x, dtype=np.float64)
    rows = np.hstack([inputs, np.ones((len(inputs), 1))])
    return Bowl(least_squares(inputs, y), rows.T @ rows / len(rows))


def roll(valley: Bowl, start: npt.ArrayLike, optimizer: Optimizer, steps: int, *, whole: bool = True) -> Numbers:
    """Where an optimizer goes in the bowl, from one start or from many at once.

    Args:
        valley: the bowl.
        start: (w, b), [.., d + 1].
        optimizer: one of mazefit.training, such as SGD(learning_rate=0.02).
        steps: full-batch updates.
        whole: whether the whole path is wanted, or the end alone.

    Returns:
        (w, b) before every update and after the last, [steps + 1, .., d + 1] (of the end alone [1, .., d + 1]); infinite once a
        path has diverged that far.
    """
    at = np.array(start, dtype=np.float64)
    path = np.empty((steps + 1 if whole else 1, *at.shape))
    path[0] = at
    moments = (np.zeros_like(at), np.zeros_like(at))
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, steps + 1):
            at, moments = optimizer.update(at, valley.gradient(at), moments, step)
            path[step if whole else 0] = at
    return path
