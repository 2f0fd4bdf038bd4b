"""A small network in plain NumPy: its loss at given parameters, and the gradient of that loss, by hand-written backpropagation.

    h₀ = x        h_k = f(h_{k-1} W_kᵀ + b_k)        prediction = h_{n-1} W_nᵀ + b_n, without f

A straight line is the network of one layer. Parameters are one flat vector [P] in the order of PyTorch's `model.parameters()`:
W₁ [units, inputs] row by row, b₁ [units], W₂, …; all arithmetic is float64.

Reference: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors, Nature 323.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems

Numbers = npt.NDArray[np.float64]

ACTIVATIONS = ("none", "sigmoid", "tanh", "relu", "leaky-relu")
LOSSES = ("mse", "l1")
SLOPE = 0.2  # of a leaky ReLU below zero


@dataclass(frozen=True)
class FitNetwork:
    """Layers of units with an activation between them, none after the last, and the loss that is to become small.

    Args:
        sizes: units of each layer, inputs first; (1, 1) is a line.
        activation: one of ACTIVATIONS.
        loss: "mse", the mean of (prediction - y)² over all rows and outputs, or "l1", that of |prediction - y|.

    Raises:
        ConfigError: fewer than two layers, an empty one, or an unknown name.

    >>> line = FitNetwork((1, 1))
    >>> line.loss_and_gradient(np.array([2.0, 1.0]), np.array([[0.0], [1.0]]), np.array([[1.0], [1.0]]))
    (2.0, array([2., 2.]))
    """

    sizes: tuple[int, ...]
    activation: str = "none"
    loss: str = "mse"

    def __post_init__(self) -> None:
        problems = Problems("FitNetwork")
        problems.check(len(self.sizes) >= 2, f"sizes: expected at least two layers, got {list(self.sizes)}")
        for size in self.sizes:
            problems.integer("sizes", size, 1)
        problems.choice("activation", self.activation, ACTIVATIONS)
        problems.choice("loss", self.loss, LOSSES)
        problems.raise_if_any()

    @property
    def parameters(self) -> int:
        """How many parameters P there are, weights and biases together."""
        return sum((inputs + 1) * units for inputs, units in pairwise(self.sizes))

    @property
    def names(self) -> tuple[str, ...]:
        """What each parameter is called, [P]: w and b of a line, else `W1[0,0]` (layer, unit, input) and `b1[0]`."""
        if self.sizes == (1, 1):
            return ("w", "b")
        found: list[str] = []
        for layer, (inputs, units) in enumerate(pairwise(self.sizes), start=1):
            found.extend(f"W{layer}[{unit},{place}]" for unit in range(units) for place in range(inputs))
            found.extend(f"b{layer}[{unit}]" for unit in range(units))
        return tuple(found)

    @cached_property
    def _cuts(self) -> list[tuple[int, int, int, int]]:
        """Of each layer: where its weights begin, where its biases begin and end, and its units."""
        found: list[tuple[int, int, int, int]] = []
        at = 0
        for inputs, units in pairwise(self.sizes):
            middle = at + inputs * units
            found.append((at, middle, middle + units, units))
            at = middle + units
        return found

    def layers(self, parameters: Numbers) -> list[tuple[Numbers, Numbers]]:
        """The vector [P] as (W [units, inputs], b [units]) of each layer: views, nothing is copied."""
        return [(parameters[at:middle].reshape(units, -1), parameters[middle:end]) for at, middle, end, units in self._cuts]

    def predict(self, parameters: Numbers, x: Numbers) -> Numbers:
        """The prediction [n, k] for inputs x [n, d]."""
        return self._forward(self.layers(parameters), x)[-1]

    def loss_and_gradient(self, parameters: Numbers, x: Numbers, y: Numbers) -> tuple[float, Numbers]:
        """The loss on points x [n, d], y [n, k], and its gradient [P]; not finite where numbers have grown too large."""
        layers, gradient = self.layers(parameters), np.empty(len(parameters))
        with np.errstate(over="ignore", invalid="ignore"):
            values = self._forward(layers, x)
            error = values[-1] - y
            if self.loss == "mse":
                loss, delta = float(np.add.reduce(error * error, axis=None)) / error.size, (2.0 / error.size) * error
            else:
                loss, delta = float(np.add.reduce(np.abs(error), axis=None)) / error.size, np.sign(error) / error.size
            parts = self.layers(gradient)
            for layer in range(len(layers) - 1, -1, -1):
                weights, biases = parts[layer]
                np.matmul(delta.T, values[layer], out=weights)
                np.add.reduce(delta, axis=0, out=biases)
                if layer:
                    delta = (delta @ layers[layer][0]) * self._slope(values[layer])
        return loss, gradient

    def _forward(self, layers: list[tuple[Numbers, Numbers]], x: Numbers) -> list[Numbers]:
        """x and the values of every layer."""
        values = [x]
        for layer, (weights, biases) in enumerate(layers):
            z = values[-1] @ weights.T + biases
            values.append(self._activate(z) if layer < len(layers) - 1 else z)
        return values

    def _activate(self, z: Numbers) -> Numbers:
        if self.activation == "sigmoid":  # of e^-|z|, which cannot overflow
            small = np.exp(-np.abs(z))
            return np.where(z >= 0.0, 1.0, small) / (1.0 + small)
        if self.activation == "tanh":
            return np.tanh(z)
        if self.activation == "none":
            return z
        return np.where(z > 0.0, z, self._below * z)

    def _slope(self, value: Numbers) -> Numbers | float:
        """f'(z), told from the value f(z)."""
        if self.activation == "sigmoid":
            return value * (1.0 - value)
        if self.activation == "tanh":
            return 1.0 - value * value
        return 1.0 if self.activation == "none" else np.where(value > 0.0, 1.0, self._below)

    @property
    def _below(self) -> float:
        return SLOPE if self.activation == "leaky-relu" else 0.0
