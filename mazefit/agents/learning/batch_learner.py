"""The door of the batch learners: gather episodes, or take those that are given, and sweep until the values stand still.

Reference: Sutton & Barto, 2nd edition, section 6.3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import check_trace
from mazefit.agents.learning.batch import Batch, Step, Sweeper, batch_of, batch_of_rows, visits
from mazefit.agents.learning.monte_carlo_prediction import MonteCarloPrediction
from mazefit.agents.run import Run
from mazefit.agents.schedules import PerVisit
from mazefit.backup.rule import Rule, trace_header
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.errors import ConfigError, Problems, set_plain
from mazefit.kernel import Kernel, worth_compiling

ROUNDING = 2.0**-51  # relative, times √N: changes that only rounding makes, in sums of N increments


@dataclass(frozen=True)
class BatchLearner:
    """A learner of state values from a batch of episodes.

    Class attributes:
        name, kind, reference: how the catalogue lists it.
        rule: how its sweeps are replayed and read.
        sweep: its sweep.
    """

    name: ClassVar[str]
    kind: ClassVar[str] = "prediction"
    reference: ClassVar[str] = "Sutton & Barto, section 6.3"
    rule: ClassVar[Rule]
    sweep: ClassVar[Kernel]

    step_size: float | PerVisit = field(default_factory=PerVisit)
    discount: float = 1.0
    tolerance: float = 1e-12
    max_sweeps: int = 100_000

    def __post_init__(self) -> None:
        problems = Problems(type(self).__name__)
        if not isinstance(self.step_size, PerVisit):
            problems.number("step_size", self.step_size, 0.0, 1.0, open_low=True)
        problems.number("discount", self.discount, 0.0, 1.0)
        problems.number("tolerance", self.tolerance, 0.0, 1e300)
        problems.integer("max_sweeps", self.max_sweeps, 1)
        problems.raise_if_any()
        set_plain(self)

    def predict(
        self,
        env: Any,
        policy: Any = None,
        *,
        episodes: int,
        seed: int | None = None,
        initial: float | npt.ArrayLike = 0.0,
        trace: bool | TraceOptions = False,
        backend: str = "auto",
    ) -> Run:
        """Gather episodes of `policy` on `env`, then sweep over them until the values stand still.

        Args:
            env: a Maze, a TabularMDP, or a Gymnasium environment with discrete states and actions.
            policy: π: probabilities [S, A], one action a state [S], a Run (its maximising actions), or None: all equally.
            episodes: how many episodes to gather.
            seed: seed of all randomness; None draws one, which the run records.
            initial: initial values, one number or [S]; absorbing states hold 0.
            trace: record every sweep (each holds one backup a step of the batch).
            backend: "auto", "python" or "compiled"; all give the same bytes.

        Raises:
            ConfigError: arguments are out of range, or the step size is too large for the batch (see the class).
            UnsupportedEnvError: states or actions of `env` are not discrete.
            LearningInterrupted: Ctrl-C while episodes are gathered.
        """
        check_trace(trace)
        gatherer = MonteCarloPrediction(discount=self.discount)
        source = gatherer.predict(env, policy, episodes=episodes, seed=seed, initial=initial, trace=True, backend=backend)
        assert source.trace is not None
        if not source.steps:
            raise ConfigError(f"{type(self).__name__}.predict: episodes: expected at least 1 to learn from, got {episodes}")
        actions = source.settings["actions"]
        rows = {name: source.trace.rows.column(name) for name in source.trace.rows.schema}
        v = source.trace.base["v"].copy()
        run = self._swept(batch_of_rows(rows, actions), v, actions, source.environment, source.seed, trace, backend)
        run.returns, run.lengths, run.drawn = source.returns, source.lengths, source.drawn
        run.row_counts = np.zeros(len(source.returns), dtype=np.int64)
        return run

    def fit(
        self,
        batch: Iterable[Sequence[Step]],
        *,
        states: int | None = None,
        initial: float = 0.0,
        trace: bool | TraceOptions = False,
        backend: str = "auto",
    ) -> Run:
        """Sweep over episodes that are given until the values stand still.

        Args:
            batch: episodes, each a list of (state, reward, next state); None as next state where the episode ended, and an
                episode whose last next state is none of these was cut there.
            states: how many states there are; None: as many as the batch shows.
            initial: initial value of every state.
            trace: record every sweep (each holds one backup a step of the batch).
            backend: "auto", "python" or "compiled"; all give the same bytes.

        Raises:
            ConfigError: the batch is none, or the step size is too large for it (see the class).
        """
        check_trace(trace)
        problems = Problems(f"{type(self).__name__}.fit")
        problems.number("initial", initial, -1e300, 1e300)
        problems.choice("backend", backend, ("auto", "python", "compiled"))
        if states is not None:
            problems.integer("states", states, 1)
        problems.raise_if_any()
        made, size = batch_of(batch, states)
        return self._swept(made, np.full(size, float(initial)), 1, "a given batch", 0, trace, backend)

    def _swept(
        self, batch: Batch, v: npt.NDArray[np.float64], actions: int, environment: str, seed: int,
        trace: bool | TraceOptions, backend: str,
    ) -> Run:  # fmt: skip
        per_visit = isinstance(self.step_size, PerVisit)
        step_size = 1.0 if isinstance(self.step_size, PerVisit) else self.step_size
        most = int(visits(batch, len(v)).max())
        if not per_visit and step_size * most > 1.0:
            raise ConfigError(
                f"step_size: expected at most 1 / {most} for a batch that meets a state {most} times, or PerVisit(), "
                f"got {step_size!r}: summed increments would overshoot"
            )
        settings = {
            "actions": actions, "states": len(v), "discount": self.discount, "step_size": step_size, "per_visit": per_visit,
        }  # fmt: skip
        model = dict(zip(Batch._fields, batch, strict=True))
        run = Run(self, settings, {"v": v}, environment, seed, model=model)
        if isinstance(trace, TraceOptions) or trace:
            options = trace if isinstance(trace, TraceOptions) else None
            header = trace_header(self.rule, environment, seed, len(v))
            run.trace = Trace(self.rule, settings, run.tables, model, header, options)
        sweeper, change, rounding = Sweeper(self.sweep, settings, model), np.inf, ROUNDING * np.sqrt(most)
        while run.steps < self.max_sweeps and change > max(self.tolerance, rounding * float(np.abs(v).max())):
            before = {"v": v.copy()} if run.trace is not None and run.trace.options.level else None
            size = (run.steps + 1) * len(batch.state)
            change = sweeper(run.tables, backend == "compiled" or (backend == "auto" and worth_compiling(size)))
            run.steps += 1
            if run.trace is not None:
                arrays, at, _ = run.trace.room()
                arrays["sweep"][at] = 0
                run.trace.wrote(1, before, run.tables)
        return run
