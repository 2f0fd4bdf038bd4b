"""The settings of the autoencoder."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import tyro

from mazefit.errors import Problems
from mazefit.lab.images.config import ImagesConfig

EPOCHS = {"conv": 1, "dense": 10, "linear": 20, "strided": 5}
"""Of each model: the tutorial's one, and those of the recipes."""
QUICK = {"conv": 15, "dense": 100, "linear": 300, "strided": 25}
"""On the small digits: some seconds."""
_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: conv 1, the others 5 to 20)")]
_Code = Annotated[int, tyro.conf.arg(metavar="INT")]


@dataclass(frozen=True)
class AutoencoderConfig(ImagesConfig):
    """Images to a few numbers and back, as in the tutorial or better built; principal component analysis beside it.

    One epoch of MNIST takes about a minute on a CPU; `--quick` some seconds. The model and the codes of all images are saved.

    Figures: ten test images over what comes back, PCA's beside; the learning curve.

    Examples: `--quick`; `--model strided`; `--model linear --epochs 5`; `--dataset fashion-mnist --lang ko`.
    """

    command: ClassVar[str] = "autoencoder"

    epochs: _Epochs = None
    """How often every image is seen."""
    model: Literal["conv", "dense", "linear", "strided"] = "conv"
    """conv: the tutorial's; dense, strided: better; linear: is it PCA?"""
    code: _Code = 28
    """How many numbers stand for an image."""

    @property
    def total(self) -> int:
        """How many epochs there shall be."""
        if self.epochs is not None:
            return self.epochs
        if not self.quick:
            return EPOCHS.get(self.model, 1)
        return QUICK.get(self.model, 1) if self.dataset is None else self.taste_epochs

    @property
    def faithful(self) -> bool:
        """Whether it is fitted as the tutorial has it, so that known numbers may stand beside."""
        return (self.model, self.code, self.total) == ("conv", 28, EPOCHS["conv"])

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        super().check_own(problems)
        problems.choice("--model", self.model, EPOCHS)
        problems.integer("--code", self.code, 1)
