"""What is asked of many fits, and what came of them: the request, the outcome, and the watch over progress and Ctrl-C."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError
from mazefit.training.starts import Starts

Numbers = npt.NDArray[np.float64]
Loss = str | Callable[[Tensor, Tensor], Tensor]
ShowProgress = bool | None | Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class Fits:
    """The request, checked.

    Args:
        make_model: builds a model.
        optimizers: by name; ours, or factories of `torch.optim`.
        seeds: one for each start.
        starts: the models that they give.
        x, y: data to fit, in the type that is fitted in, on the device.
        test: inputs and outputs to be held against, likewise; or None.
        epochs, batch_size, every: how long, how many rows an update (None = all), which losses are kept.
        loss: a name or a function.
        device: what it is computed on.
    """

    make_model: Callable[[], nn.Module]
    optimizers: Mapping[str, Any]
    seeds: tuple[int, ...]
    starts: Starts
    x: Tensor
    y: Tensor
    test: tuple[Tensor, Tensor] | None
    epochs: int
    batch_size: int | None
    every: int
    loss: Loss
    device: torch.device

    @property
    def rows(self) -> int:
        """Rows of the data."""
        return len(self.x)

    @property
    def dtype(self) -> torch.dtype:
        """The type of the parameters."""
        return self.starts.flat.dtype

    @property
    def kept(self) -> int:
        """Of how many epochs the losses are kept."""
        return len(range(0, self.epochs, self.every))


@dataclass(eq=False)
class Outcome:
    """What came of the fits so far; rows of fits that are not done are NaN.

    Args:
        losses: [optimizer, seed, epoch kept].
        diverged_at: [optimizer, seed], the first epoch whose loss was no finite number; -1 = none.
        final, test: [optimizer, seed], losses after the last update.
        predictions: [optimizer, seed, row, output].
        seeds: how many of the seeds, from the first on, are done for every optimizer.
        epochs: how many epochs those were fitted.
    """

    losses: Numbers
    diverged_at: npt.NDArray[np.int64]
    final: Numbers
    test: Numbers | None
    predictions: Numbers | None
    seeds: int
    epochs: int

    @classmethod
    def of(cls, fits: Fits) -> "Outcome":
        """Room for what is to come.

        Raises:
            ConfigError: there is none on this machine.
        """
        shape = (len(fits.optimizers), len(fits.seeds))
        test = None if fits.test is None else np.full(shape, np.nan)
        try:
            losses = np.full((*shape, fits.kept), np.nan)
        except MemoryError as error:
            size = 8 * shape[0] * shape[1] * fits.kept / 1e9
            raise ConfigError(
                f"every: expected a larger one than {fits.every}, for the losses of all epochs take {size:.1f} GB, got no room"
            ) from error
        return cls(
            losses, np.full(shape, -1, dtype=np.int64), np.full(shape, np.nan), test, None, 0,
            fits.epochs,
        )  # fmt: skip

    def note(self, where: tuple[Any, Any], first: int, block: Numbers, every: int) -> None:
        """Take in the losses of some fits from epoch `first` on, [fits, epochs]; what follows a divergence is NaN."""
        epochs = np.arange(first, first + block.shape[-1])
        wrong = ~np.isfinite(block)
        found = np.where(wrong.any(axis=-1), epochs[wrong.argmax(axis=-1)], -1)
        before = self.diverged_at[where]
        lost = np.where(before >= 0, before, found)
        self.diverged_at[where] = lost
        held = np.where((lost[..., None] >= 0) & (epochs >= lost[..., None]), np.nan, block)
        wanted = epochs % every == 0
        at = epochs[wanted] // every
        if len(at):
            self.losses[(*where, slice(at[0], at[-1] + 1))] = held[..., wanted]

    def close(self) -> None:
        """What diverged has no number after its last update, either."""
        self.diverged_at[(self.diverged_at < 0) & ~np.isfinite(self.final)] = self.epochs
        lost = self.diverged_at >= 0
        for array in (self.final, self.test, self.predictions):
            if array is not None:
                array[lost] = np.nan


class Watch:
    """Tells how far it has come, at most so often as someone can read.

    Args:
        total: epochs of all fits together.
        show: a function of (done, total); True = a bar; False = nothing; None = a bar where output and error are a terminal.
    """

    def __init__(self, total: int, show: ShowProgress) -> None:
        self.total, self.done = total, 0
        self.call = show if callable(show) else None
        self.bar: Any = None
        if show is True or (show is None and sys.stdout.isatty() and sys.stderr.isatty()):
            from tqdm import tqdm

            self.bar = tqdm(total=total, unit=" epochs", unit_scale=True, leave=False, dynamic_ncols=True, mininterval=0.1)

    def advance(self, epochs: int) -> None:
        """So many epochs more are done, one fit's each."""
        self.done += epochs
        if self.bar is not None:
            self.bar.update(epochs)
        if self.call is not None:
            self.call(self.done, self.total)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
