"""The vector environment's step in PyTorch, on any device: nothing in a step asks the device for anything, nor waits for it.

Ends of episodes are looked after by masks, since to single out the few would be to ask how many they are. What is wrong
with actions on a device other than the CPU is noted there, and raised by the next `reset` or `check`, which wait for it.

PyTorch is imported by this module and its neighbour `tensors`, which are imported when this backend is asked for.
"""

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from mazefit.envs.vector.actions import integers, refuse
from mazefit.envs.vector.plan import LONGEST, Plan
from mazefit.envs.vector.tables import Integers
from mazefit.envs.vector.tensors import TensorLooks, TensorStreams
from mazefit.errors import ConfigError, DeviceError, InvalidActionError, ResetNeededError

torch: Any = importlib.import_module("torch")


def device_of(device: Any) -> Any:
    """The torch device that is meant.

    Raises:
        ConfigError: it is no device.
        DeviceError: it is not there.
    """
    try:
        found = torch.device("cpu" if device is None else device)
        torch.empty(0, device=found)
    except (RuntimeError, TypeError, ValueError, AssertionError, NotImplementedError) as error:
        sentence = f"MazeVectorEnv: device: expected a device of PyTorch that is there, got {device!r}: {_first_line(error)}"
        known = isinstance(device, torch.device) or str(device).partition(":")[0] in ("cuda", "mps", "xpu")
        raise (DeviceError if known else ConfigError)(sentence) from error
    return found


class TorchEngine:
    """N environments stepped by PyTorch.

    Args:
        plan: what the environment was asked for.
        device: where tensors are; None = the CPU.
    """

    def __init__(self, plan: Plan, device: Any = None) -> None:
        self.plan, tables, count = plan, plan.tables, plan.count
        self.device = device_of(device)
        self.asks = self.device.type == "cpu"  # where asking costs nothing, mistakes are told at once
        self.folds, self.begins = plan.mode == AutoresetMode.NEXT_STEP, plan.mode == AutoresetMode.SAME_STEP
        self.wait = (plan.limit or 0) + self.folds
        self.time = self.turn = 0
        real = torch.float32 if self.device.type == "mps" else torch.float64  # MPS has no doubles
        next_state, reward, terminated = tables.folded if self.folds else (tables.next_state, tables.reward, tables.terminated)
        self._next = self._put(next_state.reshape(-1).astype(np.int64) * 4)
        self._reward = self._put(reward.reshape(-1)).to(real)
        self._terminated = self._put(terminated.reshape(-1))
        self._home = self._put((tables.goal if self.folds else tables.start) * 4)
        self._place = self._put(tables.start * 4)
        self._deadline = torch.zeros(count, dtype=torch.int32, device=self.device)
        self._cell, self._low = torch.empty_like(self._place), torch.empty_like(self._place)
        self.rows = [self._put(tables.start) for _ in range(2)]
        self.rewards = [torch.zeros(count, dtype=real, device=self.device) for _ in range(2)]
        self.terminations, self.truncations = ([self._no() for _ in range(2)] for _ in range(2))
        self._over, self.everyone = self._no(), ~self._no()
        self._wrong, self._late = (torch.zeros((), dtype=torch.bool, device=self.device) for _ in range(2))
        self.looks = TensorLooks(plan, self.device)
        self.streams = TensorStreams(plan, self.device)

    def _put(self, array: npt.NDArray[Any]) -> Any:
        return torch.tensor(array, device=self.device)

    def _no(self) -> Any:
        return torch.zeros(self.plan.count, dtype=torch.bool, device=self.device)

    # -- one step -------------------------------------------------------------------------------------------------------------

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """One step of every environment."""
        plan, low, cell, place, before = self.plan, self._low, self._cell, self._place, self._over
        actions = self._checked(actions)
        self.turn ^= 1
        self.time += 1
        turn, time = self.turn, self.time
        rows, rewards, over, cut = self.rows[turn], self.rewards[turn], self.terminations[turn], self.truncations[turn]
        torch.add(place, low, out=cell)
        torch.index_select(self._next, 0, cell, out=place)
        torch.index_select(self._reward, 0, cell, out=rewards)
        torch.index_select(self._terminated, 0, cell, out=over)
        if self.folds and plan.random:
            place.copy_(torch.where(before, self.streams.places(before), place))
        torch.bitwise_right_shift(place, 2, out=rows)
        if plan.limit is not None:
            torch.le(self._deadline, time, out=cut)
        over = torch.logical_or(over, cut, out=self._over)
        infos = self._finals(rows, over) if self.begins else {}
        if self.folds or self.begins:
            self._deadline.masked_fill_(over, time + self.wait)
            home = self.streams.places(over) if self.begins and plan.random else self._home
            torch.where(over, home, place, out=place)
        if self.begins:
            torch.bitwise_right_shift(place, 2, out=rows)
        if time == LONGEST:
            self._deadline -= time
            self.time = 0
        infos |= self._infos(rows, self.everyone)
        answer = self.looks.look(rows, turn), rewards, self.terminations[turn], cut
        if plan.copy:
            return answer[0].clone(), answer[1].clone(), answer[2].clone(), answer[3].clone(), infos
        return (*answer, infos)

    def _checked(self, actions: Any) -> Any:
        """Fill `_low` with the actions' two lowest bits; tell, or note, where that is not the whole of them."""
        count = self.plan.count
        given = actions
        if not isinstance(actions, torch.Tensor):
            actions = torch.tensor(integers(actions, count).astype(np.int64, copy=False), device=self.device)
        expected = f"step: actions: expected {count} integers from 0 to 3 on {self.device}"
        if tuple(actions.shape) != (count,):
            raise InvalidActionError(f"{expected}, got shape {list(actions.shape)}")
        if actions.dtype.is_floating_point or actions.dtype.is_complex or actions.dtype == torch.bool:
            raise InvalidActionError(f"{expected}, got {actions.dtype}")
        if actions.device != self._place.device:
            raise InvalidActionError(f"{expected}, got some on {actions.device}")
        actions = actions.to(torch.int64)
        wrong = torch.ne(torch.bitwise_and(actions, 3, out=self._low), actions).any()
        late = self._over.any() if self.plan.mode == AutoresetMode.DISABLED else None
        if self.asks:
            if late is not None and bool(late):
                raise ResetNeededError(_late())
            if bool(wrong):
                refuse(np.asarray(given if not isinstance(given, torch.Tensor) else given.numpy()))
        else:
            self._wrong.logical_or_(wrong)
            if late is not None:
                self._late.logical_or_(late)
        return actions

    def check(self) -> None:
        """Raise what was noted on the device since the last time; waits for it.

        Raises:
            InvalidActionError: there was an action out of range; its two lowest bits were done.
            ResetNeededError: an environment without autoreset was stepped after its episode's end.
        """
        wrong, late = bool(self._wrong), bool(self._late)
        self._wrong.fill_(False)
        self._late.fill_(False)
        if wrong:
            raise InvalidActionError(
                f"step: actions: expected integers from 0 to 3, got others since the last check on {self.device}"
            )
        if late:
            raise ResetNeededError(_late())

    def _finals(self, rows: Any, over: Any) -> dict[str, Any]:
        whose = over.clone()
        finals = {"final_obs": self.looks.new(rows), "_final_obs": whose}
        return {**finals, "final_info": self._infos(rows, whose), "_final_info": whose}

    def _infos(self, rows: Any, present: Any) -> dict[str, Any]:
        infos: dict[str, Any] = {}
        for name in self.plan.infos:
            entry = self.looks.entry(name, rows)
            if present is not self.everyone:
                shown = present.reshape(-1, *([1] * (entry.ndim - 1)))
                entry = entry * shown
            infos[name], infos[f"_{name}"] = entry, present
        return infos

    # -- beginning ------------------------------------------------------------------------------------------------------------

    def reset(self, which: Integers, seeds: list[int | None], states: Any) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in each of the environments `which`."""
        self.check()
        plan, tables = self.plan, self.plan.tables
        present = np.zeros(plan.count, dtype=np.bool_)
        present[which] = True
        shown = self._put(present)
        if plan.random:
            self.streams.begin(which, seeds)
        if states is not None:
            begin = np.zeros(plan.count, dtype=np.int64)
            begin[which] = (tables.offset[which] + states) * 4
            places = self._put(begin)
        else:
            places = self.streams.places(shown) if plan.random else self._put(tables.start * 4)
        torch.where(shown, places, self._place, out=self._place)
        self.rows[self.turn ^ 1].copy_(self.rows[self.turn])
        self.turn ^= 1
        rows = self.rows[self.turn]
        rows.copy_(torch.where(shown, places >> 2, rows))
        self._over &= ~shown
        if plan.limit is not None:
            self._deadline.masked_fill_(shown, self.time + plan.limit)
        observations = self.looks.look(rows, self.turn)
        infos = self._infos(rows, self.everyone if len(which) == plan.count else shown)
        return observations.clone() if plan.copy else observations, infos

    # -- copies ---------------------------------------------------------------------------------------------------------------

    def saved(self) -> dict[str, npt.NDArray[Any]]:
        """Where everybody stands and what is to come, by names that all backends share."""
        now = {"standing": self._place >> 2, "seen": self.rows[self.turn], "deadline": self._deadline, "over": self._over}
        arrays = {name: tensor.cpu().numpy().copy() for name, tensor in now.items()}
        return {"time": np.array(self.time), **arrays, **self.streams.saved()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.time = int(saved["time"])
        self._place.copy_(self._put(saved["standing"] * 4))
        self.rows[self.turn].copy_(self._put(saved["seen"]))
        self._deadline.copy_(self._put(saved["deadline"]))
        self._over.copy_(self._put(saved["over"]))
        self.streams.restore(saved)

    def seen(self) -> Integers:
        """The row in which each environment is seen to stand, [N]."""
        return self.rows[self.turn].cpu().numpy().copy()


def _late() -> str:
    return (
        "step: expected reset(options={'reset_mask': …}) of the environments whose episode ended, "
        "got a step while some wait for it"
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
