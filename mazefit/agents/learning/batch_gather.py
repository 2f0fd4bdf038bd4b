"""Where a batch learner's episodes come from: gathered by a policy from the first on, or from where an earlier run ended.

Who gathers is Monte Carlo prediction, which follows the policy and logs every step. What it makes of them is not used.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import check_run
from mazefit.agents.interrupt import LearningInterrupted
from mazefit.agents.learning.batch import Batch, batch_of_model, batch_of_rows, joined_batch
from mazefit.agents.learning.batch_progress import Watch
from mazefit.agents.learning.monte_carlo_prediction import MonteCarloPrediction
from mazefit.agents.policy_tables import policy_table
from mazefit.agents.run import Run
from mazefit.backup.rule import check_table
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems

KEPT = {"policy", "initial"}  # what a run keeps so that it can be taken up: π [S * A] and the initial values [S]


def gather(env: Any, policy: Any, watch: Watch, resume: Run | None, **given: Any) -> Run:
    """A run of Monte Carlo prediction up to the total of episodes, or to the last whole one where it was asked to end.

    Args:
        env, policy: as of `predict`.
        watch: who is told.
        resume: the run of a batch learner whose episodes come first.
        given: `episodes`, `seed`, `initial` and `backend` of `predict`.
    """
    earlier = None if resume is None else _as_gathered(env, resume, watch)
    return _predict(watch, env, policy, callbacks=[watch.gathering], resume=earlier, **given)


def _predict(watch: Watch, env: Any, policy: Any = None, **given: Any) -> Run:
    try:
        return MonteCarloPrediction().predict(env, policy, trace=True, **given)
    except LearningInterrupted as stopped:
        watch.interruption.asked = True  # the sweeps are not to begin
        return stopped.run


def _as_gathered(env: Any, run: Run, watch: Watch) -> Run:
    """The gatherer's run as it stood when the last episode of that batch had ended; its log goes on from there."""
    fresh, steps = _predict(watch, env, episodes=0, seed=run.seed), len(run.model["state"])
    assert fresh.trace is not None
    fresh.trace.rows.restart(steps)
    fresh.workings["policy"] = run.workings["policy"]
    fresh.tables["v"], fresh.trace.base["v"] = run.workings["initial"].copy(), run.workings["initial"].copy()
    return replace(
        fresh, environment=run.environment, returns=run.returns, lengths=run.lengths, row_counts=run.lengths, drawn=run.drawn,
        steps=steps, rows=steps,
    )  # fmt: skip


def gathered_batch(source: Run, resume: Run | None) -> Batch:
    """All steps of whole episodes: those of the earlier run, and those that were gathered after them."""
    assert source.trace is not None
    rows = {name: source.trace.rows.column(name) for name in source.trace.rows.schema}
    batch = batch_of_rows(rows, source.settings["actions"])
    return batch if resume is None else joined_batch(batch_of_model(resume.model), batch)


def kept_of(source: Run) -> dict[str, npt.NDArray[Any]]:
    """What the batch learner's run keeps of the gatherer's."""
    assert source.trace is not None
    return {"policy": source.workings["policy"], "initial": source.trace.base["v"].copy()}


def check_kept(settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
    """Refuse loaded workings that are neither those of a gathered batch nor none, as of a batch that was given.

    Raises:
        ValueError: they are others, or do not fit.
    """
    if not workings:
        return
    if set(workings) != KEPT:
        raise ValueError(f"workings: expected {sorted(KEPT)} or none, got {sorted(workings)}")
    policy_table(workings["policy"].reshape(-1, settings["actions"]), settings["states"], settings["actions"])
    check_table("initial", workings["initial"], settings["states"])
    if not np.isfinite(workings["initial"]).all():
        raise ValueError("workings: initial: expected finite numbers, got NaN or infinity")


def check_resume(learner: Any, resume: Any, trace: bool | TraceOptions | None) -> None:
    """Refuse a run that cannot be taken up by this learner, whatever the environment (which the gatherer looks at)."""
    check_run(resume)
    problems = Problems("resume")
    problems.check(resume.algorithm == learner, f"algorithm: expected {resume.algorithm}, as in the run, got {learner}")
    gathered = set(resume.workings) == KEPT or resume.algorithm != learner
    problems.check(gathered, "run: expected one that gathered its episodes, got one of a batch that was given")
    has, asks = ("one" if found else "none" for found in (resume.trace is not None, trace is not False))
    alike = trace is None or has == asks
    problems.check(alike, f"trace: expected as in the run, which has {has}, got {asks}; leave it out")
    if isinstance(trace, TraceOptions) and resume.trace is not None:
        options = resume.trace.options
        problems.check(trace == options, f"trace: expected none, or the run's {options}, got {trace}")
    problems.raise_if_any()
