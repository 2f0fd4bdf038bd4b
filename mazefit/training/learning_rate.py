"""Learning rates that change on the way: PyTorch's own schedulers as a callback."""

import copy
from collections.abc import Callable
from typing import Any

import torch

from mazefit.errors import ConfigError, Problems, did_you_mean
from mazefit.training.events import Event


class LearningRate:
    """A callback that lets one of `torch.optim.lr_scheduler` set the optimizer's learning rate.

    `LearningRate(lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=1000))`; for
    `ReduceLROnPlateau` the number that it watches is `monitor`.

    Args:
        make: a function of the optimizer that returns a scheduler.
        per: "epoch" or "step": after what the scheduler moves on.
        monitor: what `ReduceLROnPlateau` is given, a column of the history.

    Raises:
        ConfigError: an argument is of the wrong kind; or, while fitting, there is no optimizer of PyTorch (`update=`), the
            function returns no scheduler, or the history has no such column, or none yet at its steps.
    """

    def __init__(self, make: Callable[[Any], Any], *, per: str = "epoch", monitor: str = "loss") -> None:
        problems = Problems("LearningRate")
        problems.check(callable(make), f"make: expected a function of the optimizer that returns a scheduler, got {make!r}")
        problems.choice("per", per, ("epoch", "step"))
        problems.instance("monitor", monitor, str)
        problems.raise_if_any()
        self.make, self.per, self.monitor = make, per, monitor
        self.every, self.each_step, self.needs_torch = 1, per == "step", True
        self.scheduler: Any = None
        self._saved: dict[str, Any] | None = None

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if event.kind == "start":
            self._begin(event)
        elif event.kind == self.per:
            if isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
                if self.monitor not in event.history:
                    raise ConfigError(
                        f"LearningRate: monitor: unknown {self.monitor!r}{did_you_mean(self.monitor, event.history)}"
                    )
                self.scheduler.step(event.history.last(self.monitor))
            else:
                self.scheduler.step()

    def _begin(self, event: Event) -> None:
        optimizer = event.trainer.torch_optimizer
        if optimizer is None:
            raise ConfigError("LearningRate: expected a Trainer with an optimizer, got one with update=")
        resumed, self._saved = self._saved, None
        before: list[dict[str, Any]] = [
            {name: copy.copy(value) for name, value in group.items() if name != "params"} for group in optimizer.param_groups
        ]
        made: Any = self.make(optimizer)
        if not isinstance(made, torch.optim.lr_scheduler.LRScheduler):
            raise ConfigError(f"LearningRate: make: expected a function that returns a torch.optim.lr_scheduler, got {made!r}")
        if self.per == "step" and isinstance(made, torch.optim.lr_scheduler.ReduceLROnPlateau):
            raise ConfigError("LearningRate: per: expected 'epoch' for ReduceLROnPlateau, which reads the history, got 'step'")
        self.scheduler = made
        if resumed is not None:  # making a scheduler moves the rates; those of the checkpoint stand
            made.load_state_dict(resumed)
            for group, kept in zip(optimizer.param_groups, before, strict=True):
                group.update(kept)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {} if self.scheduler is None else dict(self.scheduler.state_dict())

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on, at the next "start", from what a checkpoint kept."""
        self._saved = state or None
