"""A straight line through ten points, by autograd and Adam, held against the exact answer.

What the tutorial does: x = 1 .. 10, y = 3 5 5 6 7 7 8 9 9 10; y = w x + b, w and b drawn from N(0, 1); mean squared error, Adam
0.07, 1,000 full-batch steps, the loss printed every 100.

What was wrong: its listing uses the optimizer before it is defined. And it says that the loss falls by the learning rate: 0.07
is how far the *parameters* move in the first step; the loss then falls by 7.0 in the median over starts (0.5 to 17 in nine
starts of ten).

What is true: least squares is exactly w = 39/55 = 0.709091, b = 3, with mean squared error 39/275 = 0.141818. The bowl's
curvature is 78.58 along its steep axis and 0.420 along the flat one, so plain gradient descent diverges above a learning rate
of 2 / 78.58 = 0.02545. Over 1,000 starts Adam ends at w = 0.7091 ± 0.0008, b = 3.000 ± 0.005.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from mazefit.supervised.networks import straight_line
from mazefit.supervised.regression.bowl import Bowl, bowl, roll
from mazefit.tasks.points import Numbers, Task
from mazefit.training import SGD, Adam, Choice, Trainer, TrainingInterrupted
from mazefit.training.events import Callback

LEARNING_RATE, STEPS = 0.07, 1_000
DESCENTS = (0.001, 0.02, 0.03)
"""Learning rates of plain gradient descent in the tutorial's bowl; the last one diverges."""


@dataclass(frozen=True, eq=False)
class LineFit:
    """The line as it was fitted.

    Args:
        start: (w, b) before the first step, [d + 1].
        w: [d], and b: the line after the last step.
        losses: before every step, [steps].
        mse: the loss after the last step.
        r2: the share of the outputs' variance that the line explains.
        valley: the bowl that the loss is: its bottom is the least-squares line.
        best_r2: of the least-squares line.
        choice: what it was computed on, and why.
        stopped: whether Ctrl-C ended it before its time.
    """

    start: Numbers
    w: Numbers
    b: float
    losses: Numbers
    mse: float
    r2: float
    valley: Bowl
    best_r2: float
    choice: Choice
    stopped: bool = False

    @property
    def first_drop(self) -> float:
        """By how much the first step lowered the loss; 0 where there was one step only."""
        return float(self.losses[0] - self.losses[1]) if len(self.losses) > 1 else 0.0


def fit(
    task: Task,
    *,
    learning_rate: float = LEARNING_RATE,
    steps: int = STEPS,
    seed: int = 0,
    device: str = "auto",
    callbacks: Sequence[Callback] = (),
) -> LineFit:
    """Fit a line with Adam.

    Args:
        task: points with any number of inputs and one output.
        learning_rate: of Adam.
        steps: full-batch updates.
        seed: of the first w and b.
        device: "auto", "cpu", "cuda", …
        callbacks: told what happens on the way, such as a bar.
    """
    trainer = Trainer(straight_line(task.x.shape[1]), optimizer=Adam(learning_rate=learning_rate), device=device, seed=seed)
    start, stopped = _line_of(trainer.model), False
    try:
        trainer.fit((task.x, task.y), epochs=steps, callbacks=callbacks, progress=False)
    except TrainingInterrupted:
        stopped = True
    w, b = np.split(_line_of(trainer.model), [-1])
    valley, variance = bowl(task.x, task.y), float(task.y.var())
    mse = float(valley.loss(np.append(w, b)))
    return LineFit(
        start=start,
        w=w,
        b=float(b[0]),
        losses=trainer.history["loss"],
        mse=mse,
        r2=1.0 - mse / variance if variance else 0.0,
        valley=valley,
        best_r2=1.0 - valley.best.loss / variance if variance else 0.0,
        choice=trainer.choice,
        stopped=stopped,
    )


def _line_of(model: nn.Module) -> Numbers:
    """(w, b) of a line as it stands, [d + 1]."""
    return np.concatenate([parameter.detach().cpu().double().numpy().reshape(-1) for parameter in model.parameters()])


def paths(valley: Bowl, start: Numbers, *, steps: int = STEPS, learning_rate: float = LEARNING_RATE) -> Mapping[str, Numbers]:
    """The tutorial's bowl: where plain gradient descent goes at each of its rates, and Adam, all from one start.

    Returns:
        By the name of each, (w, b) before the first step and after every one, [steps + 1, 2].
    """
    kinds = {f"gradient descent {rate:g}": SGD(learning_rate=rate) for rate in DESCENTS}
    ways = {name: roll(valley, start, optimizer, steps) for name, optimizer in kinds.items()}
    return {**ways, f"Adam {learning_rate:g}": roll(valley, start, Adam(learning_rate=learning_rate), steps)}


@dataclass(frozen=True, eq=False)
class Starts:
    """Adam from many starts at once.

    Args:
        ends: (w, b) after the last step, [starts, 2].
        losses: there, [starts].
        drops: by how much the first step lowered the loss, [starts].
    """

    ends: Numbers
    losses: Numbers
    drops: Numbers


def many_starts(valley: Bowl, count: int, *, seed: int = 0, steps: int = STEPS, learning_rate: float = LEARNING_RATE) -> Starts:
    """Let Adam go from many starts w, b ~ N(0, 1), in float64, all in one array."""
    start = np.random.default_rng(seed).standard_normal((count, len(valley.bottom)))
    first = roll(valley, start, Adam(learning_rate=learning_rate), 1)
    end = roll(valley, start, Adam(learning_rate=learning_rate), steps, whole=False)[-1]
    return Starts(end, valley.loss(end), valley.loss(first[0]) - valley.loss(first[1]))
