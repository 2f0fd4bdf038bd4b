"""The four autoencoders by name, for pictures of any height and width, each as a factory that the Trainer takes.

conv      the tutorial's: 5 x 5 convolutions of 14 and 7 channels, a dense layer to the code, and the way back; tanh throughout
dense     one hidden layer on either side, SiLU
linear    no hidden layer and no activation: with the squared error its best is principal component analysis
strided   3 x 3 convolutions that halve the picture twice and double it twice, SiLU
"""

from collections.abc import Callable

from torch import nn

from mazefit.errors import Problems
from mazefit.supervised.autoencoder.layers import ConvLayer, DenseLayer
from mazefit.supervised.autoencoder.network import Autoencoder, Decoder, Encoder
from mazefit.supervised.autoencoder.upsampling import Doubled

Shape = tuple[int, int]
HIDDEN = 512  # units of the dense model's hidden layers
WIDE, WIDER = 32, 64  # channels of the strided model


def autoencoder(model: str, shape: Shape, code: int = 28, *, drop: float = 0.0, fast: bool = True) -> Callable[[], Autoencoder]:
    """A factory of autoencoders.

    Args:
        model: a name of MODELS.
        shape: (H, W) of the pictures.
        code: how many numbers stand for a picture.
        drop: probability of dropping a hidden number while training.
        fast: whether layers may be computed in the way of `fast_conv`, which gives the same numbers to rounding.

    Raises:
        ConfigError: an argument is out of range or unknown; names all of them.
    """
    problems = Problems("autoencoder")
    problems.choice("model", model, MODELS)
    for name, size in (("height", shape[0]), ("width", shape[1]), ("code", code)):
        problems.integer(name, size, 1)
    problems.number("drop", drop, 0.0, 1.0)
    problems.check(drop != 1.0, "drop: expected less than 1, which would drop everything, got 1.0")
    problems.instance("fast", fast, bool)
    problems.raise_if_any()
    height, width = (int(size) for size in shape)
    return lambda: MODELS[model]((height, width), int(code), float(drop), fast)


def _conv(shape: Shape, code: int, drop: float, fast: bool) -> Autoencoder:
    height, width = shape
    there = [
        ConvLayer(1, 14, 5, "tanh", drop=drop, fast=fast),
        ConvLayer(14, 7, 5, "tanh", drop=drop, flatten=True, fast=fast),
        DenseLayer(7 * height * width, code, "tanh", fast=fast),
    ]
    back = [
        DenseLayer(code, 7 * height * width, "tanh", drop=drop, fast=fast),
        nn.Unflatten(1, (7, height, width)),
        ConvLayer(7, 14, 5, "tanh", drop=drop, fast=fast),
        ConvLayer(14, 1, 5, "tanh", fast=fast),
    ]
    return Autoencoder(Encoder(there), Decoder(back, shape))


def _dense(shape: Shape, code: int, drop: float, fast: bool) -> Autoencoder:
    size = shape[0] * shape[1]
    there = [nn.Flatten(), DenseLayer(size, HIDDEN, "silu", drop=drop), DenseLayer(HIDDEN, code)]
    back = [DenseLayer(code, HIDDEN, "silu", drop=drop), DenseLayer(HIDDEN, size, "tanh", fast=fast)]
    return Autoencoder(Encoder(there), Decoder(back, shape))


def _linear(shape: Shape, code: int, drop: float, fast: bool) -> Autoencoder:
    size = shape[0] * shape[1]
    return Autoencoder(
        Encoder([nn.Flatten(), DenseLayer(size, code, drop=drop, fast=fast)]), Decoder([DenseLayer(code, size)], shape)
    )


def _strided(shape: Shape, code: int, drop: float, fast: bool) -> Autoencoder:
    half = -(-shape[0] // 2), -(-shape[1] // 2)
    small = -(-half[0] // 2), -(-half[1] // 2)
    size = WIDER * small[0] * small[1]
    there = [
        ConvLayer(1, WIDE, 3, "silu", stride=2, drop=drop),
        ConvLayer(WIDE, WIDER, 3, "silu", stride=2, drop=drop, flatten=True),
        DenseLayer(size, code),
    ]
    back = [
        DenseLayer(code, size, "silu", drop=drop),
        nn.Unflatten(1, (WIDER, *small)),
        Doubled(ConvLayer(WIDER, 4 * WIDE, 3, "silu", drop=drop, fast=fast), half),
        Doubled(ConvLayer(WIDE, 4, 3, "tanh", fast=fast), shape),
    ]
    return Autoencoder(Encoder(there), Decoder(back, shape))


MODELS: dict[str, Callable[[Shape, int, float, bool], Autoencoder]] = {
    "conv": _conv, "dense": _dense, "linear": _linear, "strided": _strided,
}  # fmt: skip
