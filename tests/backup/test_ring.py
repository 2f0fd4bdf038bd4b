"""Rows that fall off, are taken back or are copied, and keyframes: what a trace says must stay true."""

from pathlib import Path

import pytest

from mazefit.agents import EpsilonGreedy, Event, QLearning, Run
from mazefit.agents.learning.q_learning import q_learning_update
from mazefit.backup import Trace, TraceOptions
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Tables
from mazefit.envs.maze import Maze

LEARNER = QLearning(step_size=0.01, discount=0.95, policy=EpsilonGreedy(0.1))  # slow: every update changes the table
MAZE = Maze.generate(20, 20, seed=2)


def log_of(run: Run) -> Trace:
    """The run's trace, which must be there."""
    assert run.trace is not None
    return run.trace


def learned(steps: int, level: int = 0, ring: int | None = None) -> Trace:
    """The trace of a run of so many steps."""
    return log_of(LEARNER.learn(MAZE, steps=steps, seed=0, trace=TraceOptions(level, ring)))


def stopped(level: int = 0, ring: int | None = None) -> tuple[Run, int]:
    """A run that a callback stopped far inside an episode, and how many steps it had taken by then."""
    told: list[int] = []

    def stop(event: Event) -> bool:
        told.append(event.steps)
        return event.episodes > 3

    run = LEARNER.learn(MAZE, episodes=10**6, seed=0, trace=TraceOptions(level, ring), callbacks=[stop])
    return run, told[-2]  # the last is told after the episode has been taken back


def write(trace: Trace, tables: Tables, cells: list[int]) -> None:
    """Write updates of these cells, each received 7 and ended: rows that no run of LEARNER writes."""
    q = tables["q"]
    for cell in cells:
        arrays, at, _ = trace.room()
        before = {name: table.copy() for name, table in tables.items()}
        arrays["cell"][at], arrays["next"][at], arrays["reward"][at] = cell | TERMINATED, 0, 7.0
        q_learning_update.python(q, cell, 7.0, 0, True, LEARNER.step_size, LEARNER.discount, (0, 1, 2, 3))
        trace.wrote(1, before, tables)


@pytest.fixture(scope="module")
def long() -> Trace:
    """A trace with two keyframes."""
    return learned(150_000)


def test_a_keyframe_holds_the_tables_before_its_row(long: Trace) -> None:
    assert sorted(long.keyframes) == [long.interval, 2 * long.interval]
    for frame in sorted(long.keyframes):
        replayed = [long.replay(row).q.tobytes() for row in range(frame - 1, frame + 4)]
        assert len(set(replayed)) == 5  # every row changes the table
        assert long.keyframes[frame]["q"].tobytes() == replayed[1]
        assert [long.tables_at(row)["q"].tobytes() for row in range(frame, frame + 4)] == replayed[1:]


def test_loaded_keyframes_are_those_saved(long: Trace, tmp_path: Path) -> None:
    long.save(tmp_path)
    back = Trace.load(tmp_path)
    saved, loaded = ([trace.keyframes[row]["q"].tobytes() for row in sorted(long.keyframes)] for trace in (long, back))
    assert loaded == saved
    assert len(set(saved)) == 2
    row = 2 * long.interval + 5
    assert back.tables_at(row)["q"].tobytes() == long.replay(row).q.tobytes()
    assert back[row] == long[row]


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("ring", [50, None])
def test_a_run_stopped_inside_an_episode_replays_to_its_table(level: int, ring: int | None) -> None:
    run, told = stopped(level, ring)
    trace = log_of(run)
    assert told - run.steps > 50  # the ring holds nothing but rows of the episode that is taken back
    assert trace.first + len(trace) == run.steps == run.lengths.sum()
    assert run.q.any()
    assert trace.replay().q.tobytes() == run.q.tobytes()
    assert trace.tables_at(run.steps)["q"].tobytes() == run.q.tobytes()


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("ring", [50, None])
def test_a_run_stopped_and_resumed_holds_the_backups_of_one_that_was_not(level: int, ring: int | None) -> None:
    part, told = stopped(level, ring)
    for steps in (part.steps + 20, told + 300):  # within the episode that was taken back, and past it
        trace, whole = log_of(LEARNER.learn(MAZE, steps=steps, resume=part, trace=TraceOptions(level, ring))), learned(steps)
        assert trace.replay().q.tobytes() == whole.replay().q.tobytes()
        assert len(trace) == min(ring or steps, steps - (0 if ring is None else part.steps))
        assert trace.nbytes["details"] == (0 if level == 0 else 64 * len(trace))
        for row in {trace.first, max(trace.first, part.steps), steps - 20, steps - 10, steps - 1}:
            assert trace[row - trace.first] == whole[row]


def test_what_was_looked_at_before_a_cut_is_not_taken_for_what_came_after() -> None:
    trace = learned(200)
    tables = trace.tables_at(40)
    assert trace[60].index == 60  # the tables before row 60 are at hand now
    trace.cut(40, tables)
    write(trace, tables, [5] * 30)
    assert len(trace) == 70
    assert trace[60].old == trace[59].new
    for row in (60, 65, 70):
        assert trace.tables_at(row)["q"].tobytes() == trace.replay(row).q.tobytes()


def test_a_cut_takes_back_the_keyframes_behind_it() -> None:
    trace = learned(70_000)
    assert sorted(trace.keyframes) == [65_536]
    tables = trace.tables_at(65_530)
    trace.cut(65_530, tables)
    assert trace.keyframes == {}
    write(trace, tables, [5] * 10)
    assert sorted(trace.keyframes) == [65_536]
    for row in (65_536, 65_540):
        assert trace.tables_at(row)["q"].tobytes() == trace.replay(row).q.tobytes()


@pytest.mark.parametrize(("ring", "frames"), [(1_000, []), (50_000, [262_144]), (100_000, [262_144])])
def test_keyframes_that_fell_off_a_ring_are_given_back(ring: int, frames: list[int]) -> None:
    trace = learned(300_000, ring=ring)
    assert sorted(trace.keyframes) == frames
    assert trace.nbytes["keyframes"] == len(frames) * 8 * (MAZE.mdp().states * 4 + 1 + 12)
    assert trace.tables_at(299_500)["q"].tobytes() == trace.replay(299_500).q.tobytes()


@pytest.mark.parametrize("level", [0, 2])
def test_a_run_that_was_resumed_twice_keeps_its_own_trace(level: int) -> None:
    part = LEARNER.learn(MAZE, steps=60_000, seed=0, trace=TraceOptions(level))
    own = log_of(part)
    backups, table, rows = (own[100], own[-1]), own.replay().q.tobytes(), own.nbytes
    twice = [LEARNER.learn(MAZE, steps=steps, resume=part, trace=TraceOptions(level)) for steps in (70_000, 80_000)]
    assert [len(log_of(run)) for run in twice] == [70_000, 80_000]
    assert len(own) == 60_000
    assert (own.nbytes, own.keyframes) == (rows, {})
    assert (own[100], own[-1], own.replay().q.tobytes()) == (*backups, table)
    assert table == part.q.tobytes()
    for run in twice:
        assert log_of(run).replay().q.tobytes() == run.q.tobytes()


@pytest.mark.parametrize(("level", "ring"), [(0, None), (2, None), (0, 100), (2, 100)])
def test_a_copy_goes_its_own_way(level: int, ring: int | None) -> None:
    trace = learned(200, level, ring)
    backups, whole = list(trace), trace.replay().q.tobytes()
    twin = trace.copy()
    assert list(twin) == backups
    tables = twin.tables_at(150)
    twin.cut(150, tables)
    write(twin, tables, [5] * 120)
    assert twin.replay().q.tobytes() == tables["q"].tobytes()
    assert twin.rows.column("cell")[-1] & CELL == 5
    assert list(trace) == backups
    assert trace.replay().q.tobytes() == whole
