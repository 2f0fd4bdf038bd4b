"""What every command that fits something takes: one dataclass is at once flags, `--help` and the JSON saved beside results."""

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import tyro

from mazefit.errors import Problems
from mazefit.words import Language, check_language, default_language

NOT_SAVED = ("resume", "debug")
"""Settings that say how a command is called, not what comes of it: a resumed run leaves the bytes of one that was not."""

_Out = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="(default: out/ and its name)")]
_Device = Annotated[str, tyro.conf.arg(metavar="NAME")]
_Epochs = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]


@dataclass(frozen=True)
class FitConfig:
    """What all of them take; a command adds its own fields, its defaults, and what may be wrong with them."""

    command: ClassVar[str] = ""
    full_epochs: ClassVar[int] = 1
    quick_epochs: ClassVar[int] = 1

    seed: int = 0
    """Of everything that is drawn: same seed, same bytes."""
    epochs: _Epochs = None
    """How often all data are seen."""
    device: _Device = "auto"
    """auto, cpu, cuda or mps; auto says what it took and why."""
    out: _Out = None
    """Where the results go."""
    quick: bool = False
    """A taste in seconds."""
    show: bool = False
    """Open the figures in windows."""
    lang: Language = field(default_factory=default_language)
    """Language of figures and text (or set MAZEFIT_LANG)."""
    debug: bool = False
    """Show the whole traceback of an error."""

    @property
    def called(self) -> str:
        """What stands behind `mazefit` on a command line."""
        return self.command

    @property
    def kind(self) -> str:
        """Which command it is."""
        return f"mazefit {self.called}"

    @property
    def total(self) -> int:
        """How many epochs there shall be."""
        if self.epochs is not None:
            return self.epochs
        return self.quick_epochs if self.quick else self.full_epochs

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
        problems = Problems(self.called)
        problems.integer("--seed", self.seed, 0, 2**63 - 100_000)
        problems.integer("--epochs", self.total, 1)
        problems.check(self.out is None or bool(str(self.out)), "--out: expected the path of a folder, got ''")
        self.check_own(problems)
        problems.raise_if_any()

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong with the settings of this one."""

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(self, epochs=self.total, out=self.folder)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, every setting as it was used."""
        kept = {name: value for name, value in asdict(self.as_used()).items() if name not in NOT_SAVED}
        return {name: str(value) if isinstance(value, Path) else value for name, value in kept.items()}
