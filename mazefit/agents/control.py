"""What every control learner does around its loop: seeds, blocks of random numbers, progress, Ctrl-C, trace, resume.

The loop itself stands in the algorithm's own file. It is called in blocks, as plain Python first and compiled once a run has
proved long, and comes back at least every 50 ms. All randomness is drawn here, from a stream of one uniform number a step,
so that a run is a function of (algorithm, environment, seed) and of nothing else: not of the block size, not of the backend,
not of having been interrupted and resumed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from mazefit.agents.interrupt import Interruption, LearningInterrupted
from mazefit.agents.run import Run, Unfinished
from mazefit.agents.world import World, flat_q, open_world
from mazefit.backup.rule import Rule
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.errors import ConfigError, Problems
from mazefit.kernel import Kernel, numba_available

PLAIN_STEPS = 100_000  # steps done as plain Python before a run is worth Numba's import (a rule of size, never of timing)
BLOCK = {False: 4_096, True: 65_536}  # steps a block, plain and compiled
BACKENDS = ("auto", "python", "compiled")


class Learner(Protocol):
    """What `learn_control` needs of an algorithm."""

    @property
    def name(self) -> str:
        """Its name, such as "q-learning"."""
        ...

    @property
    def rule(self) -> Rule:
        """How its updates are logged and replayed."""
        ...

    @property
    def step_size(self) -> float:
        """α."""
        ...

    @property
    def discount(self) -> float:
        """γ."""
        ...


@dataclass(frozen=True)
class Event:
    """What a callback is told: at the start, after every block, at the end.

    Args:
        kind: "start", "progress" or "end".
        episodes: whole episodes so far.
        steps: steps so far.
        returns: returns of the episodes since the last event.
        lengths: their lengths.
        q: the live table [S, A], read-only.
    """

    kind: Literal["start", "progress", "end"]
    episodes: int
    steps: int
    returns: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.int64]
    q: npt.NDArray[np.float64]


Callback = Callable[[Event], object]


def learn_control(
    learner: Learner,
    loop: Kernel,
    parameters: tuple[float, ...],
    env: Any,
    *,
    episodes: int | None,
    steps: int | None,
    seed: int | None,
    initial: float | npt.ArrayLike,
    trace: bool | TraceOptions,
    callbacks: Iterable[Callback],
    resume: Run | None,
    backend: str,
) -> Run:
    """Run a control learner.

    Args:
        learner: the algorithm.
        loop: its loop.
        parameters: the scalars that the loop takes last.
        env: a Maze, a TabularMDP, or a Gymnasium environment with discrete states and actions.
        episodes: learn until this many whole episodes have ended, those of `resume` included.
        steps: or: until this many steps have been taken, those of `resume` included.
        seed: seed of all randomness; None draws one, which the run records.
        initial: initial action values, one number or [S, A]; absorbing states hold 0.
        trace: record every update (`True`, or `TraceOptions`).
        callbacks: called with an Event; one that returns True ends the run at its last whole episode.
        resume: a run to go on with, as if it had never stopped.
        backend: "auto", "python" or "compiled"; all give the same bytes.

    Raises:
        ConfigError: arguments are out of range.
        UnsupportedEnvError: states or actions of `env` are not discrete.
        LearningInterrupted: Ctrl-C; its `.run` is what was learned up to the last whole episode.
    """
    options = trace if isinstance(trace, TraceOptions) else TraceOptions()
    traced = isinstance(trace, TraceOptions) or trace
    _check(learner, episodes, steps, seed, backend)
    if resume is not None:
        seed = resume.seed
    elif seed is None:
        seed = int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)
    world = open_world(env, seed)
    if resume is not None:
        _check_resume(learner, world, resume, traced, episodes, steps)
        run = resume.copy()
    else:
        q = flat_q(world, _table(initial, world))
        settings = {"actions": world.actions, "discount": learner.discount, "step_size": learner.step_size}
        header = {"environment": world.digest, "algorithm": learner.name, "seed": seed, "states": world.states}
        log = Trace(learner.rule, settings, {"q": q}, None, header, options) if traced else None
        run = Run(learner, settings, {"q": q}, world.digest, seed, trace=log)
    progress = _Progress(learner, loop, parameters, world, run, backend)
    return progress.until(episodes, steps, tuple(callbacks))


def _table(initial: float | npt.ArrayLike, world: World) -> npt.NDArray[np.float64]:
    try:
        values = np.asarray(initial, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"learn: initial: expected a number or [S, A] numbers, got {initial!r}") from error
    shape = (world.states, world.actions)
    if values.shape not in ((), shape) or not np.isfinite(values).all():
        got = (
            f"{values!r}"
            if values.shape == ()
            else f"shape {list(values.shape)}" + ("" if np.isfinite(values).all() else " with NaN or infinity")
        )
        raise ConfigError(f"learn: initial: expected a finite number or an array of shape {list(shape)}, got {got}")
    return values


def _check(learner: Learner, episodes: int | None, steps: int | None, seed: int | None, backend: str) -> None:
    problems = Problems(f"{type(learner).__name__}.learn")
    problems.check((episodes is None) != (steps is None), "episodes and steps: expected one of the two, got "
                   + ("neither" if episodes is None else "both"))  # fmt: skip
    if episodes is not None:
        problems.integer("episodes", episodes, 0)
    if steps is not None:
        problems.integer("steps", steps, 0)
    if seed is not None:
        problems.integer("seed", seed, 0, 2**63 - 1)
    problems.choice("backend", backend, BACKENDS)
    problems.raise_if_any()
    if backend == "compiled" and not numba_available():
        raise ConfigError("backend: expected an installed numba for 'compiled', got none; use 'python' or 'auto'")


def _check_resume(learner: Learner, world: World, run: Run, traced: bool, episodes: int | None, steps: int | None) -> None:
    problems = Problems("resume")
    problems.check(run.algorithm == learner, f"algorithm: expected {run.algorithm}, as in the run, got {learner}")
    problems.check(run.environment == world.digest, "env: expected the run's own environment, got another one")
    problems.check(traced == (run.trace is not None), "trace: expected as in the run, "
                   + ("which has none" if traced else "which has one"))  # fmt: skip
    unfinished = run.unfinished is not None and world.live
    problems.check(not unfinished, "run: expected one that stopped at an episode's end (this environment has no tables, "
                   "so the middle of an episode cannot be found again), got one that stopped inside")  # fmt: skip
    problems.check(episodes is None or episodes >= len(run.returns),
                   f"episodes: expected a total of at least the run's {len(run.returns)}, got {episodes}")  # fmt: skip
    problems.check(steps is None or steps >= run.steps,
                   f"steps: expected a total of at least the run's {run.steps}, got {steps}")  # fmt: skip
    problems.raise_if_any()


class _Progress:
    """One run on its way: the live table, where it stands, and the streams of random numbers."""

    def __init__(
        self, learner: Learner, loop: Kernel, parameters: tuple[float, ...], world: World, run: Run, backend: str
    ) -> None:
        self.learner, self.loop, self.parameters, self.world = learner, loop, parameters, world
        self.run, self.backend = run, backend
        self.q = run.tables["q"]
        self.uniforms = _stream(run.seed, 0, run.steps)
        self.chances = _stream(run.seed, 1, run.drawn)
        self.waiting = np.empty(0)  # chances drawn, but not used yet
        resumed = run.unfinished or Unfinished.none()
        self.place = np.array([resumed.state, resumed.length, 0, 0, 0], dtype=np.int64)
        self.gain = np.array([resumed.gain])
        self.journal = (resumed.cells.copy(), resumed.olds.copy())
        self.returns, self.lengths = [run.returns], [run.lengths]
        self.episodes = len(run.returns)
        self.episode_row = run.steps - resumed.length  # the row with which the current episode began
        if world.live:
            world.arrays[2].episode = self.episodes
        if run.trace is not None and not len(run.trace.episodes):
            run.trace.begin_episodes(np.zeros(1, dtype=np.int64))

    def until(self, episodes: int | None, steps: int | None, callbacks: tuple[Callback, ...]) -> Run:
        """Go on until the total of episodes or steps is reached, a callback says so, or Ctrl-C."""
        stop = self._tell("start", callbacks, 0)
        with Interruption() as interruption:
            while not stop and not interruption.asked:
                if self.episodes >= episodes if episodes is not None else self.run.steps >= (steps or 0):
                    break
                finished = self._block(episodes, steps)
                stop = self._tell("progress", callbacks, finished)
        if stop or interruption.asked:
            self._roll_back()
        self._tell("end", callbacks, 0)
        run = self._finish()
        if interruption.asked:
            raise LearningInterrupted(run)
        return run

    def _block(self, episodes: int | None, steps: int | None) -> int:
        """One call of the loop; returns the number of episodes that ended in it."""
        run, world = self.run, self.world
        compiled = self._compiled()
        budget = BLOCK[compiled] if steps is None else min(BLOCK[compiled], steps - run.steps)
        rows: tuple[Any, Any, Any] = (_NO_ROWS, _NO_ROWS, _NO_REWARDS)
        at, before = -1, None
        if run.trace is not None:
            arrays, at, free = run.trace.room()
            rows = (arrays["cell"], arrays["next"], arrays["reward"])
            budget = min(budget, free)
            before = {"q": self.q.copy()} if run.trace.options.level else None
        self._make_room(budget)
        wanted = budget * (world.stochastic + world.random_start)
        if len(self.waiting) < wanted:
            self.waiting = np.concatenate([self.waiting, self.chances.random(wanted - len(self.waiting))])
        returns, lengths = np.empty(budget), np.empty(budget, dtype=np.int64)
        self.place[2:] = 0
        left = 2**62 if episodes is None else episodes - self.episodes
        self.loop.run(
            compiled, self.q, *world.arrays, self.uniforms.random(budget), self.waiting, self.place, self.gain, returns,
            lengths, *self.journal, *rows, at, budget, left, world.limit, world.stochastic, world.random_start,
            world.actions, *self.parameters,
        )  # fmt: skip
        _, _, drawn, done, finished = self.place.tolist()
        self.waiting = self.waiting[drawn:]
        run.drawn += drawn
        run.steps += done
        self.returns.append(returns[:finished])
        self.lengths.append(lengths[:finished])
        self.episodes += finished
        ends = self.episode_row + np.cumsum(lengths[:finished])
        if finished:
            self.episode_row = int(ends[-1])
        if run.trace is not None:
            run.trace.wrote(done, before, {"q": self.q})
            run.trace.begin_episodes(ends)
        return finished

    def _compiled(self) -> bool:
        if self.world.live or self.backend == "python" or not numba_available():
            return False
        return self.backend == "compiled" or self.run.steps >= PLAIN_STEPS

    def _make_room(self, budget: int) -> None:
        """Let the journal hold the current episode and `budget` more steps."""
        need = int(self.place[1]) + budget
        if len(self.journal[0]) < need:
            size = 2 * need
            self.journal = (_grown(self.journal[0], size), _grown(self.journal[1], size))

    def _roll_back(self) -> None:
        """Undo the episode that has not ended, newest update first."""
        state, length = int(self.place[0]), int(self.place[1])
        if state < 0:
            return
        cells, olds = self.journal
        for k in range(length - 1, -1, -1):
            self.q[cells[k]] = olds[k]
        self.run.steps -= length
        self.run.drawn -= length * self.world.stochastic + self.world.random_start
        self.place[0] = -1
        if self.run.trace is not None:
            self.run.trace.cut(self.run.steps, {"q": self.q})
            self.run.trace.begin_episodes(np.array([self.run.steps]))

    def _tell(self, kind: Literal["start", "progress", "end"], callbacks: tuple[Callback, ...], finished: int) -> bool:
        if not callbacks:
            return False
        live = self.q.reshape(-1, self.world.actions).view()
        live.flags.writeable = False
        returns = self.returns[-1] if finished else np.empty(0)
        lengths = self.lengths[-1] if finished else np.empty(0, dtype=np.int64)
        event = Event(kind, self.episodes, self.run.steps, returns, lengths, live)
        return any([callback(event) is True for callback in callbacks])

    def _finish(self) -> Run:
        run, (state, length) = self.run, self.place[:2].tolist()
        run.returns, run.lengths = np.concatenate(self.returns), np.concatenate(self.lengths)
        cells, olds = self.journal
        inside = state >= 0
        run.unfinished = (
            Unfinished(state, length, float(self.gain[0]), cells[:length].copy(), olds[:length].copy()) if inside else None
        )
        return run


_NO_ROWS = np.empty(0, dtype=np.uint32)
_NO_REWARDS = np.empty(0)


def _stream(seed: int, number: int, used: int) -> np.random.Generator:
    """Stream `number` of a seed, after `used` uniform numbers: each takes one step of PCG64."""
    bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(0, number)))
    return np.random.Generator(bits.advance(used))


def _grown(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    larger = np.empty(size, dtype=array.dtype)
    larger[: len(array)] = array
    return larger
