"""Early stopping: a fit ends when a number has not become better for so many epochs, and the best weights come back."""

import math
from typing import Any

import torch
from torch import Tensor

from mazefit.errors import ConfigError, Problems, did_you_mean
from mazefit.training.events import Event

KEPT = ("best", "best_epoch", "waited", "step", "weights")


class EarlyStopping:
    """A callback that stops a fit once `monitor` has not improved for `patience` epochs.

    `validation_…` numbers belong to the weights after an epoch. With one batch an epoch, `loss` and metrics of the training
    data belong to the weights before it: those are kept then, so that the weights which come back are the ones that had the
    best number. With several batches an epoch they belong to none, and the weights after the epoch are kept.

    Args:
        monitor: a column of the history.
        patience: epochs without a better number after which the fit ends.
        least: by how much a number must be better to count.
        mode: "min" where less is better, "max" where more is.
        restore: whether the best weights come back at the end.

    Attributes:
        best, best_epoch: the best number so far, and the epoch that had it, from 1; -1 before the first.
        waited: epochs since then.

    Raises:
        ConfigError: an argument is out of range; or, while fitting, the history has no such column.
    """

    every = 1

    def __init__(
        self,
        monitor: str = "validation_loss",
        *,
        patience: int = 10,
        least: float = 0.0,
        mode: str = "min",
        restore: bool = True,
    ) -> None:
        problems = Problems("EarlyStopping")
        problems.instance("monitor", monitor, str)
        problems.integer("patience", patience, 1)
        problems.number("least", least, 0.0, math.inf)
        problems.choice("mode", mode, ("min", "max"))
        problems.instance("restore", restore, bool)
        problems.raise_if_any()
        self.monitor, self.patience, self.least, self.mode, self.restore = monitor, patience, float(least), mode, restore
        self._sign = 1.0 if mode == "min" else -1.0
        self._of_training = not monitor.startswith("validation_")
        self._forget()

    def _forget(self) -> None:
        self.best, self.best_epoch, self.waited = self._sign * math.inf, -1, 0
        self.weights: dict[str, Tensor] = {}
        self._before: dict[str, Tensor] = {}
        self.step, self._loaded = 0, False

    def __call__(self, event: Event) -> bool:
        """Take note of an event; True when it is time to stop."""
        if event.kind == "start":
            if not self._loaded:
                self._forget()
                self.step = event.step
            self._loaded = False
            self._before = self._copy(event) if self._of_training else {}
        elif event.kind == "epoch":
            self._compare(event)
        elif event.kind == "end" and self.restore and self.weights:
            _put_back(event.trainer.model, self.weights)
        return self.waited >= self.patience

    def _compare(self, event: Event) -> None:
        if self.monitor not in event.history:
            hint = "; give fit validation=(x, y)" if self.monitor.startswith("validation_") else ""
            raise ConfigError(
                f"EarlyStopping: monitor: unknown {self.monitor!r}{did_you_mean(self.monitor, event.history)}{hint}"
            )
        number = event.history.last(self.monitor)
        if self._sign * number < self._sign * self.best - self.least:
            self.best, self.best_epoch, self.waited = number, event.epoch, 0
            self.weights = self._before if self._of_training and event.step - self.step == 1 else self._copy(event)
        else:
            self.waited += 1
        self.step = event.step
        self._before = self._copy(event) if self._of_training else {}

    def _copy(self, event: Event) -> dict[str, Tensor]:
        """The weights as they stand, where they may be needed."""
        if not self.restore:
            return {}
        return {name: value.detach().clone() for name, value in _tensors(event.trainer.model).items()}

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {name: getattr(self, name) for name in KEPT}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what a checkpoint kept."""
        for name in KEPT:
            setattr(self, name, state[name])
        self._loaded = True


def _tensors(model: torch.nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers; not what layers keep beside them, such as the state of a generator."""
    return dict(model.named_parameters()) | dict(model.named_buffers())


def _put_back(model: torch.nn.Module, weights: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, tensor in _tensors(model).items():
            tensor.copy_(weights[name])
