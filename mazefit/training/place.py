"""Where a trainer stands, and what Ctrl-C raises there."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer


class TrainingInterrupted(KeyboardInterrupt):
    """A fit was interrupted by Ctrl-C after a whole step; `.trainer` and `.history` hold everything, and can go on."""

    def __init__(self, trainer: "Trainer") -> None:
        super().__init__(f"interrupted after {trainer.epochs} whole epochs, {trainer.steps} steps")
        self.trainer = trainer
        self.history = trainer.history


@dataclass
class Place:
    """Where a trainer stands.

    Args:
        epoch: whole epochs so far.
        position: updates done in the epoch that is on its way.
        step: updates so far.
        means: loss and metrics of that epoch so far, the mean over the rows of its steps.
        rows: how many those are.
    """

    epoch: int = 0
    position: int = 0
    step: int = 0
    means: list[float] = field(default_factory=list[float])
    rows: int = 0

    def leave_epoch(self) -> None:
        """Forget the epoch that is on its way."""
        self.position, self.means, self.rows = 0, [], 0
