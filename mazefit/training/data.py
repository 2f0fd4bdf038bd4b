"""Data at the door: arrays, lists and tensors become tensors once, checked, in the model's dtype and on its device."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from mazefit.errors import ConfigError, Problems, TrainingError

EXPECTED = "expected (x, y), a Dataset or a DataLoader"


class Kind(NamedTuple):
    """What a model's data are turned into.

    Args:
        dtype: of floating-point numbers.
        device: where they go.
        integer_x: whether integers stay integers in x: of models that look them up (`nn.Embedding`).
        integer_y: whether they stay so in y: of losses of one's own (class labels); "mse" and "l1" compare numbers.
    """

    dtype: torch.dtype
    device: torch.device
    integer_x: bool
    integer_y: bool

    @classmethod
    def of(cls, model: nn.Module, device: torch.device, loss: object) -> "Kind":
        """The kind that fits a model and its loss."""
        dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.get_default_dtype())
        looks_up = any(isinstance(module, nn.Embedding | nn.EmbeddingBag) for module in model.modules())
        return cls(dtype, device, looks_up, not isinstance(loss, str))


class Rows(NamedTuple):
    """Inputs [rows, ...] and targets [rows, ...], on the device."""

    x: Tensor
    y: Tensor


Source = Rows | DataLoader[Any] | Dataset[Any]


def as_source(name: str, data: object, kind: Kind, problems: Problems) -> Source | None:
    """What a fit or an evaluation reads: rows in memory, or a Dataset or DataLoader that is asked for them; None where unfit.

    A `TensorDataset` of two tensors is rows in memory.
    """
    if isinstance(data, TensorDataset) and len(data.tensors) == 2:
        data = data.tensors
    if isinstance(data, DataLoader | IterableDataset):
        return data
    if isinstance(data, Dataset):
        size = getattr(data, "__len__", None)
        got = "one without a length" if size is None else "an empty one" if size() == 0 else ""
        problems.check(not got, f"{name}: expected a Dataset of at least one row, got {got}")
        return data
    if not isinstance(data, tuple | list) or len(data) != 2:
        got = f"a {type(data).__name__} of {len(data)}" if isinstance(data, tuple | list) else repr(data)[:60]
        problems.check(False, f"{name}: {EXPECTED}, got {got}")
        return None
    prefix = "" if name == "data" else f"{name} "
    x = as_tensor(f"{prefix}x", data[0], kind, kind.integer_x, problems)
    y = as_tensor(f"{prefix}y", data[1], kind, kind.integer_y, problems)
    if x is None or y is None:
        return None
    problems.check(len(x) == len(y), f"{prefix}y: expected as many rows as x, {len(x)}, got {len(y)}")
    return Rows(x, y)


def as_tensor(name: str, value: object, kind: Kind, integers: bool, problems: Problems) -> Tensor | None:
    """One array, list or tensor as a tensor of that kind; None, with the sentence noted, where it cannot be one."""
    given = value.detach() if isinstance(value, Tensor) else _from_array(name, value, problems)
    if given is None:
        return None
    if given.is_complex() or given.layout != torch.strided:
        problems.check(False, f"{name}: expected real numbers in a dense array, got {given.dtype} in layout {given.layout}")
        return None
    if given.ndim == 0 or len(given) == 0:
        got = "a single number" if given.ndim == 0 else "none"
        problems.check(False, f"{name}: expected at least one row along the first axis, got {got}")
        return None
    dtype = _dtype(given, kind, integers)
    tensor = given.to(dtype).to(kind.device)  # in this order: not every device has every dtype
    bad = not_finite(tensor)
    if bad is not None:
        row, number = bad[0], given.reshape(len(given), -1)[bad].item()
        problems.check(False, f"{name}: expected finite numbers, got {_said(number, dtype)} in row {row}")
        return None
    return tensor


def _from_array(name: str, value: object, problems: Problems) -> Tensor | None:
    """A NumPy array or nested list as a tensor, sharing memory where it can be shared safely."""
    if isinstance(value, Dataset | DataLoader):  # NumPy would ask it for its rows
        problems.check(False, f"{name}: expected an array of numbers, got a {type(value).__name__}")
        return None
    try:
        array: Any = np.asarray(value)
    except ValueError:
        problems.check(False, f"{name}: expected rows of one length, got a ragged list")
        return None
    if array.dtype.kind not in "biufc":
        got = (
            f"dtype {array.dtype}"
            if isinstance(value, np.ndarray | Sequence) and not isinstance(value, str)
            else repr(value)[:60]
        )
        problems.check(False, f"{name}: expected an array of numbers, got {got}")
        return None
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:  # PyTorch has no arithmetic for these
        array = array.astype(np.int64 if array.dtype.itemsize < 8 else np.float64)
    elif array.dtype.itemsize > 8 and array.dtype.kind == "f":  # longdouble
        array = array.astype(np.float64)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    safe = array.flags.c_contiguous and array.flags.writeable
    return torch.from_numpy(array if safe else array.copy(order="C"))


def not_finite(tensor: Tensor) -> tuple[int, int] | None:
    """Where the first number that is not finite stands, as (row, place in the row); None where all are finite."""
    if not tensor.is_floating_point() or math.isfinite(tensor.sum().item()):  # NaN and infinity stay in a sum
        return None
    flat = tensor.reshape(len(tensor), -1)
    found = torch.nonzero(~torch.isfinite(flat))
    return (int(found[0, 0]), int(found[0, 1])) if len(found) else None


def pair_of(batch: object, kind: Kind, where: str) -> Rows:
    """One batch of a DataLoader as (x, y) of that kind.

    Raises:
        ConfigError: it is not a pair of tensors with as many rows each.
        TrainingError: a number is not finite; names `where`.
    """
    if not (isinstance(batch, tuple | list) and len(batch) == 2 and all(isinstance(part, Tensor) for part in batch)):
        raise ConfigError(f"data: expected a DataLoader whose batches are (x, y), two tensors, got {_shapes(batch)}")
    x, y = batch
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or not len(x):
        raise ConfigError(f"data: expected batches (x, y) of as many rows each, at least one, got {_shapes(batch)}")
    strange = next((part for part in (x, y) if part.is_complex() or part.layout != torch.strided), None)
    if strange is not None:
        raise ConfigError(f"data: expected real numbers in dense batches, got {strange.dtype} in layout {strange.layout}")
    x, y = (part.to(_dtype(part, kind, whole)) for part, whole in ((x, kind.integer_x), (y, kind.integer_y)))
    for name, given, part in (("x", batch[0], x), ("y", batch[1], y)):
        bad = not_finite(part)
        if bad is not None:
            got = _said(given.reshape(len(given), -1)[bad].item(), part.dtype)
            raise TrainingError(f"{name}: expected finite numbers, got {got} in row {bad[0]} of {where}")
    return Rows(x.to(kind.device, non_blocking=True), y.to(kind.device, non_blocking=True))


def _dtype(given: Tensor, kind: Kind, integers: bool) -> torch.dtype:
    """What numbers become: the model's dtype; whole ones int64 (or bool) where they stay whole."""
    if given.is_floating_point() or not integers:
        return kind.dtype
    return torch.bool if given.dtype == torch.bool else torch.int64


def _said(number: float, dtype: torch.dtype) -> str:
    """A number that is not finite, or became so in `dtype`."""
    return f"{number:g}, too large for {str(dtype).removeprefix('torch.')}," if math.isfinite(number) else f"{number:g}"


def _shapes(batch: object) -> str:
    if isinstance(batch, Tensor):
        return f"one tensor {list(batch.shape)}"
    if isinstance(batch, tuple | list):
        return f"a {type(batch).__name__} of " + ", ".join(
            str(list(part.shape)) if isinstance(part, Tensor) else type(part).__name__ for part in batch[:4]
        )
    return type(batch).__name__


def check_x(model: Any, x: Tensor, where: str) -> Any:
    """What the model makes of the first rows.

    Raises:
        ConfigError: it does not take them.
    """
    few = x[:2]
    try:
        return model(few)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        shape = list(few.shape[1:])
        raise ConfigError(f"{where}: x: expected rows that the model takes, got rows of shape {shape} ({said})") from error


def check_fit(model: Any, rows: Rows, loss: object, where: str) -> None:
    """See on the first rows that the model takes x, and that its predictions have the shape of y where they are compared.

    Raises:
        ConfigError: it does not.
    """
    prediction: object = check_x(model, rows.x, where)
    if not isinstance(loss, str):
        return
    if not isinstance(prediction, Tensor):
        got = type(prediction).__name__
        raise ConfigError(f"{where}: model: expected a tensor of predictions for loss {loss!r}, got a {got}")
    few = len(rows.x[:2])
    if prediction.ndim == 0 or len(prediction) != few:
        got = list(prediction.shape)
        raise ConfigError(f"{where}: model: expected a prediction for each of {few} rows, got predictions of shape {got}")
    if prediction.shape[1:] != rows.y.shape[1:]:
        wanted, shape = [len(rows.y), *prediction.shape[1:]], list(rows.y.shape)
        hint = "; y[:, None] has it" if wanted == [*shape, 1] else ""
        raise ConfigError(f"{where}: y: expected the shape of the predictions, {wanted}, got {shape}{hint}")
