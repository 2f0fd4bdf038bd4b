"""A line by gradient descent written by hand, every step kept: where W and b go, and by which law.

What the tutorial does: 1,000 inputs x ~ N(0, 1), outputs 3 x + 2 + N(0, 1); the model starts at W = 5, b = 0 (so model(3) = 15)
and takes ten steps of

    W ← W - 0.1 · ∂loss/∂W        b ← b - 0.1 · ∂loss/∂b        loss = mean (W x + b - y)²

What was wrong: W, b and the loss are recorded *before* the update, so the tenth update is never seen (here the path has eleven
rows); there is no seed; and what the descent converges to is the least-squares line of these very points (about
2.9995 ± 0.032 and 1.9997 ± 0.031 over data sets), not (3, 2), which only infinitely many points would give.

What is true: with x of mean 0 and variance 1 the bowl is round, its curvature 2, so every step leaves 1 - 0.1 · 2 = 0.8 of the
way that is left. With infinitely many points

    W_k = 3 + 2 · 0.8^k        b_k = 2 - 2 · 0.8^k        loss_k = 1 + 8 · 0.64^k
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.functional import mse_loss

from mazefit.errors import TrainingError
from mazefit.supervised.regression.bowl import bowl
from mazefit.tasks.best_line import Line
from mazefit.tasks.noisy_line import NOISE, OFFSET, SLOPE, descent
from mazefit.tasks.points import Numbers, Task
from mazefit.training import Event, Trainer, pick_device

LEARNING_RATE, STEPS = 0.1, 10
START = (5.0, 0.0)  # W, b
TUTORIAL_LOSSES = (9.03145, 6.19979, 4.36142, 3.16754, 2.39198, 1.88800, 1.56040, 1.34738, 1.20883, 1.11868)
"""The tutorial's own ten rows, of points that are not known: its W goes from 5.00 to 3.27, its b from 0.00 to 1.76."""


@dataclass(frozen=True, eq=False)
class DescentPath:
    """The path of W and b: row k is the state after k updates, so there is one row more than there are updates.

    Args:
        w, b, loss: the path, [steps + 1].
        best: the least-squares line of the same points, where the path ends.
        model_at_3: what the model says of x = 3 before it has learned.
    """

    w: Numbers
    b: Numbers
    loss: Numbers
    best: Line
    model_at_3: float

    @property
    def distance(self) -> float:
        """How far W and b are from least squares after the last update, the larger of the two."""
        return float(max(abs(self.w[-1] - self.best.w[0, 0]), abs(self.b[-1] - self.best.b[0])))


def line_at(w: float, b: float) -> nn.Linear:
    """y = w x + b in float64."""
    line = nn.Linear(1, 1, dtype=torch.float64)
    with torch.no_grad():
        line.weight.fill_(w)
        line.bias.fill_(b)
    return line


def descend(
    task: Task,
    *,
    learning_rate: float = LEARNING_RATE,
    steps: int = STEPS,
    start: tuple[float, float] = START,
    device: str = "auto",
) -> DescentPath:
    """Gradient descent by hand: no optimizer, the loop in full.

    Args:
        task: points with one input and one output.
        learning_rate: of every step.
        steps: updates.
        start: W and b before the first.
        device: "auto" (so small a line stays on the CPU), "cpu" or "cuda".

    Raises:
        TrainingError: the descent has diverged so far that the loss is no finite number.
    """
    where = pick_device(device, task.x.size).device
    x, y = torch.from_numpy(task.x).to(where), torch.from_numpy(task.y).to(where)
    line = line_at(*start).to(where)
    path: list[tuple[float, float, float]] = []
    at_3 = line(torch.tensor([[3.0]], dtype=torch.float64, device=where)).item()
    for step in range(steps + 1):
        loss = mse_loss(line(x), y)
        if not math.isfinite(loss.item()):
            raise TrainingError(
                f"descent: expected a finite loss, got {loss.item()} after {step} updates; take a smaller learning rate"
            )
        path.append((line.weight.item(), line.bias.item(), loss.item()))
        if step == steps:
            break
        loss.backward()
        hand_written(list(line.parameters()), learning_rate)
    w, b, losses = np.array(path).T
    return DescentPath(w, b, losses, bowl(task.x, task.y).best, at_3)


def hand_written(parameters: list[nn.Parameter], learning_rate: float) -> None:
    """One step by hand: every parameter goes against its gradient, which is then forgotten."""
    with torch.no_grad():
        for parameter in parameters:
            gradient = parameter.grad
            if gradient is not None:
                parameter -= learning_rate * gradient
                parameter.grad = None


def descend_with_trainer(
    task: Task,
    *,
    learning_rate: float = LEARNING_RATE,
    steps: int = STEPS,
    start: tuple[float, float] = START,
    device: str = "auto",
) -> DescentPath:
    """The same update, given to the Trainer instead of an optimizer: the same path, byte for byte; arguments as above."""

    def update(parameters: list[torch.Tensor], gradients: list[torch.Tensor], step: int) -> None:
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= learning_rate * gradient

    def keep(event: Event) -> None:
        if event.kind == "epoch":
            path.append((line.weight.item(), line.bias.item()))

    line = line_at(*start)
    at_3 = line(torch.tensor([[3.0]], dtype=torch.float64)).item()
    path: list[tuple[float, float]] = [(line.weight.item(), line.bias.item())]
    trainer = Trainer(line, update=update, device=device)
    trainer.fit((task.x, task.y), epochs=steps, callbacks=[keep], progress=False)
    w, b = np.array(path).T
    losses = np.append(trainer.history["loss"], trainer.evaluate((task.x, task.y))["loss"])
    return DescentPath(w, b, losses, bowl(task.x, task.y).best, at_3)


@dataclass(frozen=True, eq=False)
class Law:
    """The path with infinitely many points, [steps + 1] each."""

    w: Numbers
    b: Numbers
    loss: Numbers


def law(steps: int, *, learning_rate: float = LEARNING_RATE, start: tuple[float, float] = START) -> Law:
    """The law of the path where x has mean 0 and variance 1: what is left of the way shrinks by 1 - 2 · rate.

    >>> law(10).w[9].round(3), law(10).b[10].round(3), law(10).loss[9].round(3)
    (np.float64(3.268), np.float64(1.785), np.float64(1.144))
    """
    left = np.asarray((1.0 - 2.0 * learning_rate) ** np.arange(steps + 1), dtype=np.float64)
    w, b = SLOPE + (start[0] - SLOPE) * left, OFFSET + (start[1] - OFFSET) * left
    return Law(w, b, NOISE**2 + (w - SLOPE) ** 2 + (b - OFFSET) ** 2)


@dataclass(frozen=True, eq=False)
class Spread:
    """The same descent on many data sets: mean and standard deviation of each row of the path, and of where it converges.

    Args:
        mean, deviation: of W, b and the loss, [steps + 1, 3].
        best_mean, best_deviation: of the least-squares W, b and loss, [3].
        sets: how many data sets there were.
    """

    mean: Numbers
    deviation: Numbers
    best_mean: Numbers
    best_deviation: Numbers
    sets: int


def spread(
    sets: int, *, seed: int = 0, steps: int = STEPS, learning_rate: float = LEARNING_RATE, start: tuple[float, float] = START
) -> Spread:
    """Repeat the descent on other data sets, seeds `seed`, `seed` + 1, …

    A data set enters only through its bowl, so each is summed up once and all of them take every step together.
    """
    bowls = [bowl(task.x, task.y) for task in (descent(seed + i) for i in range(sets))]
    bottoms, lowest = np.array([each.bottom for each in bowls]), np.array([each.best.loss for each in bowls])  # [S, 2], [S]
    matrices = np.array([each.matrix for each in bowls])  # [S, 2, 2]
    away = np.array(start) - bottoms
    freedom = min(1, sets - 1)
    mean, deviation = np.empty((steps + 1, 3)), np.empty((steps + 1, 3))
    for step in range(steps + 1):
        slope = np.einsum("sij,sj->si", matrices, away)  # half the gradient
        rows = np.column_stack([away + bottoms, lowest + (slope * away).sum(axis=1)])
        mean[step], deviation[step] = rows.mean(axis=0), rows.std(axis=0, ddof=freedom)
        away = away - 2.0 * learning_rate * slope
    ends = np.column_stack([bottoms, lowest])
    return Spread(mean, deviation, ends.mean(axis=0), ends.std(axis=0, ddof=freedom), sets)
