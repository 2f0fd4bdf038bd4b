"""One period of a sine: ten points to fit it from, a hundred to judge the fit by; no noise."""

import numpy as np

from mazefit.tasks.points import Numbers, Task


def sine() -> Task:
    """Ten points evenly on [0, 2π], both ends included; a hundred for the test, on the same interval."""
    x = np.linspace(0.0, 2.0 * np.pi, 10)[:, None]
    x_test = np.linspace(0.0, 2.0 * np.pi, 100)[:, None]
    return Task("sine", x, np.sin(x), x_test, np.sin(x_test), _sine, 0.0, "y = sin x")


def _sine(x: Numbers) -> Numbers:
    return np.sin(x)
