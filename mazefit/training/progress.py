"""How far a fit is: a bar on a terminal, silence where the output is piped."""

import sys
from typing import Any

from mazefit.training.events import Event


class ProgressBar:
    """A callback that shows epochs and the newest loss (beside it the validation's) while a fit goes.

    In a long epoch it moves with the updates, and shows the epoch's mean loss so far where no epoch is whole as yet.

    Args:
        show: True or False; None = where standard output and error are a terminal.
        unit: what is counted, in the reader's language.
    """

    every = None
    first_process = True

    def __init__(self, show: bool | None = None, unit: str = "epoch") -> None:
        self.show, self.unit = show, unit
        self.bar: Any = None
        self.epoch = -1  # that was shown last

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if event.kind == "start":
            self.epoch = event.epoch
            shown = sys.stdout.isatty() and sys.stderr.isatty() if self.show is None else self.show
            if shown:
                from tqdm import tqdm

                self.bar = tqdm(
                    total=event.epochs,
                    initial=event.epoch + _part(event),
                    unit=f" {self.unit}",
                    leave=False,
                    dynamic_ncols=True,
                    mininterval=0.1,
                )
        if self.bar is None:
            return
        long = event.epoch == self.epoch  # an epoch that is seen twice; of short ones the whole number is enough
        self.bar.n, self.epoch = event.epoch + (_part(event) if long else 0), event.epoch
        numbers = {name: event.history.last(name) for name in ("loss", "validation_loss") if name in event.history}
        if not numbers and event.trainer.place.means:
            numbers = {"loss": event.trainer.place.means[0]}
        if numbers:
            self.bar.set_postfix_str(", ".join(f"{name} {value:.4g}" for name, value in numbers.items()), refresh=False)
        self.bar.update(0)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def _part(event: Event) -> float:
    """The share of the epoch on its way that is done, in hundredths; 0 where nobody knows how many updates it has."""
    course = event.trainer.on_its_way
    each = None if course is None else course.steps_each
    hundredths = event.trainer.place.position * 100 // each if each else 0
    return hundredths / 100 if hundredths else 0  # "0", not "0.0"
