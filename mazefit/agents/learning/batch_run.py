"""A batch learner's run before its first sweep: settings, the batch as its model, tables, and an empty trace.

So it is handed back, too, where it was asked to end while episodes were gathered: it can be saved, and taken up again.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.batch import Batch, visits
from mazefit.agents.learning.batch_gather import gathered_batch, kept_of
from mazefit.agents.run import Run
from mazefit.agents.schedules import PerVisit
from mazefit.backup.rule import trace_header
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.errors import ConfigError


def begin(
    learner: Any, batch: Batch, v: npt.NDArray[np.float64], actions: int, environment: str, seed: int,
    trace: bool | TraceOptions,
) -> Run:  # fmt: skip
    """A run with the values `v` [S] and no sweep."""
    per_visit = isinstance(learner.step_size, PerVisit)
    settings = {
        "actions": actions, "states": len(v), "discount": learner.discount,
        "step_size": 1.0 if per_visit else learner.step_size, "per_visit": per_visit,
    }  # fmt: skip
    model = dict(zip(Batch._fields, batch, strict=True))
    run = Run(learner, settings, {"v": v}, environment, seed, model=model)
    if trace is not False:
        options = trace if isinstance(trace, TraceOptions) else None
        run.trace = Trace(
            learner.rule, settings, run.tables, model, trace_header(learner.rule, environment, seed, len(v)), options
        )
    return run


def begin_gathered(learner: Any, source: Run, resume: Run | None, trace: bool | TraceOptions | None) -> Run:
    """The same, out of the gatherer's run and of the one whose episodes came first."""
    if resume is not None:
        trace = resume.trace is not None and resume.trace.options
    workings, actions = kept_of(source), source.settings["actions"]
    batch, v = gathered_batch(source, resume), workings["initial"].copy()
    run = begin(learner, batch, v, actions, source.environment, source.seed, trace or False)
    run.returns, run.lengths, run.drawn, run.workings = source.returns, source.lengths, source.drawn, workings
    run.row_counts = np.zeros(len(source.returns), dtype=np.int64)
    return run


def check_overshoot(run: Run) -> None:
    """Refuse a step size that is too large for the batch.

    Raises:
        ConfigError: it is.
    """
    most = int(visits(Batch(**run.model), run.settings["states"]).max())
    step_size = run.settings["step_size"]
    if not run.settings["per_visit"] and step_size * most > 1.0:
        raise ConfigError(
            f"step_size: expected at most 1 / {most} for a batch that meets a state {most} times, or PerVisit(), "
            f"got {step_size!r}: summed increments would overshoot"
        )
