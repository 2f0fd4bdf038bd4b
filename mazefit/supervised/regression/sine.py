"""One period of a sine by a network 1-2-1, with four optimizers side by side, each from the same starts.

What the tutorial does: ten points evenly on [0, 2π], a hundred for the test; one hidden layer of two sigmoids, a linear output,
mean squared error; SGD 0.1, SGD 0.1 with momentum 0.9, RMSprop 0.01 and Adam 0.01, 1,000 epochs each (its batches hold 32, so
each is the full batch). Defaults here are Keras' constants, as there: Glorot uniform weights, zero biases, RMSprop with ρ 0.9.

What was wrong: the model is never begun anew between the optimizers. Adam, run last, *starts* where RMSprop stopped and so ends
lowest: "Adam gives the best result" comes of the order (`chain` replays it, and the reverse order, in which Adam ends worst).
The seed does not reach the weights; and the rates differ tenfold and were never tuned.

What is true: with every optimizer from the same 1,000 starts, at these rates and 1,000 epochs, Momentum ends lowest from 82 %
of them; with 10,000 epochs Adam does, from 50 %; and other rates change the order again. One run says nothing: hence bands, and
shares of wins with their intervals. (Momentum 0.1 stands at the edge of stability, where rounding decides when its loss jumps:
in float64 it wins 87 to 89 %. And half of Adam's starts find a far better fit within 10,000 epochs, the others none, so that
its median there is anything between 0.004 and 0.04.)

Keras puts RMSprop's ε inside the root, g / √(s + ε); ours stands outside, g / (√s + ε), as in PyTorch. With ε = 1e-7 the two
differ only where a gradient stays below 3e-4 for long: over 8,000 starts the shares of wins move by less than one point.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError
from mazefit.supervised.networks import network
from mazefit.tasks.points import Numbers, Task
from mazefit.training import SGD, Adam, RMSprop, Study, Trainer, fit_many
from mazefit.training.fits import ShowProgress

HIDDEN, ACTIVATION = 2, "sigmoid"
EPOCHS, SEEDS = 1_000, 100
RATES = {"SGD": 0.1, "Momentum": 0.1, "RMSprop": 0.01, "Adam": 0.01}
SWEEP = {
    "SGD": (0.01, 0.03, 0.1, 0.3, 1.0),
    "Momentum": (0.01, 0.03, 0.1, 0.3, 1.0),
    "RMSprop": (0.001, 0.003, 0.01, 0.03, 0.1),
    "Adam": (0.003, 0.01, 0.03, 0.1, 0.3),
}
"""A small sweep: five learning rates for each, about the tutorial's own."""

Optimizer = SGD | RMSprop | Adam


@dataclass(frozen=True)
class Known:
    """What came of 1,000 starts: medians of the test loss, and the shares of starts won in per cent, by optimizer."""

    medians: Mapping[str, float]
    wins: Mapping[str, float]


KNOWN: Mapping[tuple[str, int], Known] = {
    ("keras", 1_000): Known(
        {"SGD": 0.1475, "Momentum": 0.0225, "RMSprop": 0.0431, "Adam": 0.0474},
        {"SGD": 0.1, "Momentum": 82.0, "RMSprop": 12.2, "Adam": 5.7},
    ),
    ("keras", 10_000): Known(
        {"SGD": 0.0402, "Momentum": 0.0246, "RMSprop": 0.0394, "Adam": 0.0396},
        {"SGD": 4.6, "Momentum": 25.9, "RMSprop": 19.7, "Adam": 49.8},
    ),
    ("torch", 1_000): Known(
        {"SGD": 0.1467, "Momentum": 0.0291, "RMSprop": 0.0414, "Adam": 0.0442},
        {"SGD": 0.0, "Momentum": 71.9, "RMSprop": 22.1, "Adam": 6.0},
    ),
    ("torch", 10_000): Known(
        {"SGD": 0.0408, "Momentum": 0.0276, "RMSprop": 0.0391, "Adam": 0.0411},
        {"SGD": 7.9, "Momentum": 34.3, "RMSprop": 20.8, "Adam": 37.0},
    ),
}
"""By constants and epochs: seeds 0 to 999 in float32, as `compare` gives them; the slow tests compute them again."""


def optimizer(name: str, rate: float, constants: str = "keras") -> Optimizer:
    """One of the four, at a learning rate, with the constants of Keras or PyTorch."""
    epsilon = 1e-7 if constants == "keras" else 1e-8
    return {
        "SGD": SGD(learning_rate=rate),
        "Momentum": SGD(learning_rate=rate, momentum=0.9),
        "RMSprop": RMSprop(learning_rate=rate, decay=0.9 if constants == "keras" else 0.99, epsilon=epsilon),
        "Adam": Adam(learning_rate=rate, epsilon=epsilon),
    }[name]


def optimizers(constants: str = "keras") -> dict[str, Optimizer]:
    """The tutorial's four at its learning rates."""
    return {name: optimizer(name, rate, constants) for name, rate in RATES.items()}


def compare(
    task: Task,
    *,
    seeds: Sequence[int] = range(SEEDS),
    epochs: int = EPOCHS,
    constants: str = "keras",
    device: str = "auto",
    progress: ShowProgress = None,
) -> Study:
    """The fair study: every optimizer from the same starts, all fits at once.

    Args:
        task: the points; where it has no test points, the fits are compared by their training loss.
        seeds: of the starts.
        epochs: full-batch updates.
        constants: "keras" or "torch": how weights begin, and the optimizers' constants.
        device: "auto", "cpu", "cuda", …
        progress: whether a bar is shown, None = on a terminal; or a function of (done, total) epochs.
    """
    make = network((task.x.shape[1], HIDDEN, 1), ACTIVATION, constants=constants)
    return fit_many(
        make, (task.x, task.y), optimizers=optimizers(constants), seeds=seeds, epochs=epochs, test=held_out(task),
        device=device, progress=progress, every=sparsely(epochs, len(seeds)),
    )  # fmt: skip


def sweep(
    task: Task,
    *,
    seeds: Sequence[int] = range(SEEDS),
    epochs: int = EPOCHS,
    constants: str = "keras",
    device: str = "auto",
    progress: ShowProgress = None,
) -> Study:
    """The same at five learning rates for each optimizer; the study's names are such as `Adam 0.1`."""
    kinds = {f"{name} {rate:g}": optimizer(name, rate, constants) for name, rates in SWEEP.items() for rate in rates}
    make = network((task.x.shape[1], HIDDEN, 1), ACTIVATION, constants=constants)
    return fit_many(
        make, (task.x, task.y), optimizers=kinds, seeds=seeds, epochs=epochs, test=held_out(task),
        device=device, progress=progress, every=sparsely(epochs, len(seeds)),
    )  # fmt: skip


def held_out(task: Task) -> tuple[Numbers, Numbers]:
    """The test points; where the task has none, those that it is fitted to."""
    return (task.x, task.y) if task.x_test is None or task.y_test is None else (task.x_test, task.y_test)


def predictions(task: Task, study: Study) -> tuple[Numbers, Numbers]:
    """What every fit says at the training points and at the test points, [optimizer, seed, n] and [optimizer, seed, m].

    The training points are among the test points: every eleventh of the hundred.

    Raises:
        ConfigError: they are not.
    """
    assert study.predictions is not None
    at, fine = task.x[:, 0], held_out(task)[0][:, 0]
    places = np.abs(fine[None, :] - at[:, None]).argmin(axis=1)
    if not np.allclose(fine[places], at, rtol=0.0, atol=1e-9 * float(np.ptp(fine))):
        raise ConfigError("predictions: expected training points that are among the test points, got others")
    return study.predictions[:, :, places, 0], study.predictions[:, :, :, 0]


def one_network(
    task: Task, name: str, *, seed: int = 0, epochs: int = EPOCHS, constants: str = "keras", device: str = "auto"
) -> tuple[list[Numbers], list[Numbers]]:
    """One of the networks of the study, fitted by itself: its weights [units, inputs] and biases [units], layer by layer."""
    make = network((task.x.shape[1], HIDDEN, 1), ACTIVATION, constants=constants)
    trainer = Trainer(make, optimizer=optimizers(constants)[name], device=device, seed=seed)
    trainer.fit((task.x, task.y), epochs=epochs, progress=False)
    parameters = [parameter.detach().cpu().double().numpy() for parameter in trainer.model.parameters()]
    return parameters[0::2], parameters[1::2]


@dataclass(frozen=True, eq=False)
class Chain:
    """Optimizers one after another on a model that is never begun anew, as the tutorial ran them.

    Args:
        order: the optimizers.
        seeds: of the first optimizer's start; one chain each.
        kept: the epochs of which losses are kept, [K].
        losses: training loss of each before those epochs' updates, [optimizer, seed, K].
        final: of each after its last update, [optimizer, seed], and
        test: that of the test points.
        stopped: whether Ctrl-C ended it before its time; the seeds are those of whole chains.
    """

    order: tuple[str, ...]
    seeds: tuple[int, ...]
    kept: npt.NDArray[np.int64]
    losses: Numbers
    final: Numbers
    test: Numbers
    stopped: bool = False

    @property
    def begins(self) -> Numbers:
        """The training loss with which each begins: that with which the one before it stopped, [optimizer, seed]."""
        return self.losses[:, :, 0]

    @property
    def lowest(self) -> Numbers:
        """The share of chains in which each ends with the lowest training loss, [optimizer]."""
        best = self.final.argmin(axis=0)
        return np.array([(best == i).mean() for i in range(len(self.order))])


def chain(
    task: Task,
    *,
    seeds: Sequence[int] = (0,),
    epochs: int = EPOCHS,
    constants: str = "keras",
    order: Sequence[str] = tuple(RATES),
    done: Callable[[int], object] | None = None,
) -> Chain | None:
    """Replay the tutorial as written: each optimizer goes on with the model that the one before it leaves.

    Args:
        task: the points.
        seeds: of the first optimizer's start; each gives one chain.
        epochs: of every optimizer.
        constants: "keras" or "torch".
        order: the optimizers; the tutorial's is SGD, Momentum, RMSprop, Adam.
        done: called with the epochs that were done, after every optimizer.

    Returns:
        The chains; None where Ctrl-C came before the first was whole.
    """
    kinds, test, every = optimizers(constants), held_out(task), sparsely(epochs, len(seeds))
    make = network((task.x.shape[1], HIDDEN, 1), ACTIVATION, constants=constants)
    losses, ends, tests = list[list[Numbers]](), list[list[float]](), list[list[float]]()
    stopped = False
    try:
        for seed in seeds:
            model, course, end, held = make, list[Numbers](), list[float](), list[float]()
            for name in order:
                trainer = Trainer(model, optimizer=kinds[name], device="cpu", seed=seed)
                course.append(trainer.fit((task.x, task.y), epochs=epochs, progress=False)["loss"][::every].copy())
                end.append(trainer.evaluate((task.x, task.y))["loss"])
                held.append(trainer.evaluate(test)["loss"])
                model = trainer.model  # never begun anew: this line is the tutorial's flaw
                if done is not None:
                    done(epochs)
            losses.append(course)
            ends.append(end)
            tests.append(held)
    except KeyboardInterrupt:
        stopped = True
    if not tests:
        return None
    kept = np.arange(0, epochs, every)
    turned = np.swapaxes(np.array(losses), 0, 1)
    return Chain(tuple(order), tuple(seeds[: len(tests)]), kept, turned, np.array(ends).T, np.array(tests).T, stopped)


def sparsely(epochs: int, fits: int) -> int:
    """Every so manieth loss is kept, so that no study takes more memory than a figure needs: all of them up to 1,000 epochs."""
    return max(1, epochs // 1_000, epochs * fits // 5_000_000)
