"""Nested state as plain JSON and tensors: what optimizers, schedulers and callbacks keep, without pickle.

A tensor stands in the JSON as {"tensor": its name}; what JSON has no word for stands as a dictionary of one key: tuple, pairs
(a dictionary whose keys are not words), counter, float (nan, inf) and array. A dictionary of words stands as {"dict": pairs}:
its order counts.
"""

import math
from collections import Counter
from typing import Any

import numpy as np
import torch
from torch import Tensor


def take_apart(tree: Any, tensors: dict[str, Tensor], name: str) -> Any:
    """The tree as JSON; its tensors are put into `tensors` under names that begin with `name`.

    Raises:
        TypeError: something is in it that has no place here, such as a function; names where.
    """
    if tree is None or isinstance(tree, bool | str) or type(tree) is int:
        return tree
    if isinstance(tree, int | np.integer):
        return int(tree)
    if isinstance(tree, float | np.floating):
        number = float(tree)
        return number if math.isfinite(number) else {"float": repr(number)}
    if isinstance(tree, Tensor):
        tensors[name] = tree.detach().to("cpu").contiguous().clone()
        return {"tensor": name}
    if isinstance(tree, np.ndarray) and tree.dtype.kind in "biuf":
        tensors[name] = torch.from_numpy(tree.copy())
        return {"array": name}
    if isinstance(tree, list | tuple):
        parts = [take_apart(part, tensors, f"{name}.{index}") for index, part in enumerate(tree)]
        return parts if isinstance(tree, list) else {"tuple": parts}
    if isinstance(tree, dict):
        named = all(isinstance(key, str) for key in tree)
        kind = "counter" if isinstance(tree, Counter) else "dict" if named else "pairs"
        pairs: list[Any] = []
        for index, (key, value) in enumerate(tree.items()):
            below = f"{name}.{key if named else index}"
            pairs.append([take_apart(key, tensors, f"{below}.key"), take_apart(value, tensors, below)])
        return {kind: pairs}
    raise TypeError(f"{name}: expected numbers, words, tensors, lists and dictionaries, got {tree!r}")


def put_together(plain: Any, tensors: dict[str, Tensor]) -> Any:
    """The tree that `take_apart` took apart.

    Raises:
        ValueError, KeyError, TypeError: it did not make this.
    """
    if isinstance(plain, list):
        return [put_together(part, tensors) for part in plain]
    if not isinstance(plain, dict):
        return plain
    ((kind, value),) = plain.items()
    if kind == "tensor":
        return tensors[value]
    if kind == "array":
        return tensors[value].numpy()
    if kind == "float":
        return float(value)
    if kind == "tuple":
        return tuple(put_together(part, tensors) for part in value)
    pairs = {put_together(key, tensors): put_together(part, tensors) for key, part in value}
    if kind not in ("dict", "pairs", "counter"):
        raise ValueError(f"expected a tensor, array, float, tuple, dict, pairs or counter, got {kind!r}")
    return Counter(pairs) if kind == "counter" else pairs
