"""What the maze environment is given, checked at the door: constructor arguments and reset options."""

from typing import Any

import numpy as np

from mazefit.envs.arguments import as_index, check_render_mode, known_options
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, Problems

OBSERVATIONS = ("state", "coordinates", "grid")
STARTS = ("fixed", "random")
RENDER_MODES = ("ansi", "rgb_array")
GENERATED = {"rows": 10, "columns": 10, "algorithm": "wilson", "maze_seed": 0, "loops": 0.0}
OPTIONS = ("maze", *GENERATED, "observation", "action_mask", "start", "step_reward", "goal_reward", "render_mode")


def check_arguments(
    maze: object,
    generated: dict[str, Any],
    observation: object,
    action_mask: object,
    start: object,
    step_reward: object,
    goal_reward: object,
    render_mode: object,
) -> None:
    """Say at once everything that is wrong with the constructor's arguments.

    Raises:
        ConfigError: something is.
    """
    problems = Problems("MazeEnv")
    if maze is None:
        _check_generated(problems, **generated)
    else:
        known = isinstance(maze, Maze | str | bytes)
        problems.check(known, f"maze: expected a Maze, its text or None, got {type(maze).__name__}")
        given = [name for name, value in generated.items() if value is not GENERATED[name] and value != GENERATED[name]]
        problems.check(not given, f"{', '.join(given)}: expected no generator's arguments beside maze, which is not generated")
    problems.choice("observation", observation, OBSERVATIONS)
    problems.check(isinstance(action_mask, bool | np.bool_), f"action_mask: expected True or False, got {action_mask!r}")
    problems.choice("start", start, STARTS)
    problems.number("step_reward", step_reward, -1e300, 1e300)
    problems.number("goal_reward", goal_reward, -1e300, 1e300)
    check_render_mode(problems, render_mode, RENDER_MODES)
    problems.raise_if_any()


def _check_generated(
    problems: Problems, rows: object, columns: object, algorithm: object, maze_seed: object, loops: object
) -> None:
    from mazefit.envs.generators import ALGORITHMS

    problems.integer("rows", rows, 1)
    problems.integer("columns", columns, 1)
    problems.choice("algorithm", algorithm, ALGORITHMS)
    problems.integer("maze_seed", maze_seed, 0)
    problems.number("loops", loops, 0.0, 1.0)


def start_option(options: object, maze: Maze) -> int | None:
    """The state that reset's options ask for, if they ask for one.

    Raises:
        ConfigError: an unknown option, or a state in which no episode can begin.
    """
    known = known_options(options, ["state"], "{'state': 0}")
    return _free_state(known["state"], maze) if known else None


def _free_state(state: object, maze: Maze) -> int:
    expected = f"reset: options['state']: expected a free cell that is no goal, from 0 to {maze.states - 1}"
    number = as_index(state)
    if number is None or not 0 <= number < maze.states:
        raise ConfigError(f"{expected}, got {state!r}")
    kind = "the wall" if maze.walls.flat[number] else "the goal" if number in maze.goals else ""
    if kind:
        raise ConfigError(f"{expected}, got {number}, {kind} at row {number // maze.columns}, column {number % maze.columns}")
    return number
