"""Looks at a classifier while it is fitted: loss and micro-F1 on training and test images, from the start on.

All four are measured before the first epoch and after each one's updates, in one unit for all modes: the loss is the sigmoid
cross-entropy summed over the outputs, the mean over the images, whatever the fit itself makes small. What a diverged network
says is no number; its answer is then class 0, the first, as an argmax in NumPy and TensorFlow has it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.supervised.classifier.mistakes import losses
from mazefit.training import Event

Numbers = npt.NDArray[np.float64]
Labelled = tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]
NAMES = ("train_loss", "test_loss", "train_f1", "test_f1")


@dataclass(frozen=True, eq=False)
class Course:
    """What the looks have seen after 0, 1, … epochs, [looks] each.

    Args:
        train_loss, test_loss: the mean loss of an image.
        train_f1, test_f1: micro-F1.
    """

    train_loss: Numbers
    test_loss: Numbers
    train_f1: Numbers
    test_f1: Numbers


class Looks:
    """A callback that looks at the start and after every epoch, and that a checkpoint keeps.

    Args:
        train, test: images [N, H·W] with their labels [N].
    """

    def __init__(self, train: Labelled, test: Labelled) -> None:
        self.train, self.test = train, test
        self.rows: list[list[float]] = []

    def __call__(self, event: Event) -> None:
        """Look, unless a fit that was taken up has been looked at here."""
        if event.kind in ("start", "epoch") and event.epoch == len(self.rows):
            seen = [_seen(event.trainer.predict(x), labels) for x, labels in (self.train, self.test)]
            (train_loss, train_f1), (test_loss, test_f1) = seen
            self.rows.append([train_loss, test_loss, train_f1, test_f1])

    def course(self) -> Course:
        """Everything that was seen."""
        return Course(*np.array(self.rows, dtype=np.float64).reshape(-1, len(NAMES)).T)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what a checkpoint kept."""
        self.rows = [list(row) for row in state["rows"]]


def _seen(logits: npt.NDArray[Any], labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean loss and micro-F1, which is the share of right answers: see `scores.WHY_MICRO`."""
    return float(losses(logits, labels).mean()), float((logits.argmax(axis=1) == labels).mean())
