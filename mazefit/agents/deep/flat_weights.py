"""A network whose parameters are views of one array: one operation moves, measures or copies all of them.

Weights of linear layers lie as [inputs, outputs], the way in which matrix products read them fastest; the module sees them
transposed, as PyTorch has them.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from mazefit.training.closed_arrays import aligned
from mazefit.training.lanes import BYTES


class FlatWeights:
    """The parameters that learn, flat [P], and their gradient [P].

    Args:
        module: it is moved to the device and the precision; from then on its parameters are views of `values`.
        device: where.
        dtype: float32 or float64.

    Attributes:
        values, gradient: tensors [P].
        room, slopes: on a CPU the same memory as NumPy arrays, filled up with zeros to whole lanes of compiled loops.
    """

    def __init__(self, module: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
        self.module = module.to(device=device, dtype=dtype)
        learning = [parameter for parameter in module.parameters() if parameter.requires_grad]
        count = sum(parameter.numel() for parameter in learning)
        self.count = count
        self.room: npt.NDArray[Any] = np.zeros(0)
        self.slopes = self.room
        if device.type == "cpu":
            name = str(dtype).removeprefix("torch.")
            lanes = BYTES // np.dtype(name).itemsize
            self.room, self.slopes = (aligned(-(-max(1, count) // lanes) * lanes, name) for _ in range(2))
            self.values, self.gradient = (torch.from_numpy(one)[:count] for one in (self.room, self.slopes))
        else:
            self.values, self.gradient = (torch.zeros(count, dtype=dtype, device=device) for _ in range(2))
        turned = {id(layer.weight) for layer in module.modules() if isinstance(layer, nn.Linear)}
        at = 0
        for parameter in learning:
            size = parameter.numel()
            here = slice(at, at + size)
            view, slope = (_view(one[here], parameter, id(parameter) in turned) for one in (self.values, self.gradient))
            view.copy_(parameter.data)
            parameter.data = view
            parameter.grad = slope
            at += size

    def follow(self, other: "FlatWeights", share: float = 1.0) -> None:
        """Become the other's weights, or go a share of the way: w ← w + share · (other - w); buffers become the other's."""
        if share == 1.0:
            self.values.copy_(other.values)
        else:
            self.values.lerp_(other.values, share)
        for own, its in zip(self.module.buffers(), other.module.buffers(), strict=True):
            own.copy_(its)

    def clip(self, most: float) -> None:
        """Scale the gradient down where its Euclidean norm is larger, as `torch.nn.utils.clip_grad_norm_` does."""
        if len(self.slopes):
            slopes = self.slopes
            norm = math.sqrt(float(np.dot(slopes, slopes)))
            if norm + 1e-6 > most:
                np.multiply(slopes, slopes.dtype.type(most / (norm + 1e-6)), out=slopes)
            return
        norm = torch.linalg.vector_norm(self.gradient)
        self.gradient.mul_((most / (norm + 1e-6)).clamp(max=1.0))


def _view(flat: Tensor, parameter: nn.Parameter, turned: bool) -> Tensor:
    if turned and parameter.ndim == 2:
        outputs, inputs = parameter.shape
        return flat.view(inputs, outputs).t()
    return flat.view(parameter.shape)
