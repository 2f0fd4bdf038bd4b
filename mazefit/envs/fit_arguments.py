"""What the fitting environments are given, checked at the door: the task, numbers, reset options, updates and actions."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from mazefit.envs.arguments import known_options
from mazefit.envs.fit_network import ACTIVATIONS, LOSSES, Numbers
from mazefit.envs.fit_tasks import NAMED, FitTask, named_task, own_task
from mazefit.errors import ConfigError, InvalidActionError, Problems

OF_ARRAYS: dict[str, Any] = {"hidden": (), "activation": "tanh", "loss": "mse"}  # and their defaults


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


def parameters_option(options: object, count: int) -> Numbers | None:
    """The parameters [P] that reset's options ask for, if they ask for some.

    Raises:
        ConfigError: an unknown option, or other than P finite numbers.
    """
    known = known_options(options, ["parameters"], "{'parameters': [...]}")
    if not known:
        return None
    numbers, got = _numbers(known["parameters"], count)
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
