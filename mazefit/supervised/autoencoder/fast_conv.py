"""Convolutions that keep the size of pictures, on a processor at the rate of matrix products; the same numbers to rounding.

Three things make it fast, all of them exact:

1. A pixel's channels lie side by side, filled up with zeros to a multiple of 8: see `padded`.
2. Eight output channels fill half a register. Two neighbouring pixels' are computed as sixteen, by a kernel that is one column
   wider and laid on every second pixel: out[h, 2j + s] = Σ K[:, c - s] x[h, 2j + c], which is the very memory of [H, W, 8].
3. One output channel: see `one_channel`.

`tanh` is taken in the same memory, see `fast_tanh`.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from mazefit.supervised.autoencoder.fast_tanh import by_argument, tanh_of_half
from mazefit.supervised.autoencoder.one_channel import OneChannel
from mazefit.supervised.autoencoder.padded import LANES, filled, filled_bias, filled_weight, seen


def can_be_fast(conv: nn.Conv2d, x: Tensor) -> bool:
    """Whether `convolved` computes what this layer does: single precision on a CPU with oneDNN, stride 1, size kept."""
    plain = x.device.type == "cpu" and x.dtype == conv.weight.dtype == torch.float32 and x.dim() == 4
    return plain and conv.stride == (1, 1) and torch.backends.mkldnn.is_available() and not torch.is_autocast_enabled("cpu")


def convolved(x: Tensor, weight: Tensor, bias: Tensor | None, tanh: bool) -> Tensor:
    """tanh(K * x + b), or without tanh: [rows, inputs, H, W] -> [rows, outputs, H, W]; differentiable once.

    Args:
        x: float32 [rows, inputs, H, W]; at its fastest what another call has returned.
        weight: K [outputs, inputs, k, k], k odd.
        bias: b [outputs], or None.
        tanh: whether tanh is taken.
    """
    bias = weight.new_zeros(len(weight)) if bias is None else bias
    function = OneChannel if len(weight) == 1 else _Padded
    found: Tensor = function.apply(x, weight, bias, tanh)  # pyright: ignore[reportAssignmentType]
    return found


class _Padded(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *given: Any) -> Tensor:
        x, weight, bias, tanh = given
        x = filled(x)
        factor = 2.0 if tanh else 1.0  # tanh is given its argument doubled
        z = _forward(x, filled_weight(weight, x.shape[1]) * factor, filled_bias(bias) * factor)
        y = tanh_of_half(z) if tanh else z
        ctx.save_for_backward(x, weight, y if tanh else None)
        return seen(y, len(weight))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        x, weight, y = ctx.saved_tensors
        gradient = filled(gradients[0])
        if y is not None:
            gradient = by_argument(gradient, y)
        by_weight, by_bias = _by_weight(gradient, x, filled_weight(weight, x.shape[1]))
        by_x = seen(_by_input(gradient, x, weight), weight.shape[1]) if ctx.needs_input_grad[0] else None
        return by_x, by_weight[: weight.shape[0], : weight.shape[1]], by_bias[: weight.shape[0]], None


# Arithmetic --------------------------------------------------------------------------------------------------------------


def _pairs(outputs: int, width: int) -> bool:
    return outputs == LANES and width % 2 == 0


def paired(weight: Tensor) -> Tensor:
    """[8, inputs, k, k] -> [16, inputs, k, k + 1]: the eight channels of a pixel, then those of its right neighbour."""
    outputs, inputs, height, width = weight.shape
    two = weight.new_zeros(2 * outputs, height, width + 1, inputs).permute(0, 3, 1, 2)
    two[:outputs, :, :, :width] = weight
    two[outputs:, :, :, 1:] = weight
    return two


def _forward(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    rows, _, height, width = x.shape
    edge = weight.shape[2] // 2
    if not _pairs(len(weight), width):
        return torch.conv2d(x, weight, bias, padding=edge).contiguous(memory_format=torch.channels_last)
    bias = None if bias is None else torch.cat((bias, bias))
    two = torch.conv2d(x, paired(weight), bias, (1, 2), edge).permute(0, 2, 3, 1).contiguous()
    return two.view(rows, height, width, LANES).permute(0, 3, 1, 2)


def _by_weight(gradient: Tensor, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients by the filled weight and its bias."""
    rows, outputs, height, width = gradient.shape
    if not _pairs(outputs, width):
        return _backward(gradient, x, weight, 1, (False, True, True))[1:]
    two = gradient.permute(0, 2, 3, 1).view(rows, height, width // 2, 2 * LANES).permute(0, 3, 1, 2)
    _, by_weight, by_bias = _backward(two, x, paired(weight), 2, (False, True, True))
    return by_weight[:LANES, :, :, :-1] + by_weight[LANES:, :, :, 1:], by_bias[:LANES] + by_bias[LANES:]


def _by_input(gradient: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    """The gradient by x: the gradient convolved with the mirrored kernel, inputs and outputs exchanged."""
    if _pairs(x.shape[1], x.shape[3]):
        mirrored = weight.transpose(0, 1).flip(2, 3)
        return _forward(gradient, filled_weight(mirrored, gradient.shape[1]), None)
    own = _backward(gradient, x, filled_weight(weight, x.shape[1]), 1, (True, False, False))[0]
    return own.contiguous(memory_format=torch.channels_last)


def _backward(gradient: Tensor, x: Tensor, weight: Tensor, step: int, wanted: tuple[bool, bool, bool]) -> Any:
    edge = weight.shape[2] // 2
    return torch.ops.aten.convolution_backward(
        gradient, x, weight, [len(weight)], [1, step], [edge, edge], [1, 1], False, [0, 0], 1, wanted
    )
