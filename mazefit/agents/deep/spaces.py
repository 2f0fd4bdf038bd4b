"""Observation spaces as plain JSON, so that a saved run can build its network again."""

from typing import Any

import numpy as np
from gymnasium import spaces


def describe_space(space: Any) -> dict[str, Any]:
    """A space as JSON; bounds that are all alike as one number."""
    if isinstance(space, spaces.Discrete):
        return {"name": "Discrete", "n": int(space.n), "start": int(space.start)}
    if isinstance(space, spaces.MultiDiscrete):
        return {"name": "MultiDiscrete", "nvec": space.nvec.tolist(), "start": space.start.tolist()}
    if isinstance(space, spaces.MultiBinary):
        return {"name": "MultiBinary", "n": list(space.shape)}
    low, high = (_bounds(bounds) for bounds in (space.low, space.high))
    return {"name": "Box", "low": low, "high": high, "shape": list(space.shape), "dtype": np.dtype(space.dtype).name}


def build_space(about: dict[str, Any]) -> Any:
    """The space that `describe_space` described.

    Raises:
        LookupError, TypeError, ValueError, AssertionError: it did not make this.
    """
    if about["name"] == "Discrete":
        return spaces.Discrete(about["n"], start=about["start"])
    if about["name"] == "MultiDiscrete":
        return spaces.MultiDiscrete(np.array(about["nvec"]), start=np.array(about["start"]))
    if about["name"] == "MultiBinary":
        return spaces.MultiBinary(about["n"])
    if about["name"] != "Box":
        raise ValueError(f"a space that is known here, got {about['name']!r}")
    dtype, shape = np.dtype(about["dtype"]), tuple(about["shape"])
    kinds: Any = {"f": np.floating, "i": np.integer, "u": np.integer}[dtype.kind]
    assert issubclass(dtype.type, kinds)
    ends = (np.array([_number(x) for x in about[name]]) for name in ("low", "high"))
    low, high = (np.broadcast_to(one, int(np.prod(shape))).reshape(shape).astype(dtype) for one in ends)
    return spaces.Box(low, high, shape, dtype.type)


def _bounds(bounds: Any) -> list[Any]:
    plain = np.asarray(bounds).reshape(-1)
    alike = len(plain) > 0 and bool((plain == plain[0]).all())
    return [_plain(x) for x in (plain[:1] if alike else plain)]


def _plain(x: Any) -> Any:
    number = x.item()
    return number if isinstance(number, int) or np.isfinite(number) else repr(number)


def _number(x: Any) -> Any:
    return float(x) if isinstance(x, str) else x
