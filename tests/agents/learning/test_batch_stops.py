"""What stops a batch learner before its values stand still: callbacks, Ctrl-C and exceptions, while gathering and sweeping."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.agents import LearningInterrupted, Run
from mazefit.backup import TraceOptions
from mazefit.errors import ConfigError
from tests.agents.learning.batch_cases import (
    BOTH,
    LEARNERS,
    MANY,
    MAZE,
    POLICY,
    SOON,
    content,
    gathering,
    interrupt,
    stopped,
    stopping,
    sweeping,
    whole,
)


@LEARNERS
@pytest.mark.parametrize("trace", [False, TraceOptions(level=1)], ids=str)
@pytest.mark.parametrize("how", [lambda: True, interrupt], ids=["callback", "ctrl-c"])
def test_stopped_while_gathering(learner: Any, trace: Any, how: Any, tmp_path: Path) -> None:
    callback = stopping(gathering, how)
    given = {"episodes": 300, "seed": 4, "trace": trace, "callbacks": callback, "initial": 0.5}
    run = stopped(learner, how, **given)
    assert 0 < run.episodes < 300
    assert [event.kind for event in callback.seen][-1] == "end"
    assert (run.steps, len(run.model["state"])) == (0, run.lengths.sum())
    assert run.v.tobytes() == np.where(MANY.mdp().absorbing, 0.0, 0.5).tobytes()
    shorter = whole(learner, run, initial=0.5, trace=trace)
    for name, column in run.model.items():
        assert column.tobytes() == shorter.model[name].tobytes()
    run.save(tmp_path)
    assert content(learner.predict(MANY, episodes=run.episodes, resume=Run.load(tmp_path))) == content(shorter)
    uninterrupted = learner.predict(MANY, SOON, **{**given, "callbacks": ()})
    assert content(learner.predict(MANY, episodes=300, resume=Run.load(tmp_path))) == content(uninterrupted)


@LEARNERS
def test_stopped_again_after_going_on(learner: Any) -> None:
    first = learner.predict(MANY, SOON, episodes=300, seed=4, initial=0.5, callbacks=stopping(gathering, lambda: True))
    callback = stopping(lambda event: event.episodes > first.episodes, lambda: True)
    again = learner.predict(MANY, episodes=300, resume=first, callbacks=callback)
    assert first.episodes < again.episodes < 300
    assert {event.v.tobytes() for event in callback.seen} == {np.where(MANY.mdp().absorbing, 0.0, 0.5).tobytes()}
    assert callback.seen[0].episodes == first.episodes
    shorter = whole(learner, again, initial=0.5)
    assert content(learner.predict(MANY, episodes=again.episodes, resume=again)) == content(shorter)


@BOTH
def test_where_nothing_is_swept_no_step_size_is_too_large(kind: Any) -> None:
    learner = kind(step_size=0.5, discount=0.9)
    run = learner.predict(MANY, SOON, episodes=300, seed=4, callbacks=stopping(gathering, lambda: True))
    assert run.episodes > 0
    with pytest.raises(ConfigError, match="step_size: expected at most 1 /"):
        learner.predict(MANY, episodes=300, resume=run)


@LEARNERS
@pytest.mark.parametrize("trace", [False, TraceOptions(level=2), TraceOptions(ring=4)], ids=str)
@pytest.mark.parametrize("how", [lambda: True, interrupt], ids=["callback", "ctrl-c"])
def test_stopped_while_sweeping(learner: Any, trace: Any, how: Any, tmp_path: Path) -> None:
    callback = stopping(sweeping, how)
    given = {"episodes": 12, "seed": 4, "trace": trace, "callbacks": callback}
    run, unbroken = stopped(learner, how, **given), learner.predict(MANY, SOON, **{**given, "callbacks": ()})
    assert 0 < run.steps < unbroken.steps
    expected = whole(learner, run, trace=trace)
    assert run.v.tobytes() == expected.v.tobytes()
    if run.trace is not None:
        assert run.trace.replay().v.tobytes() == run.v.tobytes()
        assert run.trace.rows.end == run.steps
        assert run.trace[-1] == expected.trace[-1]
    assert callback.seen[-1].kind == "end"
    run.save(tmp_path)
    assert content(learner.predict(MANY, episodes=12, resume=Run.load(tmp_path))) == content(unbroken)


@BOTH
@pytest.mark.parametrize("trace", [False, TraceOptions(level=2)], ids=str)
def test_stopped_before_the_first_episode(kind: Any, trace: Any, tmp_path: Path) -> None:
    run = kind(discount=0.9).predict(MAZE, POLICY, episodes=6, seed=1, trace=trace, callbacks=lambda event: True)
    assert (run.episodes, run.steps, len(run.model["state"])) == (0, 0, 0)
    if run.trace is not None:
        found = run.explain(3)
        assert (len(found), found.value, found.initial_weight, len(run.trace.history(3))) == (0, 0.0, 1.0, 0)
    run.save(tmp_path)
    unbroken = kind(discount=0.9).predict(MAZE, POLICY, episodes=6, seed=1, trace=trace)
    assert content(kind(discount=0.9).predict(MAZE, episodes=6, resume=Run.load(tmp_path))) == content(unbroken)


@BOTH
@pytest.mark.parametrize("where", ["mazefit.agents.door.open_world", "mazefit.agents.progress.Progress._finish"])
@pytest.mark.parametrize("again", [False, True])
def test_ctrl_c_where_nobody_gathers_or_sweeps(kind: Any, where: str, again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from mazefit.agents.door import open_world
    from mazefit.agents.progress import Progress

    original: Any = open_world if where.endswith("open_world") else Progress.__dict__["_finish"]

    def interrupted(*args: Any, **given: Any) -> Any:
        monkeypatch.setattr(where, original)  # once
        interrupt()
        return original(*args, **given)

    learner = kind(discount=0.9)
    earlier = learner.predict(MAZE, POLICY, episodes=2, seed=1)
    monkeypatch.setattr(where, interrupted)
    with pytest.raises(LearningInterrupted) as caught:
        learner.predict(MAZE, None if again else POLICY, episodes=5, **({"resume": earlier} if again else {"seed": 1}))
    run = caught.value.run
    assert run.steps == 0
    assert run.episodes == (2 if again else 5 if where.endswith("_finish") else 0)
    unbroken = learner.predict(MAZE, POLICY, episodes=5, seed=1)
    assert content(learner.predict(MAZE, episodes=5, resume=run)) == content(unbroken)
