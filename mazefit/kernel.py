"""One decorator: the same source as plain Python or compiled by Numba, with the same bytes.

A kernel is a function on flat one-dimensional arrays and scalars, indexed element by element. Plain, it sees memoryviews of
the arrays, whose elements are Python's own floats and ints: the same IEEE arithmetic, several times faster than NumPy scalars.
Compiled, it sees the arrays. Rules that keep both equal, bit for bit: float64, sums from left to right, no `**`, `exp`, `log`,
`sum` or NumPy calls, no integer beyond 63 bits. The set of actions is passed as a tuple: its length is part of its type, so
that loops over it are unrolled when compiled. Arrays that belong together travel in a NamedTuple.

A kernel may leave a choice open: it calls a kernel by a name, and `kernel.using(name=another)` is the same source with
another one in that place, here and in everything it calls. So one loop serves every policy and every schedule.

Numba is imported when something is compiled for the first time.
"""

import hashlib
import importlib.util
import inspect
import os
from collections.abc import Callable, Mapping
from functools import cache, update_wrapper
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from mazefit.errors import ConfigError

OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False}
"""Kernels make no arrays: counting references to those they are given would cost more than the arithmetic."""


@cache
def numba_available() -> bool:
    """Whether Numba is installed (found without importing it) and not switched off by MAZEFIT_NUMBA=0."""
    return os.environ.get("MAZEFIT_NUMBA", "1") != "0" and importlib.util.find_spec("numba") is not None


class Kernel:
    """A function that runs as written (`python`) or compiled (`compiled`); called directly it is the plain function.

    Args:
        function: the source.
        places: kernels that stand in for others of the same name, here and in all callees.
    """

    def __init__(self, function: Callable[..., Any], places: Mapping[str, "Kernel"] | None = None) -> None:
        self.function: Any = function
        self.places = dict(places or {})
        self._plain: tuple[dict[str, Any], Callable[..., Any]] | None = None
        self._variants: dict[tuple[tuple[str, int], ...], Kernel] = {}
        update_wrapper(self, function)

    def __call__(self, *args: Any) -> Any:
        """The plain function on whatever it is given."""
        return self.function(*args)

    def python(self, *args: Any) -> Any:
        """Run plain; arrays are seen through memoryviews, so that their elements are Python numbers."""
        return self.plain()(*[_elements(a) for a in args])

    def compiled(self, *args: Any) -> Any:
        """Run compiled; the very first call on a machine compiles (a second or so), later ones read Numba's cache."""
        return self.dispatcher()(*args)

    def run(self, compiled: bool, *args: Any) -> Any:
        """`compiled` or `python`."""
        return self.compiled(*args) if compiled else self.python(*args)

    def using(self, **places: "Kernel") -> "Kernel":
        """The same source, with other kernels in the places of those names (of those that it reaches)."""
        reached, waiting = set[str](), self.reaches()
        while waiting - reached:  # what stands in for a name may call others that are to be replaced
            reached |= waiting
            waiting = set[str]().union(*(places[name].reaches() for name in reached if name in places))
        chosen = {**self.places, **{name: kernel for name, kernel in places.items() if name in reached}}
        if not chosen:
            return self
        key = tuple(sorted((name, id(kernel)) for name, kernel in chosen.items()))
        if key not in self._variants:
            self._variants[key] = Kernel(self.function, chosen)
        return self._variants[key]

    def callees(self) -> dict[str, "Kernel"]:
        """The kernels that this one calls by name, each with the same places taken."""
        names: dict[str, Any] = self.function.__globals__
        called = {name: names.get(name) for name in self.function.__code__.co_names}
        found = {name: self.places.get(name, kernel) for name, kernel in called.items() if isinstance(kernel, Kernel)}
        return {n: kernel.using(**self.places) for n, kernel in found.items()} if self.places else found

    def reaches(self) -> set[str]:
        """The names of all kernels that are called from here, directly or not."""
        found: set[str] = set()
        for name, kernel in self.callees().items():
            found |= {name} | kernel.reaches()
        return found

    def plain(self) -> Callable[..., Any]:
        """The plain function, its callees standing in as plain functions."""
        twins = {name: callee.plain() for name, callee in self.callees().items()}
        if not twins:
            return self.function
        if self._plain is None or self._plain[0] != twins:
            self._plain = (twins, self.twin(twins))
        return self._plain[1]

    def source_digest(self) -> str:
        """SHA-256 over what the compiled form depends on: this kernel's file, the constants it reads, and its callees'."""
        digest = hashlib.sha256(Path(inspect.getfile(self.function)).read_bytes())
        digest.update(repr(OPTIONS).encode())
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

    def variant_name(self) -> str:
        """What tells this variant from others in Numba's cache: the kernels in its places."""
        name = self.function.__qualname__
        taken = (f"{place}_{kernel.variant_name()}" for place, kernel in sorted(self.places.items()))
        return "_".join((name, *taken)) if self.places else name

    def twin(self, names: Mapping[str, Any]) -> Any:
        """The same code, seeing other things behind these names."""
        function = FunctionType(
            self.function.__code__,
            {**self.function.__globals__, **names},
            self.function.__name__,
            self.function.__defaults__,
        )
        function.__module__ = self.function.__module__
        return function


def _elements(argument: Any) -> Any:
    """An array as a memoryview, a NamedTuple of arrays as one of memoryviews, anything else as it is."""
    if isinstance(argument, np.ndarray):
        return argument.data
    if hasattr(argument, "_fields"):
        return type(argument)(*[_elements(part) for part in argument])
    return argument


def _compile(kernel: Kernel) -> Callable[..., Any]:
    """Compile `kernel`, its callees standing in as compiled functions."""
    if not numba_available():
        raise ConfigError(
            "backend: expected an installed numba for 'compiled', got none; pip install numba, or use backend='python'"
        )
    import numba

    function = kernel.twin({name: callee.dispatcher() for name, callee in kernel.callees().items()})
    function.__qualname__ = _short(kernel.variant_name())
    dispatcher: Any = numba.njit(**OPTIONS)(function)
    # Numba stamps its cache with the function's own file alone; a changed callee must make it stale as well.
    files = dispatcher._cache._cache_file
    files._source_stamp = kernel.source_digest()
    files._load_index = _forgiving(files._load_index, {})
    files.load = _forgiving(files.load, None)
    return dispatcher


def _forgiving(load: Callable[..., Any], nothing: Any) -> Callable[..., Any]:
    """Numba's cache names modules and NamedTuples that a kernel was compiled with: where one is gone, it is stale."""

    def load_or_nothing(*args: Any) -> Any:
        try:
            return load(*args)
        except (AttributeError, ImportError):
            return nothing

    return load_or_nothing


def _short(name: str) -> str:
    """A name that fits a file name, and is still its own."""
    return name if len(name) <= 100 else f"{name[:80]}_{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def kernel(function: Callable[..., Any]) -> Kernel:
    """Mark a function on flat arrays and scalars as one that can run plain or compiled."""
    return Kernel(function)


def worth_compiling(cells: int) -> bool:
    """The rule for work whose size is known beforehand: compiled from 20,000 cells on, where Numba is installed.

    Below that, plain Python is done before Numba is imported. A rule of size, never of timing: both give the same bytes.
    """
    return cells >= 20_000 and numba_available()
