"""What there is to fit, as plain arrays: inputs, outputs, what they were made from, and how noisy they are."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Truth = Callable[[Numbers], Numbers]


class Task(NamedTuple):
    """Points to be fitted: n rows of d inputs and k outputs, all float64.

    Args:
        name: what the points are called.
        x: inputs, [n, d].
        y: outputs, [n, k].
        x_test: inputs that no fit may see, [m, d], or None.
        y_test: their outputs, [m, k], or None.
        truth: the function without its noise, [.., d] -> [.., k], where it is known.
        noise: standard deviation of what was added to it; 0 = nothing.
        formula: the function as one reads it; "" where it is not known.
    """

    name: str
    x: Numbers
    y: Numbers
    x_test: Numbers | None = None
    y_test: Numbers | None = None
    truth: Truth | None = None
    noise: float = 0.0
    formula: str = ""

    @property
    def floor(self) -> float | None:
        """The mean size of this sample's own noise, mean |y - truth(x)|: what the L1 loss of the true function is here."""
        return None if self.truth is None else float(np.abs(self.y - self.truth(self.x)).mean())
