"""One decorator: the same source as plain Python or compiled by Numba, with the same bytes.

A kernel is a function on flat one-dimensional arrays and scalars, indexed element by element. Plain, it sees memoryviews of
the arrays, whose elements are Python's own floats and ints: the same IEEE arithmetic, several times faster than NumPy scalars.
Compiled, it sees the arrays. Rules that keep both equal, bit for bit: float64, sums from left to right, no `**`, `exp`, `log`,
`sum` or NumPy calls, no integer beyond 63 bits. The set of actions is passed as a tuple: its length is part of its type, so
that loops over it are unrolled when compiled.

Numba is imported when something is compiled for the first time.
"""

import hashlib
import importlib.util
import inspect
import os
from collections.abc import Callable
from functools import cache, update_wrapper
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from mazefit.errors import ConfigError


@cache
def numba_available() -> bool:
    """Whether Numba is installed (found without importing it) and not switched off by MAZEFIT_NUMBA=0."""
    return os.environ.get("MAZEFIT_NUMBA", "1") != "0" and importlib.util.find_spec("numba") is not None


class Kernel:
    """A function that runs as written (`python`) or compiled (`compiled`); called directly it is the plain function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function: Any = function
        update_wrapper(self, function)

    def __call__(self, *args: Any) -> Any:
        """The plain function on whatever it is given."""
        return self.function(*args)

    def python(self, *args: Any) -> Any:
        """Run plain; arrays are seen through memoryviews, so that their elements are Python numbers."""
        return self.function(*[_elements(a) for a in args])

    def compiled(self, *args: Any) -> Any:
        """Run compiled; the very first call on a machine compiles (a second or so), later ones read Numba's cache."""
        return self.dispatcher()(*args)

    def run(self, compiled: bool, *args: Any) -> Any:
        """`compiled` or `python`."""
        return self.compiled(*args) if compiled else self.python(*args)

    def callees(self) -> dict[str, "Kernel"]:
        """The kernels that this one calls by name."""
        names: dict[str, Any] = self.function.__globals__
        return {n: names[n] for n in self.function.__code__.co_names if isinstance(names.get(n), Kernel)}

    def source_digest(self) -> str:
        """SHA-256 over what the compiled form depends on: this kernel's file, the constants it reads, and its callees'."""
        digest = hashlib.sha256(Path(inspect.getfile(self.function)).read_bytes())
        names: dict[str, Any] = self.function.__globals__
        constants = {n: names[n] for n in self.function.__code__.co_names if isinstance(names.get(n), bool | int | float)}
        digest.update(repr(sorted(constants.items())).encode())
        for callee in self.callees().values():
            digest.update(callee.source_digest().encode())
        return digest.hexdigest()

    def dispatcher(self) -> Callable[..., Any]:
        """The compiled function, made when it is first asked for."""
        dispatcher = self.__dict__.get("_compiled")
        if dispatcher is None:
            dispatcher = self.__dict__["_compiled"] = _compile(self)
        return dispatcher


def _elements(argument: Any) -> Any:
    """An array as a memoryview, anything else as it is."""
    return argument.data if isinstance(argument, np.ndarray) else argument


def _compile(kernel: Kernel) -> Callable[..., Any]:
    """Compile `kernel`, its callees standing in as compiled functions."""
    if not numba_available():
        raise ConfigError(
            "backend: expected an installed numba for 'compiled', got none; pip install numba, or use backend='python'"
        )
    import numba

    names = dict(kernel.function.__globals__)
    names.update({name: callee.dispatcher() for name, callee in kernel.callees().items()})
    function = FunctionType(kernel.function.__code__, names, kernel.function.__name__, kernel.function.__defaults__)
    function.__qualname__ = kernel.function.__qualname__
    function.__module__ = kernel.function.__module__
    dispatcher: Any = numba.njit(cache=True)(function)
    # Numba stamps its cache with the function's own file alone; a changed callee must make it stale as well.
    dispatcher._cache._cache_file._source_stamp = kernel.source_digest()
    return dispatcher


def kernel(function: Callable[..., Any]) -> Kernel:
    """Mark a function on flat arrays and scalars as one that can run plain or compiled."""
    return Kernel(function)


def worth_compiling(cells: int) -> bool:
    """The rule for work whose size is known beforehand: compiled from 20,000 cells on, where Numba is installed.

    Below that, plain Python is done before Numba is imported. A rule of size, never of timing: both give the same bytes.
    """
    return cells >= 20_000 and numba_available()
