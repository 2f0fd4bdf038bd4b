"""What is measured of a step: the loss and every metric, each the mean over the step's rows."""

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mazefit.errors import ConfigError
from mazefit.training.door import Metric

Values = list[float] | Tensor
Together = Callable[[list[float]], list[float]]


class Meter:
    """Adds up the parts of a step, and hands over their means.

    On a CPU numbers are read at once. On a GPU reading one would wait for it; there they stay tensors until they are needed.

    Args:
        metrics: functions of (prediction, target), by name.
        late: whether numbers stay tensors.
        together: adds up what several processes measured, and their gradients; None = one process.
    """

    def __init__(self, metrics: Mapping[str, Metric], late: bool = False, together: Together | None = None) -> None:
        self.names = ("loss", *metrics)
        self.metrics = tuple(metrics.values())
        self.late, self.together = late and together is None, together
        self.sums: Any = None
        self._clear()

    def _clear(self) -> None:
        self.sums = 0.0 if self.late else [0.0] * len(self.names)

    def add(self, loss: Any, prediction: Any, y: Tensor, share: float) -> None:
        """Take one part's loss and metrics, with its share in the step's mean.

        Raises:
            ConfigError: the loss is not one number with a gradient, or a metric not one number.
        """
        if not isinstance(loss, Tensor) or loss.ndim or not loss.requires_grad:
            raise ConfigError(f"loss: expected a function that returns one number with a gradient, got {_called(loss)}")
        if not self.metrics:
            if self.late:
                self.sums = self.sums + share * loss.detach()[None]
            else:
                self.sums[0] += share * loss.item()
            return
        with torch.no_grad():
            seen = prediction.detach() if isinstance(prediction, Tensor) else prediction
            values = [loss.detach(), *(metric(seen, y) for metric in self.metrics)]
        for name, value in zip(self.names, values, strict=True):
            check_number(name, value)
        if self.late:
            numbers = [torch.as_tensor(value, dtype=loss.dtype, device=loss.device).reshape(()) for value in values]
            self.sums = self.sums + share * torch.stack(numbers)
        else:
            self.sums = [total + share * float(value) for total, value in zip(self.sums, values, strict=True)]

    def take(self) -> Values:
        """The means of the step, [1 + metrics]; the next step begins at zero."""
        sums: Any = self.sums
        self._clear()
        return sums if self.together is None else self.together(sums)


def check_number(name: str, value: object) -> None:
    """Refuse what a loss or a metric made where it is not one number.

    Raises:
        ConfigError: it is not; names the loss or the metric.
    """
    single = (isinstance(value, Tensor) and value.numel() == 1) or (isinstance(value, np.ndarray) and value.ndim == 0)
    if not single and not isinstance(value, Real | np.bool_):
        where = "loss" if name == "loss" else f"metrics: {name!r}"
        raise ConfigError(f"{where}: expected a function that returns one number, got {_called(value)}")


def _called(loss: object) -> str:
    if isinstance(loss, Tensor):
        return f"a tensor of shape {list(loss.shape)}" if loss.ndim else "a number without one"
    return repr(loss)[:60]
