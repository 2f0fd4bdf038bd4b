"""A convolution to one channel, as one matrix product and k² shifted sums: a sixth of the time of a general one.

    P = K Xᵀ                  [k², pixels], K [k², inputs], X [pixels, inputs]: what a pixel gives to each place of the kernel
    z[h, w] = b + Σ_(i, j) P[i, j][h + i, w + j]                        (zero beyond the edge)
    ∂X = Gᵀ K,  ∂K = G X                        G [k², pixels]: the gradient by z, shifted once for each place

Convolutions as matrix products: Chellapilla, Puri & Simard (2006), High performance convolutional neural networks for document
processing.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mazefit.supervised.autoencoder.fast_tanh import by_argument, tanh_of_half
from mazefit.supervised.autoencoder.padded import filled, seen

AT_ONCE = 64
"""Pictures that are computed at once, so that P takes little memory; fewer were slower."""


class OneChannel(torch.autograd.Function):
    """(x [rows, inputs, H, W], K [1, inputs, k, k], b [1], whether tanh) -> [rows, 1, H, W]."""

    @staticmethod
    def forward(ctx: Any, *given: Any) -> Tensor:
        """tanh(K * x + b)."""
        x, weight, bias, tanh = given
        rows, _, height, width = x.shape
        factor = 2.0 if tanh else 1.0
        z = x.new_empty(rows, height, width)
        for some, out in zip(x.split(AT_ONCE), z.split(AT_ONCE), strict=True):
            pixels = _pixels(some)
            _fold((_places(weight, pixels) * factor) @ pixels.T, bias * factor, out, weight.shape[2])
        y = tanh_of_half(z) if tanh else z
        ctx.save_for_backward(x, weight, y if tanh else None)
        return y.unsqueeze(1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Gradients by x, K and b."""
        x, weight, y = ctx.saved_tensors
        inputs = x.shape[1]
        gradient = gradients[0].squeeze(1)
        if y is not None:
            gradient = by_argument(gradient, y)
        by_places: Any = 0.0
        by_x = torch.empty_like(filled(x)) if ctx.needs_input_grad[0] else None
        for start in range(0, len(x), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            shifts, pixels = _shifted(gradient[some], weight.shape[2]), _pixels(x[some])
            by_places = by_places + shifts @ pixels
            if by_x is not None:
                torch.mm(shifts.T, _places(weight, pixels).flip(0), out=_pixels(by_x[some]))
        by_weight = by_places[:, :inputs].flip(0).T.reshape(weight.shape)
        return None if by_x is None else seen(by_x, inputs), by_weight, gradient.sum().reshape(1), None


def _fold(parts: Tensor, bias: Tensor, out: Tensor, size: int) -> None:
    """z [rows, H, W] out of P [k², pixels], into `out`."""
    rows, height, width = out.shape
    edge = size // 2
    total = bias.repeat(rows, height + 2 * edge, width + 2 * edge)
    for index, part in enumerate(parts.view(size * size, rows, height, width)):
        top, left = size - 1 - index // size, size - 1 - index % size
        total[:, top : top + height, left : left + width] += part
    out.copy_(total[:, edge : edge + height, edge : edge + width])


def _pixels(x: Tensor) -> Tensor:
    """[pixels, inputs], with the zeros that x is filled up with."""
    whole = filled(x)
    return whole.permute(0, 2, 3, 1).reshape(-1, whole.shape[1])


def _places(weight: Tensor, pixels: Tensor) -> Tensor:
    """K as [k², inputs], filled up to as many inputs as pixels have."""
    places = weight[0].flatten(1).T
    whole = weight.new_zeros(len(places), pixels.shape[1])
    whole[:, : places.shape[1]] = places
    return whole


def _shifted(gradient: Tensor, size: int) -> Tensor:
    """G [k², pixels], its places in reverse: row (i, j) is the gradient at [h + i - edge, w + j - edge], zero outside."""
    rows, height, width = gradient.shape
    edge = size // 2
    whole = torch.nn.functional.pad(gradient, (edge, edge, edge, edge))
    across = width + 2 * edge
    strides = (across, 1, (height + 2 * edge) * across, across, 1)
    return whole.as_strided((size, size, rows, height, width), strides).reshape(size * size, -1)
