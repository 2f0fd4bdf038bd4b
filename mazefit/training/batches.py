"""Batches by index, on the device: the order of an epoch is a function of (seed, epoch) alone.

So a fit that was interrupted anywhere goes on with the batch that was next, and no generator is consumed on the way.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mazefit.training.data import Rows


class Part(NamedTuple):
    """Rows that are computed at once, and their share in the step's mean: their number over the step's rows."""

    x: Tensor
    y: Tensor
    share: float


class Step(NamedTuple):
    """What one update rests on: one batch, or several whose gradients are accumulated."""

    rows: int
    parts: tuple[Part, ...]


class Split(NamedTuple):
    """Which part of every batch this process computes, of how many processes."""

    rank: int = 0
    size: int = 1

    def of(self, rows: int) -> slice:
        """This process's rows of so many: as even as can be, the first ones one more where it does not come out even."""
        each, more = divmod(rows, self.size)
        first = self.rank * each + min(self.rank, more)
        return slice(first, first + each + (self.rank < more))


class Batches(Protocol):
    """Where steps come from."""

    steps_each: int | None  # of an epoch, where that is known
    by_index: bool  # whether an epoch can be taken up in its middle
    generators: dict[str, torch.Generator]  # that it draws from, beside PyTorch's global ones

    def steps(self, epoch: int, first: int) -> Iterator[Step]:
        """The steps of an epoch, from step `first` on."""
        ...


def batch_order(seed: int, epoch: int, rows: int) -> npt.NDArray[np.int64]:
    """The order of rows in an epoch, a permutation [rows]: a function of (seed, epoch) and of nothing else."""
    bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(1, epoch)))
    return np.random.Generator(bits).permutation(rows)


class MemoryBatches:
    """Batches out of tensors in memory.

    Args:
        rows: inputs and targets.
        batch_size: rows of a batch; None = all of them, in their own order. The last batch of an epoch may be smaller.
        accumulate: batches whose gradients make one update.
        shuffle: whether each epoch has an order of its own.
        seed: what the orders depend on.
        split: which part of every batch this process computes.
    """

    by_index = True

    def __init__(
        self, rows: Rows, batch_size: int | None, accumulate: int, shuffle: bool, seed: int, split: Split | None = None
    ) -> None:
        self.generators: dict[str, torch.Generator] = {}
        self.rows, self.count = rows, len(rows.x)
        self.size = self.count if batch_size is None else min(batch_size, self.count)
        self.accumulate, self.shuffle, self.seed, self.split = accumulate, shuffle, seed, split or Split()
        self.each = self.size * accumulate
        self.steps_each: int | None = -(-self.count // self.each)
        self.whole = self._step(self.rows) if self.size == self.count else None

    def steps(self, epoch: int, first: int) -> Iterator[Step]:
        """The steps of an epoch, from step `first` on."""
        if self.whole is not None:
            yield self.whole
            return
        order = self.order(epoch)
        for start in range(first * self.each, self.count, self.each):
            index = order[start : start + self.each]
            x, y = (one.index_select(0, index) for one in self.rows)  # in half the time of one[index]
            yield self._step(Rows(x, y))

    def order(self, epoch: int) -> Tensor:
        """The order of rows in that epoch, int64 [rows], on the device."""
        order = torch.from_numpy(batch_order(self.seed, epoch, self.count)) if self.shuffle else torch.arange(self.count)
        return order.to(self.rows.x.device)

    def _step(self, rows: Rows) -> Step:
        if self.accumulate == 1 and self.split.size == 1:
            return Step(len(rows.x), (Part(rows.x, rows.y, 1.0),))
        return as_step([Rows(x, y) for x, y in zip(rows.x.split(self.size), rows.y.split(self.size), strict=True)], self.split)


def as_step(batches: list[Rows], split: Split) -> Step:
    """Batches as one step, each with its share in the mean over all their rows."""
    total = sum(len(batch.x) for batch in batches)
    parts: list[Part] = []
    for batch in batches:
        own = split.of(len(batch.x))
        x, y = (batch.x[own], batch.y[own]) if split.size > 1 else batch
        if len(x):
            parts.append(Part(x, y, len(x) / total))
    return Step(total, tuple(parts))
