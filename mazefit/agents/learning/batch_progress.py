"""A batch learner's run on its way: blocks of sweeps, what callbacks are told of them, and Ctrl-C between two sweeps."""

from dataclasses import dataclass
from time import perf_counter
from typing import Literal

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import callables
from mazefit.agents.interrupt import Interruption
from mazefit.agents.learning.batch_blocks import Blocks
from mazefit.agents.progress import PATIENCE, Event
from mazefit.agents.run import Run
from mazefit.kernel import worth_compiling

MOST = 1_048_576  # sweeps a block at most


@dataclass(frozen=True)
class BatchEvent(Event):
    """What a callback of a batch learner is told: at the start, after every block of episodes or of sweeps, at the end.

    Args:
        kind, episodes, steps, returns, lengths: as of Event; all of them speak of the batch, which sweeps do not change.
        q: None.
        v: the live table [S], read-only: the initial values while episodes are gathered.
        sweeps: whole sweeps so far.
    """

    sweeps: int = 0


class Watch:
    """Those who are told of a run, and whether it is to end.

    Args:
        callbacks: functions that take an Event.
        interruption: where Ctrl-C is noted.

    Raises:
        ConfigError: a callback is none.
    """

    def __init__(self, callbacks: object, interruption: Interruption) -> None:
        self.callbacks = callables(callbacks)
        self.interruption = interruption
        self.stopped = False  # whether a callback has said so
        self.started = False  # whether they have been told of the start
        self.initial: npt.NDArray[np.float64] = np.empty(0)

    @property
    def ends(self) -> bool:
        """Whether a callback or Ctrl-C has asked the run to end."""
        return self.stopped or self.interruption.asked

    def gathering(self, event: Event) -> bool:
        """The callback of whoever gathers the episodes: his values are none of this learner's, and his end is not its end."""
        if event.kind == "start":
            assert event.v is not None
            self.initial = event.v.copy()
        if event.kind != "end":
            self._tell(event.kind, event.episodes, event.steps, event.returns, event.lengths, self.initial, 0)
        return self.ends

    def sweeping(self, kind: Literal["start", "progress", "end"], run: Run) -> None:
        """Tell of a run whose batch is there."""
        nothing = np.empty(0), np.empty(0, dtype=np.int64)
        self._tell(kind, run.episodes, len(run.model["state"]), *nothing, run.tables["v"], run.steps)

    def _tell(
        self, kind: Literal["start", "progress", "end"], episodes: int, steps: int, returns: npt.NDArray[np.float64],
        lengths: npt.NDArray[np.int64], v: npt.NDArray[np.float64], sweeps: int,
    ) -> None:  # fmt: skip
        live = v.view()
        live.flags.writeable = False
        self.started = True
        event = BatchEvent(kind, episodes, steps, returns, lengths, None, live, sweeps)
        answers = [callback(event) for callback in self.callbacks]  # every one of them is told
        self.stopped |= any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)


def sweep(run: Run, watch: Watch, backend: str) -> Run:
    """Sweep until the values stand still, a callback says so, or Ctrl-C; the values are always those of a whole sweep."""
    learner, size = run.algorithm, len(run.model["state"])
    blocks, block = Blocks(learner.sweep, run.settings, run.model), 1
    try:
        if not watch.started:
            watch.sweeping("start", run)
        while not (watch.ends or blocks.still[0]) and run.steps < learner.max_sweeps:
            compiled = backend == "compiled" or (backend == "auto" and worth_compiling((run.steps + 1) * size))
            most, room = min(block, learner.max_sweeps - run.steps), None
            if run.trace is not None:
                room = run.trace.room()
                most = min(most, room[2])
            before = {"v": run.tables["v"].copy()} if run.trace is not None and run.trace.options.level else None
            begun = perf_counter()
            done = blocks.go_on(run.tables, compiled, most, learner.tolerance, lambda: watch.interruption.asked)
            block = min(2 * most, MOST) if perf_counter() - begun < PATIENCE / 2 else max(1, most // 2)
            run.steps += done
            if run.trace is not None and room is not None:
                room[0]["sweep"][room[1] : room[1] + done] = 0
                run.trace.wrote(done, before, run.tables)
            if done:
                watch.sweeping("progress", run)
        watch.sweeping("end", run)
    except Exception as error:  # of a callback: what was learned is handed back with it
        vars(error)["run"] = run
        error.add_note(f"What was learned before, {run.steps} whole sweeps, is this exception's `.run`.")
        raise
    return run
