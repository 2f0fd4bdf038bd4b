"""Many fits of one model at once: every optimizer from every start, each row equal to a Trainer's own history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import torch
from torch import nn

from mazefit.interrupt import Interruption
from mazefit.training.events import called
from mazefit.training.fits import Fits, Loss, Outcome, ShowProgress, Watch
from mazefit.training.many_choice import OURS, Way, choose
from mazefit.training.many_door import take_in
from mazefit.training.study import Study


class StudyInterrupted(KeyboardInterrupt):
    """Ctrl-C; `.study` holds what is whole of it (None where nothing is): fewer seeds, or all with fewer epochs."""

    def __init__(self, study: Study | None) -> None:
        done = (
            "before the first seed was done" if study is None else f"after {len(study.seeds)} seeds, {study.epochs} epochs each"
        )
        super().__init__(f"interrupted {done}")
        self.study = study


def fit_many(
    make_model: Callable[[], nn.Module],
    data: Any,
    *,
    optimizers: Mapping[str, Any],
    seeds: Iterable[int],
    epochs: int,
    loss: Loss = "mse",
    batch_size: int | None = None,
    device: str | torch.device = "auto",
    dtype: str | torch.dtype | None = None,
    test: Any = None,
    every: int = 1,
    backend: str = "auto",
    progress: ShowProgress = None,
) -> Study:
    """Fit the model with every optimizer from every start.

        losses[optimizer, seed, k] = loss of make_model() under `seed` before epoch k's updates

    Each row is the history of `Trainer(make_model, optimizer=optimizer, seed=seed)`: the same bytes where both are compiled and
    where the backend is "one by one", else to rounding, far below 1e-5 relative in float64 unless the fit itself makes much of
    little. Some do: RMSprop at 0.01 on the sine turns the last bit of one weight into 1 % of the loss within 1000 epochs, in
    PyTorch alone as well. A row does not depend on which others are fitted beside it: to the bit where the backend is
    "compiled" or "one by one", to rounding where it is "batched".

    Args:
        make_model: a function without arguments that returns a new model; called once for each seed.
        data: x [rows, …] and y [rows, …], arrays, lists or tensors.
        optimizers: by name: `SGD`, `RMSprop`, `Adam` of mazefit, or functions of the parameters that return a
            `torch.optim.Optimizer`.
        seeds: 0 and above, each once; a seed decides initial weights and the order of batches.
        epochs: how many, at least 1.
        loss: "mse", "l1", or a function of (prediction, target) that returns one number.
        batch_size: rows of an update; None = all.
        device: "auto", "cpu", "cuda", …; auto is the CPU unless all models together make a step large.
        dtype: "float32" or "float64"; None = the model's own.
        test: x and y to be held against at the end, as `data`; gives `study.test` and `study.predictions`.
        every: keep the losses of every so manieth epoch: 8 bytes x optimizers x seeds x epochs / every of memory.
        backend: "auto", "compiled", "batched" or "one by one"; `study.backend` and `study.reason` say which it was and why.
        progress: True or False for a bar; None = where a person looks at a terminal; or a function of (done, total) epochs.

    Raises:
        ConfigError: an argument is out of range, or a backend that is asked for cannot do it; says all that is wrong.
        DeviceError: the device is not there.
        StudyInterrupted: Ctrl-C; holds what was done so far.
    """
    begun = perf_counter()
    fits, picked = take_in(
        make_model, data, optimizers, seeds, epochs, loss, batch_size, device, dtype, test, every, backend
    )  # fmt: skip
    way = choose(fits, backend)
    watch = Watch(epochs * len(fits.seeds) * len(fits.optimizers), progress)
    try:
        with Interruption() as interruption:
            outcome = _fit(fits, way, watch, interruption)
    finally:
        watch.close()
    outcome.close()
    study = _study(fits, way, outcome, picked.reason, perf_counter() - begun)
    if interruption.asked:
        raise StudyInterrupted(_whole(study, outcome))
    return study


def _fit(fits: Fits, way: Way, watch: Watch, interruption: Interruption) -> Outcome:
    """By the way that was chosen, which alone is loaded."""
    if way.backend == "compiled" and way.layout is not None:
        from mazefit.training import many_compiled

        return many_compiled.fit(fits, way.layout, watch, interruption)
    if way.backend == "batched" and way.ensemble is not None:
        from mazefit.training import many_batched

        return many_batched.fit(fits, way.ensemble, watch, interruption)
    from mazefit.training import many_one_by_one

    return many_one_by_one.fit(fits, watch, interruption)


def _study(fits: Fits, way: Way, outcome: Outcome, device: str, seconds: float) -> Study:
    """The outcome under its names."""
    notes: list[str] = []
    if fits.starts.alike:
        notes.append("every seed starts from the same weights: make_model draws nothing, or sets a seed of its own")
    loss = fits.loss if isinstance(fits.loss, str) else getattr(fits.loss, "__name__", type(fits.loss).__name__)
    settings = tuple(str(optimizer) if type(optimizer) in OURS else called(optimizer) for optimizer in fits.optimizers.values())
    return Study(
        tuple(fits.optimizers), settings, fits.seeds, fits.epochs, fits.every, loss, outcome.losses, outcome.final,
        outcome.test, outcome.predictions, outcome.diverged_at, way.backend, f"{way.reason}; {device}", str(fits.device),
        str(fits.dtype).removeprefix("torch."), seconds, tuple(notes),
    )  # fmt: skip


def _whole(study: Study, outcome: Outcome) -> Study | None:
    """What is whole of an interrupted study: the seeds and the epochs that were done."""
    if not outcome.seeds or not outcome.epochs:
        return None
    done = slice(outcome.seeds)
    kept = len(range(0, outcome.epochs, study.every))
    return replace(
        study,
        seeds=study.seeds[done],
        epochs=outcome.epochs,
        losses=study.losses[:, done, :kept],
        final=study.final[:, done],
        test=None if study.test is None else study.test[:, done],
        predictions=None if study.predictions is None else study.predictions[:, done],
        diverged_at=study.diverged_at[:, done],
        notes=(*study.notes, f"interrupted: {outcome.seeds} of {len(study.seeds)} seeds, {outcome.epochs} epochs"),
    )
