"""Layouts: what the compiled loop knows of a network, and how a PyTorch model is recognised as one.

A network that has a layout is a chain of dense layers, each followed by an elementwise activation or by none:

    f_0 = x,    f_l = σ_l(W_l f_(l-1) + b_l),    prediction = f_L

Its parameters are one flat array: W_1 [outputs, inputs], b_1, W_2, b_2, … in the order of `model.parameters()`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, Problems
from mazefit.training.activations import CODES
from mazefit.training.closed_kernels import LOSSES

if TYPE_CHECKING:
    from torch import nn

DTYPES = ("float32", "float64")
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


@dataclass(frozen=True)
class Layout:
    """A chain of dense layers, and the loss to fit it by.

    Args:
        sizes: inputs, widths of the layers, outputs: (1, 10, 1).
        activations: one for each layer, the last as well: "identity", "relu", "leaky_relu", "tanh" or "sigmoid".
        loss: "mse" or "l1", the mean over rows and outputs.
        dtype: "float32" or "float64".
        slopes: of leaky ReLUs, one for each layer (0 for the others); () stands for 0.01, PyTorch's own.

    Raises:
        ConfigError: something is unknown or does not fit together; says all that is wrong.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str = "mse"
    dtype: str = "float32"
    slopes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        problems = Problems("Layout")
        problems.check(len(self.sizes) >= 2, f"sizes: expected inputs and outputs at least, got {self.sizes!r}")
        for size in self.sizes:
            problems.integer("sizes", size, 1)
        layers = len(self.sizes) - 1
        fits = len(self.activations) == layers
        problems.check(fits, f"activations: expected {layers}, one for each layer, got {len(self.activations)}")
        for name in self.activations:
            problems.choice("activations", name, CODES)
        problems.choice("loss", self.loss, LOSSES)
        problems.choice("dtype", self.dtype, DTYPES)
        if not self.slopes:
            slopes = tuple(0.01 if name == "leaky_relu" else 0.0 for name in self.activations)
            object.__setattr__(self, "slopes", slopes)
        for name, slope in zip(self.activations, self.slopes, strict=False):
            problems.number("slopes", slope, 0.0, 1e300)
            problems.check(slope == 0 or name == "leaky_relu", f"slopes: expected 0 for {name}, got {slope!r}")
        problems.check(len(self.slopes) == len(self.activations), f"slopes: expected {layers}, got {len(self.slopes)}")
        problems.raise_if_any()

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum((inputs + 1) * outputs for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False))


def layout_of(model: "nn.Module", loss: object) -> Layout | None:
    """The layout of a PyTorch model, or None where it has none; `why_no_layout` says why.

    Recognised are nn.Linear, and nn.Sequential (of nn.Sequential …) of nn.Linear with biases and of nn.Tanh, nn.Sigmoid,
    nn.ReLU, nn.LeakyReLU and nn.Identity, on the CPU, in single or double precision, all of it to be fitted, without hooks;
    losses "mse" and "l1".

    Args:
        model: the model.
        loss: what it is fitted by.
    """
    found = _read(model, loss)
    return found if isinstance(found, Layout) else None


def why_no_layout(model: "nn.Module", loss: object) -> str:
    """What keeps a model from having a layout, such as "a loss of your own"; empty where it has one."""
    found = _read(model, loss)
    return "" if isinstance(found, Layout) else found


def read_parameters(model: "nn.Module", layout: Layout) -> npt.NDArray[Any]:
    """A copy of a model's parameters as one flat array, in the precision of the layout."""
    parts = [parameter.detach().cpu().numpy().ravel() for parameter in model.parameters()]
    return np.concatenate(parts).astype(layout.dtype)


def write_parameters(model: "nn.Module", layout: Layout, flat: npt.NDArray[Any]) -> None:
    """Copy a flat array into a model's parameters, in place.

    Raises:
        ConfigError: there are more or fewer of them than the layout has.
    """
    import torch

    if flat.shape != (layout.parameters,):
        raise ConfigError(f"flat: expected {layout.parameters} parameters, got an array of shape {flat.shape}")
    at = 0
    with torch.no_grad():
        for parameter in model.parameters():
            part = flat[at : at + parameter.numel()].reshape(parameter.shape)
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(part)))
            at += parameter.numel()


def _read(model: "nn.Module", loss: object) -> Layout | str:
    """The layout, or why there is none."""
    from torch import nn

    if not isinstance(loss, str):
        return "a loss of your own"
    if loss not in LOSSES:
        return f"the loss {loss!r}"
    layers: list[nn.Linear] = []
    followed: list[tuple[str, float]] = []  # by which activation, with its slope
    for module in _chain(model):
        if any(getattr(module, hooks) for hooks in HOOKS):
            return f"hooks on {type(module).__name__}"
        if type(module) is nn.Linear:
            if module in layers:
                return "a linear layer that is used twice"
            if getattr(module, "bias", None) is None:
                return "a linear layer without a bias"
            if layers and layers[-1].out_features != module.in_features:
                return "linear layers that do not fit together"
            layers.append(module)
            followed.append(("", 0.0))
        elif type(module) not in (nn.Sequential, nn.Identity):
            activation = _activation(module)
            if not activation[0]:
                return f"the module {type(module).__name__}"
            if not followed or followed[-1][0]:
                return f"{type(module).__name__} that does not follow a linear layer"
            followed[-1] = activation
    if not layers:
        return "no linear layer"
    parameters = list(model.parameters())
    kinds = {str(parameter.dtype).removeprefix("torch.") for parameter in parameters}
    if len(kinds) > 1 or not kinds <= set(DTYPES):
        return f"parameters of type {' and '.join(sorted(kinds))}"
    if any(parameter.device.type != "cpu" for parameter in parameters):
        return "parameters that are not on the CPU"
    if not all(parameter.requires_grad for parameter in parameters):
        return "parameters that are not to be fitted"
    sizes = (layers[0].in_features, *[layer.out_features for layer in layers])
    activations, slopes = tuple(name or "identity" for name, _ in followed), tuple(slope for _, slope in followed)
    return Layout(sizes, activations, loss, kinds.pop(), slopes)


def _chain(module: "nn.Module") -> "Iterator[nn.Module]":
    """The modules of a chain in their order; an nn.Sequential before what it holds."""
    from torch import nn

    yield module
    if type(module) is nn.Sequential:
        for part in module:
            yield from _chain(part)


def _activation(module: "nn.Module") -> tuple[str, float]:
    """An activation's name and slope; an empty name where the compiled loop has none for it."""
    from torch import nn

    if type(module) is nn.LeakyReLU and module.negative_slope >= 0:
        return "leaky_relu", float(module.negative_slope)
    names: dict[type, str] = {nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid"}
    return names.get(type(module), ""), 0.0
