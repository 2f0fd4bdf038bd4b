"""What the maze environment is given, checked at the door: constructor arguments, reset options, actions."""

import operator
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from mazefit.envs.maze import MOVES, Maze
from mazefit.errors import ConfigError, InvalidActionError, Problems, did_you_mean

OBSERVATIONS = ("state", "coordinates", "grid")
STARTS = ("fixed", "random")
RENDER_MODES = ("ansi", "rgb_array")
GENERATED = {"rows": 10, "columns": 10, "algorithm": "wilson", "maze_seed": 0, "loops": 0.0}


OPTIONS = ("maze", *GENERATED, "observation", "action_mask", "start", "step_reward", "goal_reward", "render_mode")


def refuse_unknown(unknown: Mapping[str, object]) -> None:
    """Name every argument that the environment does not know, with the known one that is near.

    Raises:
        ConfigError: there is such an argument.
    """
    problems = Problems("MazeEnv")
    for word in unknown:
        problems.check(False, f"unknown argument {word!r}{did_you_mean(word, OPTIONS)}")
    problems.raise_if_any()


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
    if render_mode == "human":
        problems.check(False, "render_mode: expected gymnasium.make for 'human', which shows 'rgb_array' in a window")
    elif render_mode is not None:
        problems.choice("render_mode", render_mode, RENDER_MODES)
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
    if options is None:
        return None
    if not isinstance(options, Mapping):
        raise ConfigError(f"reset: options: expected a dict such as {{'state': 0}}, got {options!r}")
    problems = Problems("reset")
    for word in cast("Mapping[object, object]", options):
        problems.check(word == "state", f"options: unknown {word!r}{did_you_mean(word, ['state'])}")
    problems.raise_if_any()
    return _free_state(options["state"], maze) if options else None


def _free_state(state: object, maze: Maze) -> int:
    expected = f"reset: options['state']: expected a free cell that is no goal, from 0 to {maze.states - 1}"
    number = _as_index(state)
    if number is None or not 0 <= number < maze.states:
        raise ConfigError(f"{expected}, got {state!r}")
    kind = "the wall" if maze.walls.flat[number] else "the goal" if number in maze.goals else ""
    if kind:
        raise ConfigError(f"{expected}, got {number}, {kind} at row {number // maze.columns}, column {number % maze.columns}")
    return number


def action_number(action: object) -> int:
    """The action as a Python int.

    Raises:
        InvalidActionError: it is not an integer from 0 to 3.
    """
    number = _as_index(action)
    if number is None or not 0 <= number < len(MOVES):
        raise InvalidActionError(f"step: expected an action, an integer from 0 to {len(MOVES) - 1}, got {action!r}")
    return number


def _as_index(value: object) -> int | None:
    """The integer that `value` is, if it is one: Python's, NumPy's or a 0-d array of them."""
    try:
        return operator.index(cast("int", value))
    except TypeError:
        return None
