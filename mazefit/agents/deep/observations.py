"""Observations: how a space's are kept in the replay buffer, and what a network is given of them.

Discrete(S)            kept as a number, given as one-hot [B, S]
MultiDiscrete(n)       kept as numbers [k], given as x / (n - 1), from 0 to 1
MultiBinary(shape)     kept as bytes, given as 0 and 1
Box of integers        kept as they are, given as (x - low) / (high - low), from 0 to 1
Box of floats          kept and given as they are
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from gymnasium import spaces
from torch import Tensor

from mazefit.errors import UnsupportedEnvError

FEW = 4
"""Numbers of an observation that a diagram can still name it by."""


class Observations:
    """A space's observations.

    Args:
        space: of one environment.
        dtype: of what the network is given.

    Raises:
        UnsupportedEnvError: observations of such a space are not known here.
    """

    def __init__(self, space: Any, dtype: torch.dtype = torch.float32) -> None:
        self.space, self.given = space, dtype
        self.first, self.count = 0, 0  # of a Discrete space
        self.low: npt.NDArray[np.float64] | None = None
        self.span: npt.NDArray[np.float64] | None = None
        self.shape = tuple(space.shape or ())
        if isinstance(space, spaces.Discrete):
            self.first, self.count, self.shape, self.kept = int(space.start), int(space.n), (), np.dtype(np.int64)
        elif isinstance(space, spaces.MultiDiscrete):
            self.low, self.kept = space.start.astype(np.float64), np.dtype(np.int64)
            self.span = np.maximum(1.0, space.nvec - 1.0)
        elif isinstance(space, spaces.MultiBinary):
            self.kept = np.dtype(np.int8)
        elif isinstance(space, spaces.Box) and np.issubdtype(space.dtype, np.integer):
            self.kept = np.dtype(space.dtype)
            self.low = space.low.astype(np.float64)
            self.span = np.maximum(1.0, space.high.astype(np.float64) - self.low)
        elif isinstance(space, spaces.Box):
            self.kept = np.dtype(np.float32)
        else:
            raise UnsupportedEnvError(f"env: expected observations of Discrete, MultiDiscrete, MultiBinary or Box, got {space}")
        if any(size == 0 for size in self.shape):
            raise UnsupportedEnvError(f"env: expected observations that hold a number at least, got {space}")
        self._scale: dict[torch.device, tuple[Tensor, Tensor]] = {}

    @property
    def numbered(self) -> bool:
        """Whether an observation is a state's number."""
        return self.count > 0

    @property
    def size(self) -> int:
        """Numbers that the network is given of one observation."""
        return self.count or int(np.prod(self.shape, dtype=np.int64))

    def rows(self, observations: Any) -> npt.NDArray[Any]:
        """Observations as an array [B, …] of the kind that is kept, a copy; one alone becomes a batch of one.

        Raises:
            ValueError: a number is none of the space's, or a shape is not its own.
        """
        if not self.numbered:
            return np.array(observations, self.kept).reshape(-1, *self.shape)
        found = np.array(observations, np.int64).reshape(-1) - self.first
        least, most = (int(found[0]), int(found[0])) if len(found) == 1 else (int(found.min()), int(found.max()))
        if least < 0 or most >= self.count:
            raise ValueError(f"numbers from {self.first} to {self.first + self.count - 1}, got {observations}")
        return found

    def tensor_rows(self, observations: Tensor) -> Tensor:
        """The same of a batch that is a tensor, where it is: a copy.

        Args:
            observations: [B, …]. A GPU is not asked, and not waited for, whether states' numbers are the space's: the next use
                of a wrong one fails.

        Raises:
            ValueError: on a CPU, a number is none of the space's.
            RuntimeError: a shape is not its own.
        """
        kept = torch.from_numpy(np.empty(0, self.kept)).dtype
        found = observations.to(kept, copy=True).reshape(-1, *self.shape)
        if not self.numbered:
            return found
        found -= self.first
        if found.device.type == "cpu" and bool(((found < 0) | (found >= self.count)).any()):
            raise ValueError(f"numbers from {self.first} to {self.first + self.count - 1}, got {observations}")
        return found

    def encoded(self, kept: Tensor) -> Tensor:
        """What the network is given of kept observations [B, …]: numbers of its own precision."""
        if self.numbered:
            return torch.nn.functional.one_hot(kept, self.count).to(self.given)
        if self.low is None or self.span is None:
            return kept.to(self.given)
        if kept.device not in self._scale:
            parts = [torch.as_tensor(part, dtype=self.given, device=kept.device) for part in (self.low, self.span)]
            self._scale[kept.device] = (parts[0], parts[1])
        low, span = self._scale[kept.device]
        return (kept.to(self.given) - low) / span

    def scaled(self, kept: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The same of arrays [B, k], where observations are no numbers of states."""
        dtype = np.float64 if self.given == torch.float64 else np.float32
        if self.low is None or self.span is None:
            return kept.astype(dtype, copy=False)
        return (kept.astype(dtype) - self.low.astype(dtype)) / self.span.astype(dtype)

    def named(self, number: int | None, values: Any) -> str:
        """What a diagram calls an observation: s4, or its few numbers; of many nothing is said here."""
        if self.numbered:
            return f"s{number}"
        if self.size > FEW:
            return f"o{number}"
        plain = np.asarray(values).reshape(-1)
        return f"({', '.join(f'{x:.3g}' for x in plain.tolist())})"
