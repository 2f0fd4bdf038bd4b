"""What the landscape environment is given, checked at the door: constructor arguments and reset options."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from mazefit.envs.arguments import as_index, check_render_mode, known_options
from mazefit.envs.landscape import Landscape
from mazefit.envs.landscape_grid import RANGE_B, RANGE_W
from mazefit.envs.maze_arguments import RENDER_MODES, STARTS
from mazefit.errors import ConfigError, Problems

OBSERVATIONS = ("state", "coordinates", "parameters")
SURFACE: Mapping[str, Any] = {"model": None, "x": None, "y": None, "w": RANGE_W, "b": RANGE_B, "loss": "mse"}
OPTIONS = ("landscape", *SURFACE, "observation", "start", "render_mode")


def check_arguments(
    landscape: object, surface: Mapping[str, object], observation: object, start: object, render_mode: object
) -> None:
    """Say at once everything that is wrong with the constructor's arguments, the surface's own aside (`Landscape` says those).

    Raises:
        ConfigError: something is.
    """
    problems = Problems("LandscapeEnv")
    if landscape is not None:
        known = isinstance(landscape, Landscape)
        problems.check(known, f"landscape: expected a Landscape or None, got {type(landscape).__name__}")
        given = [name for name, value in surface.items() if not _same(value, SURFACE[name])]
        problems.check(not given, f"{', '.join(given)}: expected none of these beside landscape, which has its own")
    problems.choice("observation", observation, OBSERVATIONS)
    if isinstance(start, str):
        problems.choice("start", start, STARTS)
    elif as_index(start) is None:
        pair = _pair(start)
        problems.check(pair is not None, f"start: expected 'fixed', 'random', a state or a pair (w, b), got {start!r}")
    check_render_mode(problems, render_mode, RENDER_MODES)
    problems.raise_if_any()


def begun(landscape: Landscape, start: object) -> Landscape:
    """The surface, begun where `start` says: at a state or at the node nearest to a pair (w, b); otherwise as it is.

    Raises:
        ConfigError: no episode can begin there.
    """
    pair = _pair(start)
    if isinstance(start, str):
        return landscape
    return landscape.begun_at(landscape.nearest(*pair) if pair is not None else cast("int", as_index(start)))


def start_option(options: object, landscape: Landscape) -> int | None:
    """The state that reset's options ask for, if they ask for one.

    Raises:
        ConfigError: an unknown option, or a state in which no episode can begin.
    """
    known = known_options(options, ["state"], "{'state': 0}")
    if not known:
        return None
    state = known["state"]
    expected = f"reset: options['state']: expected a node that is no goal, from 0 to {landscape.states - 1}"
    number = as_index(state)
    if number is None or not 0 <= number < landscape.states:
        raise ConfigError(f"{expected}, got {state!r}")
    if number in landscape.goals:
        w, b = landscape.parameters(number)
        raise ConfigError(f"{expected}, got {number}, the goal at w = {w:g}, b = {b:g}")
    return number


def _pair(start: object) -> tuple[float, float] | None:
    """The pair of finite numbers that `start` is, if it is one."""
    if isinstance(start, str) or as_index(start) is not None:
        return None
    try:
        w, b = (float(part) for part in cast("Any", start))
    except (TypeError, ValueError):
        return None
    return (w, b) if np.isfinite([w, b]).all() else None


def _same(value: object, default: object) -> bool:
    """Whether an argument was left as it is."""
    return value is default or (isinstance(value, tuple | list | str) and value == default)
