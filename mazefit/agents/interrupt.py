"""Ctrl-C while learning: the first asks the run to stop at its last whole episode, the second stops at once."""

from typing import TYPE_CHECKING

from mazefit.interrupt import Interruption

if TYPE_CHECKING:
    from mazefit.agents.run import Run

__all__ = ["Interruption", "LearningInterrupted"]


class LearningInterrupted(KeyboardInterrupt):
    """Learning was interrupted; `.run` holds everything up to the last whole episode and can be resumed."""

    def __init__(self, run: "Run") -> None:
        super().__init__(f"interrupted after {len(run.returns)} whole episodes")
        self.run = run
