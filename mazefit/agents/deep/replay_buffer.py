"""The replay buffer: the newest transitions of all environments, on the device, and minibatches of them.

Rows stand in the order in which they were experienced; a full buffer overwrites its oldest. Each row knows the row that follows
it in its episode, once there is one: along these links n-step returns are read when a minibatch is drawn, and end where the
episode does (or, at the newest rows, where experience does: the return is bootstrapped there).

Reference: Lin (1992), Self-improving reactive agents based on reinforcement learning, planning and teaching; Mnih et al.
(2015), Human-level control through deep reinforcement learning.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mazefit.agents.deep.observations import Observations

TERMINATED, TRUNCATED = 1, 2
NONE = -1


class Batch(NamedTuple):
    """A minibatch of B rows; NumPy arrays on a CPU, else tensors."""

    rows: Any  # [B], where in the buffer
    states: Any  # [B, …], as kept
    actions: Any  # [B]
    rewards: Any  # [n, B], 0 where there is none
    inside: Any  # [n, B], 1.0 where there is one
    arrivals: Any  # [B, …], after the last of them
    flags: Any  # [B], TERMINATED, TRUNCATED, of the last transition
    live: Any  # [B], 0.0 where it ended the episode
    ways: tuple[Any, ...]  # [n] times [B], the row of each reward


class ReplayBuffer:
    """Room for so many transitions.

    Args:
        capacity: rows; more than there are environments.
        observations: what is kept.
        envs: how many environments write into it.
        n_step: rewards of a return.
        device: where it is.
        native: NumPy arrays (which share the tensors' memory) instead of tensors; on a CPU alone.
    """

    def __init__(
        self, capacity: int, observations: Observations, envs: int, n_step: int, device: torch.device, native: bool
    ) -> None:
        self.capacity, self.n_step, self.device, self.native = capacity, n_step, device, native
        kept = torch.from_numpy(np.empty(0, observations.kept)).dtype
        real = torch.float32 if device.type == "mps" else torch.float64
        shape = (capacity, *observations.shape)
        self.tensors: dict[str, Tensor] = {
            "states": torch.zeros(shape, dtype=kept, device=device),
            "arrivals": torch.zeros(shape, dtype=kept, device=device),
            "actions": torch.zeros(capacity, dtype=torch.int64, device=device),
            "rewards": torch.zeros(capacity, dtype=real, device=device),
            "flags": torch.zeros(capacity, dtype=torch.uint8, device=device),
            "steps": torch.zeros(capacity, dtype=torch.int64, device=device),
            "links": torch.full((capacity + 1,), NONE, dtype=torch.int64, device=device),  # the last takes what leads nowhere
            "last": torch.full((envs,), NONE, dtype=torch.int64, device=device),  # row of each environment's running episode
        }
        self.arrays: dict[str, Any] = {name: one.numpy() if native else one for name, one in self.tensors.items()}
        self.at, self.size = 0, 0
        self._counted: Any = self._count(0)
        self._whole: Any = None

    def __len__(self) -> int:
        return self.size

    @property
    def nbytes(self) -> int:
        """Bytes of all of it."""
        return sum(one.nbytes for one in self.tensors.values())

    def add(self, states: Any, actions: Any, rewards: Any, arrivals: Any, flags: Any, step: int, who: Any = None) -> None:
        """Write what environments have just experienced, one row each.

        Args:
            states: [B, …], as kept.
            actions: [B].
            rewards: [B], received on arrival.
            arrivals: [B, …], the observations after the step (of an episode that ended, its last).
            flags: [B], TERMINATED + TRUNCATED.
            step: the number of this step.
            who: [B], which environments; None = all of them, in their order.
        """
        arrays, count = self.arrays, len(actions)
        if not self.native:
            given = (states, actions, rewards, arrivals, flags)
            states, actions, rewards, arrivals, flags = (torch.as_tensor(one, device=self.device) for one in given)
            who = None if who is None else torch.as_tensor(who, device=self.device)
        if self.at + count <= self.capacity:
            place: Any = slice(self.at, self.at + count)
        else:
            place = (self._count(count) + self.at) % self.capacity
        arrays["states"][place] = states
        arrays["arrivals"][place] = arrivals
        arrays["actions"][place] = actions
        arrays["rewards"][place] = rewards
        arrays["flags"][place] = flags
        arrays["steps"][place] = step
        if self.n_step > 1:
            self._link(place, count, flags, who)
        self.at = (self.at + count) % self.capacity
        self.size = min(self.size + count, self.capacity)

    def _link(self, place: Any, count: int, flags: Any, who: Any) -> None:
        """Each of the newest rows follows the last one of its environment's episode, if that goes on."""
        rows = self._count(count) + self.at if isinstance(place, slice) else place
        links, last = self.arrays["links"], self.arrays["last"]
        which: Any = slice(None) if who is None else who
        links[last[which]] = rows  # of a fresh episode the place is NONE: the last entry of all
        links[rows] = NONE
        over = flags != 0
        last[which] = rows * ~over + NONE * over

    def _count(self, count: int) -> Any:
        """0, 1, … count - 1."""
        if not hasattr(self, "_counted") or len(self._counted) != count:
            self._counted = np.arange(count) if self.native else torch.arange(count, device=self.device)
        return self._counted

    def sample(self, uniforms: npt.NDArray[np.float64]) -> Batch:
        """The rows that uniform numbers in [0, 1) point at, [B]: each row alike, drawn again and again."""
        rows: Any = (uniforms * self.size).astype(np.int64)
        if not self.native:
            rows = torch.from_numpy(rows).to(self.device)
        return self.take(rows)

    def take(self, rows: Any) -> Batch:
        """The minibatch of these rows, [B]."""
        arrays = self.arrays
        rewards = arrays["rewards"]
        first = rewards[rows]
        if self.n_step == 1:
            last, ways, received, inside = rows, (rows,), first[None], self._ones(first)
        else:
            last, ways, received, inside = self._walk(rows, first)
        flags = arrays["flags"][last]
        live = 1.0 - (flags & TERMINATED)
        return Batch(
            rows, arrays["states"][rows], arrays["actions"][rows], received, inside, arrays["arrivals"][last], flags, live, ways
        )

    def _ones(self, like: Any) -> Any:
        """[1, B] of 1.0."""
        if self._whole is None or self._whole.shape[1] != len(like):
            self._whole = like[None] * 0.0 + 1.0
        return self._whole

    def _walk(self, rows: Any, first: Any) -> tuple[Any, tuple[Any, ...], Any, Any]:
        """Along the links, n - 1 times at most: last rows, all rows, rewards and which of them there are."""
        rewards, links = self.arrays["rewards"], self.arrays["links"]
        there, at = rows >= 0, rows
        ways, received, inside = [rows], [first], [there + 0.0 * first]
        for _ in range(self.n_step - 1):
            following = links[at]
            there = there & (following >= 0)
            at = following * there + at * ~there
            ways.append(at)
            inside.append(there + 0.0 * first)
            received.append(rewards[at] * there)
        stack: Any = np.stack if self.native else torch.stack
        return at, tuple(ways), stack(received), stack(inside)

    def kept(self) -> dict[str, Any]:
        """What a checkpoint holds: the rows that there are, and where the next one goes."""
        rows = {name: one[: self.size] for name, one in self.tensors.items() if name not in ("links", "last")}
        return {**rows, "links": self.tensors["links"], "last": self.tensors["last"], "at": self.at}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what a checkpoint holds.

        Raises:
            ValueError: it does not fit.
        """
        size, at = len(kept["actions"]), int(kept["at"])
        fits = set(kept) == {*self.tensors, "at"} and 0 <= at < self.capacity and size <= self.capacity
        if not fits or not (at == size or size == self.capacity):
            raise ValueError(f"a replay buffer of {self.capacity} rows, got {size} rows of which the next is {at}")
        for name, one in self.tensors.items():
            room, found = (one if name in ("links", "last") else one[:size]), kept[name]
            if found.shape != room.shape or found.dtype != room.dtype:
                raise ValueError(f"{name} {list(room.shape)} of {room.dtype}, got {list(found.shape)} of {found.dtype}")
            room.copy_(found)
        links, last = self.tensors["links"][:-1], self.tensors["last"]
        actions_fit = size == 0 or bool((self.tensors["actions"] >= 0).all())
        if not actions_fit or not all(bool(((one >= NONE) & (one < max(1, size))).all()) for one in (links, last)):
            raise ValueError("links and actions that point inside the buffer, got others")
        self.at, self.size = at, size
