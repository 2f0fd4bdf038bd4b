"""What the vector environment's step in PyTorch works with: observations, infos and random streams as tensors of one device."""

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from mazefit.envs.vector.looks import all_planes
from mazefit.envs.vector.plan import Plan
from mazefit.envs.vector.streams import LOW, Streams, advanced, output
from mazefit.envs.vector.tables import Integers

torch: Any = importlib.import_module("torch")
TRIES = 3
"""Draws of a bounded number on a device that is not asked whether one sufficed; the chance to need a fourth is below 10^-10."""


class TensorLooks:
    """Observations and infos as tensors on a device.

    Args:
        plan: what the environment was asked for.
        device: where tensors are.
    """

    def __init__(self, plan: Plan, device: Any) -> None:
        self.plan, self._device, tables = plan, device, plan.tables
        self._offset = None if tables.alike else torch.tensor(tables.offset, device=self._device)
        names = {"position": tables.position, "action_mask": tables.mask}
        wanted = {*plan.infos, *(["position"] if plan.observation == "coordinates" else [])}
        self._tables = {name: torch.tensor(table, device=self._device) for name, table in names.items() if name in wanted}
        if "distance" in wanted:
            self._tables["distance"] = torch.tensor(tables.distance, device=self._device)
        if plan.observation == "grid":
            planes = torch.tensor(all_planes(tables), device=self._device)
            which = torch.tensor(tables.which, device=self._device)
            self._planes = [planes[which] for _ in range(2)]
            size = planes[0, 0].numel()
            agent = (np.arange(plan.count) * 4 + 1) * size - tables.offset
            self._agent = torch.tensor(agent, device=self._device)
            self._drawn = [self._agent + torch.tensor(tables.start, device=self._device) for _ in range(2)]

    def look(self, rows: Any, turn: int) -> Any:
        """What all environments see, in the buffer whose turn it is."""
        if self.plan.observation == "coordinates":
            return self._tables["position"].index_select(0, rows)
        if self.plan.observation == "state":
            return rows if self._offset is None else rows - self._offset
        planes, drawn = self._planes[turn], self._drawn[turn]
        flat = planes.view(-1)
        flat.scatter_(0, drawn, 0)
        torch.add(rows, self._agent, out=drawn)
        flat.scatter_(0, drawn, 1)
        return planes

    def new(self, rows: Any) -> Any:
        """The same as a tensor of its own."""
        if self.plan.observation != "grid":
            return self.look(rows, 0).clone()
        planes = self._planes[0].clone()
        planes[:, 1] = 0
        planes.view(-1).scatter_(0, rows + self._agent, 1)
        return planes

    def entry(self, name: str, rows: Any) -> Any:
        """One entry of infos, [N] or [N, …]."""
        if name == "probability":
            return torch.ones(self.plan.count, dtype=torch.float64 if self._device.type != "mps" else None, device=self._device)
        return self._tables[name].index_select(0, rows)


class TensorStreams:
    """The environments' random generators on a device, drawn from by masks.

    Args:
        plan: what the environment was asked for.
        device: where tensors are.
    """

    def __init__(self, plan: Plan, device: Any) -> None:
        self._asks, self._device = device.type == "cpu", device
        self._host = Streams(plan.count)  # in use until the first begin
        self._begun = False
        if plan.random:
            rows, first, many = plan.tables.beginnings
            self._places, self._first, self._many = (torch.tensor(a, device=self._device) for a in (rows * 4, first, many))
            self._floor = torch.tensor((2**32 - many) % many, device=self._device)

    def begin(self, which: Integers, seeds: list[int | None]) -> None:
        """Seed the streams of these environments; those never seeded by chance."""
        host = self._host
        if not (seeds or host.unseeded[which].any()):
            return
        host.restore(self.saved())
        given = [i for i, seed in enumerate(seeds) if seed is not None]
        if given:
            host.seed(which[given], [seed for seed in seeds if seed is not None])
        host.seed_by_chance(which)
        self.restore(host.saved())

    def saved(self) -> dict[str, Any]:
        """Where the streams are, as arrays of the host."""
        saved = self._host.saved()
        if self._begun:
            saved |= {"streams": self._state.cpu().numpy().copy(), "kept": self._kept.cpu().numpy().copy()}
        return saved

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._host.restore(saved)
        self._begun = True
        self._state, self._kept = (torch.tensor(saved[name], device=self._device) for name in ("streams", "kept"))

    def places(self, whose: Any) -> Any:
        """A random place to begin in for each environment of the mask; of the others some place."""
        drawn = torch.zeros_like(self._first)
        waiting = whose & (self._many > 1)
        for _ in range(TRIES if not self._asks else 1000):
            if self._asks and not bool(waiting.any()):
                break
            product = self._words(waiting) * self._many
            drawn = torch.where(waiting, product >> 32, drawn)
            waiting = waiting & ((product & LOW) < self._floor)
        return self._places.index_select(0, self._first + drawn)

    def _words(self, waiting: Any) -> Any:
        """The next 32 bits of each waiting stream."""
        fresh = self._kept < 0
        high, low = advanced(*self._state)
        number = output(high, low)
        step = waiting & fresh
        self._state[0].copy_(torch.where(step, high, self._state[0]))
        self._state[1].copy_(torch.where(step, low, self._state[1]))
        words = torch.where(fresh, number & LOW, self._kept)
        kept = torch.where(fresh, number >> 32 & LOW, -1)
        self._kept = torch.where(waiting, kept, self._kept)
        return words
