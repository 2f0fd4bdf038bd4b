"""The settings of the five regressions: each dataclass is at once the flags, the `--help` and the JSON saved beside results."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

import tyro

from mazefit.errors import Problems
from mazefit.lab.fit_config import FitConfig

_Data = Annotated[str | Path | None, tyro.conf.arg(metavar="FILE.csv", help_behavior_hint="")]
_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 1,000)")]
_FewEpochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 10)")]
_ManyEpochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 20,000)")]
_Number = Annotated[float, tyro.conf.arg(metavar="FLOAT")]
_Count = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]


@dataclass(frozen=True)
class RegressionConfig(FitConfig):
    """What all of them take."""

    full_epochs: ClassVar[int] = 1_000
    quick_epochs: ClassVar[int] = 100

    seed: int = 0
    """Of the first start, and of points that are drawn: same seed, same bytes."""
    epochs: _Epochs = None
    """Full-batch updates."""
    data: _Data = None
    """Your own points: two or more columns, the last is y."""

    @property
    def called(self) -> str:
        """What stands behind `mazefit` on a command line."""
        return f"regression {self.command}"

    @property
    def faithful(self) -> bool:
        """Whether it is the tutorial's task for as long as the tutorial has it, so that its known numbers may stand beside."""
        return self.data is None and self.total == self.full_epochs

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        problems.check(self.data is None or bool(str(self.data)), "--data: expected the path of a file, got ''")


@dataclass(frozen=True)
class LineConfig(RegressionConfig):
    """A straight line through ten points, by autograd and Adam; least squares, exactly, beside it.

    Figures: the points with the line; the loss as a bowl, with the ways that four descents take in it.

    Examples: `--seed 7`; `--data points.csv --lang ko`.
    """

    command: ClassVar[str] = "line"

    learning_rate: _Number = 0.07
    """Of Adam."""
    starts: _Count = None
    """Other starts that are tried beside it: 1,000."""

    @property
    def others(self) -> int:
        """How many other starts are tried."""
        return (50 if self.quick else 1_000) if self.starts is None else self.starts

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.number("--learning-rate", self.learning_rate, 0.0, 1e6, open_low=True)
        problems.integer("--starts", self.others, 2)

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), starts=self.others)


@dataclass(frozen=True)
class DescentConfig(RegressionConfig):
    """A line by gradient descent written by hand: W, b and loss after every step, and the law that they follow.

    Figures: the points with the model before and after; W, b and loss over the steps.

    Examples: `--epochs 30`; `--seed 3 --lang ko`.
    """

    command: ClassVar[str] = "descent"
    full_epochs: ClassVar[int] = 10
    quick_epochs: ClassVar[int] = 10

    epochs: _FewEpochs = None
    """Steps, each of all points at once."""
    learning_rate: _Number = 0.1
    """Of every step."""
    sets: _Count = None
    """Other data sets on which the same is done: 1,000."""

    @property
    def others(self) -> int:
        """How many other data sets there are."""
        return (50 if self.quick else 1_000) if self.sets is None else self.sets

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.number("--learning-rate", self.learning_rate, 0.0, 1e6, open_low=True)
        problems.integer("--sets", self.others, 2)

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), sets=self.others)


@dataclass(frozen=True)
class SineConfig(RegressionConfig):
    """One period of a sine by a network 1-2-1, four optimizers side by side, each from the same starts.

    Figures: fits of the training and of the test points, and losses, as bands over the starts.

    Examples: `--seeds 100`; `--epochs 10000 --constants torch`; `--rates`; `--as-written`.
    """

    command: ClassVar[str] = "sine"
    quick_epochs: ClassVar[int] = 200

    seeds: _Count = None
    """Starts, the same for every optimizer: 100."""
    constants: Literal["keras", "torch"] = "keras"
    """First weights and optimizers' constants: as in the tutorial, or PyTorch's."""
    rates: bool = False
    """Try five learning rates for each optimizer."""
    as_written: bool = False
    """Replay the tutorial's flaw: one model, never begun anew."""

    @property
    def starts(self) -> int:
        """How many starts there are."""
        return (10 if self.quick else 100) if self.seeds is None else self.seeds

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.integer("--seeds", self.starts, 1, 100_000)
        problems.check(not (self.rates and self.as_written), "--as-written: expected none beside --rates")

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), seeds=self.starts)


@dataclass(frozen=True)
class CurveConfig(RegressionConfig):
    """A curve through the ten points of `line`, by a network 1-10-1 with tanh; does it know more than the line?

    Figures: the points with the curve, drawn finely, and the line; the network.

    Examples: `--epochs 10000`; `--data points.csv --lang ko`.
    """

    command: ClassVar[str] = "curve"

    starts: _Count = None
    """Other starts that are tried beside it: 200."""

    @property
    def others(self) -> int:
        """How many other starts are tried."""
        return (10 if self.quick else 200) if self.starts is None else self.starts

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.integer("--starts", self.others, 1, 100_000)

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), starts=self.others)


@dataclass(frozen=True)
class WavesConfig(RegressionConfig):
    """A noisy wave by a deep network of leaky ReLUs: a curve of straight pieces, its kinks marked and counted.

    Figures: the loss; the points with the curve; every start, stuck ones marked; the network.

    Examples: `--starts 12`; `--activations`; `--formula text --lang ko`.
    """

    command: ClassVar[str] = "waves"
    full_epochs: ClassVar[int] = 20_000
    quick_epochs: ClassVar[int] = 500

    epochs: _ManyEpochs = None
    """Full-batch updates."""
    starts: _Count = None
    """Starts, one after the other: 1; in an experiment 12."""
    activations: bool = False
    """Experiment: leaky ReLU against ReLU, sigmoid and none."""
    optimizers: bool = False
    """Experiment: Adam against SGD at several rates."""
    losses: bool = False
    """Experiment: L1 loss against MSE."""
    formula: Literal["code", "text"] = "code"
    """sin(2x), as the tutorial's code; or sin(x²), as its text."""

    @property
    def experiment(self) -> str | None:
        """Which claim of the tutorial is tried."""
        return next((name for name in ("activations", "optimizers", "losses") if getattr(self, name)), None)

    @property
    def count(self) -> int:
        """How many starts there are."""
        if self.starts is not None:
            return self.starts
        return 1 if self.experiment is None else 3 if self.quick else 12

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.integer("--starts", self.count, 1, 100_000)
        asked = [f"--{name}" for name in ("activations", "optimizers", "losses") if getattr(self, name)]
        problems.check(len(asked) <= 1, f"{', '.join(asked)}: expected one experiment at a time")
        problems.check(self.data is None or self.formula == "code", "--formula: expected none beside --data")

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), starts=self.count)
