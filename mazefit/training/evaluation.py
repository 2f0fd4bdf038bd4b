"""Looking at a model without changing it: eval mode, no gradients, so many rows at a time that memory stays small."""

import math
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError
from mazefit.training.data import Kind, Rows, Source, check_x
from mazefit.training.door import Metric
from mazefit.training.loaded_batches import batches_of
from mazefit.training.losses import LossFunction
from mazefit.training.meter import check_number

NUMBERS = 2**18
"""Numbers of the inputs that are computed at once: 334 images of 28 x 28, and more rows than most tables have."""


@contextmanager
def resting(model: nn.Module) -> Generator[None]:
    """While open, every layer is in eval mode and nothing is recorded; then each is in the mode that it was in."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True


def rows_at_once(x: Tensor) -> int:
    """How many rows are computed at once."""
    return max(1, NUMBERS // max(1, x[0].numel()))


def predictions(model: nn.Module, x: Tensor, precision: AbstractContextManager[Any]) -> Any:
    """What the model makes of x [rows, ...], a tensor or a tuple of them, of x's own dtype where it is computed in less."""
    with resting(model), precision:
        parts = [model(part) for part in x.split(rows_at_once(x))]
    return joined(parts)


def joined(parts: list[Any]) -> Any:
    """Parts of predictions behind each other: tensors, or tuples of them."""
    if isinstance(parts[0], Tensor):
        whole = parts[0] if len(parts) == 1 else torch.cat(parts)
        return whole.float() if whole.dtype == torch.bfloat16 else whole
    if isinstance(parts[0], tuple | list):
        return tuple(joined([part[index] for part in parts]) for index in range(len(parts[0])))
    raise ConfigError(f"model: expected a tensor of predictions or a tuple of them, got a {type(parts[0]).__name__}")


def measure(
    model: nn.Module,
    source: Source,
    kind: Kind,
    loss_of: LossFunction,
    metrics: Mapping[str, Metric],
    precision: AbstractContextManager[Any],
) -> dict[str, float]:
    """The loss, the mean over all rows; and each metric of all predictions at once.

    Args:
        model: in whichever mode; it is in that mode again afterwards.
        source: what it is measured on.
        kind: what batches of a DataLoader are turned into.
        loss_of: of (prediction, target), the mean over the rows.
        metrics: functions of (prediction, target), by name.
        precision: what predictions and losses are computed under.

    Raises:
        ConfigError: the source has no batch, the model does not take its rows, or a loss or metric is not one number.
    """
    at_once = rows_at_once(source.x) if isinstance(source, Rows) else 256
    total, rows = 0.0, 0
    seen: list[tuple[Any, Tensor]] = []
    with resting(model):
        for x, y in batches_of(source, kind, at_once):
            with precision:
                if not rows and not isinstance(source, Rows):
                    check_x(model, x, "data")
                prediction = model(x)
                loss = loss_of(prediction, y)
            check_number("loss", loss)
            rows += len(x)
            value = float(loss)  # `total` is the mean so far: of one batch exactly its loss; once infinite, it stays so
            total += (len(x) / rows) * (value - total) if math.isfinite(total) else value
            if metrics:
                seen.append((prediction, y))
        if not rows:
            raise ConfigError("data: expected at least one batch, got none")
        values = {"loss": total}
        if metrics:
            prediction = joined([part for part, _ in seen])
            target = torch.cat([y for _, y in seen])
            for name, metric in metrics.items():
                value = metric(prediction, target)
                check_number(name, value)
                values[name] = float(value)
    return values
