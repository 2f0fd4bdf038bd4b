"""A conformance kit for maze environments, one's own included: `check_maze_env(env)` says which rules do not hold."""

from mazefit.envs.checks.run import CheckReport, ConformanceError, check_maze_env

__all__ = ["CheckReport", "ConformanceError", "check_maze_env"]
