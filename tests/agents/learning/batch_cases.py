"""What the tests of the batch learners share: mazes, every byte of a run, and callbacks that stop one."""

import json
import signal
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mazefit.agents import BatchMonteCarlo, BatchTD, Event, LearningInterrupted, Run
from mazefit.backup.trace_files import trace_content
from mazefit.envs.maze import Maze
from tests.agents.learning.monte_carlo_cases import ends_soon

MAZE = Maze.generate(3, 3, "wilson", seed=2, loops=0.4)
POLICY = ends_soon(MAZE, 2)
MANY = Maze.named("dyna")  # 300 episodes come in several blocks here
SOON = ends_soon(MANY, 0)
BOTH = pytest.mark.parametrize("kind", [BatchTD, BatchMonteCarlo])
LEARNERS = pytest.mark.parametrize("learner", [BatchTD(discount=0.9), BatchMonteCarlo(0.001, 0.9, max_sweeps=60)])


def gathering(event: Any) -> bool:
    """Whether episodes are gathered, and some are there."""
    return event.episodes > 0


def sweeping(event: Any) -> bool:
    """Whether a sweep has been done."""
    return event.sweeps > 0


def content(run: Run) -> dict[str, bytes]:
    """Every part of a run by its bytes."""
    arrays: dict[str, Any] = {"returns": run.returns, "lengths": run.lengths, "row_counts": run.row_counts}
    arrays |= {f"table {name}": table for name, table in run.tables.items()}
    arrays |= {f"model {name}": column for name, column in run.model.items()}
    arrays |= {f"working {name}": array for name, array in run.workings.items()}
    counts = (run.steps, run.rows, run.drawn, run.seed, run.environment, str(run.algorithm), run.settings, run.unfinished)
    trace = {} if run.trace is None else trace_content(run.trace)
    plain = {name: part for name, part in trace.items() if not isinstance(part, np.ndarray)}
    arrays |= {f"trace {name}": part for name, part in trace.items() if name not in plain}
    return {name: array.tobytes() for name, array in arrays.items()} | {
        "counts": json.dumps([counts, plain], sort_keys=True).encode()
    }


def stopping(where: Any, how: Any) -> Any:
    """A callback that does something at the first event of a kind; it collects all of them in `.seen`."""

    def callback(event: Event) -> object:
        before = [one for one in seen if where(one)]
        seen.append(event)
        return how() if where(event) and not before else None

    seen: list[Any] = []
    callback.seen = seen  # pyright: ignore
    return callback


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def whole(learner: Any, run: Run, **given: Any) -> Run:
    """A run that was to do so many episodes and sweeps from the first."""
    if not run.steps:
        return learner.predict(MANY, SOON, episodes=run.episodes, seed=4, **given)
    return replace(learner, max_sweeps=run.steps).predict(MANY, SOON, episodes=run.episodes, seed=4, **given)


def stopped(learner: Any, how: Any, **given: Any) -> Run:
    """The run that is returned, or that comes with LearningInterrupted."""
    if how is not interrupt:
        return learner.predict(MANY, SOON, **given)
    with pytest.raises(LearningInterrupted) as caught:
        learner.predict(MANY, SOON, **given)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    run = caught.value.run
    what = f"{run.steps} whole sweeps" if run.steps else f"{run.episodes} whole episodes"
    assert str(caught.value) == f"interrupted after {what}"
    assert run.algorithm == learner
    return run
