"""What came of many fits: the loss of every optimizer at every seed and epoch, and what can be said of it honestly.

A fit whose loss came to no finite number has *diverged*: its row is NaN from that epoch on, it counts as infinitely bad in
quantiles, never wins, and is counted in the table.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_file, write_folder
from mazefit.training.shares import Wins, count_wins
from mazefit.training.study_table import Table, make_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Numbers = npt.NDArray[np.float64]
KIND = "study"


@dataclass(frozen=True, eq=False)
class Study:
    """Many fits of one model to one task, `optimizers` x `seeds` of them.

    Args:
        optimizers: their names.
        settings: each one's parameters as text, in the same order.
        seeds: one for each start; the initial weights of a seed are the same for all optimizers.
        epochs: how many were fitted.
        every: losses of every so manieth epoch are kept: 0, every, 2 every, …
        loss: its name.
        losses: [optimizer, seed, epoch kept], each measured before that epoch's updates.
        final: [optimizer, seed], the loss on the training data after the last update.
        test: [optimizer, seed], that on the test data; None where none were given.
        predictions: [optimizer, seed, row, output] for the test inputs; None where none were given.
        diverged_at: [optimizer, seed], the epoch whose loss was no finite number (`epochs`: the one after the last); -1 = none.
        backend: "compiled", "batched" or "one by one".
        reason: why.
        device, dtype: what it was computed on and in.
        seconds: how long all of it took.
        notes: what a reader must know besides.
    """

    optimizers: tuple[str, ...]
    settings: tuple[str, ...]
    seeds: tuple[int, ...]
    epochs: int
    every: int
    loss: str
    losses: Numbers
    final: Numbers
    test: Numbers | None
    predictions: Numbers | None
    diverged_at: npt.NDArray[np.int64]
    backend: str
    reason: str
    device: str
    dtype: str
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> npt.NDArray[np.int64]:
        """The epochs whose losses are kept, [epoch kept]."""
        return np.arange(0, self.epochs, self.every)

    @property
    def diverged(self) -> npt.NDArray[np.bool_]:
        """Which fits came to a loss that is no finite number, [optimizer, seed]."""
        return self.diverged_at >= 0

    @property
    def score(self) -> Numbers:
        """What is compared, [optimizer, seed]: the loss on the test data where there are any, else the final one."""
        return self.final if self.test is None else self.test

    def row(self, optimizer: str, seed: int) -> Numbers:
        """The losses of one fit, [epoch kept].

        Raises:
            ConfigError: there is no such optimizer or seed.
        """
        if optimizer not in self.optimizers:
            raise ConfigError(f"optimizer: expected one of {', '.join(self.optimizers)}, got {optimizer!r}")
        if seed not in self.seeds:
            raise ConfigError(f"seed: expected one of the study's {len(self.seeds)} seeds, got {seed!r}")
        return self.losses[self.optimizers.index(optimizer), self.seeds.index(seed)]

    def wins(self) -> Wins:
        """How often each optimizer is lowest, alone, from the same start, with Wilson's 95 % interval."""
        return count_wins(self.optimizers, np.where(self.diverged, np.nan, self.score))

    def table(self) -> Table:
        """Median, 10 and 90 % of the score, wins with their 95 % interval, and how many fits diverged; `print` it."""
        what = "training" if self.test is None else "test"
        count = f"{len(self.seeds)} {'seed' if len(self.seeds) == 1 else 'seeds'}"
        score = f"{what} loss ({self.loss}) after {self.epochs} {'epoch' if self.epochs == 1 else 'epochs'}, {count}"
        lost = np.where(self.diverged, np.nan, self.score)
        return make_table(self.optimizers, lost, self.diverged, self.wins(), score, self.notes)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.backend}: {self.reason} ({self.seconds:.2f} s)"

    def _repr_html_(self) -> str:
        import html

        how = html.escape(f"{self.backend}: {self.reason} ({self.seconds:.2f} s)")
        return f"{self.table().to_html()}<p>{how}</p>"

    def plot(self, *, title: str | None = None, language: str = "en", **how: Any) -> "Figure":
        """The losses over the epochs: the median of each optimizer as a line, the middle 80 % of its starts as a band.

        Args:
            title: what stands above.
            language: "en" or "ko".
            how: `levels`, `label`, `note` of `mazefit.plots.bands.plot_bands`.
        """
        from mazefit.plots.bands import plot_bands

        runs = dict(zip(self.optimizers, self.losses, strict=True))
        return plot_bands(self.kept, runs, title=title, language=language, **how)

    def to_csv(self, path: str | Path, *, losses: bool = False) -> None:
        """Write one line for each fit (optimizer, seed, final and test loss, epoch of divergence from 1), or for each loss.

        Args:
            path: of the file.
            losses: whether every loss is to have its line: optimizer, seed, epoch (from 1, as in `History.to_csv`), loss.

        Raises:
            OutputError: the file cannot be written.
        """
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        if losses:
            writer.writerow(["optimizer", "seed", "epoch", "loss"])
            epochs = (self.kept + 1).tolist()
            for name, rows in zip(self.optimizers, self.losses, strict=True):
                for seed, row in zip(self.seeds, rows.tolist(), strict=True):
                    writer.writerows((name, seed, epoch, loss) for epoch, loss in zip(epochs, row, strict=True))
        else:
            writer.writerow(["optimizer", "seed", "final", *(["test"] if self.test is not None else []), "diverged_in"])
            for i, name in enumerate(self.optimizers):
                for j, seed in enumerate(self.seeds):
                    test = [] if self.test is None else [float(self.test[i, j])]
                    lost = int(self.diverged_at[i, j])
                    writer.writerow([name, seed, float(self.final[i, j]), *test, "" if lost < 0 else lost + 1])
        write_file(Path(path), file.getvalue().encode())

    def save(self, folder: str | Path) -> None:
        """Save everything in `folder`: arrays as `.npy`, the rest as JSON, checked by SHA-256 when read.

        Raises:
            OutputError: the folder cannot be written.
        """
        optional = {"test": self.test, "predictions": self.predictions}
        arrays: dict[str, npt.NDArray[Any]] = {name: array for name, array in optional.items() if array is not None}
        about = {name: _plain(getattr(self, name)) for name in ABOUT}
        write_folder(
            folder,
            KIND,
            {"study": about, "losses": self.losses, "final": self.final, "diverged_at": self.diverged_at, **arrays},
        )

    @classmethod
    def load(cls, folder: str | Path) -> "Study":
        """Read a study that `save` has written.

        Raises:
            DataError: the folder holds no study, or a damaged one.
        """
        content = read_folder(folder, KIND)
        try:
            about = content.pop("study")
            given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in about.items()}
            arrays: dict[str, Any] = {"test": None, "predictions": None, **content}
            study = cls(**given, **arrays)
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{folder}: expected a study as mazefit saves it, got other fields ({error})") from error
        shape = (len(study.optimizers), len(study.seeds))
        parts = (study.final, study.diverged_at, study.final if study.test is None else study.test)
        if study.losses.shape != (*shape, len(study.kept)) or any(part.shape != shape for part in parts):
            raise DataError(f"{folder}: expected losses of shape {(*shape, len(study.kept))}, got {study.losses.shape}")
        return study


ABOUT = (
    "optimizers",
    "settings",
    "seeds",
    "epochs",
    "every",
    "loss",
    "backend",
    "reason",
    "device",
    "dtype",
    "seconds",
    "notes",
)


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return list(value) if isinstance(value, tuple) else value
