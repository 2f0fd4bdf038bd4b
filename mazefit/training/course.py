"""Where a fit is, and what happens between its steps: history, callbacks, Ctrl-C, and the stop where a loss is not finite."""

import math
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from mazefit.errors import TrainingError
from mazefit.training.events import Callbacks, Event, EventKind

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer

LATE = 64  # losses of steps that may wait on a GPU until they are read


class Course:
    """One fit on its way.

    Args:
        trainer: whose place and history go on.
        names: what is measured of a step, the loss first.
        target: epochs that there shall be.
        steps_each: updates of an epoch, where that is known.
        callbacks: who is told.
        asked: whether Ctrl-C was heard.
        validate: measures the validation data, by column; None = there are none.
        stop_together: makes one answer of several processes' "stop"; None = one process.
    """

    def __init__(
        self,
        trainer: "Trainer",
        names: tuple[str, ...],
        target: int,
        steps_each: int | None,
        callbacks: Callbacks,
        asked: Callable[[], bool],
        validate: Callable[[], dict[str, float]] | None,
        stop_together: Callable[[bool], bool] | None = None,
    ) -> None:
        self.trainer, self.place, self.history = trainer, trainer.place, trainer.history
        self.names, self.target, self.steps_each = names, target, steps_each
        self.callbacks, self.asked = callbacks, asked
        self.validate, self.stop_together = validate, stop_together
        self.waiting: list[tuple[Tensor, int, int]] = []
        self.begun = perf_counter() - self.history.seconds
        self.stopped = self.interrupted = False
        self.before_telling: Callable[[], object] | None = None
        self.after_telling: Callable[[], object] | None = None

    # What a loop asks and tells ------------------------------------------------------------------------------------------

    def epochs(self) -> Iterator[int]:
        """The epochs to come, until there are enough or something says stop."""
        while self.place.epoch < self.target and not (self.stopped or self.interrupted):
            yield self.place.epoch

    def note(self, values: "list[float] | Tensor", rows: int) -> None:
        """Take what was measured of a step."""
        if isinstance(values, Tensor):
            self.waiting.append((values, rows, self.place.step + 1))
            if len(self.waiting) >= LATE:
                self._read()
        else:
            self._add(values, rows, self.place.step + 1)

    def step_done(self) -> bool:
        """After an update; whether to leave the epoch in its middle."""
        place = self.place
        place.position += 1
        place.step += 1
        if self.callbacks.stepwise:
            self.stopped |= self.tell("step")
        whole = place.position == self.steps_each
        if not whole and perf_counter() >= self.callbacks.next:
            self._show()
        self.interrupted = self.asked()
        return (self.stopped or self.interrupted) and not whole

    def epoch_done(self) -> None:
        """After the last update of an epoch."""
        self._read()
        values = dict(zip(self.names, self.place.means, strict=True))
        self.place.leave_epoch()
        if self.validate is not None:
            values |= self.validate()
        self.history.append(values)
        self._close(1)

    def epochs_done(self, losses: npt.NDArray[np.float64], steps: int) -> None:
        """After several whole epochs at once, of so many updates each, with the loss of each."""
        values: dict[str, Any] = {"loss": losses}
        if self.validate is not None:  # one epoch at a time, then
            self._hook(self.before_telling)
            values |= self.validate()
        self.place.step += steps * len(losses)
        self.history.extend(values, len(losses))
        self._close(len(losses))

    def free(self) -> int:
        """Epochs from here to the next one that somebody waits for."""
        left = self.target - self.place.epoch
        return 1 if self.validate is not None else min(left, self.callbacks.free(self.place.epoch))

    def seconds(self) -> float:
        """What all fits took so far."""
        return perf_counter() - self.begun

    # What happens then -----------------------------------------------------------------------------------------------------

    def _add(self, values: list[float], rows: int, step: int) -> None:
        place = self.place
        if not math.isfinite(values[0]):
            self.refuse(values[0], place.epoch, step)
        place.rows += rows
        if place.rows == rows:
            place.means = values
        else:
            place.means = [mean + (rows / place.rows) * (value - mean) for mean, value in zip(place.means, values, strict=True)]

    def _read(self) -> None:
        """Read the losses that still wait on a GPU."""
        if not self.waiting:
            return
        waiting, self.waiting = self.waiting, []
        for values, rows, step in waiting:
            self._add(values.tolist(), rows, step)

    def refuse(self, loss: float, epoch: int, step: int) -> None:
        """Stop where a loss is not finite.

        Raises:
            TrainingError: always; names the epoch and the step, both from 1.
        """
        raise TrainingError(
            f"loss: expected a finite number, got {loss} in epoch {epoch + 1}, step {step}; a smaller learning rate or "
            "clip_norm may help, and the last checkpoint is kept"
        )

    def _close(self, epochs: int) -> None:
        """So many epochs more: tell those who wait for this one, show, listen."""
        place, callbacks = self.place, self.callbacks
        place.epoch += epochs
        if callbacks.rhythms and callbacks.any_due(place.epoch):
            self._hook(self.before_telling)
            self.stopped |= self.tell("epoch")
            self._hook(self.after_telling)
        now = perf_counter()
        self.history.seconds = now - self.begun
        if now >= callbacks.next:
            self._hook(self.before_telling)
            self._show()
        self.interrupted = self.asked()

    def tell(self, kind: EventKind) -> bool:
        """Tell the callbacks; whether one says stop."""
        stop = self.callbacks.tell(self._event(kind))
        return stop if self.stop_together is None else self.stop_together(stop)

    def _show(self) -> None:
        self.callbacks.show(self._event("epoch"))

    def _event(self, kind: EventKind) -> Event:
        self._read()
        return Event(kind, self.place.epoch, self.place.step, self.target, self.history, self.trainer)

    @staticmethod
    def _hook(hook: Callable[[], object] | None) -> None:
        if hook is not None:
            hook()
