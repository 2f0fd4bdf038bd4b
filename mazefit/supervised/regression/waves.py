"""A noisy wave by a deep network of leaky ReLUs, whose curve is made of straight pieces.

What the tutorial does: y = 0.5 x³ - 0.5 x² - 90 sin(2x) + 1, 5,000 points x ~ U(-10, 10), noise of standard deviation 30; a
network 1-5-10-10-10-5-1 with leaky ReLUs of slope 0.2 between its layers; L1 loss, Adam 0.002, 20,000 full-batch epochs.

What was wrong: its text says sin(x²), its code computes sin(2x): another problem, and a much easier one (`formula="text"` shows
how much). The list of losses keeps every step's graph alive, about 95 kB a step, 2 GB in all, and the plot of it then fails. It
runs on CUDA or not at all, has no seed and no held-out points; the output that it draws is one update old; and "the loss falls
every epoch" is false: it rises in about 40 % of them.

What is true: the mean size of the noise is 30 √(2/π) = 23.937, so that is what the L1 loss of the *true* curve is, on average;
a run is judged by its training loss over its own sample's mean |noise|. That is 0.98 to 1.01 unless the start is stuck
(above 1.05), as 24 of 72 starts were: shown here, not hidden. The L1 distance to the curve without its noise is about 5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import nn
from torch.nn.functional import l1_loss

from mazefit.errors import TrainingError
from mazefit.supervised.networks import SLOPE, network
from mazefit.supervised.regression.health import Health, health
from mazefit.supervised.regression.kinks import bends, kinks
from mazefit.tasks.points import Numbers, Task
from mazefit.training import Adam, Choice, Event, Trainer, TrainingInterrupted
from mazefit.training.events import Callback

HIDDEN = (5, 10, 10, 10, 5)
ACTIVATION, LOSS = "leaky-relu", "l1"
LEARNING_RATE, EPOCHS = 0.002, 20_000
STUCK = 1.05  # final training L1 over the mean |noise| of the same sample
SLOPES = {"none": 1.0, "relu": 0.0, "leaky-relu": SLOPE}
"""Slope below zero of the activations that make straight pieces."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The wave fitted from one start.

    Args:
        seed: of the start.
        losses: before every update, [epochs].
        looked: some epochs, evenly spaced, and the end, [K].
        course: the mean |error| on the training points after so many epochs, [K].
        train: mean |error| on the training points after the last update.
        test: on points that were never seen; None where there are none.
        distance: to the curve without its noise, at the test points; None where that is not known.
        floor, test_floor: the mean |noise| of the training and of the test points; None where it is not known.
        before, after: the network looked into before and after learning.
        predictions: at the training points, [n]; empty where it diverged.
        grid, curve: the fitted curve over evenly spaced inputs, [m]; with more than one input grid is empty.
        kinks: where its straight pieces meet, [k]; None where it has none.
        weights, biases: of each layer, [units, inputs] and [units].
        choice: what it was computed on, and why.
        stopped: whether Ctrl-C ended it before its time.
        diverged: whether it came to a loss that is no finite number; errors are NaN then.
    """

    seed: int
    losses: Numbers
    looked: npt.NDArray[np.int64]
    course: Numbers
    train: float
    test: float | None
    distance: float | None
    floor: float | None
    test_floor: float | None
    before: Health
    after: Health
    predictions: Numbers
    grid: Numbers
    curve: Numbers
    kinks: Numbers | None
    weights: tuple[Numbers, ...]
    biases: tuple[Numbers, ...]
    choice: Choice
    stopped: bool = False
    diverged: bool = False

    @property
    def ratio(self) -> float | None:
        """The training loss over the sample's own mean |noise|: about 1 where all that can be learned is learned."""
        return None if self.floor is None else self.train / self.floor

    @property
    def stuck(self) -> bool:
        """Whether the start came nowhere near."""
        return self.ratio is not None and not self.ratio <= STUCK

    @property
    def rises(self) -> float:
        """The share of epochs in which the loss rose."""
        return float((np.diff(self.losses) > 0).mean()) if len(self.losses) > 1 else 0.0


def fit(
    task: Task,
    *,
    seed: int = 0,
    epochs: int = EPOCHS,
    optimizer: object = None,
    loss: str = LOSS,
    activation: str = ACTIVATION,
    device: str = "auto",
    looks: int = 1,
    callbacks: Sequence[Callback] = (),
) -> Fitted:
    """Fit the points from one start.

    Args:
        task: the points; any number of inputs, one output.
        seed: of the start.
        epochs: full-batch updates.
        optimizer: None = Adam(learning_rate=0.002).
        loss: "l1" or "mse": what is made small; what is reported is L1 in any case.
        activation: between the layers, a name of `mazefit.supervised.networks.ACTIVATIONS`.
        device: "auto", "cpu", "cuda", …
        looks: about how often on the way the mean |error| is measured, evenly over the epochs.
        callbacks: told what happens on the way, such as a bar.
    """
    sizes = (task.x.shape[1], *HIDDEN, task.y.shape[1])
    by_what = Adam(learning_rate=LEARNING_RATE) if optimizer is None else optimizer
    trainer = Trainer(network(sizes, activation), optimizer=by_what, loss=loss, device=device, seed=seed)
    before = look(trainer.model, task)
    course = _Course(task, max(1, epochs // looks))
    stopped = diverged = False
    try:
        told = [*callbacks, *([course] if loss != "l1" else [])]  # the history of an L1 loss is that course already
        trainer.fit((task.x, task.y), epochs=epochs, callbacks=told, progress=False)
    except TrainingInterrupted:
        stopped = True
    except TrainingError:
        diverged = True
    if loss == "l1":
        course.take(trainer.history["loss"])
    if diverged:
        course.rest(epochs)
    return _told(trainer, task, seed, before, activation, course, epochs, stopped, diverged)


def fits(task: Task, seeds: Sequence[int], **settings: object) -> Iterator[Fitted]:
    """Fit the same points from one start after the other; stops with the one that Ctrl-C ended. Settings are those of `fit`."""
    for seed in seeds:
        fitted = fit(task, seed=seed, **settings)  # pyright: ignore[reportArgumentType]
        yield fitted
        if fitted.stopped:
            return


def look(model: nn.Module, task: Task) -> Health:
    """Dead units and the sizes of gradients of the L1 loss, now."""
    assert isinstance(model, nn.Sequential)
    return health(model, task, l1_loss)


def absolute(prediction: npt.ArrayLike, target: npt.ArrayLike) -> float:
    """Mean |prediction - target|."""
    return float(np.abs(np.asarray(prediction, dtype=np.float64) - np.asarray(target, dtype=np.float64)).mean())


class _Course:
    """A callback that measures the mean |error| on the training points before the first epoch and every so many after it."""

    def __init__(self, task: Task, every: int) -> None:
        self.task, self.every = task, every
        self.epochs: list[int] = []
        self.errors: list[float] = []

    def __call__(self, event: Event) -> None:
        if event.kind in ("start", "epoch") and event.epoch < event.epochs:
            self.epochs.append(event.epoch)
            self.errors.append(absolute(event.trainer.predict(self.task.x), self.task.y))

    def take(self, losses: Numbers) -> None:
        """The same from the losses before every update."""
        self.epochs = list(range(0, len(losses), self.every))
        self.errors = losses[:: self.every].tolist()

    def rest(self, epochs: int) -> None:
        """What would have come had the fit not diverged: no numbers."""
        missing = range(len(self.epochs) * self.every, epochs, self.every)
        self.epochs += missing
        self.errors += [np.nan] * len(missing)


def _told(
    trainer: Trainer,
    task: Task,
    seed: int,
    before: Health,
    activation: str,
    course: _Course,
    epochs: int,
    stopped: bool,
    diverged: bool,
) -> Fitted:
    """Everything that is to be known of a fit, after its last update."""
    linear = [layer for layer in trainer.model.modules() if isinstance(layer, nn.Linear)]
    weights = tuple(layer.weight.detach().cpu().double().numpy() for layer in linear)
    biases = tuple(layer.bias.detach().cpu().double().numpy() for layer in linear)
    truth = None if task.truth is None or task.x_test is None else task.truth(task.x_test)
    seen = None if task.x_test is None or diverged else trainer.predict(task.x_test)
    nothing = None if task.x_test is None else np.nan
    predictions = np.empty(0) if diverged else trainer.predict(task.x)[:, 0].astype(np.float64)
    train = np.nan if diverged else absolute(predictions, task.y[:, 0])
    grid, curve, corners = np.empty(0), np.empty(0), None
    if task.x.shape[1] == 1 and not diverged:
        low, high = float(task.x.min()), float(task.x.max())
        if activation in SLOPES:  # the corners themselves are on the grid, so that what is drawn is the curve exactly
            slope = SLOPES[activation]
            corners = kinks(weights, biases, slope, low, high)
            at, height = bends(weights, biases, slope, low, high)
            grid = np.unique(np.concatenate([np.linspace(low, high, 1_001), at]))
            curve = np.interp(grid, at, height)
        else:
            grid = np.linspace(low, high, 1_001)
            curve = trainer.predict(grid[:, None])[:, 0].astype(np.float64)
    return Fitted(
        seed=seed,
        losses=trainer.history["loss"],
        looked=np.array([*course.epochs, epochs if diverged else trainer.epochs]),
        course=np.array([*course.errors, train]),
        train=train,
        test=nothing if seen is None or task.y_test is None else absolute(seen, task.y_test),
        distance=nothing if seen is None or truth is None else absolute(seen, truth),
        floor=task.floor,
        test_floor=None if truth is None or task.y_test is None else absolute(truth, task.y_test),
        before=before,
        after=before if diverged else look(trainer.model, task),
        predictions=predictions,
        grid=grid,
        curve=curve,
        kinks=corners,
        weights=weights,
        biases=biases,
        choice=trainer.choice,
        stopped=stopped,
        diverged=diverged,
    )
