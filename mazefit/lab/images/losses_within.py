"""The loss within epochs: a callback that keeps the mean over every few updates, so that one epoch has a curve, too."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mazefit.training.events import Event

PARTS = 20  # of an epoch


class LossesWithin:
    """Keeps the mean loss of each twentieth of an epoch's updates (of each update, where there are fewer than 40).

    What is kept goes into a checkpoint, so that an interrupted fit ends with the same numbers.
    """

    every = None
    each_step = True

    def __init__(self) -> None:
        self.updates: list[int] = []
        self.means: list[float] = []
        self.total = self.rows = 0.0  # of the epoch's losses up to the last one that was kept
        self.size = 0

    def __call__(self, event: Event) -> None:
        """Take note of an update."""
        if event.kind != "step" or event.trainer.on_its_way is None:
            return
        place, each = event.trainer.place, event.trainer.on_its_way.steps_each or 1
        self.size = max(1, each // PARTS)
        if place.position == 1:
            self.total = self.rows = 0.0
        if place.position % self.size:
            return
        total = place.means[0] * place.rows
        self.updates.append(event.step)
        self.means.append((total - self.total) / (place.rows - self.rows))
        self.total, self.rows = total, float(place.rows)

    def table(self) -> list[list[float]]:
        """Rows of (updates done, mean loss of the last few)."""
        return [list(row) for row in zip(self.updates, self.means, strict=True)]

    def course(self, each: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """(epochs, losses), where an epoch has so many updates."""
        return np.array(self.updates, np.float64) / each, np.array(self.means, np.float64)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {
            "updates": torch.tensor(self.updates, dtype=torch.int64),
            "means": torch.tensor(self.means, dtype=torch.float64),
            "total": self.total,
            "rows": self.rows,
            "size": self.size,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what a checkpoint has kept."""
        updates, means = state["updates"], state["means"]
        if not isinstance(updates, Tensor) or not isinstance(means, Tensor) or updates.shape != means.shape:
            raise ValueError("as many losses as updates")
        self.updates, self.means = [int(step) for step in updates.tolist()], means.tolist()
        self.total, self.rows, self.size = float(state["total"]), float(state["rows"]), int(state["size"])
