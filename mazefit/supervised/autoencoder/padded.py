"""The layout that convolutions are fast in: a pixel's channels side by side, filled up with zeros to a multiple of 8.

    14 channels -> 16 lie in memory, 7 -> 8        [rows, H, W, 16] seen as [rows, 14, H, W]

From outside a tensor has 14 channels; the two that are not seen stand between its pixels. Weights are filled up anew at every
step, so that parameters, gradients and the optimizer's moments are those of the plain layer.
"""

from torch import Tensor

LANES = 8


def multiple(channels: int) -> int:
    """So many channels filled up: 1 stays 1, others become a multiple of LANES."""
    return channels if channels == 1 else -(-channels // LANES) * LANES


def filled(x: Tensor) -> Tensor:
    """[rows, channels, H, W] with its channels side by side and filled up; without a copy where it lies like that already."""
    rows, channels, height, width = x.shape
    many = multiple(channels)
    if channels == 1:
        return x.contiguous()
    lies = x.stride() == (height * width * many, 1, width * many, many)
    room = x.untyped_storage().nbytes() // x.element_size() - x.storage_offset()
    if lies and room >= rows * height * width * many:
        return x.as_strided((rows, many, height, width), x.stride())
    whole = x.new_zeros(rows, height, width, many).permute(0, 3, 1, 2)
    whole[:, :channels] = x
    return whole


def seen(y: Tensor, channels: int) -> Tensor:
    """The first channels alone, in the same memory, as a tensor of its own."""
    return y.as_strided((y.shape[0], channels, *y.shape[2:]), y.stride())


def filled_weight(weight: Tensor, inputs: int) -> Tensor:
    """[outputs, inputs, k, k] with zeros up to whole lanes; the inputs' side as many as x has."""
    outputs, own, height, width = weight.shape
    whole = weight.new_zeros(multiple(outputs), height, width, inputs).permute(0, 3, 1, 2)
    whole[:outputs, :own] = weight
    return whole


def filled_bias(bias: Tensor) -> Tensor:
    """[outputs] with zeros up to whole lanes."""
    whole = bias.new_zeros(multiple(len(bias)))
    whole[: len(bias)] = bias
    return whole
