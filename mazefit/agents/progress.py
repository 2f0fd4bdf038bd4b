"""A learning run on its way: blocks of steps, the random numbers they use, the trace, and how to undo an episode.

The loop stands in the algorithm's own file. It is called in blocks, as plain Python first and compiled once a run has proved
long, and comes back at least every 50 ms. Randomness is drawn here, one uniform number a step, so that a run is a function
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
from mazefit.agents.world import World
from mazefit.kernel import Kernel, numba_available

PLAIN_STEPS = 100_000  # steps done as plain Python before a run is worth Numba's import (a rule of size, never of timing)
BLOCK = {False: 4_096, True: 65_536}  # steps a block, plain and compiled
PATIENCE = 0.05  # seconds that a block of a live environment's steps should take, so that Ctrl-C is heard


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


class Progress:
    """One run on its way: the live table, where it stands, and the streams of random numbers.

    What a loop is given, in order: the table `q`; the world's `arrays` (see world.py); `uniforms`, one a step, and `chances`,
    one a random outcome or start; `place` = (state or -1 between episodes, length of the episode, chances used, steps done,
    episodes ended) and `gains` = (return of the episode), which it takes up and leaves behind; `returns` and `lengths` of the
    episodes that end; the undo log of the running episode, `journal_cell` and `journal_old`; the trace's columns from index
    `at` on (-1: untraced); how many steps and episodes at most; limit, kinds of chance, the actions; and its own parameters.
    """

    def __init__(self, loop: Kernel, parameters: tuple[float, ...], world: World, run: Run, backend: str) -> None:
        self.loop, self.parameters, self.world = loop, parameters, world
        self.run, self.backend = run, backend
        self.q = run.tables["q"]
        self.uniforms = _stream(run.seed, 0, run.steps)
        self.chances = _stream(run.seed, 1, run.drawn)
        self.waiting = np.empty(0)  # chances drawn, but not used yet
        resumed = run.unfinished or Unfinished.none()
        self.place = np.array([resumed.state, resumed.length, 0, 0, 0], dtype=np.int64)
        self.gain = np.array([resumed.gain])
        self.journal = (resumed.cells.copy(), resumed.olds.copy())
        block = max(BLOCK.values())
        self.buffers = (np.empty(block), np.empty(block), np.empty(block, dtype=np.int64))
        self.returns, self.lengths = [run.returns], [run.lengths]
        self.episodes = len(run.returns)
        self.live_block = 16
        if world.live:
            world.arrays[2].episode = self.episodes

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
        run, world = self.run, self.world
        compiled = self._compiled()
        size = self.live_block if world.live else BLOCK[compiled]
        budget = size if steps is None else min(size, steps - run.steps)
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
        uniforms, returns, lengths = self.buffers[0][:budget], self.buffers[1][:budget], self.buffers[2][:budget]
        self.uniforms.random(out=uniforms)
        self.place[2:] = 0
        left = 2**62 if episodes is None else episodes - self.episodes
        before_block = self._state_of_block() if world.live else None
        begun = perf_counter()
        try:
            self.loop.run(
                compiled, self.q, *world.arrays, uniforms, self.waiting, self.place, self.gain, returns,
                lengths, *self.journal, *rows, at, budget, left, world.limit, world.stochastic, world.random_start,
                tuple(range(world.actions)), *self.parameters,
            )  # fmt: skip
        except Exception:
            if before_block is not None:  # half a block was done when the environment gave up: undo it
                self.q[:], self.journal = before_block
            raise
        if world.live:  # blocks of a slow environment are short; where a block ends changes no byte
            quick = perf_counter() - begun < PATIENCE
            self.live_block = min(2 * size, BLOCK[False]) if quick else max(size // 2, 1)
        _, _, drawn, done, finished = self.place.tolist()
        self.waiting = self.waiting[drawn:]
        run.drawn += drawn
        run.steps += done
        self.returns.append(returns[:finished].copy())
        self.lengths.append(lengths[:finished].copy())
        self.episodes += finished
        if run.trace is not None:
            run.trace.wrote(done, before, run.tables)
        return finished

    def _state_of_block(self) -> tuple[npt.NDArray[np.float64], tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
        """What a block changes before it reports: the table and the undo log."""
        return self.q.copy(), (self.journal[0].copy(), self.journal[1].copy())

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
        self.q[cells[length - 1 :: -1]] = olds[length - 1 :: -1]  # where a cell comes again, the last one written stays
        self.run.steps -= length
        self.run.drawn -= length * self.world.stochastic + self.world.random_start
        self.place[0] = -1
        if self.run.trace is not None:
            self.run.trace.cut(self.run.steps, self.run.tables)

    def _tell(self, kind: Literal["start", "progress", "end"], callbacks: tuple[Callback, ...], finished: int) -> bool:
        if not callbacks:
            return False
        live = self.q.reshape(-1, self.world.actions).view()
        live.flags.writeable = False
        returns = self.returns[-1].copy() if finished else np.empty(0)
        lengths = self.lengths[-1].copy() if finished else np.empty(0, dtype=np.int64)
        event = Event(kind, self.episodes, self.run.steps, returns, lengths, live)
        answers = [callback(event) for callback in callbacks]  # every one of them is told
        return any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)

    def _finish(self) -> Run:
        run, (state, length) = self.run, self.place[:2].tolist()
        run.returns, run.lengths = np.concatenate(self.returns), np.concatenate(self.lengths)
        if run.trace is not None:
            run.trace.lengths = run.lengths
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
