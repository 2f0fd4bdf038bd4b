"""How far a fit is: a bar on a terminal, silence where the output is piped."""

import sys
from typing import Any

from mazefit.training.events import Event


class ProgressBar:
    """A callback that shows epochs and the newest loss (beside it the validation's) while a fit goes.

    Args:
        show: True or False; None = where standard output and error are a terminal.
        unit: what is counted, in the reader's language.
    """

    every = None
    first_process = True

    def __init__(self, show: bool | None = None, unit: str = "epoch") -> None:
        self.show, self.unit = show, unit
        self.bar: Any = None

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if event.kind == "start":
            shown = sys.stdout.isatty() and sys.stderr.isatty() if self.show is None else self.show
            if shown:
                from tqdm import tqdm

                self.bar = tqdm(
                    total=event.epochs,
                    initial=event.epoch,
                    unit=f" {self.unit}",
                    leave=False,
                    dynamic_ncols=True,
                    mininterval=0.1,
                )
        if self.bar is None:
            return
        self.bar.n = event.epoch
        numbers = {name: event.history.last(name) for name in ("loss", "validation_loss") if name in event.history}
        if numbers:
            self.bar.set_postfix_str(", ".join(f"{name} {value:.4g}" for name, value in numbers.items()), refresh=False)
        self.bar.update(0)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
