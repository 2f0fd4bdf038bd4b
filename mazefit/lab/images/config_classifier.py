"""The settings of the classifier."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import tyro

from mazefit.errors import Problems
from mazefit.lab.images.config import ImagesConfig

_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 5; with --quick 20 of the digits)")]
_Seeds = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]


@dataclass(frozen=True)
class ClassifierConfig(ImagesConfig):
    """Ten classes of small images, by a network from basic tensors: as the tutorial wrote it, repaired, and corrected.

    Figures: a sample, curves, the confusion matrix; the worst mistakes; the three ways to fit side by side.

    Examples: `--quick`; `--dataset fashion-mnist`; `--as-written`; `--epochs 20 --lang ko`.
    """

    command: ClassVar[str] = "classifier"
    quick_epochs: ClassVar[int] = 20

    epochs: _Epochs = None
    """How often every image is seen."""
    as_written: bool = False
    """Only as the tutorial wrote it: raw pixels, summed loss, full batch."""
    repaired: bool = False
    """Only repaired: pixels / 255, mean loss, still the full batch."""
    seeds: _Seeds = None
    """Mean and deviation of the scores over so many seeds, no figures."""

    @property
    def mode(self) -> str:
        """The fit that is told of: scores, confusion matrix and mistakes are its."""
        return "as written" if self.as_written else "repaired" if self.repaired else "corrected"

    @property
    def others(self) -> tuple[str, ...]:
        """The fits that stand beside it."""
        return () if self.as_written or self.repaired else ("as written", "repaired")

    @property
    def faithful(self) -> bool:
        """Whether it is fitted for as long as the tutorial has it, so that known numbers may stand beside."""
        return self.total == self.full_epochs

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.check(not (self.as_written and self.repaired), "--as-written: expected none beside --repaired")
        if self.seeds is not None:
            problems.integer("--seeds", self.seeds, 1, 100_000)
            problems.check(not self.resume, "--seeds: expected none beside --resume")
