"""The losses that have a name: means over all rows and outputs, of predictions and targets of one shape."""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import functional

from mazefit.errors import ConfigError

LossFunction = Callable[[Any, Tensor], Tensor]


def mse(prediction: Tensor, target: Tensor) -> Tensor:
    """mean (prediction - target)², both [rows, outputs].

    Raises:
        ConfigError: the shapes differ; they would be broadcast, and something else be fitted.
    """
    if prediction.shape != target.shape:
        _refuse(prediction, target)
    return functional.mse_loss(prediction, target)


def l1(prediction: Tensor, target: Tensor) -> Tensor:
    """mean |prediction - target|, both [rows, outputs].

    Raises:
        ConfigError: the shapes differ; they would be broadcast, and something else be fitted.
    """
    if prediction.shape != target.shape:
        _refuse(prediction, target)
    return functional.l1_loss(prediction, target)


def _refuse(prediction: Tensor, target: Tensor) -> None:
    wanted, got = list(prediction.shape), list(target.shape)
    hint = "; y[:, None] has it" if wanted == [*got, 1] else ""
    raise ConfigError(f"y: expected the shape of the predictions, {wanted}, got {got}{hint}")


LOSSES: dict[str, LossFunction] = {"mse": mse, "l1": l1}
