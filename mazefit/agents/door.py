"""The door of every learner: arguments are checked once, the world is opened, a run is begun or taken up again."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.progress import Callback, Progress
from mazefit.agents.run import Run
from mazefit.agents.world import World, open_world
from mazefit.backup.rule import trace_header
from mazefit.backup.trace import Trace, TraceOptions, granted
from mazefit.errors import ConfigError, Problems
from mazefit.kernel import numba_available

BACKENDS = ("auto", "python", "compiled")


def learn(
    learner: Any,
    env: Any,
    *,
    episodes: int | None,
    steps: int | None,
    seed: int | None,
    initial: float | npt.ArrayLike,
    trace: bool | TraceOptions | None,
    callbacks: Iterable[Callback],
    resume: Run | None,
    backend: str,
    **given: Any,
) -> Run:
    """Check everything, open the world, begin a run or take one up, and let it go on; see `Control.learn`.

    Args:
        learner: the algorithm (see learner.py).
        env, episodes, steps, seed, initial, trace, callbacks, resume, backend: as of `Control.learn`.
        given: what else the algorithm is given, such as the policy whose values it predicts: for its `workings`.
    """
    _check(learner, episodes, steps, seed, backend)
    check_trace(trace)
    told = callables(callbacks)
    if resume is not None:
        check_run(resume)
        _check_left_out(resume, seed, initial, trace)
    if trace is None:
        trace = resume is not None and resume.trace is not None
    traced = trace is not False
    options = trace if isinstance(trace, TraceOptions) else TraceOptions()
    if resume is not None:
        seed = resume.seed
    elif seed is not None:
        seed = int(seed)
    else:
        seed = int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)
    world = open_world(env, seed)
    if world.live and backend == "compiled":
        raise ConfigError("backend: expected 'python' or 'auto' for an environment without tables, got 'compiled'")
    learner.check_world(world)
    if resume is not None:
        _check_resume(learner, world, resume, traced, episodes, steps)
        learner.check_given(world, resume, **given)
        run = resume.copy()
    else:
        tables = learner.tables(world, _table(learner, initial, world))
        settings, workings = learner.settings(world), learner.workings(world, **given)
        header = trace_header(learner.rule, world.digest, seed, world.states)
        log = Trace(learner.rule, settings, tables, None, header, options, steps or 0) if traced else None
        run = Run(learner, settings, tables, world.digest, seed, trace=log, workings=workings)
    if episodes is not None and episodes > len(run.returns) and not world.can_end():
        raise ConfigError(
            "episodes: expected an environment whose episodes can end, got one whose start leads to no end; give steps= instead"
        )
    return Progress(world, run, backend).until(episodes, steps, told)


def _table(learner: Any, initial: float | npt.ArrayLike, world: World) -> npt.NDArray[np.float64]:
    shape = (world.states,) if learner.kind == "prediction" else (world.states, world.actions)
    named = "[S]" if len(shape) == 1 else "[S, A]"
    try:
        values = np.asarray(initial, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"learn: initial: expected a number or {named} numbers, got {initial!r}") from error
    if values.shape not in ((), shape) or not np.isfinite(values).all():
        got = (
            f"{values!r}"
            if values.shape == ()
            else f"shape {list(values.shape)}" + ("" if np.isfinite(values).all() else " with NaN or infinity")
        )
        raise ConfigError(f"learn: initial: expected a finite number or an array of shape {list(shape)}, got {got}")
    return values


def _check(learner: Any, episodes: int | None, steps: int | None, seed: int | None, backend: str) -> None:
    verb = "predict" if learner.kind == "prediction" else "learn"
    problems = Problems(f"{type(learner).__name__}.{verb}")
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


def _check_resume(learner: Any, world: World, run: Run, traced: bool, episodes: int | None, steps: int | None) -> None:
    problems = Problems("resume")
    problems.check(run.algorithm == learner, f"algorithm: expected {run.algorithm}, as in the run, got {learner}")
    sizes = (run.settings.get("states"), run.settings.get("actions")) == (world.states, world.actions)
    alike = run.environment == world.digest and sizes
    problems.check(alike, "env: expected the run's own environment, time limit included, got another one")
    has, asks = ("one" if found else "none" for found in (run.trace is not None, traced))
    problems.check(has == asks, f"trace: expected as in the run, which has {has}, got {asks}; leave it out")
    unfinished = run.unfinished is not None and world.live
    problems.check(not unfinished, "run: expected one that stopped at an episode's end (this environment has no tables, "
                   "so the middle of an episode cannot be found again), got one that stopped inside")  # fmt: skip
    problems.check(episodes is None or episodes >= len(run.returns),
                   f"episodes: expected a total of at least the run's {len(run.returns)}, got {episodes}")  # fmt: skip
    problems.check(steps is None or steps >= run.steps,
                   f"steps: expected a total of at least the run's {run.steps}, got {steps}")  # fmt: skip
    problems.raise_if_any()


def check_trace(trace: object) -> None:
    """Refuse a `trace` argument that is neither a bool nor TraceOptions nor None."""
    if not (trace is None or isinstance(trace, bool | TraceOptions)):
        raise ConfigError(f"trace: expected True, False or TraceOptions(level=, ring=), got {trace!r}")


def check_run(run: object) -> None:
    """Refuse a `resume` argument that is not a Run."""
    if not isinstance(run, Run):
        raise ConfigError(f"resume: expected a Run (Run.load(folder) reads a saved one), got {run!r}")


def callables(callbacks: object) -> tuple[Callback, ...]:
    """One function or several, as a tuple.

    Raises:
        ConfigError: one of them cannot be called.
    """
    found: list[Any] = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in found:
        if not callable(callback):
            raise ConfigError(f"callbacks: expected functions that take an Event, got {callback!r}")
    return tuple(found)


def _check_left_out(run: Run, seed: object, initial: object, trace: object) -> None:
    """Refuse what a resumed run has already and would not take again."""
    problems = Problems("resume")
    problems.check(seed is None or seed == run.seed, f"seed: expected none, or the run's {run.seed}, got {seed!r}")
    problems.check(isinstance(initial, float | int) and initial == 0.0, "initial: expected none beside resume, got some")
    if isinstance(trace, TraceOptions) and run.trace is not None:
        fits = granted(trace, run.trace.rule, run.settings, run.trace.model) == run.trace.options
        problems.check(fits, f"trace: expected none, or the run's {run.trace.options}, got {trace}")
    problems.raise_if_any()
