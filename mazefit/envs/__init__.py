"""What one acts in: mazes, their tables, the Gymnasium environment over them, and a check for environments of one's own."""

from typing import TYPE_CHECKING, Any

from mazefit.envs.maze import ACTIONS, Maze
from mazefit.envs.maze_env import MazeEnv
from mazefit.envs.tables import TabularMDP

if TYPE_CHECKING:
    from mazefit.envs.generators import ALGORITHMS

__all__ = ["ACTIONS", "ALGORITHMS", "Maze", "MazeEnv", "TabularMDP"]


def __getattr__(name: str) -> Any:
    """Load what is rarely needed when it is first asked for."""
    if name == "ALGORITHMS":
        from mazefit.envs.generators import ALGORITHMS

        return ALGORITHMS
    raise AttributeError(f"module 'mazefit.envs' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
