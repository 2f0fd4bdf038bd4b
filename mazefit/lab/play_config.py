"""The settings of a walk: at once its flags and its `--help`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from mazefit.words import Language, default_language

_Maze = Annotated[str | None, tyro.conf.arg(metavar="FILE|NAME", help_behavior_hint="(default: tutorial)")]
_Rows = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 10, where one of these is given)")]
_Columns = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 10)")]
_Algorithm = Annotated[str | None, tyro.conf.arg(metavar="NAME", help_behavior_hint="(default: wilson)")]
_Seed = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 0)")]
_Loops = Annotated[float | None, tyro.conf.arg(metavar="FLOAT", help_behavior_hint="(default: 0)")]
_Run = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="(default: the exact policy)")]
_Discount = Annotated[float | None, tyro.conf.arg(metavar="FLOAT", help_behavior_hint="(default: the run's own, else 1)")]


@dataclass(frozen=True)
class PlayConfig:
    """Walk a maze with the keyboard, and see s, a, r, s′, the return and the backup diagram of every step.

    Keys: arrows (or w a s d, h j k l) move, space lets the policy move, u undoes, b draws the backup diagram, ? shows all.

    Examples: `--maze dyna --lang ko`; `--rows 5 --columns 8 --discount 0.9`.
    """

    maze: _Maze = None
    """A maze file, or a maze by name: tutorial, dyna."""
    rows: _Rows = None
    """Make a maze of so many rows of cells."""
    columns: _Columns = None
    """Make a maze of so many columns of cells."""
    algorithm: _Algorithm = None
    """Make a maze by this algorithm."""
    maze_seed: _Seed = None
    """Make the maze of this seed."""
    loops: _Loops = None
    """Make a maze with this share of its remaining inner walls opened, 0 to 1."""
    run: _Run = None
    """A saved run: its greedy policy moves and its values are shown, instead of the exact ones."""
    discount: _Discount = None
    """γ, 0 to 1."""
    random_start: bool = False
    """Begin each episode in a random cell instead of the maze's start."""
    seed: int = 0
    """Seed of the random starts."""
    lang: Language = field(default_factory=default_language)
    """Language of all words (or set MAZEFIT_LANG)."""
    debug: bool = False
    """Show the whole traceback of an error."""
