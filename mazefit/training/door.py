"""Arguments at the door: all that is wrong with a Trainer's, or with those of a fit, at once, in a sentence each."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mazefit.errors import Problems
from mazefit.training.device import DEVICES, PRECISIONS
from mazefit.training.events import Callback, called
from mazefit.training.losses import LOSSES, LossFunction
from mazefit.training.optimizers import SGD, Adam, RMSprop

Metric = Callable[[Any, Tensor], Any]
Update = Callable[[list[Tensor], list[Tensor], int], object]
BACKENDS = ("auto", "torch", "compiled")
OURS: dict[str, Any] = {kind.name: kind for kind in (SGD, RMSprop, Adam)}


@dataclass(frozen=True, eq=False)
class Settings:
    """A Trainer's arguments, checked; `optimizer` is None beside an `update` by hand."""

    optimizer: Any
    update: Update | None
    loss: str | LossFunction
    metrics: Mapping[str, Metric]
    device: str
    precision: str
    seed: int
    deterministic: bool
    backend: str

    @property
    def loss_function(self) -> LossFunction:
        """The loss as a function of predictions and targets."""
        return LOSSES[self.loss] if isinstance(self.loss, str) else self.loss

    def described(self) -> dict[str, Any]:
        """What a checkpoint keeps of them, as JSON; functions by their names."""
        return {
            "optimizer": describe_optimizer(self.optimizer, self.update),
            "loss": self.loss if isinstance(self.loss, str) else {"function": called(self.loss)},
            "metrics": {name: called(metric) for name, metric in self.metrics.items()},
            "device": self.device,
            "precision": self.precision,
            "seed": self.seed,
            "deterministic": self.deterministic,
            "backend": self.backend,
        }


def describe_optimizer(optimizer: Any, update: object) -> dict[str, Any]:
    """An optimizer of ours with its numbers; a factory, or an update by hand, by its name."""
    if update is not None:
        return {"update": called(update)}
    if type(optimizer) in OURS.values():
        return {"name": optimizer.name, **asdict(optimizer)}
    return {"factory": called(optimizer)}


def check_settings(
    optimizer: object,
    update: object,
    loss: object,
    metrics: object,
    device: object,
    precision: object,
    seed: object,
    deterministic: object,
    backend: object,
) -> Settings:
    """The arguments of a Trainer, checked.

    Raises:
        ConfigError: some are out of range or unknown; names all of them.
    """
    problems = Problems("Trainer")
    if isinstance(optimizer, torch.optim.Optimizer):
        kind = type(optimizer).__name__
        problems.check(
            False, f"optimizer: expected one of ours or a function of the parameters, got a {kind} that has them already"
        )
    elif any(optimizer is kind for kind in OURS.values()):
        name = called(optimizer)
        problems.check(False, f"optimizer: expected one of ours with its numbers, such as {name}(), got the class {name}")
    else:
        fine = optimizer is None or callable(optimizer) or type(optimizer) in OURS.values()
        problems.check(
            fine, f"optimizer: expected {', '.join(OURS)} of mazefit.training or a torch.optim class, got {optimizer!r}"
        )
    problems.check(update is None or callable(update), f"update: expected a function or None, got {update!r}")
    problems.check(update is None or optimizer is None, "update: expected None beside an optimizer, got both")
    if not callable(loss):
        problems.choice("loss", loss, LOSSES)
    problems.check(not isinstance(loss, type), f"loss: expected a function of (prediction, target), got class {called(loss)}")
    named = isinstance(metrics, Mapping) and all(isinstance(n, str) and _is_function(m) for n, m in metrics.items())
    problems.check(metrics is None or named, f"metrics: expected functions of (prediction, target) by name, got {metrics!r}")
    if named and isinstance(metrics, Mapping):
        taken = [name for name in metrics if name in ("loss", "epoch") or name.startswith("validation_") or not name]
        problems.check(not taken, f"metrics: expected names of their own, got {', '.join(map(repr, taken))}")
    kind = str(device).partition(":")[0]
    problems.check(isinstance(device, str | torch.device) and kind in DEVICES, _unknown("device", device, DEVICES))
    problems.choice("precision", precision, PRECISIONS)
    problems.integer("seed", seed, 0, 2**63 - 1)
    problems.instance("deterministic", deterministic, bool)
    problems.choice("backend", backend, BACKENDS)
    problems.raise_if_any()
    given: Any = (loss, metrics or {}, str(device), precision, int(str(seed)), deterministic, backend)
    chosen: Any = Adam() if optimizer is None and update is None else optimizer
    by_hand: Any = update
    return Settings(chosen, by_hand, *given)


def _is_function(value: object) -> bool:
    """Whether it can be called, and is no class whose instances are meant."""
    return callable(value) and not isinstance(value, type)


def _unknown(name: str, value: object, known: tuple[str, ...]) -> str:
    return f"{name}: expected one of {', '.join(known)} (or cuda:1, …), got {value!r}"


@dataclass(frozen=True, eq=False)
class Request:
    """The arguments of a fit beside its data, checked."""

    epochs: int
    batch_size: int | None
    shuffle: bool
    accumulate: int
    clip_norm: float | None
    callbacks: tuple[Callback, ...]
    checkpoint: Path | None
    every: int | None
    progress: bool | None


def check_request(
    problems: Problems,
    epochs: object,
    batch_size: object,
    shuffle: object,
    accumulate: object,
    clip_norm: object,
    callbacks: Any,
    checkpoint: object,
    every: object,
    progress: object,
) -> Request | None:
    """The arguments of a fit, checked; what is wrong is noted, and None comes back."""
    before = len(problems.sentences)
    problems.integer("epochs", epochs, 1)
    if batch_size is not None:
        problems.integer("batch_size", batch_size, 1)
    problems.instance("shuffle", shuffle, bool)
    problems.integer("accumulate", accumulate, 1)
    if clip_norm is not None:
        problems.number("clip_norm", clip_norm, 0.0, 1e300, open_low=True)
    told = tuple(callbacks) if isinstance(callbacks, list | tuple) else ()
    fine = isinstance(callbacks, list | tuple) and all(map(_is_function, told))
    problems.check(fine, f"callbacks: expected a list of functions of an event, got {callbacks!r}")
    for one in told:
        if getattr(one, "every", None) is not None:
            problems.integer(f"callbacks: {called(one)}: every", one.every, 1)
    path = isinstance(checkpoint, str | Path) and str(checkpoint) != ""
    problems.check(checkpoint is None or path, f"checkpoint: expected the path of a folder or None, got {checkpoint!r}")
    if every is not None:
        problems.integer("every", every, 1)
        problems.check(checkpoint is not None, f"every: expected None without a checkpoint folder, got {every!r}")
    problems.check(progress is None or isinstance(progress, bool), f"progress: expected True, False or None, got {progress!r}")
    if len(problems.sentences) > before:
        return None
    folder = None if checkpoint is None else Path(str(checkpoint))
    given: Any = (epochs, batch_size, shuffle, accumulate, clip_norm, told, folder, every, progress)
    return Request(*map(_plain, given))


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's: PyTorch and JSON ask for them."""
    return value.item() if isinstance(value, np.generic) else value
