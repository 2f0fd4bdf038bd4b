"""Many fits as one computation: all models in the rows of one array, every optimizer updating its own rows of it.

    flat [M, P]: first all seeds of the first optimizer, then all of the second, …
    for every batch:  losses, gradients = ensemble(flat, batch);  rows of each optimizer ← update(rows, their gradients)

It costs hardly more than one fit where a model is small, for most of a small step goes into starting operations. Where all
models together would need much memory they go through in groups of seeds, one group after another.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mazefit.interrupt import Interruption
from mazefit.training.batches import batch_order
from mazefit.training.ensemble import Ensemble
from mazefit.training.fits import Fits, Outcome, Watch

BLOCK = 64  # epochs whose losses stay on the device before they are fetched
ROOM = {"cpu": 2**26, "other": 2**32}
"""Bytes that the activations of a group may take: on the CPU what its caches can still serve."""


def fit(fits: Fits, ensemble: Ensemble, watch: Watch, interruption: Interruption) -> Outcome:
    """Fit all of them; where it is interrupted, what is whole: groups that are done, or the first one up to that epoch."""
    outcome = Outcome.of(fits)
    size = group_size(fits)
    while outcome.seeds < len(fits.seeds) and not interruption.asked:
        group = slice(outcome.seeds, min(outcome.seeds + size, len(fits.seeds)))
        flat, epochs = _fit_group(fits, ensemble, outcome, group, watch, interruption)
        if epochs < fits.epochs and group.start:
            break  # a later group that is not done is left out
        outcome.epochs, outcome.seeds = epochs, group.stop
        judge(fits, ensemble, outcome, group, flat)
    return outcome


def _fit_group(
    fits: Fits, ensemble: Ensemble, outcome: Outcome, group: slice, watch: Watch, interruption: Interruption
) -> tuple[Tensor, int]:
    """Parameters [M, P] after the last update, and how many epochs were fitted."""
    optimizers, seeds = list(fits.optimizers.values()), fits.seeds[group]
    rows = [slice(i * len(seeds), (i + 1) * len(seeds)) for i in range(len(optimizers))]
    flat = fits.starts.flat[group].to(fits.device).repeat(len(optimizers), 1)  # [M, P]
    moments: list[Any] = [(torch.zeros_like(flat[own]), torch.zeros_like(flat[own])) for own in rows]
    kept: list[Tensor] = []
    step = epoch = 0
    with torch.no_grad():
        while epoch < fits.epochs and not interruption.asked:
            total: Tensor | float = 0.0
            for x, y, own_data, share in _batches(fits, seeds, epoch):
                losses, gradients = ensemble.losses_and_gradients(flat, x, y, own_data)
                step += 1
                updated: list[Tensor] = []
                for i, (optimizer, own) in enumerate(zip(optimizers, rows, strict=True)):
                    parameters, moments[i] = optimizer.update(flat[own], gradients[own], moments[i], step)
                    updated.append(parameters)
                flat = torch.cat(updated)
                total = losses if share == 1.0 else total + losses * share
            kept.append(torch.as_tensor(total))
            epoch += 1
            if len(kept) == BLOCK or epoch == fits.epochs:
                _fetch(outcome, group, epoch, kept, fits.every)
                watch.advance(len(kept) * len(flat))
                kept = []
    if kept:
        _fetch(outcome, group, epoch, kept, fits.every)
    return flat, epoch


def _batches(fits: Fits, seeds: tuple[int, ...], epoch: int) -> Any:
    """The batches of an epoch: x, y, whether they are each model's own [M, rows, …], and the share of the rows in them."""
    size = fits.batch_size
    if size is None or size >= fits.rows:
        yield fits.x, fits.y, False, 1.0
        return
    order = np.stack([batch_order(seed, epoch, fits.rows) for seed in seeds])
    order = torch.as_tensor(np.tile(order, (len(fits.optimizers), 1)), device=fits.device)  # [M, rows]
    for first in range(0, fits.rows, size):
        index = order[:, first : first + size]
        yield fits.x[index], fits.y[index], True, index.shape[1] / fits.rows


def _fetch(outcome: Outcome, group: slice, epoch: int, kept: list[Tensor], every: int) -> None:
    """Bring the losses of a block of epochs, [epochs][M], to where they are kept."""
    block = torch.stack(kept, dim=-1).to("cpu", torch.float64).numpy()  # [M, epochs]
    where = (slice(None), group)
    outcome.note(where, epoch - len(kept), block.reshape(len(outcome.losses), group.stop - group.start, -1), every)


def judge(fits: Fits, ensemble: Ensemble, outcome: Outcome, group: slice, flat: Tensor) -> None:
    """Losses and predictions of fitted models [optimizers x seeds of the group, P]."""
    shape = (len(fits.optimizers), group.stop - group.start)

    def plain(values: Tensor) -> Any:
        return values.detach().to("cpu", torch.float64).numpy().reshape(*shape, *values.shape[1:])

    outcome.final[:, group] = plain(ensemble.losses(flat, fits.x, fits.y))
    if fits.test is not None and outcome.test is not None:
        outcome.test[:, group] = plain(ensemble.losses(flat, *fits.test))
        found = plain(ensemble.predict(flat, fits.test[0]))
        if outcome.predictions is None:
            outcome.predictions = np.full((shape[0], len(fits.seeds), *found.shape[2:]), np.nan)
        outcome.predictions[:, group] = found


def group_size(fits: Fits) -> int:
    """How many seeds go through together: as many as there is room for, at least one."""
    batch = fits.rows if fits.batch_size is None else min(fits.batch_size, fits.rows)
    numbers = batch * numbers_per_row(fits.starts.model, fits.x[:1]) + 6 * fits.starts.flat.shape[1]
    each = numbers * fits.starts.flat.element_size() * len(fits.optimizers)
    return max(1, min(len(fits.seeds), ROOM.get(fits.device.type, ROOM["other"]) // each))


def numbers_per_row(model: nn.Module, x: Tensor) -> int:
    """How many numbers the layers of a model give out for one row of data."""
    count = 0

    def add(module: nn.Module, inputs: Any, output: Any) -> None:
        nonlocal count
        count += output.numel() if isinstance(output, Tensor) else 0

    hooks = [module.register_forward_hook(add) for module in model.modules()]
    try:
        with torch.no_grad():
            model(x.to(next(model.parameters()).device))
    finally:
        for hook in hooks:
            hook.remove()
    return max(1, count)
