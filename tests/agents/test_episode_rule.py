"""The mechanism of rules whose updates rest on stretches of an episode: rings, keyframes, chunks, files, the way back."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, Event, LearningInterrupted, NStepSarsa, NStepTD, Run, TreeBackup
from mazefit.agents.episode_rule import check_episode, fresh_episode, grown_episode
from mazefit.backup import TraceOptions
from mazefit.backup.one_step import TERMINATED, TRUNCATED
from mazefit.backup.stretches import ends_of, joined, whole_episodes
from mazefit.backup.trace import Trace
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError
from tests.agents.learning.n_step_cases import columns, rebuilt, same, start, traced
from tests.agents.worlds import six_worlds

MAZE = Maze.named("tutorial")
LEARNER = NStepSarsa(step_size=0.3, discount=0.9, policy=EpsilonGreedy(0.2), n=3)
SOME: tuple[Any, ...] = (LEARNER, NStepTD(n=4), TreeBackup(n=2, discount=0.9))
EACH = pytest.mark.parametrize("learner", SOME, ids=lambda learner: learner.name)


def small_chunks(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Chunks and keyframes of so many rows, so that a short trace has many."""
    monkeypatch.setattr("mazefit.backup.trace.CHUNK", rows)
    monkeypatch.setattr("mazefit.backup.trace.LARGE", rows)


def few_keyframes(trace: Trace) -> Trace:
    """The same trace without any."""
    twin = trace.copy()
    twin.keyframes = {}
    return twin


# Stretches ---------------------------------------------------------------------------------------------------------------


def test_blocks_are_cut_where_episodes_end_by_hand() -> None:
    marks = [0, TERMINATED, 0, 0, TRUNCATED, TERMINATED, 0]
    rows = {"cell": np.array(marks, dtype=np.uint32), "next": np.arange(7, dtype=np.uint32)}
    assert ends_of(rows).tolist() == [2, 5, 6]
    for cuts in ([], [1], [2], [3, 4], [1, 2, 3, 4, 5, 6], [6]):
        blocks = [{name: column[a:b] for name, column in rows.items()} for a, b in zip([0, *cuts], [*cuts, 7], strict=True)]
        whole = list(whole_episodes(blocks))
        assert joined(whole)["next"].tolist() == list(range(7))
        for block in whole[:-1]:
            assert block["cell"][-1] & (TERMINATED | TRUNCATED)
        starts = np.cumsum([0, *(len(block["cell"]) for block in whole)])[:-1].tolist()
        assert set(starts) <= {0, 2, 5, 6}


@EACH
def test_every_update_has_its_number_and_its_place(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch, 40)
    run = start(learner, MAZE, steps=400, seed=1, trace=True)
    assert run.trace is not None
    marks, begun, expected = run.trace.rows.column("cell"), 0, []
    for end in (*ends_of({"cell": marks}).tolist(), 400):
        over = end < 400 or bool(marks[end - 1] & (TERMINATED | TRUNCATED))
        steps = end - begun if over else max(0, end - begun - learner.n + 1)
        expected += [(begun, begun + min(at + learner.n, end - begun) - 1, at) for at in range(steps)]
        begun = end
    places = [run.trace.stretches().place(number) for number in range(len(run.trace))]
    assert [(place.start, place.trigger, place.at) for place in places] == expected
    assert [backup.index for backup in run.trace] == list(range(len(run.trace)))
    assert [backup.step for backup in run.trace] == [at for _, _, at in expected]
    assert sum(backup.episode == 0 for backup in run.trace) == run.lengths[0]


@EACH
def test_updates_done_one_after_the_other_make_the_table(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each one's old value is what the ones before it left."""
    small_chunks(monkeypatch, 40)
    run = start(learner, MAZE, steps=300, seed=2, trace=True, initial=0.25)
    assert run.trace is not None
    table: dict[str, float] = {}
    for backup in run.trace:
        assert backup.old == table.get(backup.root.label, 0.25)
        assert backup.new is not None
        table[backup.root.label] = backup.new
    values = run.v if learner.kind == "prediction" else run.q.reshape(-1)
    assert {value for value in values.tolist() if value not in (0.25, 0.0)} == {v for v in table.values() if v != 0.25}


# Keyframes, chunks, rings ------------------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("backend", ["python", "compiled"])
def test_keyframes_stand_at_episodes_ends_and_change_nothing(
    learner: Any, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = start(learner, MAZE, steps=1500, seed=3, trace=True, backend=backend)
    small_chunks(monkeypatch, 64)
    run = start(learner, MAZE, steps=1500, seed=3, trace=True, backend=backend)
    assert same(run, plain)
    assert run.trace is not None
    assert plain.trace is not None
    assert not plain.trace.keyframes
    assert len(run.trace.keyframes) >= 3
    assert set(run.trace.keyframes) <= set(run.trace.episodes.tolist())
    bare = few_keyframes(run.trace)
    for row, tables in run.trace.keyframes.items():
        found = bare.tables_at(row)
        assert all(tables[name].tobytes() == found[name].tobytes() for name in tables)
    assert rebuilt(run)
    middle = len(run.trace) // 2
    for index in (*range(0, len(run.trace), 37), *range(middle, middle + 25), len(run.trace) - 1):
        assert run.trace[index] == bare[index] == plain.trace[index]


@EACH
def test_tables_at_any_row_are_those_of_a_run_that_stopped_there(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch, 50)
    trace = traced(learner, MAZE, steps=500, seed=4)
    for row in (0, 1, 49, 50, 51, 123, 300, 499, 500):
        stopped = start(learner, MAZE, steps=row, seed=4)
        found = trace.tables_at(row)
        assert all(table.tobytes() == found[name].tobytes() for name, table in stopped.tables.items())
        replayed = trace.replay(row)
        assert (replayed.v if replayed.q is None else replayed.q).tobytes() == (
            stopped.v if learner.kind == "prediction" else stopped.q
        ).tobytes()


@EACH
@pytest.mark.parametrize("ring", [1, 30, 200, 700])
def test_a_ring_keeps_whole_episodes_and_rebuilds_the_live_tables(
    learner: Any, ring: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(monkeypatch, 64)
    monkeypatch.setattr("mazefit.agents.progress.BLOCK", {False: 40, True: 40})
    full = start(learner, MAZE, steps=1500, seed=5, trace=True)
    run = start(learner, MAZE, steps=1500, seed=5, trace=TraceOptions(ring=ring))
    assert run.trace is not None
    assert full.trace is not None
    assert run.v.tobytes() == full.v.tobytes()
    assert rebuilt(run)
    assert len(run.trace.rows) >= min(ring, 1500)
    first = run.trace.rows.first
    begun = [*full.trace.episodes.tolist(), 1500]
    assert first in begun  # whole episodes fall off, and none that could
    assert first == 0 or begun[begun.index(first) + 1] > 1500 - ring
    assert run.trace.first + len(run.trace) == len(full.trace)
    for index in (0, len(run.trace) // 2, len(run.trace) - 1):
        assert run.trace[index] == full.trace[run.trace.first + index]


def test_a_ring_is_resumed_saved_and_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch, 64)
    options = TraceOptions(ring=150)
    whole = LEARNER.learn(MAZE, steps=1300, seed=5, trace=options)
    part = LEARNER.learn(MAZE, steps=777, seed=5, trace=options)
    part.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.trace is not None
    assert part.trace is not None
    assert back.trace.first == part.trace.first > 0
    assert back.trace[3] == part.trace[3]
    gone_on = LEARNER.learn(MAZE, steps=1300, resume=back, trace=options)
    assert gone_on.q.tobytes() == whole.q.tobytes()
    assert rebuilt(gone_on)
    assert gone_on.trace is not None
    assert whole.trace is not None
    assert gone_on.trace[-1] == whole.trace[-1]
    assert gone_on.trace[-1].index == whole.trace[-1].index


def test_levels_add_nothing_and_the_trace_says_so() -> None:
    runs = [LEARNER.learn(MAZE, steps=300, seed=6, trace=TraceOptions(level=level)) for level in range(3)]
    traces = [run.trace for run in runs if run.trace is not None]
    assert all(same(run, runs[0]) for run in runs)
    assert all(trace[123] == traces[0][123] for trace in traces)
    assert all(trace.options.level == 0 and "level 0" in repr(trace) for trace in traces)
    gone_on = LEARNER.learn(MAZE, steps=400, resume=runs[2], trace=TraceOptions(level=2))
    assert gone_on.q.tobytes() == LEARNER.learn(MAZE, steps=400, seed=6).q.tobytes()


# The way back to a whole episode -----------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("ring", [None, 100])
def test_a_callback_that_stops_leaves_whole_episodes(learner: Any, ring: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch, 64)
    monkeypatch.setattr("mazefit.agents.progress.BLOCK", {False: 53, True: 53})

    def stop(event: Event) -> bool:
        return event.steps >= 1000

    options = TraceOptions(ring=ring)
    run = start(learner, MAZE, episodes=10**6, seed=7, trace=options, callbacks=[stop])
    assert run.steps == run.lengths.sum() < 1100
    assert run.unfinished is None
    assert run.trace is not None
    assert run.trace.rows.end == run.steps
    assert rebuilt(run)
    whole = start(learner, MAZE, episodes=run.episodes, seed=7, trace=True)
    assert whole.v.tobytes() == run.v.tobytes()
    assert whole.trace is not None
    assert len(whole.trace) == run.trace.first + len(run.trace) == run.steps
    assert not len(run.trace) or whole.trace[-1] == run.trace[-1]  # the episode that was undone may have filled the ring
    if ring is None:
        assert same(run, whole)
    on = start(learner, MAZE, episodes=run.episodes + 3, resume=run, trace=options)
    assert on.v.tobytes() == start(learner, MAZE, episodes=run.episodes + 3, seed=7).v.tobytes()
    assert rebuilt(on)


@pytest.mark.parametrize("backend", ["python", "compiled"])
def test_ctrl_c_keeps_every_whole_episode(backend: str) -> None:
    env = Maze.generate(12, 12, seed=1)
    LEARNER.learn(env, steps=10, seed=0, trace=True, backend=backend)  # compile first
    timer = threading.Timer(0.15, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt) as stopped:
        LEARNER.learn(env, episodes=10**9, seed=2, trace=True, backend=backend)
    error = stopped.value
    assert isinstance(error, LearningInterrupted)
    run = error.run
    assert run.steps == run.lengths.sum()
    assert same(run, LEARNER.learn(env, episodes=run.episodes, seed=2, trace=True))
    assert rebuilt(run)


def test_an_environment_that_breaks_hands_back_whole_episodes() -> None:
    def fail(event: Event) -> None:
        if event.steps > 3000:
            raise RuntimeError("in a callback")

    with pytest.raises(RuntimeError) as broken:
        LEARNER.learn(MAZE, episodes=10**6, seed=8, trace=True, callbacks=[fail])
    run = vars(broken.value)["run"]
    assert same(run, LEARNER.learn(MAZE, episodes=run.episodes, seed=8, trace=True))


# The arrays of an episode --------------------------------------------------------------------------------------------------


def test_an_episode_longer_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = LEARNER.learn(MAZE, steps=600, seed=9, trace=True)
    for size in (1, 7, 100):
        monkeypatch.setattr("mazefit.agents.progress.BLOCK", {False: size, True: size})
        assert same(LEARNER.learn(MAZE, steps=600, seed=9, trace=True), whole)


def test_room_grows_and_keeps_what_is_there() -> None:
    workings = fresh_episode(3)
    workings["cell"][:] = [1, 2, 3]
    assert grown_episode(workings, 3) == {}
    longer = grown_episode(workings, 4)
    assert longer["cell"][:4].tolist() == [1, 2, 3, 0]
    assert len({len(array) for array in longer.values()}) == 1
    assert longer["extra"].tolist() == [1.0] * len(longer["extra"])
    assert longer["cell"].dtype == longer["following"].dtype == np.int64


@pytest.mark.parametrize(
    ("name", "value", "following"),
    [
        ("cell", 8, "cells"),
        ("cell", -1, "cells"),
        ("following", 8, "cells"),
        ("following", 4, "states"),
        ("following", -1, "states"),
    ],
)
def test_loaded_steps_outside_the_tables(name: str, value: int, following: str) -> None:
    workings = fresh_episode(3)
    check_episode({"states": 4, "actions": 2}, workings, following)
    workings[name][1] = value
    with pytest.raises(ValueError, match="inside the tables"):
        check_episode({"states": 4, "actions": 2}, workings, following)


def test_a_trace_over_many_chunks_is_saved_and_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_chunks(monkeypatch, 50)
    for i, world in enumerate(six_worlds().values()):
        run = LEARNER.learn(world, steps=400, seed=1, trace=True)
        run.save(tmp_path / str(i))
        back = Run.load(tmp_path / str(i))
        assert back.trace is not None
        assert run.trace is not None
        assert len(run.trace.rows.blocks(0, 400)) > 3
        assert all(
            a.tobytes() == b.tobytes() for a, b in zip(columns(run.trace).values(), columns(back.trace).values(), strict=True)
        )
        assert sorted(back.trace.keyframes) == sorted(run.trace.keyframes)
        assert rebuilt(back)
        assert back.trace[-1] == run.trace[-1]


def test_a_resumed_run_must_be_told_the_same() -> None:
    part = LEARNER.learn(MAZE, steps=50, seed=0)
    with pytest.raises(ConfigError, match="algorithm: expected NStepSarsa"):
        NStepSarsa(n=2).learn(MAZE, steps=60, resume=part)
