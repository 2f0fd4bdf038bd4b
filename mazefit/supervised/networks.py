"""Small networks of the tutorials as factories: a function without arguments that builds a new model, for Trainer and fit_many.

network([1, 2, 1], "sigmoid", constants="keras")        1-2-1, weights and biases as Keras begins them
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import nn

from mazefit.errors import Problems

SLOPE = 0.2  # of a leaky ReLU below zero

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "none": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(SLOPE),
}
CONSTANTS = ("keras", "torch")


def network(
    sizes: Sequence[int], activation: str = "tanh", *, constants: str = "torch", dtype: torch.dtype = torch.float32
) -> Callable[[], nn.Sequential]:
    """A factory of networks: linear layers with an activation between them, none after the last.

    Args:
        sizes: units of each layer, inputs first.
        activation: a name of ACTIVATIONS.
        constants: how weights begin. "torch": weights and biases uniform in ± 1/√inputs. "keras": weights uniform in
            ± √(6 / (inputs + outputs)), biases 0 (Glorot & Bengio, 2010).
        dtype: of weights and biases.

    Raises:
        ConfigError: fewer than two layers, an empty one, or an unknown name.
    """
    problems = Problems("network")
    problems.check(len(sizes) >= 2, f"sizes: expected at least two layers, got {list(sizes)}")
    for size in sizes:
        problems.integer("sizes", size, 1)
    problems.choice("activation", activation, ACTIVATIONS)
    problems.choice("constants", constants, CONSTANTS)
    problems.raise_if_any()

    def build() -> nn.Sequential:
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            layer = nn.Linear(inputs, outputs, dtype=dtype)
            if constants == "keras":
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            layers += [layer, ACTIVATIONS[activation]()] if activation != "none" else [layer]
        return nn.Sequential(*layers[: len(layers) - (activation != "none")])

    return build


def straight_line(inputs: int = 1) -> Callable[[], nn.Sequential]:
    """A factory of lines y = x w + b, whose w and b are drawn from N(0, 1)."""

    def build() -> nn.Sequential:
        layer = nn.Linear(inputs, 1)
        nn.init.normal_(layer.weight)
        nn.init.normal_(layer.bias)
        return nn.Sequential(layer)

    return build
