"""Lanes: 64 bytes of neighbouring numbers (16 of single, 8 of double precision) that are computed with as one.

Plain, lanes are a NumPy array of that length; compiled, one register of the processor. So a kernel that is written in lanes is
the same source both ways, and its sums have a fixed order: lane by lane, then `fold`. A number that meets lanes takes their
precision, as a Python number does that meets a NumPy array. Operators: + - * / and unary -, abs.

The compiled forms stand in lanes_compiled.py; they check no bounds.
"""

import hashlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mazefit.kernel import Kernel

BYTES = 64


class Primitive(Kernel):
    """A function whose compiled form is written by hand: that of the same name in lanes_compiled.py."""

    def dispatcher(self) -> Callable[..., Any]:
        """The compiled form."""
        return getattr(importlib.import_module("mazefit.training.lanes_compiled"), self.function.__name__)

    def source_digest(self) -> str:
        """SHA-256 over both forms."""
        files = (Path(__file__).with_name(name) for name in ("lanes.py", "lanes_type.py", "lanes_compiled.py"))
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def primitive(function: Callable[..., Any]) -> Primitive:
    """Mark a function whose compiled form is written by hand."""
    return Primitive(function)


@primitive
def width(array: Any) -> int:
    """How many elements of this array make one register."""
    return BYTES // array.itemsize


@primitive
def load(array: Any, at: int) -> Any:
    """The lanes that begin at `at`."""
    return np.array(array[at : at + BYTES // array.itemsize])


@primitive
def store(array: Any, at: int, lanes: Any) -> None:
    """Write lanes where they are to begin."""
    np.asarray(array)[at : at + len(lanes)] = lanes


@primitive
def spread(array: Any, number: float) -> Any:
    """One number in all lanes, in the precision of `array`."""
    kind = np.asarray(array).dtype
    return np.full(BYTES // kind.itemsize, number, kind)


@primitive
def fold(lanes: Any) -> Any:
    """The sum over the lanes: upper half onto lower half, until one is left."""
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = lanes[:half] + lanes[half:]
    return lanes[0]


@primitive
def widen(lanes: Any) -> Any:
    """The same numbers in double precision."""
    return lanes.astype(np.float64)


@primitive
def positive(lanes: Any, then: Any, otherwise: Any) -> Any:
    """Lane by lane: `then` where the number is above zero, `otherwise` elsewhere (and where it is no number)."""
    return np.where(lanes > 0, then, otherwise)


@primitive
def power_of_two(shifted: Any) -> Any:
    """2^k from k + 1.5 · 2^52 (single precision: 1.5 · 2^23): k stands in the last bits and is moved to the exponent."""
    integer, bits, one = (np.int64, 52, 0x3FF << 52) if shifted.dtype == np.float64 else (np.int32, 23, 0x7F << 23)
    return ((shifted.view(integer) << integer(bits)) + integer(one)).view(shifted.dtype)


@primitive
def root(x: Any) -> Any:
    """√x of a number, an array, a tensor, or lanes."""
    return x**0.5
