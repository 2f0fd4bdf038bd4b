"""The ten points of the tutorial's straight line; its curve goes through the same ten.

    x = 1 .. 10,    y = 3 5 5 6 7 7 8 9 9 10

Least squares is exactly w = 39/55, b = 3, with mean squared error 39/275 and R² = 1 - 4/121.
"""

import numpy as np

from mazefit.tasks.points import Task

X = np.arange(1.0, 11.0)[:, None]  # [10, 1]
Y = np.array([3.0, 5.0, 5.0, 6.0, 7.0, 7.0, 8.0, 9.0, 9.0, 10.0])[:, None]  # [10, 1]


def line() -> Task:
    """The ten points, to be fitted by y = w x + b."""
    return Task("line", X.copy(), Y.copy())


def curve() -> Task:
    """The same ten points, to be fitted by a small network."""
    return Task("curve", X.copy(), Y.copy())
