"""What the tutorials say goes wrong inside networks, counted: units that have died, gradients that vanish on their way back.

dead unit              its sum is negative at every point of the data: a ReLU then says 0 to all, and learns nothing more
vanishing gradient     mean |gradient| of the first layer's weights over that of the last layer's
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from mazefit.tasks.points import Task


@dataclass(frozen=True)
class Health:
    """Of one network on one task.

    Args:
        units: hidden units.
        dead: of these, how many have a sum below zero at every point.
        saturated: of these, how many change by less than 1 % of their range over all the points (a sigmoid's flat ends).
        gradients: mean |gradient| of each layer's weights, first layer first.
    """

    units: int
    dead: int
    saturated: int
    gradients: tuple[float, ...]

    @property
    def vanishing(self) -> float:
        """The first layer's mean gradient over the last layer's; 0 where nothing arrives."""
        return self.gradients[0] / self.gradients[-1] if self.gradients[-1] else 0.0


def health(model: nn.Sequential, task: Task, loss: Any) -> Health:
    """Look into a network; its gradients are left as they were.

    Args:
        model: linear layers with elementwise activations between them.
        task: the points.
        loss: a function of prediction and target, such as `torch.nn.functional.l1_loss`.
    """
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    about = linear[0].weight
    x, y = (torch.as_tensor(part, dtype=about.dtype, device=about.device) for part in (task.x, task.y))
    units, dead, saturated, value = 0, 0, 0, x
    for i, layer in enumerate(model):
        after: Tensor = layer(value)
        if isinstance(layer, nn.Linear) and layer is not linear[-1]:
            units += layer.out_features
            dead += int((after.detach() <= 0).all(dim=0).sum())
        if isinstance(layer, nn.Sigmoid | nn.Tanh) and i:
            reach = after.detach().amax(dim=0) - after.detach().amin(dim=0)
            saturated += int((reach < (0.01 if isinstance(layer, nn.Sigmoid) else 0.02)).sum())
        value = after
    gradients = torch.autograd.grad(loss(value, y), [layer.weight for layer in linear])
    return Health(units, dead, saturated, tuple(float(gradient.abs().mean()) for gradient in gradients))
