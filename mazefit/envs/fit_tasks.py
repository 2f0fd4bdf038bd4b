"""What there is to be fitted by acting: the regressions of the tutorials as points, network, start and a loss to reach.

line      w x + b through ten points         w, b ~ N(0, 1)                  1.01 x the loss of least squares
descent   W x + b through 1,000 points       W = 5, b = 0                    1.01 x the loss of least squares
sine      1-2-1, sigmoid, ten points         Glorot's uniform, biases 0      0.05
curve     1-10-1, tanh, the line's points    uniform in ± 1/√inputs          0.1
waves     1-5-10-10-10-5-1, leaky ReLU, L1   uniform in ± 1/√inputs          1.05 x the mean size of the sample's own noise
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.fit_network import FitNetwork, Numbers
from mazefit.errors import ConfigError, Problems
from mazefit.tasks import curve, descent, least_squares, line, sine, waves
from mazefit.tasks.points import Task

STARTS = ("normal", "glorot", "uniform", "fixed")
NEAR = 1.01  # how near to least squares a line is called fitted
STUCK = 1.05  # L1 over the mean |noise| of the same points


@dataclass(frozen=True, eq=False)
class FitTask:
    """Points, the network that is to fit them, where it begins, and the loss at which it is done.

    Args:
        name: what it is called.
        x, y: the points, [n, d] and [n, k].
        network: what is fitted.
        start: how the first parameters are drawn, one of STARTS.
        target_loss: at this loss or below the fit is done.
        begin: the first parameters [P] of the start "fixed".
    """

    name: str
    x: Numbers
    y: Numbers
    network: FitNetwork
    start: str
    target_loss: float
    begin: tuple[float, ...] = ()

    def first(self, generator: np.random.Generator) -> Numbers:
        """The parameters [P] with which a fit begins."""
        if self.start == "fixed":
            return np.array(self.begin)
        if self.start == "normal":
            return generator.standard_normal(self.network.parameters)
        parts: list[Numbers] = []
        for inputs, units in pairwise(self.network.sizes):
            glorot = self.start == "glorot"
            bound = math.sqrt(6.0 / (inputs + units)) if glorot else 1.0 / math.sqrt(inputs)
            parts.append(generator.uniform(-bound, bound, inputs * units))
            parts.append(np.zeros(units) if glorot else generator.uniform(-bound, bound, units))
        return np.concatenate(parts)

    @property
    def digest(self) -> str:
        """SHA-256 of points, network and start: equal tasks have equal digests."""
        sha = hashlib.sha256(f"{self.network}, {self.start}, {self.begin}, {self.x.shape}, {self.y.shape}".encode())
        sha.update(self.x.tobytes())
        sha.update(self.y.tobytes())
        return sha.hexdigest()

    def loss_and_gradient(self, parameters: Numbers) -> tuple[float, Numbers]:
        """The loss at `parameters` [P], and its gradient [P]."""
        return self.network.loss_and_gradient(parameters, self.x, self.y)


def _line(points: Task) -> FitTask:
    loss = NEAR * least_squares(points.x, points.y).loss
    return FitTask("line", points.x, points.y, FitNetwork((1, 1)), "normal", loss)


def _descent(points: Task) -> FitTask:
    loss = NEAR * least_squares(points.x, points.y).loss
    return FitTask("descent", points.x, points.y, FitNetwork((1, 1)), "fixed", loss, (5.0, 0.0))


def _sine(points: Task) -> FitTask:
    return FitTask("sine", points.x, points.y, FitNetwork((1, 2, 1), "sigmoid"), "glorot", 0.05)


def _curve(points: Task) -> FitTask:
    return FitTask("curve", points.x, points.y, FitNetwork((1, 10, 1), "tanh"), "uniform", 0.1)


def _waves(points: Task) -> FitTask:
    network = FitNetwork((1, 5, 10, 10, 10, 5, 1), "leaky-relu", "l1")
    return FitTask("waves", points.x, points.y, network, "uniform", STUCK * float(points.floor or 0.0))


NAMED: dict[str, tuple[Callable[..., Task], Callable[[Task], FitTask]]] = {
    "line": (line, _line),
    "descent": (descent, _descent),
    "sine": (sine, _sine),
    "curve": (curve, _curve),
    "waves": (waves, _waves),
}
SEEDED = ("descent", "waves")  # whose points are drawn


def named_task(name: str, data_seed: int = 0) -> FitTask:
    """A task by its name.

    Args:
        name: "line", "descent", "sine", "curve" or "waves".
        data_seed: of the points of "descent" and "waves"; the others have theirs.

    Raises:
        ConfigError: an unknown name, or a seed that there cannot be.
    """
    problems = Problems("named_task")
    problems.choice("name", name, NAMED)
    problems.integer("data_seed", data_seed, 0)
    problems.raise_if_any()
    points, task = NAMED[name]
    return task(points(seed=data_seed) if name in SEEDED else points())


def own_task(
    x: npt.ArrayLike, y: npt.ArrayLike, hidden: tuple[int, ...] = (), activation: str = "tanh", loss: str = "mse"
) -> FitTask:
    """A task out of points of one's own; its target loss is 0, which no noisy points let anything reach.

    Args:
        x: inputs, [n, d] or [n] for one input.
        y: outputs, [n, k] or [n] for one output.
        hidden: units of the layers between; none make it a line.
        activation: between the layers.
        loss: "mse" or "l1".

    Raises:
        ConfigError: the arrays are no such points, or a setting is out of range.
    """
    inputs, outputs = _columns("x", x), _columns("y", y)
    if len(inputs) != len(outputs):
        raise ConfigError(f"task: y: expected as many rows as x, {len(inputs)}, got {len(outputs)}")
    problems = Problems("task")
    for units in hidden:
        problems.integer("hidden", units, 1)
    problems.raise_if_any()
    sizes = (inputs.shape[1], *(int(units) for units in hidden), outputs.shape[1])
    network = FitNetwork(sizes, activation if hidden else "none", loss)
    return FitTask("own", inputs, outputs, network, "uniform", 0.0)


def _columns(name: str, values: Any) -> Numbers:
    """Finite numbers [n, d], a copy of its own."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"task: {name}: expected an array of numbers, got {error}") from error
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or not array.size:
        raise ConfigError(f"task: {name}: expected shape [n, columns] with at least one row, got {list(array.shape)}")
    if not np.isfinite(array).all():
        raise ConfigError(f"task: {name}: expected finite numbers, got NaN or infinity")
    return array
