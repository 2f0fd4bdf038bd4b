"""What a deep agent believes of a maze, as a table: so that everything that reads tables reads networks as well."""

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.agents.deep.run import DeepRun
from mazefit.envs import Maze, MazeEnv
from mazefit.errors import ConfigError


def value_table(run: DeepRun, maze: Maze) -> npt.NDArray[np.float64]:
    """Q of every state of a maze [S, A], with the observations that the run was learned on; states that hold no agent are 0.

    Args:
        run: learned on state numbers, coordinates or planes.
        maze: of the size of those observations; with planes any maze of that size, seen or not.

    Raises:
        ConfigError: the run's observations are not those of such a maze.
    """
    space = run.core.observations.space
    kinds = {spaces.Discrete: "state", spaces.MultiDiscrete: "coordinates", spaces.MultiBinary: "grid"}
    kind = kinds.get(type(space))
    env = MazeEnv(maze, observation=kind or "state")
    if kind is None or env.observation_space != space:
        raise ConfigError(f"value_table: run: expected observations {env.observation_space} of this maze, got {space}")
    mdp = env.mdp
    inside = np.flatnonzero(~mdp.absorbing)
    seen: list[Any] = [env.reset(options={"state": int(state)})[0] for state in inside]
    table = np.zeros((mdp.states, mdp.actions))
    table[inside] = run.values(np.array(seen))
    return table
