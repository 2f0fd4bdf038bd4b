"""The vector environment's step by NumPy alone: one gather a table, and whoever's episode ended looked after one by one.

A place is a row of the tables times four, so that place + action is a cell. What ends by time is told by deadlines: the step
after which an environment's episode is cut, set when it begins, so that nothing has to be counted.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from mazefit.envs.maze import MOVES
from mazefit.envs.vector.actions import UNSIGNED, integers, refuse
from mazefit.envs.vector.looks import infos_at, looks_of
from mazefit.envs.vector.plan import LONGEST, Plan
from mazefit.envs.vector.streams import Streams
from mazefit.envs.vector.tables import Integers
from mazefit.errors import ResetNeededError

Answer = tuple[Any, Any, Any, Any, dict[str, Any]]
LARGE = 4096
"""Environments from which two of three gathers are saved: the sign says who ended, and one reward is filled in for most."""
LAST_ACTION = len(MOVES) - 1
NOBODY: Integers = np.empty(0, dtype=np.int64)


class NumpyEngine:
    """N environments stepped by NumPy.

    Args:
        plan: what the environment was asked for.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, tables, count = plan, plan.tables, plan.count
        self.folds = plan.mode == AutoresetMode.NEXT_STEP
        self.begins = plan.mode == AutoresetMode.SAME_STEP
        self.wait = (plan.limit or 0) + self.folds  # steps from an episode's end to the deadline of the one after it
        self.looks = looks_of(plan)
        self.streams = Streams(count)
        self.time = 0
        self.turn = 0  # which of two sets of arrays the last answer is in
        self.rows = [tables.start.copy() for _ in range(2)]  # [N] what is seen
        self.deadline = np.zeros(count, dtype=np.int32)  # [N]
        self.rewards: list[npt.NDArray[np.float64]] = [np.zeros(count) for _ in range(2)]
        self.terminations: list[npt.NDArray[np.bool_]] = [np.zeros(count, dtype=np.bool_) for _ in range(2)]
        self.truncations: list[npt.NDArray[np.bool_]] = [np.zeros(count, dtype=np.bool_) for _ in range(2)]
        self.everyone = np.ones(count, dtype=np.bool_)
        self.everyone.flags.writeable = False
        self.finals: Any = None
        self._prepare(*(tables.folded if self.folds else (tables.next_state, tables.reward, tables.terminated)))
        self.ended = NOBODY  # whose episode ended in the last step
        self.last = NOBODY  # and in which rows
        # Most ask for nothing that takes time: their answers are the arrays of the turn, and nobody asks who ended.
        asks = plan.random or plan.infos or plan.copy or not self.looks.rows_alone
        self._brief = self.folds and not asks
        self._shape = (count,)
        self._filled = [(self.rows[t], self.rewards[t], self.terminations[t], self.truncations[t]) for t in (0, 1)]

    # -- what a backend does in its own way -----------------------------------------------------------------------------------

    def _prepare(self, next_state: Any, reward: Any, terminated: Any) -> None:
        """Make the tables and arrays that only this backend needs."""
        tables = self.plan.tables
        self._large = self.plan.count >= LARGE
        self._fills = self._large and tables.plain
        self._next = next_state.reshape(-1).astype(np.int64) * 4
        if self._large:
            self._next = np.where(terminated.reshape(-1), ~self._next, self._next)  # negative where an episode ends
        self._reward, self._terminated = reward.reshape(-1), terminated.reshape(-1)
        self._home = (tables.goal if self.folds else tables.start) * 4  # [N]
        self._place = tables.start * 4  # [N]
        self._over = np.zeros(self.plan.count, dtype=np.bool_)  # [N]

    def _move(self, actions: npt.NDArray[Any], turn: int, time: int) -> None:
        """Fill the arrays of this turn; let those whose episode ended stand where they go on, and note who they are.

        Raises:
            InvalidActionError: an action is out of range; nothing was changed.
        """
        if int(np.maximum.reduce(actions.view(UNSIGNED[actions.dtype]))) > LAST_ACTION:
            refuse(actions)
        if actions.dtype != np.int64:
            actions = actions.astype(np.int64)
        tables, before = self.plan.tables, self.ended
        place, rows, over = self._place, self.rows[turn], self.terminations[turn]
        np.add(place, actions, out=rows)  # the cells, for now: one array less to go through
        self._next.take(rows, out=place, mode="clip")
        if not self._fills:
            self._reward.take(rows, out=self.rewards[turn], mode="clip")
        if not self._large:
            self._terminated.take(rows, out=over, mode="clip")
        np.right_shift(place, 2, out=rows)
        if self._large:
            np.less(place, 0, out=over)
        if self.plan.limit is not None:
            np.less_equal(self.deadline, time, out=self.truncations[turn])
            over = np.logical_or(over, self.truncations[turn], out=self._over)
        self.ended = ended = over.nonzero()[0]
        if len(ended):
            self.last = last = rows[ended]
            if self._large:
                self.last = rows[ended] = last = np.maximum(last, ~last)
            place[ended] = self._home.take(ended) if self.folds or self.begins else last * 4
            self.deadline[ended] = time + self.wait
            if self.begins:
                rows[ended] = tables.start.take(ended)
        if self._fills:
            rewards = self.rewards[turn]
            rewards.fill(tables.step_reward)
            rewards[ended[self.terminations[turn][ended]]] = tables.goal_reward
            if self.folds:
                rewards[before] = 0.0

    # -- one step -------------------------------------------------------------------------------------------------------------

    def step(self, actions: Any) -> Answer:
        """One step of every environment."""
        brief = self._brief
        before = NOBODY if brief else self._before()
        if type(actions) is not np.ndarray or actions.dtype not in UNSIGNED or actions.shape != self._shape:
            actions = integers(actions, self.plan.count)
        turn, time = self.turn ^ 1, self.time + 1
        self._move(actions, turn, time)
        self.turn, self.time = turn, time
        if time == LONGEST:
            self.deadline -= np.int32(time)
            self.time = 0
        if brief:
            return (*self._filled[turn], {})
        infos = self._finals() if self.begins and len(self.ended) else {}
        if self.plan.random:
            self._begin_by_chance(before if self.folds else self.ended)
        return self._answer(infos)

    def _before(self) -> Integers:
        """Whose episode ended in the step before.

        Raises:
            ResetNeededError: they have to be reset.
        """
        before = self.ended
        if len(before) and not (self.folds or self.begins):
            raise ResetNeededError(
                "step: expected reset(options={'reset_mask': …}) of the environments whose episode ended, "
                f"got a step while environment {before[0]} waits for it"
            )
        return before

    def _begin_by_chance(self, which: Integers) -> None:
        """Let those who stand in their maze's start stand anywhere, if they may."""
        if len(which) and (self.folds or self.begins):
            rows = self._drawn(which)
            self._place[which] = rows * 4
            self.rows[self.turn][which] = rows

    def _finals(self) -> dict[str, Any]:
        """What the episodes that ended came to, before others began in their place."""
        plan, ended = self.plan, self.ended
        if self.finals is None:
            self.finals = np.zeros_like(self.looks.buffers[0])
        self.finals[ended] = self.looks.some(ended, self.last)
        whose, rows = np.zeros(plan.count, dtype=np.bool_), np.zeros(plan.count, dtype=np.int64)
        whose[ended], rows[ended] = True, self.last
        final_info = infos_at(plan, rows, whose, everyone=False)
        finals = self.finals.copy() if plan.copy else self.finals
        return {"final_obs": finals, "_final_obs": whose, "final_info": final_info, "_final_info": whose}

    def _answer(self, infos: dict[str, Any]) -> Answer:
        plan = self.plan
        rows, rewards, terminations, truncations = self._filled[self.turn]
        if plan.infos:
            infos |= infos_at(plan, rows, self.everyone, everyone=True)
        seen = self.looks.look(rows, self.turn)
        if plan.copy:
            return seen.copy(), rewards.copy(), terminations.copy(), truncations.copy(), infos
        return seen, rewards, terminations, truncations, infos

    # -- beginning ------------------------------------------------------------------------------------------------------------

    def reset(self, which: Integers, seeds: list[int | None], states: Any) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in each of the environments `which`.

        Args:
            which: their numbers, in rising order.
            seeds: the seed of each of them, None where its generator goes on; empty where all do.
            states: the state of each of them to begin in, or None.
        """
        plan = self.plan
        if plan.random:
            self._seed(which, seeds)
        if states is not None:
            rows = plan.tables.offset[which] + states
        else:
            rows = self._drawn(which) if plan.random else plan.tables.start[which]
        self._place[which] = rows * 4
        self.rows[self.turn ^ 1][:] = self.rows[self.turn]
        self.turn ^= 1
        seen = self.rows[self.turn]
        seen[which] = rows
        if plan.limit is not None:
            self.deadline[which] = self.time + plan.limit
        present = np.zeros(plan.count, dtype=np.bool_)
        present[which] = True
        self.ended = self.ended[~present[self.ended]]
        observations = self.looks.look(seen, self.turn)
        infos = infos_at(plan, seen, present, everyone=len(which) == plan.count)
        return observations.copy() if plan.copy else observations, infos

    def _seed(self, which: Integers, seeds: list[int | None]) -> None:
        given = [i for i, seed in enumerate(seeds) if seed is not None]
        if given:
            self.streams.seed(which[given], [seed for seed in seeds if seed is not None])

    def _drawn(self, which: Integers) -> Integers:
        """A random row to begin in for each of these environments."""
        rows, first, many = self.plan.tables.beginnings
        self.streams.seed_by_chance(which)
        return rows[first[which] + self.streams.below(which, many[which])]

    # -- copies ---------------------------------------------------------------------------------------------------------------

    def saved(self) -> dict[str, npt.NDArray[Any]]:
        """Where everybody stands and what is to come, by names that all backends share."""
        over = np.zeros(self.plan.count, dtype=np.bool_)
        over[self.ended] = True
        now = {"time": np.array(self.time), "standing": self._place.astype(np.int64) >> 2, "seen": self.seen()}
        return {**now, "deadline": self.deadline.copy(), "over": over, **self.streams.saved()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.time = int(saved["time"])
        self._place[:] = saved["standing"] * 4
        self.rows[self.turn][:], self.deadline[:] = saved["seen"], saved["deadline"]
        self.ended = np.flatnonzero(saved["over"])
        self.streams.restore(saved)

    def check(self) -> None:
        """Nothing is noted for later: what is wrong is told at once."""

    def seen(self) -> Integers:
        """The row in which each environment is seen to stand, [N]."""
        return self.rows[self.turn].copy()
