"""mazefit: a gym in which every number a learner writes down can be seen, replayed and explained.

Importing the package registers its Gymnasium environments; its rooms (`mazefit.envs`, `mazefit.agents`, `mazefit.backup`,
`mazefit.plots`) are loaded when they are first used.
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from gymnasium.envs.registration import register

from mazefit.version import __version__

if TYPE_CHECKING:
    from mazefit import agents, backup, envs, lab, plots

__all__ = ["__version__", "agents", "backup", "envs", "lab", "plots"]

register(
    id="mazefit/Maze-v0",
    entry_point="mazefit.envs.maze_env:MazeEnv",
    vector_entry_point="mazefit.envs.maze_vector_env:MazeVectorEnv",
)
register(id="mazefit/Landscape-v0", entry_point="mazefit.envs.landscape_env:LandscapeEnv")
register(id="mazefit/Fit-v0", entry_point="mazefit.envs.fit_env:FitEnv")
register(id="mazefit/FitControl-v0", entry_point="mazefit.envs.fit_control_env:FitControlEnv")


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"mazefit.{name}")
    raise AttributeError(f"module 'mazefit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
