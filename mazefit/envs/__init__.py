"""What one acts in: mazes, their tables, the Gymnasium environment over them, and a check for environments of one's own."""

import importlib
from typing import TYPE_CHECKING, Any

from mazefit.envs.maze import ACTIONS, Maze
from mazefit.envs.maze_env import MazeEnv
from mazefit.envs.tables import TabularMDP

if TYPE_CHECKING:
    from mazefit.envs.checks import check_fit_env, check_maze_env
    from mazefit.envs.fit_control_env import FitControlEnv
    from mazefit.envs.fit_env import FitEnv
    from mazefit.envs.generators import ALGORITHMS
    from mazefit.envs.landscape import Landscape
    from mazefit.envs.landscape_env import LandscapeEnv
    from mazefit.envs.maze_vector_env import MazeVectorEnv

__all__ = [
    "ACTIONS",
    "ALGORITHMS",
    "FitControlEnv",
    "FitEnv",
    "Landscape",
    "LandscapeEnv",
    "Maze",
    "MazeEnv",
    "MazeVectorEnv",
    "TabularMDP",
    "check_fit_env",
    "check_maze_env",
]  # fmt: skip


_LATER = {
    "ALGORITHMS": "generators",
    "FitControlEnv": "fit_control_env",
    "FitEnv": "fit_env",
    "Landscape": "landscape",
    "LandscapeEnv": "landscape_env",
    "MazeVectorEnv": "maze_vector_env",
    "check_fit_env": "checks",
    "check_maze_env": "checks",
}


def __getattr__(name: str) -> Any:
    """Load what is rarely needed when it is first asked for."""
    if name in _LATER:
        return getattr(importlib.import_module(f"mazefit.envs.{_LATER[name]}"), name)
    raise AttributeError(f"module 'mazefit.envs' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
