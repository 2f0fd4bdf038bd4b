"""The grid under a loss surface: values of two parameters, and a model's loss at each pair of them; checked at the door."""

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, Problems
from mazefit.tasks import line

Numbers = npt.NDArray[np.float64]
Range = Sequence[float]
"""The smallest value, the largest, and how many nodes there are from the one to the other."""

RANGE_W: Range = (-0.3, 1.7, 21)
RANGE_B: Range = (-2.0, 8.0, 21)
LOSSES = ("mse", "l1")
LARGEST = 1e300


def nodes(name: str, span: object) -> Numbers:
    """The values of one parameter, rising, [N].

    Raises:
        ConfigError: the span is no (smallest, largest, nodes).
    """
    expected = f"{name}: expected (smallest, largest, nodes), such as (-1.0, 2.0, 31)"
    parts = list(cast("Sequence[Any]", span)) if isinstance(span, Sequence) and not isinstance(span, str) else []
    if len(parts) != 3:
        raise ConfigError(f"Landscape: {expected}, got {span!r}")
    low, high, count = parts
    problems = Problems("Landscape")
    problems.number(f"smallest {name}", low, -LARGEST, LARGEST)
    problems.number(f"largest {name}", high, -LARGEST, LARGEST)
    problems.integer(f"nodes of {name}", count, 2)
    problems.raise_if_any()
    step = (float(high) - float(low)) / (int(count) - 1)
    if not step > 0.0:
        raise ConfigError(f"Landscape: {expected}, the smallest below the largest, got {span!r}")
    digits = 9 - math.floor(math.log10(step))  # 0.7, not 0.7000000000000001
    values = np.linspace(float(low), float(high), int(count))
    tidy = np.round(values, digits) if abs(digits) < 300 else values
    return tidy + 0.0 if bool((np.diff(tidy) > 0).all()) else values


def losses_of(
    model: Callable[..., Any] | None, x: object, y: object, w: Numbers, b: Numbers, loss: str | Callable[..., Any]
) -> Numbers:
    """The loss at every (w, b), [R, C]: rows follow b as it is given, columns w.

    Raises:
        ConfigError: model, data or loss are none, predictions are of another shape, or a loss is no finite number.
    """
    inputs, outputs = _data(x, y)
    problems = Problems("Landscape")
    problems.check(
        model is None or callable(model), f"model: expected a function of (x, w, b) or None, got {type(model).__name__}"
    )
    problems.check(model is not None or inputs.shape == outputs.shape, _unfit(inputs, outputs))
    if not callable(loss):
        problems.choice("loss", loss, LOSSES)
    problems.raise_if_any()
    predict, measure = model or _line, loss if callable(loss) else _MEASURES[loss]
    found = np.empty((len(b), len(w)))
    with np.errstate(all="ignore"):  # what is no finite number is refused, with its place
        for row, second in enumerate(b.tolist()):
            for column, first in enumerate(w.tolist()):
                found[row, column] = _one(predict, measure, inputs, outputs, first, second)
    return found


def grid_of(losses: object, w: object, b: object) -> tuple[Numbers, Numbers, Numbers]:
    """Losses [R, C] and the values of their columns [C] and rows [R], as arrays of their own.

    Raises:
        ConfigError: they do not fit each other, or are not finite.
    """
    try:
        grid, across, down = (np.array(values, dtype=np.float64) for values in (losses, w, b))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"Landscape: expected losses [R, C], w [C] and b [R], got {error}") from error
    problems, shape = Problems("Landscape"), list(grid.shape)
    problems.check(grid.ndim == 2 and min(shape) > 1, f"losses: expected shape [R, C], both at least 2, got {shape}")
    problems.raise_if_any()
    for name, values, count, sign, order in (("w", across, shape[1], 1.0, "rising"), ("b", down, shape[0], -1.0, "falling")):
        fits = values.shape == (count,) and bool((np.diff(values) * sign > 0.0).all() and np.isfinite(values).all())
        problems.check(fits, f"{name}: expected {count} {order} numbers, got {_short(values)}")
    problems.raise_if_any()
    wrong = ~(np.abs(grid) <= LARGEST)
    if wrong.any():
        row, column = (int(place[0]) for place in np.nonzero(wrong))
        where = f"w = {across[column]:g}, b = {down[row]:g}"
        raise ConfigError(
            f"Landscape: losses: expected finite numbers, got {grid[row, column]:g} at {where}; take a smaller range"
        )
    return grid, across, down


def _data(x: object, y: object) -> tuple[Numbers, Numbers]:
    if x is None and y is None:
        ten = line()
        return ten.x, ten.y
    if x is None or y is None:
        raise ConfigError(f"Landscape: x and y: expected both or neither, got {'y' if x is None else 'x'} alone")
    try:
        inputs, outputs = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"Landscape: x and y: expected arrays of numbers, got {error}") from error
    alike = inputs.ndim >= 1 and outputs.ndim >= 1 and len(inputs) == len(outputs) > 0
    finite = bool(np.isfinite(inputs).all() and np.isfinite(outputs).all())
    problems = Problems("Landscape")
    problems.check(alike, _unfit(inputs, outputs))
    problems.check(finite, "x and y: expected finite numbers, got NaN or infinity")
    problems.raise_if_any()
    return inputs, outputs


def _one(predict: Any, measure: Any, x: Numbers, y: Numbers, w: float, b: float) -> float:
    """The loss at one node."""
    answer = predict(x, w, b)
    try:
        said = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"Landscape: model: expected predictions, an array of numbers, got {_kind(answer)}") from error
    if said.shape != y.shape:
        raise ConfigError(f"Landscape: model: expected predictions of the shape of y {list(y.shape)}, got {list(said.shape)}")
    answer = measure(said, y)
    try:
        return float(answer)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"Landscape: loss: expected a number, got {_kind(answer)}") from error


def _kind(answer: object) -> str:
    return f"{type(answer).__name__} of shape {list(answer.shape)}" if isinstance(answer, np.ndarray) else type(answer).__name__


def _line(x: Numbers, w: float, b: float) -> Numbers:
    return w * x + b


def _mse(said: Numbers, y: Numbers) -> float:
    return float(((said - y) ** 2).mean())


def _l1(said: Numbers, y: Numbers) -> float:
    return float(np.abs(said - y).mean())


_MEASURES = {"mse": _mse, "l1": _l1}


def _unfit(x: Numbers, y: Numbers) -> str:
    return f"x and y: expected as many inputs as outputs (of the line of one shape), got {list(x.shape)} and {list(y.shape)}"


def _short(values: Numbers) -> str:
    if values.size < 6:
        return f"{values.tolist()}"
    flat = values.reshape(-1)
    return f"shape {list(values.shape)}, {flat[0]:g} to {flat[-1]:g}"
