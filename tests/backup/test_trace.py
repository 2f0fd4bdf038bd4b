import time
from pathlib import Path

import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, QLearning, ValueIteration
from mazefit.agents.learning.q_learning import RULE
from mazefit.backup import Backup, Trace, TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError

MAZE = Maze.named("dyna")
LEARNER = QLearning(step_size=0.5, discount=0.95, policy=EpsilonGreedy(0.1))


def traced(steps: int = 5000, **options: int | None) -> Trace:
    """A run's trace."""
    run = LEARNER.learn(MAZE, steps=steps, seed=0, trace=TraceOptions(**options))
    assert run.trace is not None
    return run.trace


def test_a_backup_by_hand() -> None:
    run = QLearning(step_size=0.5, discount=0.9).learn(Maze.named("tutorial"), steps=200, seed=3, trace=True)
    assert run.trace is not None
    q = np.zeros((9, 4))
    for backup in run.trace:
        state, action = (int(part[1:]) for part in backup.root.label.split(", "))
        action -= 1
        arrival = backup.branches[0].node
        reward = backup.branches[0].reward
        assert reward is not None
        ended = arrival.terminal
        target = reward if ended else reward + 0.9 * max(q[int(arrival.label[1:])])
        assert backup.old == q[state, action]
        assert backup.target == target
        assert backup.td_error == target - q[state, action]
        q[state, action] += 0.5 * (target - q[state, action])
        assert backup.new == q[state, action]
        assert reward == (0.0 if ended else -1.0)
    assert q.tobytes() == run.q.tobytes()


def test_every_level_gives_the_same_backups() -> None:
    zero, one, two = (traced(level=level) for level in (0, 1, 2))
    assert [len(trace) for trace in (zero, one, two)] == [5000] * 3
    for i in (0, 1, 17, 2500, 4998, -1):
        assert zero[i] == one[i] == two[i]
    assert zero.nbytes["rows"] == 16 * 5000
    assert one.nbytes["details"] == 32 * 5000
    assert two.nbytes["details"] == 64 * 5000


def test_every_level_gives_the_same_sweeps() -> None:
    zero, one, two = (ValueIteration(discount=0.9).solve(MAZE, trace=TraceOptions(level=level)).trace for level in (0, 1, 2))
    assert zero is not None
    assert one is not None
    assert two is not None
    for i in (0, 45, 46, 300, -1):
        assert zero[i] == one[i] == two[i]
    assert zero.nbytes["rows"] == len(zero) // 46


def test_seeking_from_keyframes_equals_replay_from_the_beginning() -> None:
    trace = traced(300_000)
    assert len(trace.keyframes) == 300_000 // trace.interval >= 4
    rng = np.random.default_rng(0)
    for row in rng.integers(0, 300_000, 12).tolist():
        assert trace.tables_at(row)["q"].tobytes() == trace.replay(row).q.tobytes()


def test_replay_needs_no_keyframe_and_a_wrong_keyframe_would_be_seen() -> None:
    trace = traced(90_000)
    whole = trace.replay().q.tobytes()
    frame = next(iter(trace.keyframes))
    trace.keyframes[frame]["q"][0] += 1.0
    assert trace.replay().q.tobytes() == whole
    assert trace.tables_at(frame)["q"].tobytes() != trace.replay(frame).q.tobytes()


@pytest.mark.parametrize("ring", [1, 10, 777, 5_000, 80_000])
@pytest.mark.parametrize("level", [0, 2])
def test_a_ring_rebuilds_the_live_table(ring: int, level: int) -> None:
    run = LEARNER.learn(MAZE, steps=30_000, seed=0, trace=TraceOptions(level=level, ring=ring))
    trace, whole = run.trace, traced(30_000)
    assert trace is not None
    assert len(trace) == min(ring, 30_000)
    assert trace.first == 30_000 - len(trace)
    assert trace.replay().q.tobytes() == run.q.tobytes() == whole.replay().q.tobytes()
    assert trace[0] == whole[trace.first]
    assert trace[-1] == whole[-1]
    assert trace[len(trace) // 2].index == trace.first + len(trace) // 2


def test_a_ring_holds_little_memory() -> None:
    trace = traced(300_000, ring=10_000)
    assert trace.rows.held_bytes <= 16 * 3 * 10_000


def test_a_ring_of_sweeps() -> None:
    run = ValueIteration(discount=0.9).solve(MAZE, trace=TraceOptions(ring=100))
    whole = ValueIteration(discount=0.9).solve(MAZE, trace=True)
    assert run.trace is not None
    assert whole.trace is not None
    assert len(run.trace) == 2 * 46
    assert run.trace[0] == whole.trace[run.trace.first]
    assert run.trace.replay().v.tobytes() == run.v.tobytes()


@pytest.mark.parametrize("options", [{}, {"level": 1}, {"level": 2}, {"ring": 500}, {"level": 2, "ring": 500}])
def test_saved_and_loaded(tmp_path: Path, options: dict[str, int]) -> None:
    trace = traced(30_000, **options)
    trace.save(tmp_path)
    back = Trace.load(tmp_path)
    assert len(back) == len(trace)
    assert back.header == trace.header
    assert back.options == trace.options
    assert sorted(back.keyframes) == sorted(trace.keyframes)
    for i in (0, len(trace) // 3, -1):
        assert back[i] == trace[i]
    assert back.replay().q.tobytes() == trace.replay().q.tobytes()


def test_a_trace_of_an_unknown_rule_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    traced(10).save(tmp_path)
    monkeypatch.setattr("mazefit.backup.rule._known", {})
    with pytest.raises(DataError, match=r"expected a rule that is known here, got 'q-learning' .*import mazefit.agents"):
        Trace.load(tmp_path)


def test_indices() -> None:
    trace = traced(100)
    assert [backup.index for backup in trace[10:20:5]] == [10, 15]
    assert trace[-100] == trace[0]
    for index in (100, -101):
        with pytest.raises(IndexError, match="expected an index from 0 to 99"):
            trace[index]
    assert isinstance(next(iter(trace)), Backup)
    assert trace[99].episode == 0
    assert (trace[99].step, trace[0].step) == (99, 0)


def test_episodes_and_steps() -> None:
    run = LEARNER.learn(MAZE, episodes=30, seed=0, trace=True)
    assert run.trace is not None
    starts = np.concatenate([[0], np.cumsum(run.lengths)[:-1]])
    for episode, row in enumerate(starts.tolist()):
        assert (run.trace[row].episode, run.trace[row].step) == (episode, 0)
        assert run.trace[row + int(run.lengths[episode]) - 1].branches[0].node.terminal


@pytest.mark.parametrize(("format", "head"), [("svg", "<svg"), ("text", ""), ("dot", "digraph"), ("html", "<!DOCTYPE html")])
def test_drawings_begin_as_they_should(format: str, head: str) -> None:
    drawn = traced(100).draw(50, format)
    assert isinstance(drawn, str)
    assert drawn.lower().startswith(head.lower())
    assert "s" in drawn


def test_png_is_bytes() -> None:
    drawn = traced(100).draw(50, "png")
    assert isinstance(drawn, bytes)
    assert drawn.startswith(b"\x89PNG")


def test_any_of_a_million_updates_is_found_and_drawn_quickly() -> None:
    trace = traced(1_000_000)
    assert trace.nbytes["rows"] / len(trace) <= 16
    trace.draw(500_000, "svg")  # the first compiles what the second uses
    times: list[float] = []
    for index in np.random.default_rng(0).integers(0, 1_000_000, 30).tolist():
        begin = time.perf_counter()
        trace.draw(index, "svg")
        times.append(time.perf_counter() - begin)
    assert np.median(times) < 0.02  # the benchmark holds it to 5 ms; a busy machine may be slower here


@pytest.mark.parametrize("arguments", [{"level": 3}, {"level": -1}, {"ring": 0}, {"level": "all"}])
def test_bad_options(arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="TraceOptions: "):
        TraceOptions(**arguments)


def test_a_tampered_row_breaks_the_certificate_of_replay() -> None:
    run = LEARNER.learn(MAZE, steps=2000, seed=0, trace=True)
    assert run.trace is not None
    run.trace.rows._chunks[0]["reward"][700] -= 0.125
    assert run.trace.replay().q.tobytes() != run.q.tobytes()


def test_the_rule_names_its_spec() -> None:
    assert RULE.spec.name == "Q-learning"
    assert [step.op for step in RULE.spec.expand(1)] == ["sample", "max"]


@pytest.mark.parametrize("end", [-1, 101, 2000])
def test_replay_never_leaves_the_rows_kept(end: int) -> None:
    with pytest.raises(IndexError, match="expected a row from 0 to 100"):
        traced(100).replay(end)
    with pytest.raises(IndexError, match="expected a row from 990 to 1000"):
        traced(1000, ring=10).replay(5)


def test_an_empty_trace_says_that_it_is_empty() -> None:
    with pytest.raises(IndexError, match="expected no index"):
        traced(0)[0]
    assert repr(traced(1000, ring=10)) == "Trace(q-learning, 10 of 1000 backups, level 0)"


def test_the_header_says_whose_trace_it_is() -> None:
    header = traced(10).header
    assert header["spec"] == "Q(s, a) ← Q(s, a) + α [ r + γ max Q(s′, a′) − Q(s, a) ]"
    assert header["environment"] == MAZE.mdp().digest
    assert (header["algorithm"], header["seed"], header["states"]) == ("q-learning", 0, 54)
    assert header["labels"]["actions"].startswith("a1")
