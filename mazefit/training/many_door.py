"""The arguments of many fits at the door: everything that is wrong with them in one sentence each, all at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from mazefit.errors import ConfigError, Problems, did_you_mean
from mazefit.training.data import Kind, Rows, as_source, check_fit
from mazefit.training.device import Choice, pick_device, pick_precision
from mazefit.training.fits import Fits, Loss
from mazefit.training.losses import LOSSES
from mazefit.training.many_choice import BACKENDS, OURS
from mazefit.training.seeds import LARGEST, seeded
from mazefit.training.starts import build_all

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def check_numbers(
    epochs: object, loss: object, batch_size: object, dtype: object, every: object, backend: object, problems: Problems
) -> None:
    """Note what is wrong with the plain arguments."""
    problems.integer("epochs", epochs, 1)
    problems.integer("every", every, 1)
    if batch_size is not None:
        problems.integer("batch_size", batch_size, 1)
    if not callable(loss):
        problems.choice("loss", loss, LOSSES)
    if dtype is not None and str(dtype).removeprefix("torch.") not in DTYPES:
        problems.check(False, f"dtype: expected float32, float64 or None, got {dtype!r}{did_you_mean(dtype, DTYPES)}")
    problems.choice("backend", backend, BACKENDS)


def check_optimizers(optimizers: object, problems: Problems) -> None:
    """Note what is wrong with the optimizers and their names."""
    if not isinstance(optimizers, Mapping) or not optimizers:
        got = "an empty one" if isinstance(optimizers, Mapping) else repr(optimizers)
        problems.check(False, f"optimizers: expected a mapping of names to optimizers, at least one, got {got}")
        return
    for name, optimizer in optimizers.items():
        problems.check(isinstance(name, str) and bool(name), f"optimizers: expected names that are text, got {name!r}")
        fine = type(optimizer) in OURS or (callable(optimizer) and not isinstance(optimizer, torch.optim.Optimizer))
        problems.check(
            fine, f"optimizers[{name!r}]: expected SGD, RMSprop, Adam or a function of parameters, got {optimizer!r}"
        )


def check_seeds(seeds: Any, problems: Problems) -> tuple[int, ...]:
    """The seeds as Python's integers; what is wrong with them is noted."""
    listed = isinstance(seeds, Iterable) and not isinstance(seeds, str | bytes | Mapping)
    found: list[Any] = list(seeds) if listed else []
    if not found:
        problems.check(
            False, f"seeds: expected at least one integer, such as range(100), got {'none' if listed else repr(seeds)}"
        )
    whole = [isinstance(seed, int | np.integer) and not isinstance(seed, bool) and 0 <= seed <= LARGEST for seed in found]
    if not all(whole):
        problems.check(False, f"seeds: expected integers from 0 to 2**63 - 1, got {found[whole.index(False)]!r}")
        return ()
    chosen = tuple(int(seed) for seed in found)
    for seed, times in Counter(chosen).items():
        if times > 1:
            problems.check(False, f"seeds: expected each seed once, got {seed} {times} times")
            break
    return chosen


def take_in(
    make_model: Callable[[], nn.Module],
    data: Any,
    optimizers: Mapping[str, Any],
    seeds: Any,
    epochs: int,
    loss: Loss,
    batch_size: int | None,
    device: str | torch.device,
    dtype: str | torch.dtype | None,
    test: Any,
    every: int,
    backend: str,
) -> tuple[Fits, Choice]:
    """The request, checked, with every model built and the data where they are needed; see `fit_many` for the arguments.

    Raises:
        ConfigError: something is wrong; says all of it.
        DeviceError: the device is not there.
    """
    problems = Problems("fit_many")
    check_optimizers(optimizers, problems)
    chosen = check_seeds(seeds, problems)
    check_numbers(epochs, loss, batch_size, dtype, every, backend, problems)
    problems.raise_if_any()
    wanted = None if dtype is None else DTYPES[str(dtype).removeprefix("torch.")]
    starts = build_all(make_model, chosen, wanted)
    kind = Kind.of(starts.model, torch.device("cpu"), loss)
    rows, held = _rows("data", data, kind, problems), _rows("test", test, kind, problems)
    problems.raise_if_any()
    assert rows is not None
    for name, part in (("data", rows), ("test", held)):
        if part is not None:
            with torch.no_grad(), seeded(chosen[0]):
                check_fit(starts.model, part, loss, f"fit_many: {name}")
                given: object = starts.model(part.x[:2])
            if not isinstance(given, torch.Tensor):
                raise ConfigError(
                    f"make_model: expected a model that returns one tensor, got one that returns {type(given).__name__}"
                )
    batch = len(rows.x) if batch_size is None else min(batch_size, len(rows.x))
    picked = pick_device(device, starts.flat.numel() * len(optimizers) * batch)
    pick_precision(str(starts.flat.dtype).removeprefix("torch."), picked.device, starts.flat.dtype, 0)  # whether it is there
    x, y = rows.x.to(picked.device), rows.y.to(picked.device)
    seen = None if held is None else (held.x.to(picked.device), held.y.to(picked.device))
    make = make_model if wanted is None else lambda: make_model().to(wanted)
    fits = Fits(
        make, dict(optimizers), chosen, starts, x, y, seen, epochs, None if batch == len(rows.x) else batch_size, every, loss,
        picked.device,
    )  # fmt: skip
    return fits, picked


def _rows(name: str, data: Any, kind: Kind, problems: Problems) -> Rows | None:
    """Rows in memory; None where there are none, or they are not fit."""
    found = None if data is None and name == "test" else as_source(name, data, kind, problems)
    if found is not None and not isinstance(found, Rows):
        problems.check(False, f"{name}: expected (x, y) in memory, got a {type(found).__name__}")
        return None
    return found
