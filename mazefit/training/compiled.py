"""A fit by the closed compiled loop: epochs in blocks of bounded time, so that Ctrl-C, bars, callbacks and NaN stops work.

The module's parameters are written back before anything looks at them, and read again after a callback, which may have changed
them. A block ends where somebody waits for an epoch, and after some fifty milliseconds; where it ends changes no byte.
"""

import math
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.training.batches import MemoryBatches, batch_order
from mazefit.training.closed_loop import ClosedLoop
from mazefit.training.course import Course
from mazefit.training.events import PATIENCE
from mazefit.training.layout import Layout, read_parameters, write_parameters
from mazefit.training.moments import Flat

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer

ORDERS = 1_000_000
"""Row numbers that the orders of a block may hold."""


class Compiled:
    """The closed loop between a trainer's module and its course.

    Args:
        trainer: whose module and moments are fitted.
        layout: of the module.
        batches: rows in memory.
    """

    def __init__(self, trainer: "Trainer", layout: Layout, batches: MemoryBatches) -> None:
        self.trainer, self.layout, self.batches = trainer, layout, batches
        flat = trainer.optimizer_state.as_flat()
        x, y = (part.numpy() for part in batches.rows)
        self.loop = ClosedLoop(
            layout,
            trainer.settings.optimizer,
            x,
            y,
            read_parameters(trainer.model, layout),
            moments=(flat.first, flat.second),
            step=flat.step,
        )
        self.size = None if batches.size == batches.count else batches.size
        self.before = self.loop.step

    def run(self, course: Course) -> None:
        """Fit until the course says that it is done.

        Raises:
            TrainingError: a loss is no finite number; before the update that it would have made.
        """
        course.before_telling, course.after_telling = self.write, self.read
        self.read()
        most = self.loop.block(self.size)
        try:
            for epoch in course.epochs():
                count = min(course.free(), most, self._orders())
                begun, self.before = perf_counter(), self.loop.step
                losses = self.loop.run(count, order=self._order(epoch, count), batch_size=self.size)
                if perf_counter() - begun > PATIENCE:
                    most = max(1, count // 2)
                if not math.isfinite(losses[-1]):
                    self._refuse(course, losses)
                course.epochs_done(losses, self.batches.steps_each or 1)
        finally:
            self.write()

    def _refuse(self, course: Course, losses: npt.NDArray[np.float64]) -> None:
        """Stop at a loss that is not finite, with the history of the epochs before it."""
        done, bad = losses[:-1], float(losses[-1])
        course.history.extend({"loss": done}, len(done))
        course.place.epoch += len(done)
        course.place.step += self.loop.step - self.before
        course.refuse(bad, course.place.epoch, course.place.step + 1)

    def write(self) -> None:
        """Give module and optimizer what the loop has come to."""
        write_parameters(self.trainer.model, self.layout, self.loop.parameters)
        first, second = (moment.copy() for moment in self.loop.moments)
        self.trainer.optimizer_state.put_flat(Flat(first, second, self.loop.step))

    def read(self) -> None:
        """Take the module's parameters, which a callback may have changed."""
        self.loop.parameters[:] = read_parameters(self.trainer.model, self.layout)

    def _orders(self) -> int:
        return 2**62 if self.size is None else max(1, ORDERS // self.batches.count)

    def _order(self, epoch: int, count: int) -> Any:
        """The order of rows in each of so many epochs, [epochs, rows]; None where all rows are one batch."""
        if self.size is None or not self.batches.shuffle:
            return None
        return np.stack([batch_order(self.batches.seed, epoch + k, self.batches.count) for k in range(count)])
