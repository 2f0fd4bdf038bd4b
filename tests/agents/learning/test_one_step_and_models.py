"""What every one-step rule and every learner with a model promises: the same bytes, plain, compiled, replayed and resumed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import DynaQ, RMax, Run
from mazefit.backup import Trace, TraceOptions
from mazefit.backup.one_step import PLANNING
from mazefit.envs.maze import Maze
from tests.agents.learning.runs import LEARNERS, OTHER_PARTS, same, start
from tests.agents.worlds import BareEnv, coin, corridor, six_worlds

EACH = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)
WORLDS = six_worlds()


@EACH
def test_plain_compiled_and_replayed_give_the_same_bytes(learner: Any) -> None:
    steps = 60 if isinstance(learner, RMax) else 1500  # each brings thousands of planned rows
    for name, world in WORLDS.items():
        for seed in range(10):
            plain = start(learner, world, steps=steps, seed=seed, trace=True, backend="python")
            fast = start(learner, world, steps=steps, seed=seed, trace=True, backend="compiled")
            assert same(plain, fast), (name, seed)
            assert plain.trace is not None
            found = plain.trace.tables_at(plain.trace.rows.end)
            assert all(found[table].tobytes() == plain.tables[table].tobytes() for table in plain.tables), (name, seed)
            assert plain.trace.replay().v.tobytes() == plain.v.tobytes()
            assert len(plain.trace) == plain.rows


@pytest.mark.parametrize("learner", OTHER_PARTS, ids=lambda learner: f"{learner}"[:60])
def test_with_other_policies_and_schedules_too(learner: Any) -> None:
    for world in (WORLDS["dyna"], WORLDS["slippery lake"]):
        plain = start(learner, world, steps=1500, seed=4, trace=True, backend="python")
        assert same(plain, start(learner, world, steps=1500, seed=4, trace=True, backend="compiled"))
        assert plain.trace is not None
        assert plain.trace.replay().v.tobytes() == plain.v.tobytes()
        for backup in plain.trace[:300] + plain.trace[-300:]:
            learner.rule.spec.check(backup)
        part = start(learner, world, steps=731, seed=4, trace=True)
        assert same(start(learner, world, steps=1500, resume=part), plain)


@EACH
def test_resumed_in_the_middle_of_an_episode_equals_uninterrupted(learner: Any, tmp_path: Path) -> None:
    for name in ("dyna", "slippery lake", "cliff"):
        whole = start(learner, WORLDS[name], steps=400, seed=5, trace=True)
        bare = start(learner, WORLDS[name], steps=400, seed=5)
        assert all(bare.tables[table].tobytes() == whole.tables[table].tobytes() for table in whole.tables)
        for cut in (1, 233):
            part = start(learner, WORLDS[name], steps=cut, seed=5, trace=True)
            part.save(tmp_path / f"{name} {cut}")
            assert same(start(learner, WORLDS[name], steps=400, resume=part), whole), (name, cut)
            back = Run.load(tmp_path / f"{name} {cut}")
            assert same(start(learner, WORLDS[name], steps=400, resume=back), whole), (name, cut)


@EACH
def test_resumed_by_episodes_equals_uninterrupted(learner: Any) -> None:
    for env in (Maze.named("tutorial"), coin(), BareEnv()):
        whole = start(learner, env, episodes=30, seed=3, trace=True)
        part = start(learner, env, episodes=11, seed=3, trace=True)
        assert same(start(learner, env, episodes=30, resume=part), whole)


@EACH
def test_every_level_and_every_ring_tell_the_same_backups(learner: Any, tmp_path: Path) -> None:
    world = WORLDS["slippery lake"]
    plain = start(learner, world, steps=100, seed=2, trace=True).trace
    assert plain is not None
    for level in (1, 2):
        detailed = start(learner, world, steps=100, seed=2, trace=TraceOptions(level=level)).trace
        assert detailed is not None
        assert list(detailed) == list(plain)
    run = start(learner, world, steps=100, seed=2, trace=TraceOptions(ring=60))
    assert run.trace is not None
    kept = plain[-len(run.trace) :]
    cut = {backup.episode for backup in kept if backup.index - (backup.step or 0) < run.trace.first}
    for backup, other in zip(run.trace, kept, strict=True):
        lost = (
            backup.episode in cut and "cause" in run.trace.rows.schema
        )  # planned rows fell off with the episode's first steps
        assert backup == (replace(other, step=None) if lost and backup.step is None else other)
    assert run.trace[len(run.trace) - 1] == plain[len(plain) - 1]
    assert run.trace.replay().v.tobytes() == run.v.tobytes()
    run.save(tmp_path / "run")
    back = Run.load(tmp_path / "run")
    assert same(back, run)
    assert list(Trace.load(tmp_path / "run")) == list(run.trace)


@EACH
def test_every_backup_keeps_its_spec_terminated_and_truncated(learner: Any) -> None:
    short = gymnasium.make("FrozenLake-v1", is_slippery=False, max_episode_steps=5)
    for world in (*WORLDS.values(), short):
        steps = 60 if isinstance(learner, RMax) else 120
        run = start(learner, world, steps=steps, seed=1, trace=True)
        assert run.trace is not None
        backups = list(run.trace)
        for backup in backups:
            learner.rule.spec.check(backup)
        assert sum(backup.source == "real" for backup in backups) == steps
    ends = [edge.node for b in backups if b.source == "real" for edge in _arrivals(b)]
    assert {node.truncated for node in ends} == {node.terminal for node in ends} == {True, False}
    assert not any(node.truncated and node.terminal for node in ends)


def _arrivals(backup: Any) -> list[Any]:
    below = backup.branches
    return [edge for way in below for edge in way.node.edges] if backup.root.kind == "state" else list(below)


@EACH
def test_no_bootstrap_at_an_end_and_one_where_the_episode_is_cut(learner: Any) -> None:
    limited = gymnasium.make("mazefit/Maze-v0", maze=Maze.from_text("S..\n...\n..G"), max_episode_steps=6)
    run = start(learner, limited, steps=150, seed=0, trace=True, **({} if isinstance(learner, RMax) else {"initial": 7.0}))
    assert run.trace is not None
    seen = set[str]()
    for backup in run.trace:
        for edge in _arrivals(backup):
            if edge.node.terminal:
                seen.add("terminal")
                assert edge.node.value is None
                if backup.source == "real":
                    assert backup.target == edge.reward
            elif edge.node.truncated:
                seen.add("truncated")
                assert backup.target == edge.reward + run.settings["discount"] * edge.node.value
    assert seen == {"terminal", "truncated"}


@EACH
def test_it_runs_with_its_defaults_and_explains_itself(learner: Any) -> None:
    made = type(learner)()
    for env in (Maze.named("tutorial"), gymnasium.make("FrozenLake-v1"), BareEnv()):
        assert start(made, env, episodes=5, seed=0).episodes == 5
    run = start(made, Maze.named("tutorial"), episodes=5, seed=0, trace=True)
    account = run.explain(4) if made.kind == "prediction" else run.explain(4, 1)
    value = run.v[4] if made.kind == "prediction" else run.q[4, 1]
    assert account.value == pytest.approx(value, abs=1e-12)
    assert abs(account.residual) < 1e-9
    assert "Sutton & Barto" in made.reference or "Brafman" in made.reference


@EACH
def test_blocks_of_any_size_and_a_callbacks_stop_change_no_byte(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    env = corridor(5)
    whole = start(learner, env, episodes=40, seed=7, trace=True)
    stopped = start(learner, env, episodes=10**6, seed=7, trace=True, callbacks=[lambda event: event.episodes >= 10])
    assert same(stopped, start(learner, env, episodes=stopped.episodes, seed=7, trace=True))
    monkeypatch.setattr("mazefit.agents.progress.BLOCK", {False: 7, True: 13})
    assert same(start(learner, env, episodes=40, seed=7, trace=True), whole)


def test_levels_of_a_prediction_and_of_a_planning_row() -> None:
    run = DynaQ(planning_steps=4).learn(corridor(4), steps=50, seed=0, trace=TraceOptions(level=2))
    assert run.trace is not None
    marks = run.trace.rows.column("cell")
    assert np.count_nonzero(marks & PLANNING) == 4 * 50
    assert [backup.step for backup in run.trace[:10]] == [0] * 5 + [1] * 5
