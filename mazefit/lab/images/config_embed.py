"""The settings of the map of codes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, cast

import tyro

from mazefit.errors import Problems
from mazefit.lab.images.config import ImagesConfig
from mazefit.supervised.embedding.maps import EXAGGERATED, LIBRARIES, METHODS, Library, Method

HELD_OUT = "held-out"
WORDS = ("untrained", "long", "pca")
"""What `--compare` knows beside numbers of epochs."""
LONG = 10  # times the epochs of the autoencoder that is fitted here
FEWEST = 30  # points: trustworthiness asks for more than 24

_Model = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="(default: fits a dense one)")]
_Method = Annotated[str, tyro.conf.arg(metavar="NAME")]
_Library = Annotated[str, tyro.conf.arg(metavar="NAME")]
_Points = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 6000; with --quick 300)")]
_Perplexity = Annotated[float | None, tyro.conf.arg(metavar="FLOAT", help_behavior_hint="(default: 30)")]
_Iterations = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 1000)")]
_Dimensions = Annotated[int, tyro.conf.arg(metavar="INT")]
_Place = Annotated[str | Path | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")]
_Compare = Annotated[str | None, tyro.conf.arg(metavar="LIST", help_behavior_hint="")]
_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 1; with --quick 20 of the digits)")]


@dataclass(frozen=True)
class EmbedConfig(ImagesConfig):
    """A map of what an autoencoder makes of images: their codes by t-SNE or PCA, how good the map is, and new images on it.

    Without --model an autoencoder is fitted first: one epoch, some ten seconds on an idle CPU. A saved one brings its images.

    Figures: points coloured by class; the map drawn as its images; with --compare several encoders side by side.

    Examples: `--quick`; `--model out/autoencoder/model`; `--as-written`; `--compare untrained,1,long,pca`.
    """

    command: ClassVar[str] = "embed"
    full_epochs: ClassVar[int] = 1
    quick_epochs: ClassVar[int] = 20

    epochs: _Epochs = None
    """Of the autoencoder that is fitted here."""
    model: _Model = None
    """A saved autoencoder: OUT/model of train_autoencoder."""
    method: _Method = "tsne"
    """tsne, quick (t-SNE stopped early), or pca."""
    points: _Points = None
    """Test images, and training images where these do not suffice."""
    perplexity: _Perplexity = None
    """How many neighbours count for near, about."""
    iterations: _Iterations = None
    """Of t-SNE, 250 exaggerated ones counted in."""
    dimensions: _Dimensions = 2
    """Of the map: 2 or 3."""
    library: _Library = "auto"
    """scikit-learn, opentsne (mazefit[tsne]), or auto."""
    as_written: bool = False
    """As the tutorial wrote it: clothes, perplexity 5, 300 iterations."""
    place: _Place = None
    """New images on the map: an IDX file, or held-out test images."""
    compare: _Compare = None
    """Encoders side by side, such as untrained,1,long,pca."""

    @property
    def data(self) -> str | Path:
        """Which images: the clothes for the tutorial's map of clothes."""
        return "fashion-mnist" if self.dataset is None and self.as_written and not self.quick else super().data

    @property
    def how(self) -> Method:
        """How the map is made."""
        return cast(Method, self.method)

    @property
    def maker(self) -> Library:
        """Who makes it: for the map as written, whom the tutorial had."""
        return "scikit-learn" if self.as_written and self.library == "auto" else cast(Library, self.library)

    @property
    def near(self) -> float:
        """The perplexity."""
        if self.perplexity is not None:
            return self.perplexity
        return 5.0 if self.as_written else 30.0

    @property
    def steps(self) -> int:
        """How many iterations there shall be."""
        if self.iterations is not None:
            return self.iterations
        return 300 if self.as_written else 250 if self.method == "quick" else 1000

    @property
    def asked_points(self) -> int:
        """How many points, where there are as many images."""
        if self.points is not None:
            return self.points
        return (300 if self.dataset is None and self.model is None else 2000) if self.quick else 6000

    @property
    def encoders(self) -> tuple[str, ...]:
        """Those that stand side by side."""
        return () if self.compare is None else tuple(part.strip() for part in self.compare.split(","))

    @property
    def long(self) -> int:
        """The epochs of "long"."""
        return LONG * self.total

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong, as far as it hangs on no images."""
        super().check_own(problems)
        problems.integer("--seed", self.seed, 0, 2**32 - 1)
        problems.choice("--method", self.method, METHODS)
        problems.choice("--library", self.library, LIBRARIES)
        problems.check(self.dimensions in (2, 3), f"--dimensions: expected 2 or 3, got {self.dimensions!r}")
        problems.integer("--points", self.asked_points, FEWEST)
        if self.method != "pca":
            problems.number("--perplexity", self.near, 1, max(1, self.asked_points - 1))
            problems.integer("--iterations", self.steps, 1 if self.method == "quick" else EXAGGERATED)
        self._check_together(problems)
        for word in self.encoders:
            fine = word in WORDS or (word.isdecimal() and word.isascii() and 1 <= int(word) <= 10**6)
            sentence = f"--compare: expected {', '.join(WORDS)} or numbers of epochs with commas between, got {word!r}"
            problems.check(fine, sentence)
        several = len(set(self.encoders)) == len(self.encoders)
        problems.check(several, f"--compare: expected each encoder once, got {self.compare!r}")

    def _check_together(self, problems: Problems) -> None:
        """Note what does not go together."""
        if self.as_written:
            for name, value in (("perplexity", self.perplexity), ("iterations", self.iterations)):
                problems.check(value is None, f"--{name}: expected none beside --as-written, got {value!r}")
            problems.check(self.method == "tsne", f"--method: expected tsne beside --as-written, got {self.method!r}")
        if self.model is not None:
            problems.check(bool(str(self.model)), "--model: expected the path of a folder, got ''")
            problems.check(self.epochs is None, f"--epochs: expected none beside --model, which is fitted, got {self.epochs!r}")
            problems.check(not self.resume, "--resume: expected none beside --model, which is fitted; begin the map anew")
        if self.dimensions == 3:
            problems.check(self.method != "quick", "--dimensions: expected 2 for --method quick, got 3; tsne and pca have 3")
            for name, value in (("place", self.place), ("compare", self.compare)):
                problems.check(value is None, f"--{name}: expected --dimensions 2, where it is drawn, got 3")
        problems.check(self.place is None or bool(str(self.place)), "--place: expected held-out or the path of a file, got ''")

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        both = None if self.method == "pca" else self.near, None if self.method == "pca" else self.steps
        return replace(super().as_used(), perplexity=both[0], iterations=both[1], points=self.asked_points)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, every setting as it was used."""
        saved = super().to_json()
        return saved if self.model is None else {**saved, "epochs": None}
