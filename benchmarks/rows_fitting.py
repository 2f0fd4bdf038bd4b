"""Fitting beside hand-written PyTorch loops and other trainers: one fit, many fits, what an import and a history cost."""

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks import peer_fits
from benchmarks.held import held_bytes
from benchmarks.plain_fits import (
    curve_data,
    curve_network,
    our_optimizers,
    plain_losses,
    plain_seconds,
    sine_data,
    sine_network,
    torch_optimizers,
    waves_data,
    waves_network,
)
from benchmarks.rows_startup import fresh
from benchmarks.table import Line, at_least, at_most, duration
from benchmarks.timing import Estimate, Plan, compare, estimate

TASKS: dict[str, tuple[Any, Any, int, str, str]] = {
    "sine 1-2-1": (sine_network, sine_data, 2, "sigmoid", "logistic"),
    "curve 1-10-1": (curve_network, curve_data, 10, "tanh", "tanh"),
}
"""Network, data, hidden units, and their activation as Keras and scikit-learn call it."""


def adam(parameters: Any) -> Any:
    """PyTorch's, as people write it."""
    import torch

    return torch.optim.Adam(parameters, lr=0.01)


def fit_seconds(make: Any, data: Any, epochs: int, backend: str, **how: Any) -> float:
    """Seconds of one epoch of a Trainer, its history, NaN check and silent progress included; building it is not."""
    from mazefit.training import Adam, Trainer

    trainer = Trainer(
        make, optimizer=how.pop("optimizer", None) or Adam(learning_rate=0.01), device="cpu", backend=backend, **how
    )
    start = perf_counter()
    trainer.fit(data, epochs=epochs)
    return (perf_counter() - start) / epochs


def overhead(plan: Plan) -> Iterator[Line]:
    """A Trainer's step through PyTorch beside the hand-written loop's, then the other trainers' beside the same."""
    for name, (make, made, units, theirs, sklearns) in TASKS.items():
        data, epochs = made(), plan.size(1000)
        plain = partial(plain_seconds, make, data, adam, epochs)
        ours = partial(fit_seconds, make, data, epochs, "torch")
        plain(), ours()
        both = compare(ours, plain, plan.pairs)
        peer = f"{duration(both.peer_time)} a step (plain loop)"
        yield Line(f"fit, {name}", f"{duration(both.our_time)} a step", peer, both.times_longer(), goal=at_most(1.10))
        few = plan.size(500)
        others: dict[str, Callable[[], float]] = {
            "Lightning, all off": partial(peer_fits.lightning_seconds, make, data, few, plain=True),
            "Lightning, log and bar": partial(peer_fits.lightning_seconds, make, data, few, plain=False),
            "Keras on PyTorch": partial(peer_fits.keras_seconds, data, few, units=units, activation=theirs),
            "skorch": partial(peer_fits.skorch_seconds, make, data, few),
            "scikit-learn": partial(peer_fits.sklearn_seconds, data, epochs, units=units, activation=sklearns),
        }
        for other, side in others.items():
            side()
            both = compare(side, plain, max(2, plan.rounds // 2))
            yield Line(f"{other}, {name}", f"{duration(both.our_time)} a step", peer, both.times_longer(), note=OTHERS)


OTHERS = "the other trainer's step beside the plain loop's, for comparison with the row of our fit"


def full_batch(plan: Plan) -> Iterator[Line]:
    """5000 rows as one batch through the usual fit, PyTorch underneath, beside the plain loop."""
    data, epochs = waves_data(), plan.size(300)
    plain = partial(plain_seconds, waves_network, data, adam, epochs)
    ours = partial(fit_seconds, waves_network, data, epochs, "torch")
    plain(), ours()
    both = compare(ours, plain, plan.pairs)
    peer = f"{duration(both.peer_time)} a step (plain loop)"
    yield Line("fit, 5000 rows, full batch", f"{duration(both.our_time)} a step", peer, both.times_longer(), goal=at_most(1.05))


def study(seeds: int, epochs: int, **how: Any) -> Any:
    """The fair comparison of the four optimizers, whole: models built, fitted, held against data never seen."""
    import numpy as np

    from mazefit.training import fit_many

    x = np.linspace(0, 2 * np.pi, 100, dtype=np.float32)[:, None]
    return fit_many(
        sine_network, sine_data(), optimizers=our_optimizers(), seeds=range(seeds), epochs=epochs, test=(x, np.sin(x)),
        device="cpu", progress=False, **how,
    )  # fmt: skip


def many(plan: Plan) -> Iterator[Line]:
    """4 optimizers x 100 seeds x 1000 epochs of the sine network in one call, per model beside one plain loop each."""
    seeds, epochs = 100, plan.size(1000)
    fits = 4 * seeds

    def ours(backend: str) -> float:
        start = perf_counter()
        study(seeds, epochs, backend=backend)
        return (perf_counter() - start) / fits

    def plain() -> float:
        each = [plain_seconds(sine_network, sine_data(), make, epochs // 4) for make in torch_optimizers().values()]
        return epochs * sum(each) / len(each)

    def sklearn() -> float:
        return epochs * peer_fits.sklearn_seconds(sine_data(), epochs, units=2, activation="logistic")

    for backend in ("compiled", "batched"):
        ours(backend)
        goals = (at_least(100), at_least(50)) if backend == "compiled" else (None, None)
        for peer, side, goal in (("plain loop", plain, goals[0]), ("MLPRegressor", sklearn, goals[1])):
            both = compare(partial(ours, backend), side, plan.rounds)
            text = f"{duration(fits * both.our_time)} for {fits} fits"
            yield Line(
                f"fit_many, {backend}, {epochs} epochs", text, f"{duration(both.peer_time)} a fit ({peer})",
                both.times_faster(), goal=goal, note=WHOLE,
            )  # fmt: skip
    yield from equality(epochs)


WHOLE = "the whole call: models built, fitted, judged on 100 points; ratio of the seconds of one fit"


def equality(epochs: int) -> Iterator[Line]:
    """How far rows of a study are from the history of the Trainer of that seed, and of PyTorch's own loop."""
    seeds = range(5)
    found = {backend: study(len(seeds), epochs, backend=backend, dtype="float64") for backend in ("compiled", "batched")}
    own = [
        apart(found["compiled"].row(name, seed), trained(optimizer, seed, epochs, "auto"))
        for name, optimizer in our_optimizers().items()
        for seed in seeds
    ]
    what = f"fit_many, rows against Trainer's, {epochs} epochs"
    yield Line(what, "", "", Estimate(max(own), None, None), "relative", at_most(1e-5, "relative"), ROWS)
    for name, optimizer in our_optimizers().items():
        theirs = [trained(optimizer, seed, epochs, "torch") for seed in seeds]
        nudged = [trained(optimizer, seed, epochs, "torch", nudge=2.0**-52) for seed in seeds]
        for backend, one in found.items():
            far = max(apart(one.row(name, seed), alone) for seed, alone in zip(seeds, theirs, strict=True))
            itself = max(map(apart, nudged, theirs))
            peer = f"{itself:.2g} (PyTorch from itself, one weight changed in its last bit)"
            yield Line(f"{name}, {backend}, rows against PyTorch's", "", peer, Estimate(far, None, None), "relative", note=ROWS)


ROWS = "largest relative difference of any epoch's loss, 5 seeds, float64; the Trainer with its default arguments or on PyTorch"


def apart(one: Any, other: Any) -> float:
    """The largest relative difference."""
    import numpy as np

    return float(np.max(np.abs(one / other - 1)))


def trained(optimizer: Any, seed: int, epochs: int, backend: str, nudge: float = 0.0) -> Any:
    """The history of one Trainer; the first weight is changed by this part of it."""
    from mazefit.training import Trainer

    def make() -> Any:
        model = sine_network().double()
        model[0].weight.data[0, 0] *= 1 + nudge
        return model

    return Trainer(make, optimizer=optimizer, seed=seed, device="cpu", backend=backend).fit(sine_data(), epochs=epochs)["loss"]


def several(side: Callable[[], float], times: int = 20) -> float:
    """The mean over so many calls: one takes a few milliseconds, in which a machine may be elsewhere."""
    return sum(side() for _ in range(times)) / times


def tiny(plan: Plan) -> Iterator[Line]:
    """One tiny network, 1000 epochs by the closed loop, beside the plain loop and MLPRegressor."""
    for name, (make, made, units, _, activation) in TASKS.items():
        data, epochs = made(), 1000
        ours = partial(several, partial(fit_seconds, make, data, epochs, "compiled"))
        ours()
        sides: dict[str, tuple[Callable[[], float], float]] = {
            "plain loop": (partial(plain_seconds, make, data, adam, epochs), 100),
            "MLPRegressor": (partial(peer_fits.sklearn_seconds, data, epochs, units=units, activation=activation), 50),
        }
        for peer, (side, bound) in sides.items():
            both = compare(ours, side, plan.rounds)
            text = f"{duration(both.peer_time)} a step ({peer})"
            yield Line(f"one fit, {name}", f"{duration(both.our_time)} a step", text, both.times_faster(), goal=at_least(bound))


def waves(plan: Plan) -> Iterator[Line]:
    """The deep leaky-ReLU network on 5000 rows, L1: the closed loop beside the plain loop, and how equal their losses are."""
    import numpy as np
    import torch

    from mazefit.training import Adam, Trainer

    data, rate = waves_data(), 0.002
    ours = partial(fit_seconds, waves_network, data, plan.size(1000), "compiled", optimizer=Adam(learning_rate=rate), loss="l1")
    plain = partial(plain_seconds, waves_network, data, lambda p: torch.optim.Adam(p, lr=rate), plan.size(300), l1=True)
    ours(), plain()
    both = compare(ours, plain, plan.rounds)
    peer = f"{duration(both.peer_time)} a step (plain loop)"
    yield Line("waves", f"{duration(both.our_time)} a step", peer, both.times_faster(), goal=at_least(5))
    whole = plan.size(20_000)
    seconds = [
        whole * fit_seconds(waves_network, data, whole, "compiled", optimizer=Adam(learning_rate=rate), loss="l1")
        for _ in range(max(1, plan.rounds // 3))
    ]
    yield Line(f"waves, {whole} epochs", "", "", estimate(seconds), "s", at_most(10, "s"))
    trainer = Trainer(
        waves_network, optimizer=Adam(learning_rate=rate), loss="l1", device="cpu", precision="float64", backend="compiled"
    )
    alike = np.array(plain_losses(waves_network, data, lambda p: torch.optim.Adam(p, lr=rate), 300, l1=True))
    value = float(np.max(np.abs(trainer.fit(data, epochs=300)["loss"] / alike - 1)))
    yield Line("waves, losses of 300 epochs", "", "", Estimate(value, None, None), "relative", at_most(1e-6, "relative"), EQUAL)


EQUAL = "largest relative difference from the plain loop's, float64"


OVER = """
import json, time
import torch
start = time.perf_counter()
{statement}
print(json.dumps({{"seconds": time.perf_counter() - start}}))
"""
IMPORTS = {
    "import mazefit.training": ("import mazefit.training", at_most(30, "ms")),
    "from mazefit.training import Trainer": ("from mazefit.training import Trainer, Adam", None),
    "from mazefit.training import Trainer, fit_many": ("from mazefit.training import Trainer, Adam, fit_many", None),
}


def importing(plan: Plan) -> Iterator[Line]:
    """What the imports of a fit take where PyTorch is there already."""
    for what, (statement, goal) in IMPORTS.items():
        code = OVER.format(statement=statement)
        fresh(code)
        value = estimate([1000 * float(fresh(code)["seconds"]) for _ in range(plan.fresh)])
        note = f"after `import torch`, {plan.fresh} fresh interpreters, byte code cached; names are loaded when first used"
        yield Line(what, "", "", value, "ms", goal, note)


EVALUATE = """
import json, re
from pathlib import Path
import numpy as np
from torch import nn
from mazefit.training import SGD, Trainer
def make():
    c = lambda a, b: [nn.Conv2d(a, b, 5, padding=2), nn.Tanh()]
    return nn.Sequential(*c(1, 14), *c(14, 7), nn.Flatten(), nn.Linear(5488, 28), nn.Tanh(), nn.Linear(28, 5488), nn.Tanh(),
                         nn.Unflatten(1, (7, 28, 28)), *c(7, 14), *c(14, 1))
def megabytes(name):
    return int(re.search(name + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024 / 1e6
x = np.random.default_rng(0).random((10_000, 1, 28, 28), np.float32)
trainer = Trainer(make, optimizer=SGD(learning_rate=0.01, momentum=0.9), device="cpu")
trainer.fit((x[:60], x[:60]), epochs=2, batch_size=60, progress=False)
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = megabytes("VmRSS")
trainer.evaluate((x, x))
print(json.dumps({"more": megabytes("VmHWM") - before}))
"""


def memory(plan: Plan) -> Iterator[Line]:
    """What 20 000 epochs of history hold, and what evaluating 10 000 images takes beyond a fit."""
    from mazefit.training import Adam, Trainer

    trainer = Trainer(sine_network, optimizer=Adam(learning_rate=0.01), device="cpu")
    history = trainer.fit(sine_data(), epochs=20_000)
    held = held_bytes(history) / 1e6
    yield Line(
        "history of 20 000 epochs", "", "", Estimate(held, None, None), "MB", at_most(1, "MB"), "every array that it holds"
    )
    more = estimate([float(fresh(EVALUATE)["more"]) for _ in range(max(1, plan.fresh // 7))])
    note = "peak of resident memory over what is held before it, autoencoder of 318 480 parameters, fresh interpreters on Linux"
    yield Line("evaluate 10 000 images", "", "", more, "MB", at_most(100, "MB"), note)
