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
        problems.check(size is not None and size() > 0, f"{name}: expected a Dataset of at least one row, got an empty one")
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
    whole = not given.is_floating_point()
    dtype = (torch.int64 if given.dtype != torch.bool else torch.bool) if whole and integers else kind.dtype
    tensor = given.to(dtype).to(kind.device)  # in this order: not every device has every dtype
    bad = not_finite(tensor)
    if bad is not None:
        row, number = bad[0], given.reshape(len(given), -1)[bad].item()
        too_large = math.isfinite(number)
        what = f"{number:g}, too large for {str(dtype).removeprefix('torch.')}," if too_large else f"{number:g}"
        problems.check(False, f"{name}: expected finite numbers, got {what} in row {row}")
        return None
    return tensor


def _from_array(name: str, value: object, problems: Problems) -> Tensor | None:
    """A NumPy array or nested list as a tensor, sharing memory where it can be shared safely."""
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
    for name, part in zip("xy", batch, strict=True):
        bad = not_finite(part)
        if bad is not None:
            got = part.reshape(len(part), -1)[bad].item()
            raise TrainingError(f"{name}: expected finite numbers, got {got} in row {bad[0]} of {where}")
    return Rows(_moved(x, kind, kind.integer_x), _moved(y, kind, kind.integer_y))


def _moved(tensor: Tensor, kind: Kind, integers: bool) -> Tensor:
    keeps = integers and not tensor.is_floating_point()
    return (tensor if keeps else tensor.to(kind.dtype)).to(kind.device, non_blocking=True)


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
    if prediction.shape[1:] != rows.y.shape[1:] or len(prediction) != len(rows.x[:2]):
        wanted, shape = [len(rows.y), *prediction.shape[1:]], list(rows.y.shape)
        hint = "; y[:, None] has it" if wanted == [*shape, 1] else ""
        raise ConfigError(f"{where}: y: expected the shape of the predictions, {wanted}, got {shape}{hint}")
