"""What the deep agent's command leaves behind beside its page: tables, the run itself, and three figures."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.deep import DeepRun
from mazefit.agents.policies import maximisers
from mazefit.backup.tree import Backup
from mazefit.envs import Maze
from mazefit.files import to_npy, write_file
from mazefit.lab.announce import drawn_language
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.phrases import say
from mazefit.lab.deep.told import agent_name
from mazefit.lab.fitting.drawn_backup import DrawnBackup
from mazefit.lab.results import write_rows
from mazefit.lab.run_files import cell_labels
from mazefit.lab.which_maze import MAZE_FILE
from mazefit.words import Language

TABLES = [MAZE_FILE, "q.npy", "episodes.csv", "course.csv"]
SEEDS = "seeds.csv"
FIGURES = ["maze", "returns", "backup"]


def write_tables(folder: Path, maze: Maze, run: DeepRun, q: npt.NDArray[np.float64]) -> None:
    """The maze, what was learned of it, its episodes and the course.

    Raises:
        OutputError: a file cannot be written.
    """
    write_file(folder / MAZE_FILE, f"{maze}\n".encode())
    write_file(folder / "q.npy", to_npy(q))
    episodes = zip(run.ends.tolist(), run.returns.tolist(), run.lengths.tolist(), strict=True)
    write_rows(
        folder / "episodes.csv", ("episode", "end", "return", "length"), ([i, *row] for i, row in enumerate(episodes, 1))
    )
    course = run.course
    write_rows(folder / "course.csv", tuple(course), zip(*(column.tolist() for column in course.values()), strict=True))


def pictures(
    language: Language, config: DeepConfig, maze: Maze, run: DeepRun, q: npt.NDArray[np.float64], row: Backup | None
) -> dict[str, Any]:
    """The maze as it was learned; the episodes and a row of the last minibatch, if there are any."""
    from mazefit.plots import plot_curves, plot_maze

    spoken, name = drawn_language(language), agent_name(config)
    mdp = maze.mdp()
    values = np.where(mdp.absorbing, np.nan, q.max(axis=1))
    best = maximisers(q) & ~mdp.absorbing[:, None]
    title = say("deep.title", spoken, agent=name, steps=f"{run.steps:,}")
    drawn: dict[str, Any] = {
        "maze": plot_maze(
            maze.walls, maze.start, maze.goals, values, best, labels=cell_labels(maze), title=title, language=spoken
        )
    }
    if run.episodes:
        title = say("deep.returns", spoken, agent=name)
        drawn["returns"] = plot_curves(run.returns, run.lengths, title=title, language=spoken)
    if row is not None:
        drawn["backup"] = DrawnBackup(row, spoken)
    return drawn
