"""What callbacks of a deep run are told, when, and what they may answer.

A callback is a function of one event; `True` as its answer stops the run. It is told "start", "step" every so many steps, and
"end". Attributes say more:

    every = 1000         steps between two "step" events (an environment's step counts once for each environment)
    close()              called when the run is left, however that comes
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mazefit.agents.deep.run import DeepRun

EVERY = 1000


@dataclass(frozen=True)
class Event:
    """Where a run stands.

    Args:
        kind: "start", "step" or "end".
        steps: steps so far.
        total: how many there shall be.
        run: the run as it stands; live, so not to be kept without `copy()`.
    """

    kind: Literal["start", "step", "end"]
    steps: int
    total: int
    run: "DeepRun"


Callback = Callable[[Event], object]


class ProgressBar:
    """A callback that shows steps and the newest episodes' mean return.

    Args:
        show: True or False; None = where standard output and error are a terminal.
        unit: what is counted, in the reader's language.
    """

    every = 500

    def __init__(self, show: bool | None = None, unit: str = "step") -> None:
        self.show, self.unit = show, unit
        self.bar: Any = None

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if event.kind == "start":
            shown = sys.stdout.isatty() and sys.stderr.isatty() if self.show is None else self.show
            if shown:
                from tqdm import tqdm

                self.bar = tqdm(total=event.total, initial=event.steps, unit=f" {self.unit}", leave=False, dynamic_ncols=True)
        if self.bar is None:
            return
        self.bar.n = event.steps
        returns = event.run.returns[-20:]
        if len(returns):
            self.bar.set_postfix_str(f"G {float(returns.mean()):.4g}", refresh=False)
        self.bar.update(0)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
