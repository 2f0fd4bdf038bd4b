"""A stack of linear layers by hand: forward and backward of a minibatch in NumPy, without the time in which PyTorch starts.

    f_l = σ_l(f_(l-1) W_l + b_l)         ∂W_l = f_(l-1)ᵀ δ_l,   ∂b_l = Σ δ_l,   δ_(l-1) = σ'_(l-1) ∘ (δ_l W_lᵀ)

Everything is written into arrays that are made once. Where observations are state numbers the first layer is no product: it
looks up the rows of W_1, and its gradient has those rows alone.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.kernel import kernel
from mazefit.training.layout import Layout

Numbers = npt.NDArray[Any]
ACTIVATIONS = ("identity", "relu", "tanh")


@kernel
def scatter(to: Any, numbers: Any, slopes: Any, width: int) -> None:
    """to[numbers[b]] += slopes[b] for each row b; `to` [S, width] and `slopes` [B, width] flat."""
    for b in range(len(numbers)):
        first = numbers[b] * width
        for k in range(width):
            to[first + k] += slopes[b * width + k]


@kernel
def clear(to: Any, numbers: Any, width: int) -> None:
    """to[numbers[b]] = 0 for each row b; `to` [S, width] flat."""
    for b in range(len(numbers)):
        first = numbers[b] * width
        for k in range(width):
            to[first + k] = 0.0


def parts(layout: Layout, flat: Numbers) -> tuple[list[Numbers], list[Numbers]]:
    """Weights [inputs, outputs] and biases [outputs] of each layer, as views of a flat array."""
    weights: list[Numbers] = []
    biases: list[Numbers] = []
    at = 0
    for inputs, outputs in pairwise(layout.sizes):
        weights.append(flat[at : at + inputs * outputs].reshape(inputs, outputs))
        at += inputs * outputs
        biases.append(flat[at : at + outputs])
        at += outputs
    return weights, biases


class DensePass:
    """Room for the values of so many rows.

    Args:
        layout: of the network.
        flat: its parameters, as `FlatWeights` lays them out.
        rows: of a minibatch.
        numbered: inputs are state numbers [rows], not vectors [rows, inputs].
    """

    def __init__(self, layout: Layout, flat: Numbers, rows: int, numbered: bool) -> None:
        self.layout, self.numbered = layout, numbered
        self.weights, self.biases = parts(layout, flat)
        self.turned = [weight.T for weight in self.weights]
        self.values: list[Numbers] = [np.zeros((rows, size), layout.dtype) for size in layout.sizes[1:]]
        self.layers = list(zip(self.weights, self.biases, self.values, layout.activations, strict=True))
        self.slopes: list[Numbers] = [np.zeros_like(value) for value in self.values]
        self.inputs: Numbers = np.zeros(0)

    def forward(self, inputs: Numbers) -> Numbers:
        """The outputs [rows, outputs]; a view that the next call overwrites."""
        self.inputs = below = inputs
        for number, (weight, bias, value, activation) in enumerate(self.layers):
            if number == 0 and self.numbered:
                weight.take(inputs, axis=0, out=value, mode="clip")
            else:
                np.matmul(below, weight, out=value)
            np.add(value, bias, out=value)
            if activation == "relu":
                np.maximum(value, 0.0, out=value)
            elif activation == "tanh":
                np.tanh(value, out=value)
            below = value
        return below

    def backward(self, gradient: tuple[list[Numbers], list[Numbers]], slope: Numbers) -> None:
        """The gradient of every parameter, from the slopes of the loss by the outputs, [rows, outputs].

        Args:
            gradient: of weights and biases, as `parts` cuts it; overwritten. Rows of a first layer that looks up are added to.
            slope: overwritten where it is the pass's own.
        """
        weights, biases = gradient
        for number in range(len(self.layers) - 1, 0, -1):
            below, value = self.values[number - 1], self.slopes[number - 1]
            np.matmul(below.T, slope, out=weights[number])
            np.add.reduce(slope, axis=0, out=biases[number])
            np.matmul(slope, self.turned[number], out=value)
            activation = self.layout.activations[number - 1]
            if activation == "relu":
                np.multiply(value, below > 0.0, out=value)
            elif activation == "tanh":
                np.multiply(value, 1.0 - below * below, out=value)
            slope = value
        np.add.reduce(slope, axis=0, out=biases[0])
        if self.numbered:
            scatter.compiled(weights[0].reshape(-1), self.inputs, slope.reshape(-1), slope.shape[1])
        else:
            np.matmul(self.inputs.T, slope, out=weights[0])

    def forget(self, gradient: tuple[list[Numbers], list[Numbers]]) -> None:
        """Clear the rows of a first layer that looks up, which the last `backward` added to."""
        if self.numbered:
            weights = gradient[0][0]
            clear.compiled(weights.reshape(-1), self.inputs, weights.shape[1])
