"""What callbacks of a batch learner are told, what comes with an exception, and a given batch that is watched."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mazefit.agents import Event, LearningInterrupted, Run
from mazefit.errors import ConfigError
from tests.agents.learning.batch_cases import (
    BOTH,
    LEARNERS,
    MANY,
    MAZE,
    SOON,
    content,
    gathering,
    interrupt,
    stopping,
    sweeping,
    whole,
)
from tests.agents.worlds import BareEnv


@LEARNERS
def test_callbacks_are_told_of_episodes_and_of_sweeps(learner: Any) -> None:
    seen: list[Any] = []
    run = learner.predict(MANY, SOON, episodes=300, seed=4, initial=0.5, callbacks=[lambda e: seen.append((e, e.v.copy()))])
    events = [event for event, _ in seen]
    assert [event.kind for event in events] == ["start", *["progress"] * (len(events) - 2), "end"]
    assert all(isinstance(event, Event) and event.q is None and not event.v.flags.writeable for event in events)
    assert np.concatenate([event.returns for event in events]).tobytes() == run.returns.tobytes()
    assert np.concatenate([event.lengths for event in events]).tobytes() == run.lengths.tobytes()
    initial = np.where(MANY.mdp().absorbing, 0.0, 0.5)
    gathering = [v for event, v in seen if event.sweeps == 0]
    sweeping = [(event, v) for event, v in seen if event.sweeps]
    assert len(gathering) > 2
    assert len(sweeping) > 2
    assert all(v.tobytes() == initial.tobytes() for v in gathering)
    assert {(event.episodes, event.steps) for event, _ in sweeping} == {(300, len(run.model["state"]))}
    assert [event.sweeps for event in events] == sorted(event.sweeps for event in events)
    event, v = sweeping[1]
    assert v.tobytes() == whole(learner, replace(run, steps=event.sweeps), initial=0.5).v.tobytes()
    assert (events[-1].sweeps, events[-1].v.tobytes()) == (run.steps, run.v.tobytes())


@BOTH
@pytest.mark.parametrize("where", [gathering, sweeping], ids=["gathering", "sweeping"])
def test_an_exception_brings_what_was_learned(kind: Any, where: Any) -> None:
    def fail() -> None:
        raise RuntimeError("in a callback")

    learner = kind(discount=0.9)
    with pytest.raises(RuntimeError, match="in a callback") as failed:
        learner.predict(MANY, SOON, episodes=300, seed=4, trace=True, callbacks=stopping(where, fail))
    run: Run = vars(failed.value)["run"]
    assert run.algorithm == learner
    assert run.episodes > 0
    assert (run.steps > 0) == (where is sweeping)
    assert failed.value.__notes__[0].startswith("What was learned before, ")
    unbroken = learner.predict(MANY, SOON, episodes=300, seed=4, trace=True)
    assert content(learner.predict(MANY, episodes=300, resume=run)) == content(unbroken)
    with pytest.raises(RuntimeError) as failed:
        learner.fit([[(0, 1.0, None)]], callbacks=stopping(lambda event: event.kind == "start", fail))
    assert vars(failed.value)["run"].steps == 0


@BOTH
def test_an_environment_that_fails_leaves_the_whole_episodes(kind: Any) -> None:
    class Failing(BareEnv):
        steps = 0

        def step(self, action: int) -> Any:
            self.steps += 1
            if self.steps > 60:
                raise OSError("gone")
            return super().step(action)

    with pytest.raises(OSError, match="gone") as failed:
        kind(discount=0.9).predict(Failing(), episodes=10**6, seed=3)
    run: Run = vars(failed.value)["run"]
    assert run.episodes > 0
    assert len(run.model["state"]) == run.lengths.sum() <= 60
    unbroken = kind(discount=0.9).predict(BareEnv(), episodes=30, seed=3)
    assert unbroken.model["state"][: run.lengths.sum()].tobytes() == run.model["state"].tobytes()


@BOTH
def test_a_given_batch_is_watched_and_stopped_alike(kind: Any) -> None:
    learner, batch = kind(step_size=0.01), [[(0, 0.0, 1), (1, 2.0, None)], [(1, 1.0, 0), (0, 3.0, None)]]
    events: list[Any] = []
    run = learner.fit(batch, callbacks=events.append)
    assert [event.kind for event in (events[0], events[-1])] == ["start", "end"]
    assert {(event.episodes, event.steps) for event in events} == {(0, 4)}
    assert (events[0].sweeps, events[-1].sweeps) == (0, run.steps)
    short = learner.fit(batch, callbacks=lambda event: event.sweeps > 0, trace=True)
    assert 0 < short.steps < run.steps
    assert short.v.tobytes() == replace(learner, max_sweeps=short.steps).fit(batch).v.tobytes()
    with pytest.raises(LearningInterrupted, match=r"^interrupted after \d+ whole sweeps$") as caught:
        learner.fit(batch, callbacks=stopping(sweeping, interrupt))
    assert caught.value.run.v.tobytes() == short.v.tobytes()
    for wrong in (3, [print, "x"]):
        with pytest.raises(ConfigError, match=r"^callbacks: expected functions that take an Event, got (3|'x')$"):
            learner.fit(batch, callbacks=wrong)
        with pytest.raises(ConfigError, match=r"^callbacks: expected functions that take an Event, got (3|'x')$"):
            learner.predict(MAZE, episodes=2, callbacks=wrong)
