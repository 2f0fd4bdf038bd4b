"""The door of a deep run: arguments are checked once, a run is begun or taken up, and goes on until there is enough of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mazefit.agents.deep.core import as_numpy
from mazefit.agents.deep.environments import Ground, open_ground
from mazefit.agents.deep.events import EVERY, ProgressBar
from mazefit.agents.deep.loop import Learning, Saves, Told
from mazefit.agents.deep.run import DeepRun
from mazefit.agents.deep.start import begin_run
from mazefit.agents.deep.trace import DeepTrace
from mazefit.agents.door import callables, check_trace
from mazefit.agents.interrupt import Interruption, LearningInterrupted
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems
from mazefit.files import prepare_folder
from mazefit.training.events import called
from mazefit.training.settings import arranged

if TYPE_CHECKING:
    from mazefit.agents.deep.dqn import DQN


def learn(
    learner: "DQN",
    env: Any,
    steps: int,
    *,
    seed: int | None,
    trace: bool | TraceOptions | None,
    callbacks: Any,
    checkpoint: str | Path | None,
    every: int | None,
    resume: DeepRun | None,
    progress: bool,
) -> DeepRun:
    """Check everything, begin a run or take one up, and let it go on; see `DQN.learn`."""
    problems = Problems("DQN.learn")
    problems.integer("steps", steps, 0)
    if seed is not None:
        problems.integer("seed", seed, 0, 2**63 - 1)
    if every is not None:
        problems.integer("every", every, 1)
        problems.check(checkpoint is not None, f"every: expected None without a checkpoint folder, got {every!r}")
    problems.instance("progress", progress, bool)
    before: Any = resume
    problems.check(before is None or isinstance(before, DeepRun), f"resume: expected a DeepRun, got {resume!r}")
    problems.raise_if_any()
    check_trace(trace)
    given = callables(callbacks if isinstance(callbacks, Iterable) else [callbacks])
    for one in given:
        problems.integer(f"callbacks: {called(one)}: every", getattr(one, "every", EVERY), 1)
    problems.raise_if_any()
    told = (*given, ProgressBar(None)) if progress else given
    if resume is not None:
        ground, run = _taken_up(learner, env, int(steps), seed, trace, resume)
    else:
        number = int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1) if seed is None else int(seed)
        ground = open_ground(env, number)
        run = begin_run(learner, ground, number)
        if trace is not None and trace is not False:
            run.trace = fresh_trace(run, trace if isinstance(trace, TraceOptions) else None)
    folder = None if checkpoint is None else prepare_folder(checkpoint)
    return _go(run, ground, int(steps), told, folder, every)


def fresh_trace(run: DeepRun, options: TraceOptions | None) -> DeepTrace:
    """A trace with its header."""
    header = {"environment": run.environment, "seed": run.seed, "discount": run.core.settings.discount}
    return DeepTrace(run.core.settings, run.core.observations, header, options)


def _taken_up(
    learner: "DQN", env: Any, steps: int, seed: int | None, trace: bool | TraceOptions | None, resume: DeepRun
) -> tuple[Ground, DeepRun]:
    """A copy of the run to go on with, and its environment.

    Raises:
        ConfigError: agent, environment, seed or trace are other ones, or it has more steps already; says all that differs.
    """
    ground = open_ground(env, resume.seed)
    problems = Problems("resume")
    alike = learner.described() == resume.algorithm.described()
    problems.check(alike, f"algorithm: expected {resume.algorithm}, as in the run, got {learner}")
    same = ground.digest == resume.environment
    problems.check(same, f"env: expected the run's own, {resume.environment}, got {ground.digest}")
    problems.check(seed is None or seed == resume.seed, f"seed: expected none, or the run's {resume.seed}, got {seed!r}")
    problems.check(steps >= resume.steps, f"steps: expected a total of at least the run's {resume.steps}, got {steps}")
    has, asks = resume.trace is not None, trace is not None and trace is not False
    fits = trace is None or has == asks
    problems.check(fits, f"trace: expected as in the run, which has {'one' if has else 'none'}, got {trace!r}; leave it out")
    problems.raise_if_any()
    return ground, resume.copy()


def _go(
    run: DeepRun, ground: Ground, steps: int, callbacks: tuple[Any, ...], folder: Path | None, every: int | None
) -> DeepRun:
    """From the first event to the last."""
    choice = run.core.choice
    ground.device = None if run.core.native else run.core.device
    if run.place is None:
        observations = ground.begin()
    else:
        observations = ground.come_back(run.place, run.place["observations"])
    learning = Learning(run, ground, observations)

    def save() -> None:
        assert folder is not None
        run.save(folder)

    run.where = lambda: {**ground.kept(), "observations": as_numpy(learning.observations)}

    told = Told(callbacks, run, steps)
    saves = Saves(None if folder is None else save, every, run.steps)
    with Interruption() as interruption, arranged(choice.device, choice.threads, deterministic=False):
        try:
            stop = told.tell("start")
            while run.steps < steps and not stop and not interruption.asked:
                learning.step()
                if run.steps >= told.next:
                    stop = told.step()
                saves.step(run.steps)
            if folder is not None:
                save()
            told.tell("end")
        except Exception as error:
            vars(error)["run"] = run
            error.add_note(f"What was learned before, {run.steps} steps, is this exception's `.run`.")
            raise
        finally:
            run.settle()
            run.where = None
            told.close()
    if interruption.asked:
        raise LearningInterrupted(run)  # pyright: ignore[reportArgumentType]
    return run
