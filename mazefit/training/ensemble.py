"""Many models of one shape as one: every parameter of model m stands in row m of one array, and one pass serves all rows.

    flat [M, P]          losses [M], gradients [M, P] = losses_and_gradients(flat, x, y)

Two ways to the same numbers: `Layered` knows networks of linear layers and elementwise activations and has their backward pass
written out, layer by layer, in batched matrix products; `Stacked` takes any module without buffers and randomness through
`torch.func` (vmap over the rows of grad of the loss).

Rows are independent of one another: what one model comes to depends on others beside it by rounding at most, because a matrix
product may be computed in another order where its batch is larger.

Reference: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value, vmap

from mazefit.training.layout import Layout

LossFunction = Callable[[Tensor, Tensor], Tensor]


class Ensemble(Protocol):
    """What fits rows of parameters needs to know of a model."""

    size: int
    """Parameters of one model, P."""

    def losses_and_gradients(self, flat: Tensor, x: Tensor, y: Tensor, own: bool = False) -> tuple[Tensor, Tensor]:
        """Loss [M] and gradient [M, P] of every row; data [rows, …] are shared, or with `own` each model's, [M, rows, …]."""
        ...

    def predict(self, flat: Tensor, x: Tensor) -> Tensor:
        """Outputs of every row for shared inputs, [M, rows, outputs]."""
        ...

    def losses(self, flat: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Loss of every row on shared data, [M], without gradients."""
        ...


def activate(name: str, slope: float, z: Tensor) -> Tensor:
    """The activation at z."""
    if name == "tanh":
        return torch.tanh(z)
    if name == "sigmoid":
        return torch.sigmoid(z)
    if name == "relu":
        return torch.relu(z)
    if name == "leaky_relu":
        return torch.where(z > 0, z, slope * z)
    return z


def through_activation(name: str, slope: float, h: Tensor, gradient: Tensor) -> Tensor:
    """The gradient by z from that by h = activation(z); all of these derivatives can be told from h itself."""
    if name == "tanh":
        return gradient * (1 - h * h)
    if name == "sigmoid":
        return gradient * (h * (1 - h))
    if name == "relu":
        return gradient * (h > 0)
    if name == "leaky_relu":
        return torch.where(h > 0, gradient, slope * gradient)
    return gradient


class Layered:
    """Networks of linear layers and elementwise activations; inside, features come before rows: h [M, features, rows].

    Forward, layer by layer:   z = W h + b,  h = activation(z)
    Backward, from the last:   dz = dh · activation'(z),  dW = dz hᵀ,  db = Σ over rows of dz,  dh = Wᵀ dz
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.shapes = list(zip(layout.sizes[1:], layout.sizes[:-1], strict=True))  # of each weight: [outputs, inputs]
        self.size = sum(outputs * inputs + outputs for outputs, inputs in self.shapes)

    def layers(self, flat: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Weight [M, outputs, inputs] and bias [M, outputs, 1] of each layer, views of the rows."""
        found: list[tuple[Tensor, Tensor]] = []
        at = 0
        for outputs, inputs in self.shapes:
            weight = flat[:, at : at + outputs * inputs].unflatten(1, (outputs, inputs))
            at += outputs * inputs
            found.append((weight, flat[:, at : at + outputs].unsqueeze(2)))
            at += outputs
        return found

    def forward(self, layers: Sequence[tuple[Tensor, Tensor]], x: Tensor) -> list[Tensor]:
        """What goes into each layer, and at last what comes out: [M, features, rows] each."""
        models = layers[0][0].shape[0]
        values = [x.mT.expand(models, -1, -1)]
        for (weight, bias), name, slope in zip(layers, self.layout.activations, self.layout.slopes, strict=True):
            values.append(activate(name, slope, torch.baddbmm(bias, weight, values[-1])))
        return values

    def losses_and_gradients(self, flat: Tensor, x: Tensor, y: Tensor, own: bool = False) -> tuple[Tensor, Tensor]:
        """Loss [M] and gradient [M, P] of every row."""
        layers = self.layers(flat)
        values = self.forward(layers, x)
        residual = values[-1] - y.mT
        count = residual.shape[1] * residual.shape[2]
        if self.layout.loss == "mse":
            losses, gradient = (residual * residual).mean((1, 2)), residual * (2 / count)
        else:
            losses, gradient = residual.abs().mean((1, 2)), residual.sign() / count
        parts: list[Tensor] = []
        steps = zip(layers, values[:-1], values[1:], self.layout.activations, self.layout.slopes, strict=True)
        for (weight, _), before, after, name, slope in reversed(list(steps)):
            gradient = through_activation(name, slope, after, gradient)
            parts += [gradient.sum(2), torch.bmm(gradient, before.mT).flatten(1)]
            if weight is not layers[0][0]:
                gradient = torch.bmm(weight.mT, gradient)
        return losses, torch.cat(parts[::-1], 1)

    def predict(self, flat: Tensor, x: Tensor) -> Tensor:
        """Outputs of every row for shared inputs, [M, rows, outputs]."""
        return self.forward(self.layers(flat), x)[-1].mT

    def losses(self, flat: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Loss of every row on shared data, [M]."""
        residual = self.predict(flat, x) - y
        return (residual * residual if self.layout.loss == "mse" else residual.abs()).mean((1, 2))


class Stacked:
    """Any module without buffers and randomness, through `torch.func`."""

    def __init__(self, model: nn.Module, loss: LossFunction) -> None:
        self.model, self.loss = model, loss
        self.shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
        self.size = sum(shape.numel() for shape in self.shapes.values())

    def output(self, row: Tensor, x: Tensor) -> Tensor:
        """What the model with these parameters [P] makes of x."""
        parameters: dict[str, Any] = {}
        at = 0
        for name, shape in self.shapes.items():
            parameters[name] = row[at : at + shape.numel()].view(shape)
            at += shape.numel()
        return functional_call(self.model, parameters, (x,))

    def one_loss(self, row: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """The loss of one row of parameters."""
        return self.loss(self.output(row, x), y)

    def losses_and_gradients(self, flat: Tensor, x: Tensor, y: Tensor, own: bool = False) -> tuple[Tensor, Tensor]:
        """Loss [M] and gradient [M, P] of every row."""
        data = 0 if own else None
        gradients, losses = vmap(grad_and_value(self.one_loss), in_dims=(0, data, data))(flat, x, y)
        return losses, gradients

    def predict(self, flat: Tensor, x: Tensor) -> Tensor:
        """Outputs of every row for shared inputs, [M, rows, outputs]."""
        with torch.no_grad():
            return vmap(self.output, in_dims=(0, None))(flat, x)

    def losses(self, flat: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Loss of every row on shared data, [M]."""
        with torch.no_grad():
            return vmap(self.one_loss, in_dims=(0, None, None))(flat, x, y)
