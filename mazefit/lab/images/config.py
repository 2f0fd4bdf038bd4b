"""What all commands on images take: one dataclass is at once the flags, the `--help` and the JSON saved beside results."""

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import tyro

from mazefit.errors import Problems
from mazefit.words import Language, check_language, default_language

NOT_SAVED = ("resume", "debug")
"""Settings that say how a command is called, not what comes of it: a resumed run leaves the bytes of one that was not."""

_Data = Annotated[
    str | Path | None, tyro.conf.arg(metavar="NAME|FOLDER", help_behavior_hint="(default: mnist; with --quick digits)")
]
_Out = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="(default: out/ and its name)")]
_Device = Annotated[str, tyro.conf.arg(metavar="NAME")]
_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]


@dataclass(frozen=True)
class ImagesConfig:
    """What all of them take."""

    command: ClassVar[str] = ""
    full_dataset: ClassVar[str] = "mnist"
    quick_dataset: ClassVar[str] = "digits"
    full_epochs: ClassVar[int] = 5
    quick_epochs: ClassVar[int] = 5  # of the small set
    taste_epochs: ClassVar[int] = 1  # of a set that is named beside --quick

    dataset: _Data = None
    """mnist, fashion-mnist, digits, or a folder with four IDX files."""
    seed: int = 0
    """Of first weights and of the order of images: same seed, same bytes."""
    epochs: _Epochs = None
    """How often every image is seen."""
    device: _Device = "auto"
    """auto, cpu, cuda or mps; auto says what it took and why."""
    out: _Out = None
    """Where the results go."""
    resume: bool = False
    """Go on with the interrupted run in that folder, to the same bytes."""
    quick: bool = False
    """A taste in seconds: small digits; of a set that is named one epoch."""
    show: bool = False
    """Open the figures in windows."""
    lang: Language = field(default_factory=default_language)
    """Language of figures and text (or set MAZEFIT_LANG)."""
    debug: bool = False
    """Show the whole traceback of an error."""

    @property
    def data(self) -> str | Path:
        """Which images."""
        if self.dataset is not None:
            return self.dataset
        return self.quick_dataset if self.quick else self.full_dataset

    @property
    def total(self) -> int:
        """How many epochs there shall be."""
        if self.epochs is not None:
            return self.epochs
        if not self.quick:
            return self.full_epochs
        return self.quick_epochs if self.dataset is None else self.taste_epochs

    @property
    def kind(self) -> str:
        """Which command it is."""
        return f"mazefit {self.command}"

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return Path(f"out/{self.command}") if self.out is None else Path(self.out)

    @property
    def flags(self) -> list[str]:
        """The flags that ask for these settings, `--resume` aside, for a command line to copy."""
        default, said = type(self)(), list[str]()
        for name in (one.name for one in fields(self) if one.name != "resume"):
            value, flag = getattr(self, name), f"--{name.replace('_', '-')}"
            if value != getattr(default, name):
                said += [flag] if value is True else [flag, str(value)]
        return said

    def check(self) -> None:
        """Say at once everything that is wrong.

        Raises:
            ConfigError: something is.
        """
        check_language(self.lang)
        problems = Problems(self.command)
        problems.integer("--seed", self.seed, 0, 2**63 - 100_000)
        problems.integer("--epochs", self.total, 1)
        problems.check(self.out is None or bool(str(self.out)), "--out: expected the path of a folder, got ''")
        problems.check(bool(str(self.data)), "--dataset: expected a name or the path of a folder, got ''")
        self.check_own(problems)
        problems.raise_if_any()

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong with the settings of this one."""

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(self, dataset=self.data, epochs=self.total, out=self.folder)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, every setting as it was used."""
        kept = {name: value for name, value in asdict(self.as_used()).items() if name not in NOT_SAVED}
        return {name: str(value) if isinstance(value, Path) else value for name, value in kept.items()}
