"""Three claims of the tutorial on its noisy wave, tried: activations, optimizers, losses, each kind from the same starts.

What is measured is the same for all kinds: mean |error| on the training points (also where another loss is made small), on
points never seen, and to the curve without its noise; dead units and the size of gradients are counted inside.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.interrupt import Interruption
from mazefit.supervised.regression import waves
from mazefit.supervised.regression.waves import EPOCHS, LEARNING_RATE, Fitted
from mazefit.tasks.points import Numbers, Task
from mazefit.training import SGD, Adam
from mazefit.training.events import Callback

LOOKS = 50  # times that the error is measured on the way

CLAIMS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "activations": {
        "leaky ReLU": {"activation": "leaky-relu"},
        "ReLU": {"activation": "relu"},
        "sigmoid": {"activation": "sigmoid"},
        "none": {"activation": "none"},
    },
    "optimizers": {
        f"Adam {LEARNING_RATE:g}": {"optimizer": Adam(learning_rate=LEARNING_RATE)},
        f"SGD {LEARNING_RATE:g}": {"optimizer": SGD(learning_rate=LEARNING_RATE)},
        "SGD 0.005": {"optimizer": SGD(learning_rate=0.005)},
        f"Momentum {LEARNING_RATE:g}": {"optimizer": SGD(learning_rate=LEARNING_RATE, momentum=0.9)},
    },
    "losses": {"L1": {"loss": "l1"}, "MSE": {"loss": "mse"}},
}
"""By claim, the kinds and how each differs from the tutorial's settings; the first of each is the tutorial's own."""


@dataclass(frozen=True, eq=False)
class Claim:
    """Kinds side by side from the same starts.

    Args:
        names: of the kinds; the first is the tutorial's.
        seeds: of the starts that all kinds have done.
        looked: epochs after which the error was measured, [K].
        courses: mean |error| on the training points there, [kind, start, K].
        fitted: what came of each, [kind][start].
        stopped: whether Ctrl-C ended it before its time.
    """

    names: tuple[str, ...]
    seeds: tuple[int, ...]
    looked: npt.NDArray[np.int64]
    courses: Numbers
    fitted: tuple[tuple[Fitted, ...], ...]
    stopped: bool

    def scores(self, what: Callable[[Fitted], float | None]) -> Numbers:
        """A number of every fit, [kind, start]; NaN where it is not known."""
        values = [[what(one) for one in kind] for kind in self.fitted]
        return np.array([[np.nan if value is None else value for value in kind] for kind in values], dtype=np.float64)


def run(
    claim: str,
    task: Task,
    seeds: Sequence[int],
    *,
    epochs: int = EPOCHS,
    device: str = "auto",
    done: Callable[[str, Fitted], None] | None = None,
    callbacks: Sequence[Callback] = (),
) -> Claim | None:
    """Try a claim.

    Args:
        claim: "activations", "optimizers" or "losses".
        task: the points.
        seeds: of the starts.
        epochs: of every fit.
        device: "auto", "cpu", "cuda", …
        done: called with the kind's name and what came of it after every fit.
        callbacks: told what happens on the way, such as a bar.

    Returns:
        The starts that every kind has done; None where Ctrl-C came before the first.
    """
    kinds = CLAIMS[claim]
    whole: list[list[Fitted]] = []
    stopped = False
    with Interruption() as between:  # a Ctrl-C within a fit ends that fit; one between two of them ends the row
        for seed in seeds:
            found: list[Fitted] = []
            for name, differs in kinds.items():
                one = _fit(task, seed, epochs, device, callbacks, differs)
                stopped = one.stopped or between.asked
                if stopped:
                    break
                found.append(one)
                if done is not None:
                    done(name, one)
            if stopped:
                break
            whole.append(found)
    if not whole:
        return None
    fitted = tuple(tuple(start[i] for start in whole) for i in range(len(kinds)))
    courses = np.array([[one.course for one in kind] for kind in fitted])
    return Claim(tuple(kinds), tuple(seeds[: len(whole)]), whole[0][0].looked, courses, fitted, stopped)


def _fit(task: Task, seed: int, epochs: int, device: str, callbacks: Sequence[Callback], differs: Mapping[str, Any]) -> Fitted:
    """The tutorial's fit, but for what is tried."""
    return waves.fit(task, seed=seed, epochs=epochs, device=device, looks=LOOKS, callbacks=callbacks, **differs)
