"""Activations on lanes: f(z), and the gradient behind it, from the value f(z) alone.

    identity      z                      1
    leaky ReLU    max(z, slope · z)      1 where f(z) > 0, else slope      (ReLU: slope 0; 0 <= slope)
    tanh          tanh z                 1 - f(z)²
    sigmoid       1 / (1 + e^-z)         f(z) · (1 - f(z))

A kernel is told which by a number.
"""

from typing import Any

from mazefit.kernel import kernel
from mazefit.training.exponentials import hyperbolic_tangent, logistic
from mazefit.training.lanes import load, positive, store, width

IDENTITY, LEAKY_RELU, TANH, SIGMOID = 0, 1, 2, 3
CODES = {"identity": IDENTITY, "relu": LEAKY_RELU, "leaky_relu": LEAKY_RELU, "tanh": TANH, "sigmoid": SIGMOID}


@kernel
def activate(values: Any, start: int, end: int, activation: int, slope: float) -> None:
    """values[start : end] become f(values[start : end])."""
    if activation == LEAKY_RELU:
        for k in range(start, end, width(values)):
            z = load(values, k)
            store(values, k, positive(z, z, slope * z))
    elif activation == TANH:
        for k in range(start, end, width(values)):
            store(values, k, hyperbolic_tangent(load(values, k)))
    elif activation == SIGMOID:
        for k in range(start, end, width(values)):
            store(values, k, logistic(load(values, k)))


@kernel
def sensitivity(deltas: Any, at: int, values: Any, start: int, end: int, activation: int, slope: float) -> None:
    """The deltas that begin at `at`, gradients by f(z), become gradients by z; values[start : end] = f(z)."""
    if activation == LEAKY_RELU:
        for k in range(start, end, width(values)):
            d = load(deltas, at)
            store(deltas, at, positive(load(values, k), d, slope * d))
            at += width(values)
    elif activation == TANH:
        for k in range(start, end, width(values)):
            f = load(values, k)
            store(deltas, at, load(deltas, at) * (1.0 - f * f))
            at += width(values)
    elif activation == SIGMOID:
        for k in range(start, end, width(values)):
            f = load(values, k)
            store(deltas, at, load(deltas, at) * (f * (1.0 - f)))
            at += width(values)
