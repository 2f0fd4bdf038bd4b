"""The settings of one textbook diagram: at once its flags and its `--help`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from mazefit.words import Language, default_language

_Name = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME", help_behavior_hint="")]
_List = Annotated[bool, tyro.conf.arg(name="list")]
_Format = Annotated[
    str | None, tyro.conf.arg(metavar="text|svg|png|dot|html", help_behavior_hint="(default: by the end of --out, else text)")
]
_Out = Annotated[str | Path | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="(default: the terminal)")]


@dataclass(frozen=True)
class DiagramConfig:
    """Draw the textbook backup diagram of an algorithm: time runs down, from the cell that is updated to what it rests on.

    Examples: `--list`; `--lang ko q-learning`; `--out out/tree-backup.svg tree-backup`.
    """

    name: _Name = ""
    """The algorithm, as --list names it, or as the textbook does: sarsa-lambda, "Sarsa(lambda)"."""
    list_: _List = False
    """Show the names of all diagrams."""
    format: _Format = None
    """How it is drawn; a png needs --out."""
    out: _Out = None
    """Where the diagram goes."""
    lang: Language = field(default_factory=default_language)
    """Language of all words (or set MAZEFIT_LANG)."""
    debug: bool = False
    """Show the whole traceback of an error."""
