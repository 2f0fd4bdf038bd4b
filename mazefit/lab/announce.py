"""What is said around a run or a comparison: which maze, which flags serve nothing, which font or display is missing."""

import sys
from collections.abc import Sequence
from pathlib import Path

from mazefit.agents.catalogue import Entry
from mazefit.envs.maze import Maze
from mazefit.lab.parameters import unused_flags
from mazefit.lab.run_config import RunConfig
from mazefit.lab.windows import show
from mazefit.words import Language, word


def place(config: RunConfig, maze: Maze, language: Language) -> str:
    """The maze in words."""
    name = f"{config.algorithm} (--maze-seed {config.maze_seed})" if config.maze is None else Path(config.maze).name
    return word("run.maze", language, name=name, rows=maze.rows, columns=maze.columns, states=maze.states)


def tell_unused(entries: Sequence[Entry], config: RunConfig, agent: str, language: Language) -> None:
    """One line for the flags that none of these algorithms has a use for."""
    unused = unused_flags(entries, vars(config))
    if all(entry.kind == "planning" for entry in entries):
        default = RunConfig(lang="en")
        unused = [f"--{name}" for name in ("episodes", "seed", "quick") if vars(config)[name] != vars(default)[name]] + unused
    if config.compare is None and config.seeds is not None:
        unused.append("--seeds")
    if unused:
        print(word("run.unused", language, agent=agent, flags=", ".join(unused)), file=sys.stderr)


def drawn_language(language: Language) -> Language:
    """The language of the figures; says so, in one sentence, where it cannot be the one that was asked for."""
    from mazefit.plots.fonts import korean_font

    if language == "ko" and korean_font() is None:
        print(word("run.no font", language), file=sys.stderr)
        return "en"
    return language


def open_windows(folder: Path, figures: Sequence[str], language: Language) -> None:
    """Show the figures; says so, in one sentence, where there is no display."""
    if not show([folder / f"{name}.png" for name in figures]):
        print(word("run.no display", language, folder=folder), file=sys.stderr)
