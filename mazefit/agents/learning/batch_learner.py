"""The door of the batch learners: gather episodes, or take those that are given, and sweep until the values stand still.

Reference: Sutton & Barto, 2nd edition, section 6.3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import BACKENDS, check_trace
from mazefit.agents.interrupt import Interruption
from mazefit.agents.learning.batch import Step, batch_of
from mazefit.agents.learning.batch_gather import check_resume, gather
from mazefit.agents.learning.batch_parameters import BatchParameters
from mazefit.agents.learning.batch_progress import Watch
from mazefit.agents.learning.batch_run import begin, begin_gathered
from mazefit.agents.progress import Callback
from mazefit.agents.run import Run
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems


@dataclass(frozen=True)
class BatchLearner(BatchParameters):
    """A learner of state values from a batch of episodes: gathered, `predict`, or given, `fit`."""

    def predict(
        self,
        env: Any,
        policy: Any = None,
        *,
        episodes: int,
        seed: int | None = None,
        initial: float | npt.ArrayLike = 0.0,
        trace: bool | TraceOptions | None = None,
        callbacks: Iterable[Callback] = (),
        resume: Run | None = None,
        backend: str = "auto",
    ) -> Run:
        """Gather episodes of `policy` on `env`, then sweep over them until the values stand still.

        Args:
            env: a Maze, a TabularMDP, or a Gymnasium environment with discrete states and actions.
            policy: π: probabilities [S, A], one action a state [S], a Run (its maximising actions), or None: all equally.
            episodes: how many episodes to gather, those of `resume` included.
            seed: seed of all randomness; None draws one, which the run records.
            initial: initial values, one number or [S]; absorbing states hold 0.
            trace: record every sweep (each holds one backup a step of the batch); None records where `resume` does.
            callbacks: called with a BatchEvent (an Event that counts sweeps, too) after every block of episodes, which shows
                the initial values, and of sweeps; one that returns True ends the run at its last whole episode, before any
                sweep, or at its last whole sweep.
            resume: a run of such a learner. Its episodes stay and more are gathered, as if it had never stopped; then the
                sweeps begin again from its initial values, and its trace anew: every byte is that of one whole run.
            backend: "auto", "python" or "compiled"; all give the same bytes.

        Raises:
            ConfigError: arguments are out of range, or the step size is too large for the batch (see the class).
            UnsupportedEnvError: states or actions of `env` are not discrete.
            LearningInterrupted: Ctrl-C; its `.run` ended as by a callback, and can be resumed (for its own episodes, too).
            Exception: whatever the environment or a callback raises; it, too, carries such a `.run`.
        """
        check_trace(trace)
        problems = Problems(f"{type(self).__name__}.predict")
        problems.integer("episodes", episodes, 0)
        problems.check(episodes != 0, "episodes: expected at least 1 to learn from, got 0")
        if seed is not None:
            problems.integer("seed", seed, 0, 2**63 - 1)
        problems.choice("backend", backend, BACKENDS)
        problems.raise_if_any()
        if resume is not None:
            check_resume(self, resume, trace)
        with Interruption() as interruption:
            watch = Watch(callbacks, interruption)
            try:
                given = {"episodes": episodes, "seed": seed, "initial": initial, "backend": backend}
                source = gather(env, policy, watch, resume, **given)
            except Exception as error:
                if isinstance(vars(error).get("run"), Run):
                    vars(error)["run"] = begin_gathered(self, vars(error)["run"], resume, trace)
                raise
            return self.swept(begin_gathered(self, source, resume, trace), watch, backend)

    def fit(
        self,
        batch: Iterable[Sequence[Step]],
        *,
        states: int | None = None,
        initial: float = 0.0,
        trace: bool | TraceOptions = False,
        callbacks: Iterable[Callback] = (),
        backend: str = "auto",
    ) -> Run:
        """Sweep over episodes that are given until the values stand still.

        Args:
            batch: episodes, each a list of (state, reward, next state); None as next state where the episode ended, and an
                episode whose last next state is none of these was cut there.
            states: how many states there are; None: as many as the batch shows.
            initial: initial value of every state.
            trace: record every sweep (each holds one backup a step of the batch).
            callbacks: as of `predict`; of a given batch no episode counts as gathered.
            backend: "auto", "python" or "compiled"; all give the same bytes.

        Raises:
            ConfigError: the batch is none, or the step size is too large for it (see the class).
            LearningInterrupted: Ctrl-C; its `.run` holds the values of the last whole sweep.
            Exception: whatever a callback raises; it, too, carries such a `.run`.
        """
        check_trace(trace)
        problems = Problems(f"{type(self).__name__}.fit")
        problems.number("initial", initial, -1e300, 1e300)
        problems.choice("backend", backend, BACKENDS)
        if states is not None:
            problems.integer("states", states, 1)
        problems.raise_if_any()
        made, size = batch_of(batch, states)
        with Interruption() as interruption:
            watch = Watch(callbacks, interruption)
            run = begin(self, made, np.full(size, float(initial)), 1, "a given batch", 0, trace or False)
            return self.swept(run, watch, backend)
