"""What `MazeVectorEnv` is given, checked at the door: constructor arguments, seeds and options of `reset`."""

import operator
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from mazefit.envs.arguments import known_options
from mazefit.envs.maze import Maze
from mazefit.envs.maze_arguments import OPTIONS
from mazefit.envs.vector.plan import INFOS, LONGEST
from mazefit.envs.vector.tables import Integers, VectorTables
from mazefit.errors import ConfigError, Problems
from mazefit.kernel import numba_available

WORDS = (
    *OPTIONS, "num_envs", "mazes", "autoreset_mode", "max_episode_steps", "infos", "backend", "device", "copy",
)  # fmt: skip
BACKENDS = ("auto", "numpy", "compiled", "torch")
LARGE = 256
"""Environments from which `backend="auto"` is the compiled one: fewer are stepped by NumPy before Numba is imported."""


def check_vector_arguments(
    num_envs: object,
    mazes: object,
    maze: object,
    autoreset_mode: object,
    max_episode_steps: object,
    infos: object,
    backend: object,
    copy: object,
) -> None:
    """Say at once everything that is wrong with the arguments that a single environment does not have.

    Raises:
        ConfigError: something is.
    """
    problems = Problems("MazeVectorEnv")
    problems.integer("num_envs", num_envs, 1, 2**26)
    if isinstance(mazes, Sequence) and not isinstance(mazes, str | bytes):
        many = cast("Sequence[object]", mazes)
        problems.check(len(many) == num_envs, f"mazes: expected one for each of {num_envs} environments, got {len(many)}")
        strange = [i for i, one in enumerate(many) if not isinstance(one, Maze | str | bytes)]
        if strange:
            kind = type(many[strange[0]]).__name__
            problems.check(False, f"mazes: expected Mazes or their texts, got {kind} for environment {strange[0]}")
    else:
        known = mazes is None or isinstance(mazes, Maze | str | bytes)
        problems.check(known, f"mazes: expected a Maze, its text, one for each environment or None, got {type(mazes).__name__}")
    problems.check(mazes is None or maze is None, "mazes: expected either maze or mazes, got both")
    modes = [mode.value for mode in AutoresetMode]
    known = isinstance(autoreset_mode, AutoresetMode) or (isinstance(autoreset_mode, str) and autoreset_mode in modes)
    problems.check(known, f"autoreset_mode: expected an AutoresetMode or one of {', '.join(modes)}, got {autoreset_mode!r}")
    if max_episode_steps is not None:
        problems.integer("max_episode_steps", max_episode_steps, 1, LONGEST)
    if isinstance(infos, str | bytes) or not isinstance(infos, Sequence):
        problems.check(infos == "all", f"infos: expected 'all' or names among {', '.join(INFOS)}, got {infos!r}")
    else:
        for word in cast("Sequence[object]", infos):
            problems.choice("infos", word, INFOS)
    problems.choice("backend", backend, BACKENDS)
    problems.check(isinstance(copy, bool | np.bool_), f"copy: expected True or False, got {copy!r}")
    problems.raise_if_any()


def check_mazes(tables: VectorTables, observation: str, start: str) -> None:
    """Refuse mazes that cannot be seen together, or in which no episode can begin.

    Raises:
        ConfigError: there are some.
    """
    sizes = {maze.walls.shape for maze in tables.mazes}
    if observation == "grid" and len(sizes) > 1:
        raise ConfigError(f"MazeVectorEnv: mazes: expected one size for observation='grid', got {len(sizes)} different ones")
    if start == "random" and not tables.beginnings[2].all():
        hopeless = np.flatnonzero(tables.beginnings[2] == 0)
        raise ConfigError(
            "MazeVectorEnv: start: expected mazes with a goal that can be reached for 'random', "
            f"got one without for environment {hopeless[0]}"
        )


def backend_of(backend: str, device: Any, count: int) -> str:
    """The backend that is meant: a rule of size and device, never of timing.

    Raises:
        ConfigError: a device is given to a backend that has none, or there is no Numba for "compiled".
    """
    if backend == "auto":
        return "torch" if device is not None else "compiled" if count >= LARGE and numba_available() else "numpy"
    if device is not None and backend != "torch":
        raise ConfigError(f"MazeVectorEnv: device: expected None for backend={backend!r}, got {device!r}")
    return backend


def infos_wanted(infos: str | Sequence[str], action_mask: bool) -> tuple[str, ...]:
    """The names of infos' entries, in their own order; the mask where it was asked for by its own argument."""
    names = set(INFOS if isinstance(infos, str) else infos)
    if isinstance(infos, str) and not action_mask:
        names.discard("action_mask")
    return tuple(name for name in INFOS if name in names or (name == "action_mask" and action_mask))


def seeds_of(seed: object, count: int) -> list[int | None] | None:
    """The seed of each environment: `seed + i` of environment i, or as listed.

    Raises:
        ConfigError: there are not as many, or one is no integer from 0 on.
    """
    if seed is None:
        return None
    if isinstance(seed, Sequence | np.ndarray) and not isinstance(seed, str | bytes):
        seeds: list[Any] = list(cast("Any", seed))
        if len(seeds) != count:
            raise ConfigError(f"reset: seed: expected one for each of {count} environments, got {len(seeds)}")
        return [None if one is None else _seed(one) for one in seeds]
    first = _seed(seed)
    return [first + i for i in range(count)]


def _seed(seed: object) -> int:
    try:
        number = operator.index(cast("int", seed))
    except TypeError:
        number = -1
    if number < 0 or isinstance(seed, bool):
        raise ConfigError(f"reset: seed: expected an integer from 0 on, a list of them or None, got {seed!r}")
    return number


def reset_options(options: object, tables: VectorTables, count: int) -> tuple[Integers, Integers | None]:
    """Which environments `reset` is for, and the state for each of these to begin in, if one is asked for.

    Raises:
        ConfigError: an unknown option, a mask that is none, or a state in which no episode can begin.
    """
    words = known_options(options, ["reset_mask", "state"], "{'reset_mask': mask}")
    which = np.arange(count) if "reset_mask" not in words else np.flatnonzero(_mask(words["reset_mask"], count))
    return which, _states(words["state"], which, tables, count) if "state" in words else None


def _mask(mask: Any, count: int) -> npt.NDArray[np.bool_]:
    expected = f"reset: options['reset_mask']: expected bools [{count}], at least one true"
    if not isinstance(mask, np.ndarray):
        raise ConfigError(f"{expected}, got {type(mask).__name__}")
    if mask.shape != (count,) or mask.dtype != np.bool_:
        raise ConfigError(f"{expected}, got {mask.dtype} {list(mask.shape)}")
    if not mask.any():
        raise ConfigError(f"{expected}, got none")
    return mask


def _states(states: Any, which: Integers, tables: VectorTables, count: int) -> Integers:
    expected = f"reset: options['state']: expected a free cell that is no goal, or {count} of them"
    array = np.asarray(states)
    if array.dtype.kind not in "iu" or array.shape not in ((), (count,)):
        raise ConfigError(f"{expected}, got {states!r}")
    wanted: Integers = np.broadcast_to(array, count)[which].astype(np.int64)
    offset = tables.offset[which]
    sizes = tables.base[tables.which[which] + 1] - offset
    outside = (wanted < 0) | (wanted >= sizes)
    bad = outside | tables.absorbing[np.where(outside, 0, wanted) + offset]
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ConfigError(f"{expected}, got {wanted[first]} for environment {which[first]}")
    return wanted
