"""What holds for every planner alike."""

import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    GaussSeidelValueIteration,
    ModifiedPolicyIteration,
    PolicyEvaluation,
    PolicyIteration,
    PrioritizedSweeping,
    Run,
    ValueIteration,
    solve,
)
from mazefit.agents.catalogue import build, describe
from mazefit.backup import TraceOptions
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import Trace
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, UnboundedValueError, UnsupportedEnvError
from tests.agents.planners import ALL, CONTROL, five_by_five, four_by_four, precise, ring
from tests.agents.worlds import BareEnv, coin, corridor, six_worlds

MAZE = Maze.generate(3, 3, "wilson", seed=5, loops=0.3)


@pytest.fixture(scope="module")
def mazes() -> list[Any]:
    return [Maze.generate(3, 3, "kruskal", seed=seed, loops=0.1 * (seed % 5)).mdp() for seed in range(200)]


@pytest.mark.parametrize("planner", CONTROL)
@pytest.mark.parametrize("discount", [1.0, 0.9, 0.3])
def test_the_exact_values_of_200_mazes(planner: Any, discount: float, mazes: list[Any]) -> None:
    made = planner(discount)
    for mdp in mazes:
        np.testing.assert_allclose(made.solve(mdp).v, solve(mdp, discount).v, rtol=0, atol=1e-12)


@pytest.mark.parametrize("planner", CONTROL)
@pytest.mark.parametrize(
    ("name", "discounts"),
    [
        ("FrozenLake-v1", (0.9, 0.99, 1.0)),
        ("FrozenLake8x8-v1", (0.9,)),
        ("Taxi-v4", (0.9, 1.0)),
        ("CliffWalking-v1", (0.9, 1.0)),
    ],
)
def test_the_exact_values_of_gymnasiums_tables(planner: Any, name: str, discounts: tuple[float, ...]) -> None:
    env = gymnasium.make(name)
    for discount in discounts:
        run, exact = precise(planner, discount).solve(env), solve(env, discount)
        np.testing.assert_allclose(run.v, exact.v, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(run.q, exact.q, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("planner", CONTROL)
def test_printed_optima(planner: Any) -> None:
    lake = precise(planner, 0.99).solve(gymnasium.make("FrozenLake-v1"))
    assert round(float(lake.v[0]), 6) == 0.542026
    assert abs(precise(planner, 1.0).solve(gymnasium.make("FrozenLake-v1")).v[0] - 14 / 17) < 1e-12
    sure = precise(planner, 0.99).solve(gymnasium.make("FrozenLake-v1", is_slippery=False))
    assert round(float(sure.v[0]), 6) == 0.950990


@pytest.mark.parametrize("planner", CONTROL)
def test_figure_3_5(planner: Any) -> None:
    first_two_rows = [21.9775, 24.4194, 21.9775, 19.4194, 17.4775, 19.7797, 21.9775, 19.7797, 17.8018, 16.0216]
    run = precise(planner, 0.9).solve(five_by_five())
    assert np.round(run.v[:10], 4).tolist() == first_two_rows
    assert abs(run.v[1] - 10 / (1 - 0.9**5)) < 1e-12
    assert run.greedy_actions[[0, 2, 4]].tolist() == [  # right; left; left (up, right, down, left)
        [False, True, False, False],
        [False, False, False, True],
        [False, False, False, True],
    ]
    assert run.greedy_actions[1].all()  # at A every action pays the same


@pytest.mark.parametrize("planner", CONTROL)
def test_at_discount_1_what_cannot_end_is_left_out(planner: Any) -> None:
    run = planner(1.0).solve(ring(), trace=True)
    assert run.v.tolist() == [-5.0, -6.0, 0.0, -np.inf, 0.0]
    assert run.trace is not None
    assert {backup.root.label for backup in run.trace} <= {"s0", "s1", "s2"}


@pytest.mark.parametrize("planner", CONTROL)
def test_at_discount_1_a_cycle_that_pays_is_refused(planner: Any) -> None:
    with pytest.raises(UnboundedValueError, match="cycle of positive reward"):
        planner(1.0).solve(five_by_five())


@pytest.mark.parametrize("planner", ALL)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_replay_gives_the_same_bytes_and_every_backup_keeps_its_spec(planner: Any, level: int) -> None:
    for world in (*six_worlds().values(), coin(), corridor(4), ring()):
        limit = {} if planner.name == "exact" else {"max_backups" if planner is PrioritizedSweeping else "max_sweeps": 9}
        run = planner(0.9, **limit).solve(world, trace=TraceOptions(level=level))
        assert run.trace is not None
        again = run.trace.replay()
        assert again.v.tobytes() == run.v.tobytes()
        assert again.q is not None
        assert again.q.tobytes() == run.q.tobytes()
        for i in range(0, len(run.trace), max(1, len(run.trace) // 60)):
            TEXTBOOK[run.trace[i].algorithm].check(run.trace[i])


@pytest.mark.parametrize("planner", ALL)
@pytest.mark.parametrize("discount", [1.0, 0.8])
def test_every_backup_of_whole_traces(planner: Any, discount: float) -> None:
    run = planner(discount, **({"max_sweeps": 40} if planner is PolicyEvaluation else {})).solve(MAZE, trace=True)
    assert run.trace is not None
    values = run.trace.tables_at(0)["v"].copy()
    for backup in run.trace:
        TEXTBOOK[backup.algorithm].check(backup)
        assert backup.source == "sweep"
        assert backup.step_size is None
        assert backup.old == values[int(backup.root.label[1:])]
        values[int(backup.root.label[1:])] = backup.new
    assert values.tobytes() == run.v.tobytes()


@pytest.mark.parametrize("planner", ALL)
def test_all_levels_give_the_same_backups(planner: Any) -> None:
    limit = {"max_backups" if planner is PrioritizedSweeping else "max_sweeps": 40}
    made = planner(0.9) if planner.name == "exact" else planner(0.9, **limit)
    lake = gymnasium.make("FrozenLake-v1")
    traces = [made.solve(lake, trace=TraceOptions(level=level)).trace for level in (0, 1, 2)]
    assert list(traces[0]) == list(traces[1]) == list(traces[2])


@pytest.mark.parametrize("planner", ALL)
def test_plain_and_compiled_write_the_same_bytes(planner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = (MAZE, gymnasium.make("FrozenLake-v1"), coin())
    plain = [planner(0.97).solve(world, trace=True) for world in worlds]
    monkeypatch.setattr(sys.modules[planner.__module__], "worth_compiling", lambda cells: True)
    for world, run in zip(worlds, plain, strict=True):
        again = planner(0.97).solve(world, trace=True)
        assert again.steps == run.steps
        assert {name: table.tobytes() for name, table in again.tables.items()} == {
            name: table.tobytes() for name, table in run.tables.items()
        }
        assert again.trace is not None
        assert run.trace is not None
        for name in run.trace.rows.schema:
            assert again.trace.rows.column(name).tobytes() == run.trace.rows.column(name).tobytes()


@pytest.mark.parametrize("planner", ALL)
def test_saved_and_loaded(planner: Any, tmp_path: Path) -> None:
    run = planner(0.9).solve(gymnasium.make("FrozenLake-v1"), trace=TraceOptions(level=1))
    run.save(tmp_path / "run")
    again = Run.load(tmp_path / "run")
    assert again.v.tobytes() == run.v.tobytes()
    assert again.algorithm == run.algorithm == build(describe(run.algorithm))
    assert again.trace is not None
    assert run.trace is not None
    assert again.trace[7] == run.trace[7]
    assert Trace.load(tmp_path / "run").replay().v.tobytes() == run.v.tobytes()


@pytest.mark.parametrize("planner", ALL)
def test_a_ring_still_rebuilds_the_tables(planner: Any) -> None:
    run = planner(0.9).solve(MAZE, trace=TraceOptions(ring=40))
    assert run.trace is not None
    assert run.trace.replay().v.tobytes() == run.v.tobytes()
    TEXTBOOK[run.trace[0].algorithm].check(run.trace[0])


@pytest.mark.parametrize("planner", ALL)
def test_bad_arguments_are_all_named(planner: Any) -> None:
    bad = {
        "discount": 2, "tolerance": -1, "max_sweeps": 0, "theta": -1, "max_backups": 0, "sweeps": 0, "in_place": 1,
    }  # fmt: skip
    given = {name: value for name, value in bad.items() if name in {field.name for field in fields(planner)}}
    with pytest.raises(ConfigError) as refused:
        planner(**given)
    for name in given:
        assert f"{name}: expected" in str(refused.value)
    with pytest.raises(UnsupportedEnvError):
        planner().solve(BareEnv())
    with pytest.raises(ConfigError, match="trace: expected"):
        planner().solve(MAZE, trace=1)


@pytest.mark.parametrize("planner", [ValueIteration, GaussSeidelValueIteration, PolicyIteration, ModifiedPolicyIteration])
def test_sweeps_stop_when_told(planner: Any) -> None:
    assert planner(0.99, max_sweeps=7).solve(gymnasium.make("FrozenLake-v1")).steps == 7


@pytest.mark.parametrize("planner", ALL)
def test_a_world_of_goals_alone(planner: Any) -> None:
    two = type(four_by_four())(next_state=[[0], [1]], reward=[[0.0], [0.0]], terminated=[[1], [1]], start=0)
    run = planner().solve(two, trace=True)
    assert run.v.tolist() == [0.0, 0.0]
    assert run.trace is not None
    assert len(run.trace) == 0


def _spoiled(planner: Any) -> list[tuple[str, str, Any]]:
    """Where, what and how a loaded run may be spoiled."""
    found = [
        ("model", "next_state", lambda a: np.where(np.arange(len(a)) == 3, 10**6, a).astype(a.dtype)),
        ("model", "next_state", lambda a: a.astype(np.int64)),
        ("model", "offsets", lambda a: a[:-1]),
        ("model", "offsets", lambda a: a[::-1].copy()),
        ("model", "reward", lambda a: a[:-1]),
        ("model", "probability", lambda a: np.where(np.arange(len(a)) == 3, np.nan, a)),
        ("tables", "v", lambda a: a[:-1]),
        ("tables", "v", lambda a: a.astype(np.float32)),
    ]
    if planner is not PrioritizedSweeping:
        found += [("model", "order", lambda a: a + 3), ("model", "order", lambda a: -a), ("model", "order", lambda a: a * 0)]
    if planner in (PolicyIteration, ModifiedPolicyIteration):
        for wrong in (-1.0, 4.0, 0.5, np.nan, np.inf):
            found.append(("tables", "policy", lambda a, wrong=wrong: np.where(np.arange(len(a)) == 3, wrong, a)))
        found.append(("tables", "policy", lambda a: a[:-1]))
    if planner is PolicyEvaluation:
        found += [("model", "policy", lambda a: a[:-1]), ("model", "policy", lambda a: a * np.nan)]
    return found


@pytest.mark.parametrize("planner", ALL)
def test_what_is_loaded_cannot_lead_out_of_the_tables(planner: Any) -> None:
    run = planner(0.9).solve(gymnasium.make("FrozenLake-v1"), trace=True)
    run.algorithm.rule.check(run.settings, run.model, run.tables, {})
    for where, name, spoil in _spoiled(planner):
        parts = {"model": dict(run.model), "tables": dict(run.tables)}
        parts[where][name] = spoil(parts[where][name])
        with pytest.raises(ValueError, match=r"expected"):
            run.algorithm.rule.check(run.settings, parts["model"], parts["tables"], {})
    grown = {**run.tables, **{name: np.append(table, 0.0) for name, table in run.tables.items()}}
    with pytest.raises(ValueError, match=r"expected"):
        run.algorithm.rule.check({**run.settings, "states": 17}, run.model, grown, {})
    for settings in ({**run.settings, "actions": 3}, {**run.settings, "states": 17}, {**run.settings, "discount": 2.0}):
        with pytest.raises(ValueError, match=r"expected"):
            run.algorithm.rule.check(settings, run.model, run.tables, {})


@pytest.mark.parametrize("planner", [PolicyIteration, ModifiedPolicyIteration])
def test_a_keyframe_is_held_against_the_actions_too(planner: Any) -> None:
    trace = planner(0.9).solve(gymnasium.make("FrozenLake-v1"), trace=True).trace
    trace.keyframes[5] = {"v": np.zeros(16), "policy": np.full(16, 9.0)}
    with pytest.raises(ValueError, match="policy: expected actions from 0 to 3"):
        trace.tables_at(6)


def test_a_row_of_prioritized_sweeping_is_held_against_the_states() -> None:
    run = PrioritizedSweeping(0.9).solve(gymnasium.make("FrozenLake-v1"), trace=True)
    assert run.trace is not None
    rows = {"state": np.array([3, 16], dtype=np.int32), "priority": np.zeros(2)}
    for wrong in (rows, {**rows, "state": np.array([-1], dtype=np.int32)}, {**rows, "state": np.array([1.0])}):
        with pytest.raises(ValueError, match="row state: expected"):
            run.trace.rule.check(run.settings, run.model, run.tables, wrong)
