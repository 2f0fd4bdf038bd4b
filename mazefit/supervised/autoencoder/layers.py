"""The building blocks of the tutorial's autoencoder: a dense and a convolutional layer, with activation, dropout and flatten.

Pictures are [rows, channels, height, width], vectors [rows, numbers].
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from mazefit.errors import Problems, did_you_mean
from mazefit.supervised.autoencoder.fast_conv import can_be_fast, convolved
from mazefit.supervised.autoencoder.fast_tanh import fast_tanh
from mazefit.training.dropout import Dropout

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": functional.relu,
    "leaky-relu": functional.leaky_relu,
    "silu": functional.silu,
}


class Layer(nn.Module):
    """What both layers have in common: activation, then dropout, then flatten, each where asked for.

    Args:
        activation: "tanh", "sigmoid", "relu", "leaky-relu" (0.01 below zero) or "silu"; None = none.
        drop: probability of *dropping* a number while training (elsewhere it may be that of keeping one), 0 to below 1.
        flatten: whether each row comes out as one vector.
        fast: whether `tanh` and convolutions may be computed in the way of `fast_conv`: the same numbers to rounding.
    """

    def __init__(self, problems: Problems, activation: str | None, drop: float, flatten: bool, fast: bool) -> None:
        super().__init__()
        known = activation is None or activation in ACTIVATIONS
        problems.check(known, f"activation: unknown {activation!r}{did_you_mean(activation, ACTIVATIONS)}, or None")
        problems.instance("flatten", flatten, bool)
        problems.instance("fast", fast, bool)
        problems.number("drop", drop, 0.0, 1.0)
        problems.check(drop != 1.0, "drop: expected less than 1, which would drop everything, got 1.0")
        problems.raise_if_any()
        self.activation, self.flatten, self.fast = activation, flatten, fast
        self.dropout = Dropout(drop) if drop else None

    def finish(self, x: Tensor) -> Tensor:
        """Dropout and flatten of what was activated."""
        if self.dropout is not None:
            x = self.dropout(x)
        return x.flatten(1) if self.flatten else x

    def activated(self, x: Tensor) -> Tensor:
        """The activation."""
        if self.activation == "tanh" and self.fast:
            return fast_tanh(x)
        return x if self.activation is None else ACTIVATIONS[self.activation](x)

    def extra_repr(self) -> str:
        """What stands in the brackets of its name."""
        return f"{self.activation or 'linear'}{', flatten' if self.flatten else ''}"


class DenseLayer(Layer):
    """y = activation(W x + b), [rows, inputs] -> [rows, outputs]; weights begin as those of `nn.Linear`.

    Args:
        inputs: numbers of a row.
        outputs: units.
        activation: as in `Layer`.
        drop: as in `Layer`.
        flatten: as in `Layer`.
        fast: as in `Layer`.

    Raises:
        ConfigError: an argument is out of range or unknown; names all of them.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: str | None = None,
        *,
        drop: float = 0.0,
        flatten: bool = False,
        fast: bool = True,
    ) -> None:
        problems = Problems("DenseLayer")
        problems.integer("inputs", inputs, 1)
        problems.integer("outputs", outputs, 1)
        super().__init__(problems, activation, drop, flatten, fast)
        self.linear = nn.Linear(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[rows, inputs] -> [rows, outputs]."""
        return self.finish(self.activated(self.linear(x)))


class ConvLayer(Layer):
    """y = activation(K * x + b), [rows, inputs, H, W] -> [rows, outputs, H', W']; weights begin as those of `nn.Conv2d`.

    Pictures are padded with zeros: with stride 1 they keep their size, with stride s it is H' = ⌈H / s⌉.

    Args:
        inputs: channels of a picture.
        outputs: channels that come out.
        kernel: rows and columns of K, odd.
        activation: as in `Layer`.
        stride: every how many pixels K is laid on.
        drop: as in `Layer`.
        flatten: as in `Layer`; channel by channel.
        fast: as in `Layer`.

    Raises:
        ConfigError: an argument is out of range or unknown; names all of them.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 5,
        activation: str | None = None,
        *,
        stride: int = 1,
        drop: float = 0.0,
        flatten: bool = False,
        fast: bool = True,
    ) -> None:
        problems = Problems("ConvLayer")
        for name, value in (("inputs", inputs), ("outputs", outputs), ("kernel", kernel), ("stride", stride)):
            problems.integer(name, value, 1)
        problems.check(bool(problems.sentences) or kernel % 2 == 1, f"kernel: expected an odd number, got {kernel!r}")
        super().__init__(problems, activation, drop, flatten, fast)
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2)

    def forward(self, x: Tensor) -> Tensor:
        """[rows, inputs, H, W] -> [rows, outputs, H', W'], or [rows, outputs · H' · W']."""
        if self.fast and can_be_fast(self.conv, x):
            y = convolved(x, self.conv.weight, self.conv.bias, self.activation == "tanh")
            return self.finish(y if self.activation == "tanh" else self.activated(y))
        return self.finish(self.activated(self.conv(x)))
