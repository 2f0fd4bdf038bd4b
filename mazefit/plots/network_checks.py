"""What is to be drawn of a network, checked once: everything that does not fit is said in one sentence."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems

Numbers = npt.NDArray[np.float64]
DEEPEST = 60  # layers


class What(NamedTuple):
    """A network of L layers."""

    sizes: tuple[int, ...]  # [L]
    weights: tuple[Numbers, ...] | None  # L - 1 arrays [left, right]
    biases: tuple[Numbers, ...] | None  # L - 1 arrays [right]
    activations: tuple[str | None, ...]  # [L], None for the input
    names: tuple[str, ...] | None  # [L]
    inputs: tuple[str, ...] | None  # [first size]
    outputs: tuple[str, ...] | None  # [last size]
    batch: int | None
    most: int
    largest: float | None  # the largest |weight| or |bias|; None where none are given


def checked(
    sizes: Sequence[int],
    weights: Sequence[npt.ArrayLike] | None,
    biases: Sequence[npt.ArrayLike] | None,
    activation: str | Sequence[str | None] | None,
    names: Sequence[str] | None,
    inputs: Sequence[str] | None,
    outputs: Sequence[str] | None,
    batch: int | None,
    most: int,
) -> What:
    """The arguments of `network`, as one thing that fits together.

    Raises:
        ConfigError: they do not; every wrong one is named.
    """
    problems = Problems("network")
    try:
        layers: list[Any] = np.asarray(sizes).tolist() if np.ndim(sizes) == 1 else []
    except (TypeError, ValueError):
        layers = []
    whole = all(isinstance(size, int) and not isinstance(size, bool) and size >= 1 for size in layers)
    problems.check(
        whole and 2 <= len(layers) <= DEEPEST,
        f"sizes: expected from 2 to {DEEPEST} layers of at least 1 unit each, such as (1, 10, 1), got {sizes!r}",
    )
    problems.integer("most", most, 3)
    if batch is not None:
        problems.integer("batch", batch, 1)
    problems.raise_if_any()
    pairs: list[tuple[int, int]] = list(pairwise(layers))
    found_weights = _arrays(problems, "weights", weights, pairs)
    found_biases = _arrays(problems, "biases", biases, [(right,) for _, right in pairs])
    if activation is None or isinstance(activation, str):
        each: list[str | None] = [*[activation] * (len(layers) - 2), None]
    else:
        each = list(activation)
    problems.check(
        len(each) == len(pairs), f"activation: expected {len(pairs)} of them, one for each layer but the input, got {len(each)}"
    )
    found_names = _texts(problems, "names", names, len(layers))
    found_inputs = _texts(problems, "inputs", inputs, layers[0])
    found_outputs = _texts(problems, "outputs", outputs, layers[-1])
    problems.raise_if_any()
    arrays = [*(found_weights or ()), *(found_biases or ())]
    largest = max(float(np.abs(array).max()) for array in arrays) if arrays else None
    return What(
        tuple(layers),
        found_weights,
        found_biases,
        (None, *each),
        found_names,
        found_inputs,
        found_outputs,
        batch,
        most,
        largest,
    )


def _arrays(problems: Problems, name: str, given: Any, shapes: Sequence[tuple[int, ...]]) -> tuple[Numbers, ...] | None:
    """Finite arrays of these shapes, or None where none are given; what is wrong is noted."""
    if given is None:
        return None
    if not hasattr(given, "__len__") or len(given) != len(shapes):
        got = len(given) if hasattr(given, "__len__") else repr(given)
        problems.check(False, f"{name}: expected {len(shapes)} arrays, one for each layer but the input, got {got}")
        return None
    found: list[Numbers] = []
    for index, (one, shape) in enumerate(zip(given, shapes, strict=True)):
        try:
            array = np.asarray(one, dtype=np.float64)
        except (TypeError, ValueError, RuntimeError) as error:  # the last from tensors that carry gradients
            problems.check(False, f"{name}[{index}]: expected numbers, got {type(one).__name__} ({error})")
            continue
        turned = " (PyTorch keeps [units right, units left]: pass layer.weight.T)" if array.shape == shape[::-1] else ""
        problems.check(array.shape == shape, f"{name}[{index}]: expected shape {list(shape)}, got {list(array.shape)}{turned}")
        bad = array[~np.isfinite(array)]
        problems.check(not len(bad), f"{name}[{index}]: expected finite numbers, got {bad[0] if len(bad) else 0}")
        found.append(array)
    return tuple(found)


def _texts(problems: Problems, name: str, given: Sequence[str] | None, count: int) -> tuple[str, ...] | None:
    """So many texts, or None where none are given."""
    if given is None:
        return None
    found = [given] if isinstance(given, str) else [str(one) for one in given]
    problems.check(len(found) == count, f"{name}: expected {count} of them, got {len(found)}")
    return tuple(found)
