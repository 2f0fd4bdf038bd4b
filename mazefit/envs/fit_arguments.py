"""What the fitting environments are given, checked at the door: the task, numbers, reset options, updates and actions."""

import operator
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from mazefit.envs.fit_network import ACTIVATIONS, LOSSES, Numbers
from mazefit.envs.fit_tasks import NAMED, FitTask, named_task, own_task
from mazefit.errors import ConfigError, InvalidActionError, Problems, did_you_mean

RENDER_MODES = ("ansi",)
OF_ARRAYS: dict[str, Any] = {"hidden": (), "activation": "tanh", "loss": "mse"}  # and their defaults


def refuse_unknown(where: str, unknown: Mapping[str, object], known: Sequence[str]) -> None:
    """Name every argument that an environment does not know, with the known one that is near.

    Raises:
        ConfigError: there is such an argument.
    """
    problems = Problems(where)
    for word in unknown:
        problems.check(False, f"unknown argument {word!r}{did_you_mean(word, known)}")
    problems.raise_if_any()


def check_task(problems: Problems, task: object, data_seed: object, of_arrays: Mapping[str, Any]) -> None:
    """Note what is wrong with `task` and the arguments that belong to it."""
    problems.integer("data_seed", data_seed, 0)
    if isinstance(task, str):
        problems.choice("task", task, NAMED)
    else:
        pair = isinstance(task, tuple | list) and len(cast("Sequence[Any]", task)) == 2
        known = isinstance(task, FitTask) or pair
        problems.check(known, f"task: expected one of {', '.join(NAMED)}, or arrays (x, y), got {type(task).__name__}")
    if isinstance(task, str | FitTask):
        given = [name for name, value in of_arrays.items() if value != OF_ARRAYS[name]]
        problems.check(not given, f"{', '.join(given)}: expected none beside a task that has its own network, got some")
        return
    hidden = of_arrays["hidden"]
    problems.check(
        isinstance(hidden, tuple | list), f"hidden: expected units of the layers between, such as (10,), got {hidden!r}"
    )
    problems.choice("activation", of_arrays["activation"], ACTIVATIONS)
    problems.choice("loss", of_arrays["loss"], LOSSES)


def open_task(task: Any, data_seed: int, of_arrays: Mapping[str, Any]) -> FitTask:
    """The task that the arguments mean, once they are checked.

    Raises:
        ConfigError: the arrays are no points.
    """
    if isinstance(task, FitTask):
        return task
    if isinstance(task, str):
        return named_task(task, data_seed)
    return own_task(task[0], task[1], tuple(of_arrays["hidden"]), of_arrays["activation"], of_arrays["loss"])


def check_render_mode(problems: Problems, render_mode: object) -> None:
    """Note a render mode that there is not."""
    if render_mode is not None:
        problems.choice("render_mode", render_mode, RENDER_MODES)


def parameters_option(options: object, count: int) -> Numbers | None:
    """The parameters [P] that reset's options ask for, if they ask for some.

    Raises:
        ConfigError: an unknown option, or other than P finite numbers.
    """
    if options is None:
        return None
    if not isinstance(options, Mapping):
        raise ConfigError(f"reset: options: expected a dict such as {{'parameters': [...]}}, got {options!r}")
    problems = Problems("reset")
    for word in cast("Mapping[object, object]", options):
        problems.check(word == "parameters", f"options: unknown {word!r}{did_you_mean(str(word), ['parameters'])}")
    problems.raise_if_any()
    if not options:
        return None
    numbers, got = _numbers(options["parameters"], count)
    if numbers is None:
        raise ConfigError(f"reset: options['parameters']: expected {count} finite numbers, got {got}")
    return numbers


def checked_update(update: object, count: int) -> Numbers:
    """An update of the parameters, float64 [P].

    Raises:
        InvalidActionError: it is not P finite numbers.
    """
    numbers, got = _numbers(update, count)
    if numbers is None:
        raise InvalidActionError(f"apply: expected an update of {count} finite numbers, got {got}")
    return numbers


def checked_action(action: object, count: int) -> Numbers:
    """An action of the unit box, float64 [P].

    Raises:
        InvalidActionError: it is not P numbers from -1 to 1.
    """
    numbers, got = _numbers(action, count)
    if numbers is not None and float(np.abs(numbers).max()) > 1.0:
        worst = int(np.abs(numbers).argmax())
        numbers, got = None, f"{float(numbers[worst])!r} at place {worst}"
    if numbers is None:
        raise InvalidActionError(f"step: expected an action of {count} numbers from -1 to 1, got {got}")
    return numbers


def check_numbers(problems: Problems, name: str, values: object, count: int) -> None:
    """Note what is not `count` numbers above 0."""
    numbers, got = _numbers(values, count)
    fine = numbers is not None and bool((numbers > 0.0).all())
    problems.check(fine, f"{name}: expected {count} numbers above 0, got {got or repr(values)}")


def control_action(action: object, count: int) -> int:
    """A discrete action as a Python int.

    Raises:
        InvalidActionError: it is not an integer from 0 to `count` - 1.
    """
    try:
        number = operator.index(cast("int", action))
    except TypeError:
        number = -1
    if not 0 <= number < count:
        raise InvalidActionError(f"step: expected an action, an integer from 0 to {count - 1}, got {action!r}")
    return number


def _numbers(values: object, count: int) -> tuple[Numbers | None, str]:
    """The values as float64 [count], a copy; or None, and what came instead."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        return None, repr(values)
    if array.dtype.kind not in "iuf":
        return None, repr(values)
    if array.shape != (count,):
        return None, f"shape {list(array.shape)}"
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        worst = int(np.flatnonzero(~np.isfinite(numbers))[0])
        return None, f"{float(numbers[worst])!r} at place {worst}"
    return numbers, ""
