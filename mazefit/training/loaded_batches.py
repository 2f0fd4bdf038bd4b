"""Batches of a Dataset or a DataLoader, which are asked for rows; and the way from any source to its batches."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from mazefit.errors import ConfigError
from mazefit.training.batches import Batches, MemoryBatches, Split, Step, as_step, batch_order
from mazefit.training.data import Kind, Rows, Source, pair_of


class LoadedBatches:
    """Batches out of a DataLoader, in its order: an epoch can only be taken up at its beginning.

    Args:
        loader: what is asked for batches, anew in each epoch.
        kind: what they are turned into.
        accumulate: batches whose gradients make one update.
        split: which part of every batch this process computes.
    """

    by_index = False

    def __init__(self, loader: DataLoader[Any], kind: Kind, accumulate: int, split: Split | None = None) -> None:
        self.loader, self.kind, self.accumulate, self.split = loader, kind, accumulate, split or Split()
        owners = {"loader": loader, "sampler": loader.sampler, "batch_sampler": loader.batch_sampler}
        found = {name: getattr(owner, "generator", None) for name, owner in owners.items()}
        self.generators = {name: one for name, one in found.items() if isinstance(one, torch.Generator)}
        self.look: Callable[[Rows], object] | None = None
        """What sees the first batch before anything is computed from it."""
        length = _length(loader)
        self.steps_each = None if length is None else -(-length // accumulate)

    def steps(self, epoch: int, first: int) -> Iterator[Step]:
        """The steps of an epoch.

        Raises:
            ConfigError: there is no batch in it, or one is no (x, y).
            TrainingError: a number is not finite.
        """
        batches, some = enumerate(self.loader, 1 + first * self.accumulate), first > 0
        while several := list(islice(batches, self.accumulate)):
            rows = [pair_of(batch, self.kind, f"epoch {epoch + 1}, batch {at}") for at, batch in several]
            if self.look is not None:
                self.look(rows[0])
                self.look = None
            some = True
            yield as_step(rows, self.split)
        if not some:
            raise ConfigError(f"data: expected at least one batch in epoch {epoch + 1}, got none")


def _length(loader: DataLoader[Any]) -> int | None:
    """How many batches a DataLoader has; None where that is not known."""
    if isinstance(loader.dataset, IterableDataset):
        return None
    try:
        return len(loader)
    except TypeError:  # a sampler without a length
        return None


class OrderedSampler:
    """Rows of a Dataset in the order of (seed, epoch), in batches: what makes an epoch of a Dataset begin in its middle."""

    def __init__(self, rows: int, batch_size: int, shuffle: bool, seed: int) -> None:
        self.rows, self.batch_size, self.shuffle, self.seed = rows, batch_size, shuffle, seed
        self.epoch = self.first = 0

    def __iter__(self) -> Iterator[list[int]]:
        order = batch_order(self.seed, self.epoch, self.rows) if self.shuffle else np.arange(self.rows)
        for start in range(self.first * self.batch_size, self.rows, self.batch_size):
            yield order[start : start + self.batch_size].tolist()

    def __len__(self) -> int:
        return -(-self.rows // self.batch_size)


class DatasetBatches(LoadedBatches):
    """Batches out of a Dataset with a length, row by row, in the order of (seed, epoch)."""

    by_index = True

    def __init__(
        self,
        dataset: Any,
        kind: Kind,
        batch_size: int | None,
        accumulate: int,
        shuffle: bool,
        seed: int,
        split: Split | None = None,
    ) -> None:
        rows = len(dataset)
        self.sampler = OrderedSampler(
            rows, rows if batch_size is None else batch_size, shuffle and batch_size is not None, seed
        )
        own: Any = {"batch_sampler": self.sampler, "generator": torch.Generator()}  # a new iterator draws nothing global
        loader: DataLoader[Any] = DataLoader(dataset, **own)
        super().__init__(loader, kind, accumulate, split)
        self.generators = {}

    def steps(self, epoch: int, first: int) -> Iterator[Step]:
        """The steps of an epoch, from step `first` on."""
        self.sampler.epoch, self.sampler.first = epoch, first * self.accumulate
        return super().steps(epoch, first)


def make_batches(
    source: Source, kind: Kind, batch_size: int | None, accumulate: int, shuffle: bool, seed: int, split: Split | None = None
) -> Batches:
    """The batches of a source.

    Raises:
        ConfigError: a DataLoader was given, and a batch size beside it; it has its own. Or an IterableDataset without one.
    """
    if isinstance(source, Rows):
        return MemoryBatches(source, batch_size, accumulate, shuffle, seed, split)
    if isinstance(source, DataLoader):
        if batch_size is not None:
            raise ConfigError(
                f"Trainer.fit: batch_size: expected None beside a DataLoader, which has its own, got {batch_size}"
            )
        return LoadedBatches(source, kind, accumulate, split)
    if isinstance(source, IterableDataset):
        if batch_size is None:
            raise ConfigError(
                "Trainer.fit: batch_size: expected the rows of an update beside an IterableDataset of unknown length, got None"
            )
        loader: DataLoader[Any] = DataLoader(source, batch_size=batch_size)
        return LoadedBatches(loader, kind, accumulate, split)
    return DatasetBatches(source, kind, batch_size, accumulate, shuffle, seed, split)


def batches_of(source: Source, kind: Kind, rows: int) -> Iterator[Rows]:
    """A source in its own order, so many rows at a time (a DataLoader as it comes): for evaluation."""
    if isinstance(source, Rows):
        for x, y in zip(source.x.split(rows), source.y.split(rows), strict=True):
            yield Rows(x, y)
        return
    loader: Callable[..., Any] = DataLoader
    for at, batch in enumerate(source if isinstance(source, DataLoader) else loader(source, batch_size=rows), 1):
        yield pair_of(batch, kind, f"batch {at}")
