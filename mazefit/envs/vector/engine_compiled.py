"""The vector environment's step compiled by Numba: one kernel moves everybody and looks after those whose episode ended."""

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from mazefit.envs.vector.actions import UNSIGNED, refuse
from mazefit.envs.vector.engine_numpy import NumpyEngine
from mazefit.envs.vector.kernels import BEGIN, LEAD_HOME, STAY, move
from mazefit.envs.vector.tables import packed
from mazefit.kernel import Kernel

BLOCK = 512
AFTER = {AutoresetMode.DISABLED: STAY, AutoresetMode.NEXT_STEP: LEAD_HOME, AutoresetMode.SAME_STEP: BEGIN}


class CompiledEngine(NumpyEngine):
    """N environments stepped by a compiled kernel; all but the step itself is NumPy's.

    Args:
        plan: what the environment was asked for.
    """

    kernel: Kernel = move

    def _prepare(self, next_state: Any, reward: Any, terminated: Any) -> None:
        plan, tables, count = self.plan, self.plan.tables, self.plan.count
        table, worth, bits = packed(next_state, reward, terminated)
        unsigned = table.dtype
        self._place = (tables.start * 4).astype(unsigned)
        home = ((tables.goal if self.folds else tables.start) * 4).astype(unsigned)
        flags = np.zeros((4, -(-count // 8) * 8), dtype=np.uint8)  # terminations and truncations of both turns
        self.terminations = [flags[turn, :count].view(np.bool_) for turn in (0, 1)]
        self.truncations = [flags[2 + turn, :count].view(np.bool_) for turn in (0, 1)]
        numbers = np.array([bits, bits + 2, (1 << bits) - 1], dtype=unsigned)
        sizes = np.array([0, count, BLOCK], dtype=np.uint64)
        self._whose = [
            np.zeros(count + 1, dtype=np.int64) for _ in range(2)
        ]  # whose episode ended: the step before's are still needed
        self._lasts = np.zeros(count + 1, dtype=np.int64)
        before = (table, worth, numbers, sizes, np.zeros(BLOCK, dtype=unsigned), self._place)
        rules = (self._lasts, len(worth) <= 4, plan.limit is not None, AFTER[plan.mode])
        self._given: list[tuple[Any, ...]] = []  # what the kernel is given beside actions and time, turn by turn
        for turn in (0, 1):
            these = (flags[turn], flags[2 + turn], flags[turn].view(np.uint64), flags[2 + turn].view(np.uint64))
            self._given.append(
                (*before, self.rows[turn], self.rewards[turn], *these, self.deadline, home, self._whose[turn], *rules)
            )
        self._run = self.kernel.dispatcher()

    def _move(self, actions: npt.NDArray[Any], turn: int, time: int) -> None:
        if not actions.flags.carray:
            actions = actions.copy()
        found = self._run(actions.view(UNSIGNED[actions.dtype]), *self._given[turn], time, time + self.wait)
        if found < 0:
            refuse(actions)
        self.ended, self.last = self._whose[turn][:found], self._lasts[:found]
