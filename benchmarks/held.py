"""How many bytes a structure holds: every array and byte string reached from it, those that are shared counted once."""

from collections.abc import Iterator
from typing import Any

import numpy as np


def held_bytes(thing: object) -> int:
    """Bytes of the arrays and byte strings reached from `thing` through attributes, slots, lists, tuples, sets and dicts."""
    seen: dict[int, object] = {}  # holds what was seen, so that no number is used twice
    waiting, total = [thing], 0
    while waiting:
        here = waiting.pop()
        if isinstance(here, np.ndarray) and isinstance(here.base, np.ndarray | bytes | bytearray | memoryview):
            here = here.base
        elif isinstance(here, memoryview):
            here = here.obj
        if id(here) in seen:
            continue
        seen[id(here)] = here
        if isinstance(here, np.ndarray):
            total += here.nbytes
        elif isinstance(here, bytes | bytearray):
            total += len(here)
        else:
            waiting.extend(parts(here))
    return total


def parts(thing: Any) -> Iterator[object]:
    """What a container or an object of a class written in Python refers to."""
    if isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from thing
    elif type(thing).__module__ != "builtins" and not isinstance(thing, type):
        yield from getattr(thing, "__dict__", {}).values()
        for kind in type(thing).__mro__:
            slots = getattr(kind, "__slots__", ())
            yield from (getattr(thing, name, None) for name in ([slots] if isinstance(slots, str) else slots))
