"""What callbacks are told, when, and what they may answer.

A callback is a function of one event; `True` as its answer stops the fit. Without more it is told "start", every "epoch" and
"end" (or "interrupt"). Attributes say more:

    every = 10           an "epoch" event after epochs 10, 20, …, counted over all fits; compiled blocks may be so long
    every = None         some fifty milliseconds apart, at epoch ends: for what only shows; its answer counts for nothing,
                         unless it is told every step
    each_step = True     a "step" event after every update, too
    first_process = True where a fit runs in several processes, the first alone calls it: for what writes or shows
    state_dict(), load_state_dict(state)   what a checkpoint keeps of it; without them a callback is taken up as it is given
    close()              called when the fit is left, however that comes
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mazefit.training.history import History

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer

EventKind = Literal["start", "step", "epoch", "end", "interrupt"]
PATIENCE = 0.05  # seconds between two events of callbacks that only show


@dataclass(frozen=True)
class Event:
    """Where a fit stands.

    Args:
        kind: "start" before the first step, "step" after an update, "epoch" after an epoch's validation, "end" at the end
            (reached, or stopped by a callback), "interrupt" instead where Ctrl-C ended it.
        epoch: whole epochs so far, over all fits.
        step: updates so far, over all fits.
        epochs: how many epochs there shall be.
        history: the course so far; `history["loss"][-1]` is the newest epoch's.
        trainer: the trainer; `trainer.model` holds the weights as they stand.
    """

    kind: EventKind
    epoch: int
    step: int
    epochs: int
    history: History
    trainer: "Trainer"


Callback = Callable[[Event], object]


class Callbacks:
    """The callbacks of a fit, told in their order; checkpoints last, so that they see what the others have done."""

    def __init__(self, callbacks: Iterable[Callback], first_process: bool = True) -> None:
        self.all = sorted(callbacks, key=lambda one: bool(getattr(one, "last", False)))
        self.told = [one for one in self.all if first_process or not getattr(one, "first_process", False)]
        self.due = [(one, int(getattr(one, "every", 1))) for one in self.told if getattr(one, "every", 1) is not None]
        self.idle = [one for one in self.told if getattr(one, "every", 1) is None]
        self.rhythms = {int(getattr(one, "every", 1)) for one in self.all if getattr(one, "every", 1) is not None}
        self.stepwise = any(getattr(one, "each_step", False) for one in self.all)
        self.next = 0.0

    def tell(self, event: Event) -> bool:
        """Tell those whom the event concerns; whether one of them says stop."""
        if event.kind == "step":
            concerned = [one for one in self.told if getattr(one, "each_step", False)]
        elif event.kind == "epoch":
            concerned = [one for one, every in self.due if event.epoch % every == 0]
        else:
            concerned = self.told
        stop = False
        for one in concerned:
            shows = getattr(one, "every", 1) is None and not getattr(one, "each_step", False)
            if stop and getattr(one, "last", False):
                event.trainer.fit_state["stopped"] = True  # so that a checkpoint knows
            answer = one(event)
            stop |= isinstance(answer, bool | np.bool_) and bool(answer) and not shows
        return stop

    def any_due(self, epoch: int) -> bool:
        """Whether somebody, in whichever process, waits for the end of this epoch."""
        return any(epoch % every == 0 for every in self.rhythms)

    def free(self, epoch: int) -> int:
        """Epochs from here to the next one that somebody waits for."""
        return min((every - epoch % every for every in self.rhythms), default=2**62)

    def show(self, event: Event) -> None:
        """Tell those who only show."""
        for one in self.idle:
            one(event)
        self.next = perf_counter() + PATIENCE

    def close(self) -> None:
        """Let go of files and bars."""
        for one in self.told:
            close = getattr(one, "close", None)
            if close is not None:
                close()


def called(callback: Any) -> str:
    """The name of a callback: of its class, or of the function."""
    return getattr(callback, "__qualname__", type(callback).__qualname__)
