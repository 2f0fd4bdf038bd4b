"""The loop of a deep value agent: act, keep what was experienced, learn from minibatches of it, move the target network.

    for every step:        A from S, ε-greedy by Q; take it, observe R, S'; keep (S, A, R, S')
    every so many steps:   draw a minibatch, y = its targets by Q⁻, one update of Q towards them
    every so many steps:   Q⁻ ← Q

Reference: Mnih et al. (2015), Human-level control through deep reinforcement learning, algorithm 1.
"""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.deep.core import as_numpy
from mazefit.agents.deep.environments import Ground, Tick
from mazefit.agents.deep.events import EVERY, Callback, Event
from mazefit.agents.deep.random_numbers import ACTING, SAMPLING, Uniforms
from mazefit.agents.schedules import Exponential, Linear, Schedule
from mazefit.errors import TrainingError

if TYPE_CHECKING:
    from mazefit.agents.deep.run import DeepRun

COURSE = 1000
"""Steps between two entries of a run's course."""


def rate_at(rate: float | Schedule, steps: int, episodes: int) -> float:
    """ε after so many steps and whole episodes."""
    if isinstance(rate, Linear):
        count = steps if rate.steps is not None else episodes
        return rate.start + (rate.end - rate.start) * min(1.0, count / (rate.steps or rate.episodes or 1))
    if isinstance(rate, Exponential):
        return float(max(rate.end, rate.start * rate.decay ** (steps if rate.per == "step" else episodes)))
    return float(rate)


def choose(core: Any, observations: Any, epsilon: float, uniforms: npt.NDArray[np.float64], actions: int) -> Any:
    """ε-greedy actions [N]: uniforms [2, N] say who explores, and where to."""
    if len(observations) == 1 and uniforms[0, 0] >= epsilon:
        return as_numpy(core.greedy(observations))
    explores = uniforms[0] < epsilon
    some = (uniforms[1] * actions).astype(np.int64)
    if explores.all():
        return some
    best = as_numpy(core.greedy(observations))
    return np.where(explores, some, best)


class Learning:
    """A run on its way.

    Args:
        run: what it is; everything that it comes to is written there.
        ground: the environments.
        observations: where they stand, [N, …].
    """

    def __init__(self, run: "DeepRun", ground: Ground, observations: Any) -> None:
        self.run, self.ground, self.observations = run, ground, observations
        learner, count = run.algorithm, ground.count
        self.acting = Uniforms(run.seed, ACTING, (2, count))
        self.sampling = Uniforms(run.seed, SAMPLING, (learner.batch_size,))
        self.follow_every = max(1, learner.target_every // count)
        self.next_course = (run.steps // COURSE + 1) * COURSE
        self.outcome: Any = None

    def step(self) -> None:
        """One step of every environment, and the updates that are due after it."""
        run, learner, core, ground = self.run, self.run.algorithm, self.run.core, self.ground
        epsilon = 1.0 if run.steps < learner.learning_starts else rate_at(learner.policy.rate, run.steps, run.episodes)
        actions = choose(core, self.observations, epsilon, self.acting.at(run.ticks), ground.actions)
        found = ground.step(actions)
        self._keep(actions, found)
        self.observations = found.observations
        run.ticks += 1
        run.steps += ground.count
        if run.steps > learner.learning_starts and run.ticks % learner.train_every == 0:
            for _ in range(learner.gradient_steps):
                self.learn()
        if run.ticks % self.follow_every == 0:
            core.follow(learner.target_share)
        if run.steps >= self.next_course:
            self.next_course = (run.steps // COURSE + 1) * COURSE
            self._note_course(epsilon)

    def _keep(self, actions: Any, found: Tick) -> None:
        """Into the buffer, and into the returns."""
        run, before = self.run, self.observations
        if found.who is None:
            run.buffer.add(before, actions, found.rewards, found.arrivals, found.flags, run.ticks)
            run.gains += found.rewards
            run.counts += 1
            over = found.flags.nonzero()[0]
        else:
            who = found.who
            run.buffer.add(before[who], actions[who], found.rewards, found.arrivals, found.flags, run.ticks, who)
            run.gains[who] += found.rewards
            run.counts[who] += 1
            over = who[found.flags != 0]
        if len(over):
            run.ended(over)

    def learn(self) -> None:
        """One update from a minibatch."""
        run, core = self.run, self.run.core
        batch = run.buffer.sample(self.sampling.at(run.updates))
        self.outcome = core.update(batch)
        if run.trace is not None:
            run.trace.note(run.updates, batch, self.outcome, core.predictions(batch), run.buffer)
        run.updates += 1

    def _note_course(self, epsilon: float) -> None:
        """An entry of the course, and a look whether numbers are still finite.

        Raises:
            TrainingError: they are not.
        """
        if self.outcome is None:
            return
        predicted, target = as_numpy(self.outcome.prediction), as_numpy(self.outcome.target)
        value, error = float(predicted.mean(dtype=np.float64)), float(np.abs(target - predicted).mean())
        if not np.isfinite(value + error):
            raise TrainingError(
                f"predictions: expected finite numbers, got {value} after {self.run.steps} steps, {self.run.updates} updates; "
                "a smaller learning rate or clip_norm may help, and the last checkpoint is kept"
            )
        self.run.note_course(epsilon, value, error)


class Told:
    """The callbacks of a run, told in their order, each when it is due."""

    def __init__(self, callbacks: tuple[Callback, ...], run: "DeepRun", total: int) -> None:
        self.run, self.total = run, total
        self.callbacks = [(one, int(getattr(one, "every", EVERY))) for one in callbacks]
        self.due = [(run.steps // every + 1) * every for _, every in self.callbacks]
        self.next = min(self.due, default=2**62)

    def tell(self, kind: Any) -> bool:
        """Tell all of them of the start or the end; whether one says stop."""
        event = Event(kind, self.run.steps, self.total, self.run)
        answers = [one(event) for one, _ in self.callbacks]
        return any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)

    def step(self) -> bool:
        """After a step: tell those who wait for it."""
        stop = False
        for place, (one, every) in enumerate(self.callbacks):
            if self.run.steps >= self.due[place]:
                self.due[place] = (self.run.steps // every + 1) * every
                answer = one(Event("step", self.run.steps, self.total, self.run))
                stop |= isinstance(answer, bool | np.bool_) and bool(answer)
        self.next = min(self.due)
        return stop

    def close(self) -> None:
        """Let go of files and bars."""
        for one, _ in self.callbacks:
            close = getattr(one, "close", None)
            if close is not None:
                close()


class Saves:
    """When a run is saved while it goes on: every so many steps, or some seconds apart, more where there is much to write."""

    SECONDS = 10.0
    SHARE = 20.0  # so many times as long as a checkpoint takes lie between two

    def __init__(self, save: Callable[[], object] | None, every: int | None, steps: int) -> None:
        self.save, self.every = save, every
        self.at = 2**62 if save is None or every is None else (steps // every + 1) * every
        self.when = perf_counter() + self.SECONDS
        self.look = 0

    def step(self, steps: int) -> None:
        """After a step: save, where it is time to."""
        if self.save is None:
            return
        if self.every is not None:
            if steps >= self.at:
                self.at = (steps // self.every + 1) * self.every
                self.save()
            return
        self.look += 1
        if self.look % 64 == 0 and perf_counter() >= self.when:
            begun = perf_counter()
            self.save()
            now = perf_counter()
            self.when = now + max(self.SECONDS, self.SHARE * (now - begun))
