"""A learning run on its way: blocks of steps, the random numbers they use, the trace, and the way back to a whole episode.

The loop stands in the algorithm's own file. It is called in blocks, as plain Python first and compiled once a run has proved
long, and comes back at least every 50 ms. Randomness is drawn here, one stream of uniform numbers, so that a run is a function
of (algorithm, environment, seed) and of nothing else: not of the block size, not of the backend, not of having been
interrupted and resumed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mazefit.agents.interrupt import Interruption, LearningInterrupted
from mazefit.agents.run import Run, Unfinished
from mazefit.agents.step_rule import kernels_of
from mazefit.agents.steps import FINISHED, LENGTH, ROWS, ROWS_BEFORE, STATE, STEPS, USED, Log, Walk
from mazefit.agents.world import World
from mazefit.kernel import numba_available

PLAIN_STEPS = 100_000  # steps done as plain Python before a run is worth Numba's import (a rule of size, never of timing)
BLOCK = {False: 4_096, True: 65_536}  # steps a block at most, plain and compiled, where tables are small
LARGE = 1_048_576  # steps a block at most where they are large: a block begins with a copy of them
AGAIN = {False: 50_000, True: 1_000_000}  # steps that may have to be done again to find the end of a whole episode
PATIENCE = 0.05  # seconds that a block should take at most, so that Ctrl-C is heard; where a block ends changes no byte


@dataclass(frozen=True)
class Event:
    """What a callback is told: at the start, after every block, at the end.

    Args:
        kind: "start", "progress" or "end".
        episodes: whole episodes so far.
        steps: steps so far.
        returns: returns of the episodes since the last event.
        lengths: their lengths.
        q: the live table [S, A], read-only; None of a learner of state values.
        v: the live table [S], read-only; None of a learner of action values.
    """

    kind: Literal["start", "progress", "end"]
    episodes: int
    steps: int
    returns: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.int64]
    q: npt.NDArray[np.float64] | None
    v: npt.NDArray[np.float64] | None


Callback = Callable[[Event], object]


@dataclass(frozen=True)
class Snapshot:
    """A run as it stood between two blocks."""

    arrays: dict[str, npt.NDArray[Any]]  # tables and workings
    place: npt.NDArray[np.int64]
    gain: float
    steps: int
    drawn: int
    episodes: int
    rows: int


class Progress:
    """One run on its way: where it stands, its stream of random numbers, and the last place that it can go back to."""

    def __init__(self, world: World, run: Run, backend: str) -> None:
        self.world, self.run, self.backend = world, run, backend
        self.learner = run.algorithm
        self.loop = self.learner.loop.using(**kernels_of(run.settings))
        self.how = self.learner.make_how(run.settings)
        self.stream = _stream(run.seed, run.drawn)
        self.uniforms, self.ready = np.empty(0), 0  # numbers drawn and not used yet stand at the front
        resumed = run.unfinished or Unfinished.none()
        self.place = np.array([resumed.state, resumed.action, resumed.length, 0, 0, 0, 0, run.rows], dtype=np.int64)
        self.gain = np.array([resumed.gain])
        kept = sum(array.nbytes for array in (run.tables | run.workings).values())
        self.most = {compiled: max(size, min(LARGE, kept // 32)) for compiled, size in BLOCK.items()}
        size = max(self.most.values())
        self.results = (np.empty(size), np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64))
        self.returns, self.lengths, self.row_counts = [run.returns], [run.lengths], [run.row_counts]
        self.episodes = len(run.returns)
        self.block = 16 if world.live else 1024
        self.since = 0  # rows of the unfinished episode
        self.safe = self.before = self._snapshot()
        self.whole = True  # False while a block is on its way
        if run.unfinished is not None:
            self.since = resumed.rows
        if world.live:
            world.ground.next_state.episode = self.episodes

    def until(self, episodes: int | None, steps: int | None, callbacks: tuple[Callback, ...]) -> Run:
        """Go on until the total of episodes or steps is reached, a callback says so, or Ctrl-C."""
        with Interruption() as interruption:
            try:
                stop = self._tell("start", callbacks, 0)
                while not stop and not interruption.asked:
                    if self.episodes >= episodes if episodes is not None else self.run.steps >= (steps or 0):
                        break
                    finished = self._block(episodes, steps)
                    stop = self._tell("progress", callbacks, finished)
            except Exception as error:  # of the environment or a callback: what was learned is handed back with it
                self._roll_back()
                vars(error)["run"] = self._finish()
                error.add_note(f"What was learned before, {self.episodes} whole episodes, is this exception's `.run`.")
                raise
            if stop or interruption.asked:
                self._roll_back()
            run = self._finish()
            self._tell("end", callbacks, 0)
        if interruption.asked:
            raise LearningInterrupted(run)
        return run

    def _block(self, episodes: int | None, steps: int | None) -> int:
        """One call of the loop; returns the number of episodes that ended in it."""
        run, world, each = self.run, self.world, self.learner.rows_each
        compiled = self._compiled()
        work = each if run.trace is not None else max(1, each // 16)  # without a log only time is to be saved
        size = min(self.block, max(1, self.most[compiled] // work))
        budget = size if steps is None else min(size, steps - run.steps)
        left = 2**62 if episodes is None else episodes - self.episodes
        log, before, rows = NO_LOG, None, BLOCK[compiled]
        if run.trace is not None:
            several = each > 1 and run.trace.options.ring is None  # a step may log less than it has room for
            arrays, at, free = run.trace.room(each * max(1, size // 2) if several else each)
            log = Log(*(arrays.get(name, nothing) for name, nothing in zip(_COLUMNS, NO_LOG, strict=False)), at=at)
            budget, rows = min(budget, free // each), free
            before = {name: table.copy() for name, table in run.tables.items()} if run.trace.options.level else None
            if run.trace.waits_for_an_end:
                left = 1
        if world.live:
            left = 1  # so that a whole episode's end is never passed unseen
        if self.place[STATE] < 0 or run.steps - self.before.steps >= AGAIN[compiled]:
            self.before = self._snapshot()
        if self.place[STATE] < 0:
            self.safe = self.before
        begun = perf_counter()
        self.whole = False
        self._call(compiled, log, budget, left, rows)
        self.whole = True
        quick = perf_counter() - begun < PATIENCE / 2
        self.block = min(2 * size, self.most[True]) if quick else max(size // 2, 1)
        done, finished, rows = (int(self.place[i]) for i in (STEPS, FINISHED, ROWS))
        run.steps += done
        run.rows += rows
        returns, lengths, ends = self.results
        self.returns.append(returns[:finished].copy())
        self.lengths.append(lengths[:finished].copy())
        if finished:
            counts = np.diff(ends[:finished], prepend=0)
            counts[0] += self.since
            self.row_counts.append(counts)
            self.since = rows - int(ends[finished - 1])
            self.safe = self.before
        else:
            self.since += rows
        self.episodes += finished
        if run.trace is not None:
            run.trace.wrote(rows, before, run.tables, between=bool(self.place[STATE] < 0))
        return finished

    def _call(self, compiled: bool, log: Log, budget: int, episodes: int, rows: int) -> None:
        """Let the loop go on for so many steps, episodes and rows at most."""
        run, learner, ground = self.run, self.learner, self.world.ground
        self._draw(budget * (learner.numbers_each + ground.stochastic + ground.random_start) + 2)
        for name, array in learner.grown(run.workings, int(self.place[LENGTH]) + budget + 1).items():
            run.workings[name] = array
        self.place[USED:ROWS_BEFORE] = 0
        walk = Walk(self.place, self.gain, *self.results, self.uniforms[: self.ready], budget, min(episodes, budget + 1), rows)
        memory = learner.memory(**{name: run.tables[name] for name in learner.memory._fields})
        workings = learner.workings_kind(**{name: run.workings[name] for name in learner.workings_kind._fields})
        self.loop.run(compiled, memory, workings, ground, walk, log, self.how)
        used = int(self.place[USED])
        self.uniforms[: self.ready - used] = self.uniforms[used : self.ready]
        self.ready -= used
        run.drawn += used
        self.place[ROWS_BEFORE] += self.place[ROWS]

    def _draw(self, wanted: int) -> None:
        """See that so many uniform numbers are ready."""
        if len(self.uniforms) < wanted:
            larger = np.empty(wanted)
            larger[: self.ready] = self.uniforms[: self.ready]
            self.uniforms = larger
        if self.ready < wanted:
            self.stream.random(out=self.uniforms[self.ready : wanted])
            self.ready = wanted

    def _compiled(self) -> bool:
        if self.world.live or self.backend == "python" or not numba_available():
            return False
        return self.backend == "compiled" or self.run.steps >= PLAIN_STEPS

    def _snapshot(self) -> Snapshot:
        run = self.run
        kept = self.learner.kept(run.workings, int(self.place[LENGTH]) if self.place[STATE] >= 0 else 0)
        arrays = {name: array.copy() for name, array in (run.tables | kept).items()}
        return Snapshot(arrays, self.place.copy(), float(self.gain[0]), run.steps, run.drawn, self.episodes, run.rows)

    def _roll_back(self) -> None:
        """Go back to the end of the last whole episode, or to where the run was taken up."""
        run, safe, episodes = self.run, self.safe, self.episodes
        if self.whole and self.place[STATE] < 0:
            return
        for name, array in safe.arrays.items():
            (run.tables if name in run.tables else run.workings)[name] = array.copy()
        self.place[:], self.gain[0] = safe.place, safe.gain
        run.steps, run.drawn, run.rows = safe.steps, safe.drawn, safe.rows
        self.stream, self.ready = _stream(run.seed, run.drawn), 0
        missing = episodes - safe.episodes
        while missing > 0:  # the block in which that episode ended is done again, as far as its end
            compiled = self._compiled()
            self._call(compiled, NO_LOG, max(1, BLOCK[compiled] // self.learner.rows_each), missing, BLOCK[compiled])
            run.steps += int(self.place[STEPS])
            run.rows += int(self.place[ROWS])
            missing -= int(self.place[FINISHED])
        if run.trace is not None:
            run.trace.cut(run.rows, run.tables)

    def _tell(self, kind: Literal["start", "progress", "end"], callbacks: tuple[Callback, ...], finished: int) -> bool:
        if not callbacks:
            return False
        q, v = self.learner.rule.result(self.run.settings, {}, self.run.tables)
        live = (q if q is not None else v).view()
        live.flags.writeable = False
        returns = self.returns[-1].copy() if finished else np.empty(0)
        lengths = self.lengths[-1].copy() if finished else np.empty(0, dtype=np.int64)
        tables = (live, None) if q is not None else (None, live)
        event = Event(kind, self.episodes, self.run.steps, returns, lengths, *tables)
        answers = [callback(event) for callback in callbacks]  # every one of them is told
        return any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)

    def _finish(self) -> Run:
        run, (state, action, length) = self.run, self.place[:3].tolist()
        run.returns, run.lengths = np.concatenate(self.returns), np.concatenate(self.lengths)
        run.row_counts = np.concatenate(self.row_counts)
        if run.trace is not None:
            run.trace.lengths = run.row_counts
        rows = run.rows - int(run.row_counts.sum())
        run.unfinished = Unfinished(state, action, length, rows, float(self.gain[0])) if state >= 0 else None
        kept = self.learner.kept(run.workings, length if run.unfinished else 0)
        run.workings = {name: array.copy() for name, array in kept.items()}
        return run


_COLUMNS = ("cell", "next", "reward", "extra", "cause")
NO_LOG = Log(
    np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint32), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64), at=-1
)


def _stream(seed: int, used: int) -> np.random.Generator:
    """The stream of a seed, after `used` uniform numbers: each takes one step of PCG64."""
    bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(0, 0)))
    return np.random.Generator(bits.advance(used))
