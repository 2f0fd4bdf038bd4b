"""The vector environment's step compiled by Numba: one kernel moves everybody and looks after those whose episode ended."""

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from mazefit.envs.vector.actions import refuse
from mazefit.envs.vector.engine_numpy import NumpyEngine
from mazefit.envs.vector.kernels import BEGIN, LEAD_HOME, STAY, move
from mazefit.envs.vector.tables import Integers, packed
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
        numbers = [bits, bits + 2, (1 << bits) - 1]
        home = tables.goal if self.folds else tables.start
        places = np.concatenate([tables.start * 4, home * 4, np.zeros(BLOCK, dtype=np.int64), numbers]).astype(unsigned)
        sizes = np.array([0, count, BLOCK, len(worth) <= 4, plan.limit is not None, AFTER[plan.mode]], dtype=np.uint64)
        wide = -(-count // 8) * 8
        flags = [np.zeros(2 * wide, dtype=np.uint8) for _ in range(2)]
        floats = [np.concatenate([np.zeros(count), worth]) for _ in range(2)]
        whole = [np.concatenate([tables.start, np.zeros(2 * count + 2, dtype=np.int64)]) for _ in range(2)]
        self._place = places[:count]
        self.rows, self.rewards = [array[:count] for array in whole], [array[:count] for array in floats]
        self.terminations = [array[:count].view(np.bool_) for array in flags]
        self.truncations = [array[wide:][:count].view(np.bool_) for array in flags]
        # Whose episode ended and where: by turns, since those of the step before are still needed.
        self._whose, self._where = [array[count:] for array in whole], [array[2 * count + 1 :] for array in whole]
        self._noted = self._found = 0
        self._given: list[tuple[Any, ...]] = [  # what the kernel is given beside actions and time, turn by turn
            (table, places, floats[turn], whole[turn], flags[turn], flags[turn].view(np.uint64), self.deadline, sizes)
            for turn in (0, 1)
        ]
        self._run = self.kernel.dispatcher()

    def _move(self, actions: npt.NDArray[Any], turn: int, time: int) -> None:
        if not actions.flags.carray:
            actions = actions.copy()
        found = self._run(actions, *self._given[turn], time, time + self.wait)
        if found < 0:
            refuse(actions)
        self._noted, self._found = turn, found
        if self.begins:
            self.last = self._where[turn][:found]

    @property
    def ended(self) -> Integers:  # pyright: ignore[reportIncompatibleVariableOverride] - seldom asked for, so made then
        """Whose episode ended in the last step."""
        return self._whose[self._noted][: self._found]

    @ended.setter
    def ended(self, which: Integers) -> None:
        self._noted, self._found = self.turn, len(which)
        self._whose[self._noted][: self._found] = which
