"""What there is to do: everything that a run needs, checked before anything is learned."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mazefit.agents.catalogue import Entry, find
from mazefit.agents.exact import Solution, solve
from mazefit.agents.run import Run
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, DataError, OutputError
from mazefit.files import prepare_folder
from mazefit.lab.evaluated_policy import Evaluated, evaluated
from mazefit.lab.parameters import build, evaluates, goes_on
from mazefit.lab.places import RUN_FOLDER, run_within
from mazefit.lab.run_config import RunConfig
from mazefit.lab.saved_config import CONFIG_FILE, KIND, is_ours, read_config, resumed_config
from mazefit.lab.which_maze import MAZE_FILE, choose_maze, naming_the_discount, read_maze

FIGURES = ("maze", "returns", "errors", "last_backup", "textbook_backup")
TABLES = (CONFIG_FILE, MAZE_FILE, "q.npy", "v.npy", "returns.csv")


@dataclass(frozen=True)
class Task:
    """One run to do: its settings, the maze and its tables, the exact answer, the algorithm, and where results go.

    `evaluated` is the policy whose values are to be found, where it is not the best one.
    """

    config: RunConfig
    maze: Maze
    mdp: TabularMDP
    exact: Solution
    entry: Entry
    algorithm: Any
    folder: Path
    resume: Run | None
    evaluated: Evaluated | None = None

    @property
    def discount(self) -> float:
        """γ of the algorithm."""
        return self.algorithm.discount


def prepare(config: RunConfig) -> Task:
    """Check everything that can go wrong before time is spent on learning.

    Raises:
        ConfigError: settings are wrong; all of them are named.
        DataError: a maze file, or the run to resume, cannot be read.
        MazeFormatError: the maze file holds no maze.
        UnboundedValueError: the maze has no exact answer.
        OutputError: results cannot be written to the folder.
    """
    config.check()
    run = None
    if config.resume is not None:
        saved = run_within("--resume", config.resume)
        base = saved.parent if saved.name == RUN_FOLDER else saved
        config = resumed_config(config, read_config(base), base)
        maze = read_maze(base / MAZE_FILE)
        run = Run.load(saved)
        if run.environment != maze.mdp().digest:
            raise DataError(f"{base / MAZE_FILE}: expected the maze of the run in {base / RUN_FOLDER}, got another maze")
        if config.total < run.episodes:
            raise ConfigError(f"--episodes: expected a total of at least the run's {run.episodes}, got {config.total}")
    else:
        maze = choose_maze(config.maze, config.rows, config.columns, config.algorithm, config.maze_seed, config.loops)
    mdp, entry = maze.mdp(), find(config.name)
    if run is not None and not goes_on(entry):
        raise ConfigError(f"--resume: expected a run that can go on, got one of {entry.name}, which is done when it ends")
    algorithm = build(entry, vars(config))
    with naming_the_discount():
        exact = solve(mdp, algorithm.discount)
        policy = evaluated(mdp, config.policy, exact) if evaluates(entry) else None
    folder = claimed(config.folder, [*TABLES, *(f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")), RUN_FOLDER])
    return Task(config, maze, mdp, exact, entry, algorithm, folder, run, policy)


def claimed(folder: Path, names: list[str], kind: str = KIND) -> Path:
    """The folder for results of these names: a new one, or one with an earlier run's, which give way; never somebody else's.

    Raises:
        OutputError: it is a file, cannot be written, or holds files of these names that are not a run's.
    """
    path = prepare_folder(folder)
    present = [name for name in names if (path / name).exists()]
    try:
        ours = is_ours(json.loads((path / CONFIG_FILE).read_bytes()), kind)
    except (OSError, ValueError, RecursionError):
        ours = False
    if present and not ours:
        raise OutputError(
            f"--out: expected a new folder or that of an earlier run, got {str(path)!r}, which holds files of the same names "
            f"that are not a run's ({', '.join(present)}) and would be lost; choose another folder"
        )
    return path
