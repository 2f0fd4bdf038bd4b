"""What all commands on images take."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar, Self

import tyro

from mazefit.errors import Problems
from mazefit.lab.fit_config import FitConfig

_Data = Annotated[
    str | Path | None, tyro.conf.arg(metavar="NAME|FOLDER", help_behavior_hint="(default: mnist; with --quick digits)")
]
_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]


@dataclass(frozen=True)
class ImagesConfig(FitConfig):
    """What all of them take."""

    full_dataset: ClassVar[str] = "mnist"
    quick_dataset: ClassVar[str] = "digits"
    full_epochs: ClassVar[int] = 5
    quick_epochs: ClassVar[int] = 5  # of the small set
    taste_epochs: ClassVar[int] = 1  # of a set that is named beside --quick

    seed: int = 0
    """Of first weights and of the order of images: same seed, same bytes."""
    epochs: _Epochs = None
    """How often every image is seen."""
    quick: bool = False
    """A taste in seconds: small digits; of a set that is named one epoch."""
    dataset: _Data = None
    """mnist, fashion-mnist, digits, or a folder with four IDX files."""
    resume: bool = False
    """Go on with the interrupted run in that folder, to the same bytes."""

    @property
    def data(self) -> str | Path:
        """Which images."""
        if self.dataset is not None:
            return self.dataset
        return self.quick_dataset if self.quick else self.full_dataset

    @property
    def total(self) -> int:
        """How many epochs there shall be."""
        if self.epochs is None and self.quick and self.dataset is not None:
            return self.taste_epochs
        return super().total

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        problems.check(bool(str(self.data)), "--dataset: expected a name or the path of a folder, got ''")

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), dataset=self.data)
