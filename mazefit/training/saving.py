"""Checkpoints while a fit goes on: a callback."""

from pathlib import Path

from mazefit.errors import Problems
from mazefit.files import as_path, prepare_folder
from mazefit.training.checkpoint import save
from mazefit.training.events import Event

SECONDS = 10.0  # between two checkpoints, where nobody says how many epochs


class Checkpoint:
    """A callback that saves the trainer while it is fitted, after all other callbacks were told.

    Args:
        folder: where; what it held before is replaced, in one step.
        every: epochs between two checkpoints; None = some ten seconds between them, in the middle of an epoch, too.

    At the end, and where Ctrl-C ends the fit, another one is written. With a DataLoader, whose epochs cannot be taken up in
    their middle, only whole epochs are saved.

    Raises:
        ConfigError: an argument is of the wrong kind.
        OutputError: as a fit begins, or later, the folder cannot be written.
    """

    last = True
    first_process = True

    def __init__(self, folder: str | Path, every: int | None = None) -> None:
        problems = Problems("Checkpoint")
        if every is not None:
            problems.integer("every", every, 1)
        problems.raise_if_any()
        self.folder, self.every = as_path(folder), every
        self.next = 0.0

    def __call__(self, event: Event) -> None:
        """Save, where it is time to."""
        seconds, trainer = event.history.seconds, event.trainer
        course = trainer.on_its_way
        if event.kind == "start":
            prepare_folder(self.folder)
            self.next = seconds + SECONDS
            return
        if event.kind == "epoch" and self.every is None:
            if course is not None:
                seconds = course.seconds()
            if seconds < self.next:
                return
        if trainer.place.position == 0 or trainer.by_index:
            save(trainer, self.folder)
            self.next = seconds + SECONDS
