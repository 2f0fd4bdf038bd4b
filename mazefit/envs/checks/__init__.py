"""Conformance kits, for one's own environments too: `check_maze_env` and `check_fit_env` say which rules do not hold."""

from mazefit.envs.checks.fit import FitCheckReport, check_fit_env
from mazefit.envs.checks.run import CheckReport, ConformanceError, check_maze_env

__all__ = ["CheckReport", "ConformanceError", "FitCheckReport", "check_fit_env", "check_maze_env"]
