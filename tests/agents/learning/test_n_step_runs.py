"""Whole runs of the n-step rules: the same bytes by every way, specs of every update, outcomes, files, explanations."""

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    EpsilonGreedy,
    Greedy,
    NStepExpectedSarsa,
    NStepSarsa,
    NStepTD,
    OffPolicyNStepSarsa,
    QSigma,
    Run,
    TreeBackup,
    certify,
)
from mazefit.backup import TraceOptions
from mazefit.backup.check_columns import spine
from mazefit.backup.one_step import SAMPLED, TERMINATED
from mazefit.backup.trace import Trace
from mazefit.envs.maze import Maze
from mazefit.errors import DataError
from mazefit.files import read_folder, write_folder
from tests.agents.learning.n_step_cases import CALM, LEARNERS, OTHER_PARTS, rebuilt, same, start, traced
from tests.agents.worlds import BareEnv, six_worlds

WORLDS = six_worlds()
EACH = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)
ALL = pytest.mark.parametrize("learner", [*LEARNERS, *OTHER_PARTS], ids=lambda learner: f"{learner.name}-{learner.n}")


@EACH
def test_plain_compiled_and_replayed_are_the_same_bytes(learner: Any) -> None:
    for world in WORLDS.values():
        for seed in range(10):
            steps = 1500 if seed == 0 else 150
            plain = start(learner, world, steps=steps, seed=seed, trace=True, backend="python")
            fast = start(learner, world, steps=steps, seed=seed, trace=True, backend="compiled")
            assert same(plain, fast)
            assert rebuilt(fast)
            assert np.isfinite(plain.v).all()


@pytest.mark.parametrize("learner", OTHER_PARTS, ids=lambda learner: f"{learner.name}-{learner.n}")
def test_other_policies_and_schedules(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dyna", "slippery lake"):
        plain = start(learner, WORLDS[name], steps=700, seed=3, trace=True, backend="python")
        fast = start(learner, WORLDS[name], steps=700, seed=3, trace=True, backend="compiled")
        assert same(plain, fast)
        monkeypatch.setattr("mazefit.backup.trace.worth_compiling", lambda cells: True)
        assert rebuilt(plain)
        monkeypatch.undo()
        assert rebuilt(fast)


@ALL
def test_resumed_in_the_middle_of_an_episode_equals_uninterrupted(learner: Any) -> None:
    for name in ("dyna", "slippery lake"):
        whole = start(learner, WORLDS[name], steps=300, seed=5, trace=True)
        for cut in (1, 2, 17, 299):
            part = start(learner, WORLDS[name], steps=cut, seed=5, trace=True)
            before = {table: array.tobytes() for table, array in {**part.tables, **part.workings}.items()}
            assert same(start(learner, WORLDS[name], steps=300, resume=part), whole)
            assert before == {table: array.tobytes() for table, array in {**part.tables, **part.workings}.items()}


@EACH
def test_a_live_environment_and_its_tables_are_one(learner: Any) -> None:
    env = gymnasium.make("CliffWalking-v1", max_episode_steps=30)
    tables = start(learner, env, steps=500, seed=2, trace=True)
    assert same(start(learner, gymnasium.Wrapper(env), steps=500, seed=2, trace=True), tables)
    whole = start(learner, BareEnv(), episodes=12, seed=6, trace=True)
    part = start(learner, BareEnv(), episodes=5, seed=6, trace=True)
    assert same(start(learner, BareEnv(), episodes=12, trace=True, resume=part), whole)


# Every update keeps its spec ---------------------------------------------------------------------------------------------


def checked(learner: Any, trace: Trace) -> set[str]:
    """Hold every update of a trace against its spec and n; what happened at the ends of their trees."""
    met: set[str] = set()
    for backup in trace:
        learner.rule.spec.check(backup, n=learner.n)
        way = spine(backup.root)
        rewards = sum(node.kind == "action" and bool(node.edges) for node in way)
        ended, cut = way[-1].terminal, any(node.truncated for node in way)
        assert rewards == learner.n or ended or cut
        met |= {"ended"} if ended else {"cut"} if cut else {"on the way"}
        met |= {"short"} if rewards < learner.n else {"whole"}
    return met


@ALL
def test_every_update_keeps_its_spec(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.backup.trace.CHUNK", 40)  # keyframes, so that reading is quick
    met: set[str] = set()
    for world in WORLDS.values():
        trace = traced(learner, world, steps=150, seed=1, backend="python")
        assert trace.rule is learner.rule
        met |= checked(learner, trace)
        if isinstance(world, gymnasium.Env):
            brief = gymnasium.make(world.spec.id, max_episode_steps=7) if world.spec else world
            met |= checked(learner, traced(learner, brief, steps=60, seed=1, backend="python"))
    brief = gymnasium.make("FrozenLake-v1", is_slippery=False, max_episode_steps=3)
    met |= checked(learner, traced(learner, brief, steps=90, seed=0, backend="python"))
    assert met >= {"ended", "cut", "on the way", "whole"} - ({"on the way"} if learner.n == 1 else set())
    assert ("short" in met) == (learner.n > 1)


@EACH
def test_an_n_longer_than_every_episode_uses_what_is_left(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.backup.trace.CHUNK", 40)
    long = type(learner)(**{**vars(learner), "n": 10**6})
    for limit, end in ((4, "cut"), (200, "ended")):
        env = gymnasium.make("FrozenLake-v1", max_episode_steps=limit)
        trace = traced(long, env, episodes=12, seed=0, backend="python")
        met = checked(long, trace)
        assert {"short", end} <= met
        assert "whole" not in met
        assert len(trace) == len(trace.rows)  # one update a step, all at the episodes' ends


def test_the_numbers_of_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third update of an off-policy run: ratios on the edges, their product in the step size."""
    monkeypatch.setattr("mazefit.backup.trace.CHUNK", 40)
    learner = OffPolicyNStepSarsa(step_size=0.25, discount=0.5, policy=EpsilonGreedy(0.6), target=EpsilonGreedy(0.2), n=3)
    run = learner.learn(Maze.named("dyna"), steps=900, seed=0, trace=True, initial=-1.0)
    assert run.trace is not None
    chances, products = run.trace.rows.column("extra"), set[float]()
    for backup in run.trace[:200]:
        way, product = spine(backup.root), 1.0
        ratios = [edge.ratio for node in way if node.kind == "state" for edge in node.edges]
        assert len(ratios) == sum(node.kind == "state" and not node.terminal for node in way)
        for ratio in ratios:
            assert ratio is not None
            product = product * ratio
        assert backup.step_size == pytest.approx(0.25 * product, rel=1e-12)
        products.add(round(product, 6))
    assert len(products) > 5
    assert set(np.round(chances, 6).tolist()) <= {1.0, 0.15, 0.25, 0.55, 0.35, round(0.15 + 0.4 / 3, 6)}


def test_sigma_is_drawn_and_logged() -> None:
    learner = QSigma(sigma="random", discount=0.9, n=3)
    trace = traced(learner, Maze.named("dyna"), steps=2000, seed=0)
    marks = trace.rows.column("cell")
    going_on = marks[marks & TERMINATED == 0]
    assert 0.45 < float(((going_on & SAMPLED) != 0).mean()) < 0.55
    assert not (marks[marks & TERMINATED != 0] & SAMPLED).any()
    seen = {node.sigma for backup in trace[:50] for node in spine(backup.root) if node.combine == "sigma"}
    assert seen == {0.0, 1.0}
    assert {round(edge.ratio or 0.0, 9) for b in trace[:50] for n in spine(b.root) for edge in n.edges if edge.control} == {1.0}


# What is learned -----------------------------------------------------------------------------------------------------------

OUTCOMES: tuple[Any, ...] = (
    NStepSarsa(step_size=0.1, discount=0.95, n=4),
    NStepExpectedSarsa(step_size=0.1, discount=0.95, n=4),
    OffPolicyNStepSarsa(step_size=0.1, discount=0.95, policy=EpsilonGreedy(0.3), target=EpsilonGreedy(0.1), n=3),
    OffPolicyNStepSarsa(step_size=0.1, discount=0.95, n=2),
    TreeBackup(step_size=0.1, discount=0.95, n=4),
    TreeBackup(step_size=0.1, discount=0.95, n=4, target=Greedy()),
    QSigma(step_size=0.1, discount=0.95, n=4),
    QSigma(step_size=0.1, discount=0.95, n=4, sigma="random"),
    QSigma(step_size=0.1, discount=0.95, n=4, control_variate=False),
)


@pytest.mark.parametrize("learner", OUTCOMES, ids=lambda learner: f"{learner.name}-{learner.n}")
def test_the_shortest_path_of_the_dyna_maze_on_30_of_30_seeds(learner: Any) -> None:
    maze = Maze.named("dyna")
    runs = (learner.learn(maze, episodes=1000, seed=seed, backend="compiled") for seed in range(30))
    assert [certify(maze, run.q, 0.95).greedy_length for run in runs] == [14] * 30


def test_n_step_td_comes_to_the_values_of_its_policy() -> None:
    """A random walk of five states, the right end pays 1: v = 1/6 … 5/6."""
    states = np.arange(7)
    next_state = np.stack([np.maximum(states - 1, 0), np.minimum(states + 1, 6)], axis=1)
    from mazefit.envs.tables import TabularMDP

    ended = (next_state == 0) | (next_state == 6)
    walk = TabularMDP(next_state, (next_state == 6) * (states[:, None] != 6) * 1.0, ended, start=3)
    for n in (1, 3, 8):
        v = NStepTD(step_size=0.01, n=n).predict(walk, episodes=20_000, seed=0, backend="compiled").v
        assert np.abs(v[1:6] - np.arange(1, 6) / 6).max() < 0.05


def test_defaults_run() -> None:
    for kind in (NStepTD, NStepSarsa, NStepExpectedSarsa, OffPolicyNStepSarsa, TreeBackup, QSigma):
        assert start(kind(), Maze.named("tutorial"), episodes=5, seed=0).episodes == 5


# Files, explanations -------------------------------------------------------------------------------------------------------


@ALL
def test_saved_loaded_and_gone_on_with(learner: Any, tmp_path: Path) -> None:
    world = WORLDS["slippery lake"]
    run = start(learner, world, steps=77, seed=9, trace=TraceOptions(level=2))
    assert run.trace is not None
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.algorithm == learner
    assert same(back, run)
    assert rebuilt(back)
    assert back.trace is not None
    assert back.trace[20] == run.trace[20]
    assert Trace.load(tmp_path)[-1] == run.trace[-1]
    whole = start(learner, world, steps=200, seed=9, trace=True)
    assert same(start(learner, world, resume=back, steps=200), whole)


BAD = [
    {"n": 0}, {"n": -3}, {"n": 2.0}, {"n": 10**30}, {"n": True}, {"n": None}, {"target": "ucb"}, {"target": "best"},
    {"target": 3},
    {"target_rate": -0.1}, {"target_rate": 1.1}, {"target_rate": "x"}, {"target_rate": None}, {"policy": "ucb"},
    {"policy": "ucb", "counted": True}, {"policy": None}, {"sigma": 1.5}, {"sigma": "drawn"}, {"sigma": None},
    {"control_variate": 1}, {"target": "softmax", "target_rate": 0.0},
]  # fmt: skip


def test_hashed_right_and_nonsense_all_the_same(tmp_path: Path) -> None:
    learner = QSigma(discount=0.9, n=3, sigma=0.5, target=EpsilonGreedy(0.1), **CALM)
    learner.learn(WORLDS["slippery lake"], steps=60, seed=0, trace=True).save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    header, about, extra = content["trace.header"], content["run"], content["trace.row.extra"]
    cases: list[tuple[str, Any]] = [
        *(("trace.header", {**header, "settings": {**header["settings"], **bad}}) for bad in BAD),
        *(("run", {**about, "settings": {**about["settings"], **bad}}) for bad in BAD),
        *(("trace.row.extra", np.full_like(extra, bad)) for bad in (0.0, -0.5, 1.5, np.nan, np.inf)),
        *(("working.extra", np.full_like(content["working.extra"], bad)) for bad in (0.0, -0.5, 1.5, np.nan, np.inf)),
        ("trace.row.extra", extra.astype(np.float32)),
        ("working.cell", np.full_like(content["working.cell"], 2**26 - 1)),
        ("working.cell", np.full_like(content["working.cell"], -1)),
        ("working.following", np.full_like(content["working.following"], 64)),
        ("working.following", np.full_like(content["working.following"], -1)),
        ("working.following", content["working.following"].astype(np.int32)),
        ("working.reward", content["working.reward"][:-1]),
        ("working.cell", content["working.cell"][:0]),
        *((f"working.{name}", content[f"working.{name}"].reshape(-1, 1)) for name in ("cell", "extra")),
        ("trace.row.next", np.full_like(content["trace.row.next"], 64)),
    ]
    for i, (name, value) in enumerate(cases):
        write_folder(tmp_path / str(i), "run", {**content, name: value})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))
    assert len(cases) > 50


@pytest.mark.parametrize("kind", [NStepTD, NStepExpectedSarsa, TreeBackup])
def test_loaded_arrivals_that_are_no_states(kind: Any, tmp_path: Path) -> None:
    start(kind(n=3), WORLDS["slippery lake"], steps=60, seed=0, trace=True).save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    for i, name in enumerate(("working.following", "trace.row.next")):  # 16 states, 64 pairs
        write_folder(tmp_path / str(i), "run", {**content, name: np.full_like(content[name], 16)})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))


@ALL
def test_a_value_is_explained_to_rounding(learner: Any) -> None:
    run = start(learner, Maze.named("tutorial"), steps=150, seed=1, trace=True, initial=0.5)
    for state in range(6):
        found = run.explain(state) if learner.kind == "prediction" else run.explain(state, 1)
        assert abs(found.residual) <= 1e-12 * max(1.0, abs(found.value))
