"""What a comparison has to do: several algorithms on one maze, checked before anything is learned."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mazefit.agents.catalogue import Entry, find
from mazefit.agents.exact import Solution, solve
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError
from mazefit.lab.evaluated_policy import Evaluated, evaluated
from mazefit.lab.parameters import build, evaluates, written
from mazefit.lab.run_config import RunConfig
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE
from mazefit.lab.which_maze import MAZE_FILE, choose_maze, naming_the_discount

KIND = "mazefit run --compare"
TABLE = "comparison"
CURVES = "curves.csv"


@dataclass(frozen=True)
class Contestant:
    """One of the algorithms, with its parameters."""

    entry: Entry
    algorithm: Any

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.name

    @property
    def plans(self) -> bool:
        """Whether it plans, without episodes and seeds."""
        return self.entry.kind == "planning"

    @property
    def settings(self) -> str:
        """Its parameters."""
        return written(self.algorithm)


@dataclass(frozen=True)
class Comparison:
    """Everything that is needed; `policy` is the policy whose values are predicted, None where control is compared."""

    config: RunConfig
    maze: Maze
    mdp: TabularMDP
    exact: Solution
    contestants: tuple[Contestant, ...]
    policy: Evaluated | None
    folder: Path

    @property
    def learners(self) -> list[Contestant]:
        """Those that learn from episodes."""
        return [one for one in self.contestants if not one.plans]


def prepare_comparison(config: RunConfig) -> Comparison:
    """Check everything that can go wrong before time is spent on learning.

    Raises:
        ConfigError: settings are wrong, or the algorithms cannot be compared with each other.
        DataError, MazeFormatError, UnboundedValueError, OutputError: as of `prepare`.
    """
    config.check()
    entries = [find(name) for name in config.names]
    if len({evaluates(entry) for entry in entries}) == 2:
        told = ", ".join(f"{entry.name} ({'values of a policy' if evaluates(entry) else entry.kind})" for entry in entries)
        raise ConfigError(
            "--compare: expected algorithms that look for the same values, the best ones or those of a policy, got " + told
        )
    maze = choose_maze(config.maze, config.rows, config.columns, config.algorithm, config.maze_seed, config.loops)
    mdp = maze.mdp()
    contestants = tuple(Contestant(entry, build(entry, vars(config))) for entry in entries)
    discounts = {one.algorithm.discount for one in contestants}
    if len(discounts) > 1:
        raise ConfigError(f"--discount: expected one that all of --compare share, got {sorted(discounts)}; give it")
    with naming_the_discount():
        exact = solve(mdp, discounts.pop())
        policy = evaluated(mdp, config.policy, exact) if evaluates(entries[0]) else None
    names = [CONFIG_FILE, MAZE_FILE, CURVES, *(f"{TABLE}.{kind}" for kind in ("csv", "md", "png", "svg"))]
    return Comparison(config, maze, mdp, exact, contestants, policy, claimed(config.folder, names, KIND))
