"""R-max: believe the best of every pair of state and action until it has been tried m times; act greedily on that belief.

    Q(s, a) ← (1 / m) · Σ_k [R_k + γ · max_b Q(S'_k, b)]        of a known pair, k = 1 … m its remembered outcomes
    Q(s, a) = U                                                 of all others: no policy can be worth more

A pair becomes known with its m-th visit. Then the known pairs are backed up in sweeps, the newest first, until no value moves
by more than a tolerance; after that the agent takes its next step. It explores without chance: what is unknown is worth a
visit. In the trace a step is one real row, which shows what was experienced and writes nothing (step size 0), and the backups
that it brought, one row each, whose `cause` is that row.

Reference: Brafman & Tennenholtz (2002), R-MAX, Journal of Machine Learning Research 3; Sutton & Barto, 2nd edition, chapter 8.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.model_control import ModelControl
from mazefit.agents.learning.planned_rows import note_resting
from mazefit.agents.learning.r_max_model import ModelMemory, RMaxHow, Sweeping, learn, nothing_seen, plan_anew, r_max_how
from mazefit.agents.learning.r_max_rows import RULE, check_sweeping, fresh_sweeping
from mazefit.agents.policies import Greedy, Policy, choose
from mazefit.agents.steps import ROWS_BEFORE, begin, finish, leave, take
from mazefit.agents.world import World
from mazefit.backup.one_step import PLANNING
from mazefit.backup.rule import Rule, Tables
from mazefit.errors import ConfigError, Problems
from mazefit.kernel import Kernel, kernel


@kernel
def r_max(memory: Any, plan: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop: up to so many steps, or until so many more episodes have ended; it may stop inside the planning of a step."""
    actions, q = how.actions, memory.q
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished, rows = 0, 0, 0, 0
    while steps < walk.budget and finished < walk.episodes and rows < walk.rows:
        if plan.open[0] == 0:
            if state < 0:
                state, used = begin(world, walk.uniforms, used)
                length, gain = 0, 0.0
            # choose the best A from S, take it, observe R and S', remember
            action = choose(q, state * len(actions), actions, memory, walk.uniforms[used])
            cell = state * len(actions) + action
            arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
            note_resting(log, rows, cell + flags, arrival, reward, walk.place[ROWS_BEFORE] + rows)
            before = memory.seen[cell]
            learn(memory, cell + flags, arrival, reward, how)
            plan.open[0], plan.flags[0] = 1, flags
            if before < memory.seen[cell] == how.known_after:  # known from now on: plan
                plan_anew(plan, cell, walk.place[ROWS_BEFORE] + rows)
            rows += 1
            gain += reward
            length += 1
            state = arrival
        # sweep over the known pairs, the newest first, until no value moves
        while plan.at[0] >= 0 and rows < walk.rows:
            cell = plan.known[plan.at[0]]
            old = q[cell]
            note_resting(log, rows, cell + PLANNING, 0, 0.0, plan.cause[0])
            rows += 1
            learn(memory, cell + PLANNING, 0, 0.0, how)
            plan.change[0] = max(plan.change[0], abs(q[cell] - old))
            plan.at[0] -= 1
            if plan.at[0] < 0:
                plan.sweeps[0] += 1
                if plan.change[0] > how.tolerance and plan.sweeps[0] < how.max_sweeps:
                    plan.at[0], plan.change[0] = plan.size[0] - 1, 0.0
        if plan.at[0] < 0:  # the step is over
            plan.open[0] = 0
            steps += 1
            if plan.flags[0] != 0:
                finished = finish(walk, finished, gain, length, rows)
                state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, rows)


@dataclass(frozen=True)
class RMax(ModelControl):
    """R-max. Where nothing is random, `known_after=1` is enough.

    The bound U that unknown pairs hold is reward_max · H, where H is 1 / (1 - γ), or at γ = 1 the number of states: as much as
    a way can bring that meets no state twice. (Where reward_max is negative U is reward_max: the next step may be the last.)

    Args:
        discount: γ, from 0 to 1.
        known_after: m, after how many visits a pair is known, at least 1.
        reward_max: no reward of the world is larger; what is promised rests on it.
        tolerance: planning ends when no value moves by more, at least 0,
        max_sweeps: or after so many sweeps (at γ = 1 the known pairs alone may have no finite values), at least 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "r-max"
    reference: ClassVar[str] = "Brafman & Tennenholtz (2002)"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = r_max
    memory: ClassVar[type[Any]] = ModelMemory
    workings_kind: ClassVar[type[Any]] = Sweeping
    fresh: ClassVar[Any] = staticmethod(fresh_sweeping)
    refuse: ClassVar[Any] = staticmethod(check_sweeping)
    policy: ClassVar[Policy] = Greedy()

    discount: float = 0.95
    known_after: int = 5
    reward_max: float = 1.0
    tolerance: float = 1e-6
    max_sweeps: int = 1000

    def check_policy(self, problems: Problems) -> None:
        """The policy is greedy, always."""

    def check(self, problems: Problems) -> None:
        """m, the largest reward, and when planning ends."""
        problems.integer("known_after", self.known_after, 1, 1_000_000)
        problems.number("reward_max", self.reward_max, -1e100, 1e100)
        problems.number("tolerance", self.tolerance, 0.0, 1e300)
        problems.integer("max_sweeps", self.max_sweeps, 1, 2**53)

    def bound(self, states: int) -> float:
        """U, more than which no pair can be worth."""
        if self.reward_max < 0.0:
            return self.reward_max
        return self.reward_max * states if self.discount == 1.0 else self.reward_max / (1.0 - self.discount)

    def make_how(self, settings: dict[str, Any]) -> RMaxHow:
        """The rule's parameters."""
        return r_max_how(settings)._replace(tolerance=self.tolerance, max_sweeps=self.max_sweeps)

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """Every pair holds U, and nothing is remembered.

        Raises:
            ConfigError: other initial values are asked for.
        """
        if np.any(np.asarray(initial)):
            raise ConfigError(f"initial: expected none for R-max, which begins with reward_max · H, got {initial!r}")
        tables = super().tables(world, self.bound(world.states))
        return {**tables, **nothing_seen(len(tables["q"]), self.known_after)}
