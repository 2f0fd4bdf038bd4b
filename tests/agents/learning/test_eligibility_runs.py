"""Whole runs of the learners with eligibility traces: the same bytes by every way, specs, outcomes, files, parameters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    UCB,
    EpsilonGreedy,
    Exponential,
    Linear,
    PerVisit,
    Run,
    SarsaLambda,
    Softmax,
    TDLambda,
    TrueOnlineSarsaLambda,
    TrueOnlineTDLambda,
    WatkinsQLambda,
    certify,
)
from mazefit.backup import Trace, TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_folder
from tests.agents.learning.traced import ALL, start, traced
from tests.agents.worlds import BareEnv, six_worlds

WORLDS = six_worlds()
KINDS = pytest.mark.parametrize("kind", ALL)


def alike(one: Run, other: Run) -> bool:
    """Whether two runs hold the same bytes in every table, and in every column of their traces."""
    assert one.trace is not None
    assert other.trace is not None
    return (
        all(table.tobytes() == other.tables[name].tobytes() for name, table in one.tables.items())
        and one.returns.tobytes() == other.returns.tobytes()
        and (one.steps, one.drawn) == (other.steps, other.drawn)
        and all(one.trace.rows.column(c).tobytes() == other.trace.rows.column(c).tobytes() for c in one.trace.rows.schema)
    )


def rebuilt(run: Run) -> bool:
    """Whether replaying the trace gives the run's tables, eligibilities included."""
    assert run.trace is not None
    return all(table.tobytes() == run.tables[name].tobytes() for name, table in run.trace.tables_at(run.trace.rows.end).items())


@KINDS
@pytest.mark.parametrize("world", WORLDS)
def test_plain_compiled_and_replayed_are_the_same_bytes(kind: Any, world: str) -> None:
    learner = kind(step_size=0.3, discount=0.97, lambda_=0.85)
    for seed in range(10):
        steps = 1500 if seed == 0 else 150
        plain = start(learner, WORLDS[world], steps=steps, seed=seed, trace=True, backend="python")
        fast = start(learner, WORLDS[world], steps=steps, seed=seed, trace=True, backend="compiled")
        assert alike(plain, fast)
        assert rebuilt(fast)
        assert start(learner, WORLDS[world], steps=steps, seed=seed).v.tobytes() == plain.v.tobytes()


@pytest.mark.parametrize("policy", [Softmax(0.5), UCB(0.7), EpsilonGreedy(Linear(0.5, 0.0, episodes=20))])
@pytest.mark.parametrize("kind", [SarsaLambda, TrueOnlineSarsaLambda, WatkinsQLambda])
def test_any_policy_and_any_schedule(kind: Any, policy: Any) -> None:
    learner = kind(step_size=Exponential(0.5, 0.99, 0.1, per="step"), policy=policy)
    for env in (Maze.named("tutorial"), gymnasium.make("FrozenLake-v1")):
        plain = start(learner, env, steps=700, seed=3, trace=True, backend="python")
        assert alike(plain, start(learner, env, steps=700, seed=3, trace=True, backend="compiled"))
        assert rebuilt(plain)
        assert plain.trace is not None
        for backup in plain.trace[::7]:
            learner.rule.spec.check(backup)


@KINDS
@pytest.mark.parametrize("cut", [1, 17, 500, 1199])
def test_resumed_in_the_middle_of_an_episode_equals_uninterrupted(kind: Any, cut: int) -> None:
    for world in ("wilson", "slippery lake", "cliff"):
        learner = kind(step_size=0.3, discount=0.9)
        whole = start(learner, WORLDS[world], steps=1200, seed=5, trace=True)
        part = start(learner, WORLDS[world], steps=cut, seed=5, trace=True)
        assert alike(start(learner, WORLDS[world], steps=1200, resume=part), whole)


@KINDS
def test_an_environment_without_tables(kind: Any) -> None:
    whole = start(kind(), BareEnv(), episodes=30, seed=6, trace=True)
    assert alike(start(kind(), BareEnv(), episodes=30, resume=start(kind(), BareEnv(), episodes=11, seed=6, trace=True)), whole)
    assert rebuilt(whole)


@KINDS
@pytest.mark.parametrize("options", [TraceOptions(level=1), TraceOptions(level=2), TraceOptions(level=2, ring=150)])
def test_levels_ring_and_files_say_the_same(kind: Any, options: TraceOptions, tmp_path: Path) -> None:
    learner = kind(step_size=0.3, discount=0.9)
    base = traced(learner, Maze.named("dyna"), steps=700, seed=4)
    run = start(learner, Maze.named("dyna"), steps=700, seed=4, trace=options)
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert run.trace is not None
    assert back.trace is not None
    assert len(run.trace) <= 700
    for i in range(len(run.trace), 0, -61):  # upwards in the trace: each is found from the one before
        assert run.trace[-i] == base[-i] == back.trace[-i]
        assert run.trace.forward(-i, columns=9) == base.forward(-i, columns=9) == back.trace.forward(-i, columns=9)
    assert alike(start(learner, Maze.named("dyna"), steps=900, resume=back),
                 start(learner, Maze.named("dyna"), steps=900, seed=4, trace=options))  # fmt: skip


@KINDS
def test_every_backup_of_a_run_keeps_its_spec(kind: Any) -> None:
    learner = kind(step_size=0.4, discount=0.9)
    for world in WORLDS.values():
        trace = traced(learner, world, steps=180, seed=1)
        several = 0
        for backup in trace:
            learner.rule.spec.check(backup)
            assert backup.writes
            assert backup.evaluate() == backup.target
            several += len(backup.writes) > 1
        assert several > 60


@KINDS
def test_writes_are_the_update_form_to_the_bit(kind: Any) -> None:
    for backup in traced(kind(step_size=0.3, discount=0.9), Maze.named("dyna"), steps=400, seed=2):
        moved = 0.0 if backup.v_old is None else backup.old - backup.v_old
        for write in backup.writes:
            new = write.old + (0.3 * write.eligibility) * (backup.td_error + moved)
            if kind in (TrueOnlineTDLambda, TrueOnlineSarsaLambda) and write.cell == backup.root.label:
                new -= 0.3 * moved
            assert write.new == new
        assert backup.step_size == (0.3 if backup.v_old is not None else 0.3 * backup.eligibility)


@KINDS
def test_a_truncated_episode_bootstraps_and_a_terminated_one_does_not(kind: Any) -> None:
    env = gymnasium.make("FrozenLake-v1", is_slippery=False, max_episode_steps=3)
    run = start(kind(), env, steps=400, seed=0, trace=True)
    assert run.trace is not None
    below = [b.root.edges[0].node if b.root.kind == "action" else b.root.edges[0].node.edges[0].node for b in run.trace]
    assert {node.terminal for node in below if node.truncated or node.terminal} == {True, False}
    for i, node in enumerate(below):
        over = node.truncated or node.terminal
        assert not node.terminal or (node.value is None and not node.edges)
        assert not node.truncated or node.value is not None
        if i + 1 < len(below):  # what follows an episode's end knows nothing of it
            assert not over or len(run.trace[i + 1].writes) == 1
    for i in range(len(below) - 1):
        if below[i].terminal or below[i].truncated:
            assert run.trace.tables_at(i + 1)["active"][0] == 0.0
    assert run.lengths.max() == 3


@pytest.mark.parametrize("learner", [
    SarsaLambda(step_size=0.1, discount=0.95, lambda_=0.8),
    TrueOnlineSarsaLambda(step_size=0.1, discount=0.95, lambda_=0.8),
    WatkinsQLambda(step_size=0.1, discount=0.95, lambda_=0.8),
    WatkinsQLambda(step_size=0.1, discount=0.95, lambda_=0.8, replacing=False),
])  # fmt: skip
def test_the_shortest_path_of_the_dyna_maze_on_30_of_30_seeds(learner: Any) -> None:
    maze = Maze.named("dyna")
    lengths = [
        certify(maze, learner.learn(maze, episodes=500, seed=seed, backend="compiled").q, 0.95).greedy_length
        for seed in range(30)
    ]
    assert lengths == [14] * 30


def test_one_episode_teaches_the_whole_way_back() -> None:
    # the book's point (figure 12.13's grid): of one success Sarsa learns one pair, Sarsa(λ) every pair on the way
    maze = Maze.named("dyna").mdp(0.0, 1.0)
    for lambda_, few in ((0.0, True), (0.9, False)):
        run = SarsaLambda(lambda_=lambda_, discount=0.95).learn(maze, episodes=1, seed=0)
        assert (np.count_nonzero(run.q) == 1) == few
    assert np.count_nonzero(run.q) > 30


def test_the_next_actions_of_an_episode_follow_the_table_they_are_chosen_from() -> None:
    run = WatkinsQLambda(policy=EpsilonGreedy(0.0)).learn(Maze.named("dyna"), steps=2000, seed=0, trace=True)
    assert run.trace is not None
    assert not (run.trace.rows.column("cell") & (1 << 30)).any()  # who never explores is never cut


@pytest.mark.parametrize("kind", ALL)
def test_all_wrong_fields_at_once(kind: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        kind(step_size=PerVisit(), discount=2, lambda_=1.5)
    message = str(refused.value)
    assert "step_size: expected a number or a schedule here, got PerVisit()" in message
    assert "discount: expected a number with 0 <= discount <= 1, got 2" in message
    assert "lambda_: expected a number with 0 <= lambda_ <= 1, got 1.5" in message
    assert kind(lambda_=np.float32(0.5)) == kind(lambda_=0.5)
    assert kind(lambda_=1).lambda_ == 1.0
    assert type(kind(lambda_=1).lambda_) is float


@pytest.mark.parametrize("kind", [TDLambda, SarsaLambda, WatkinsQLambda])
@pytest.mark.parametrize("value", [1, "yes", None, np.True_])
def test_replacing_is_true_or_false(kind: Any, value: object) -> None:
    with pytest.raises(ConfigError, match="replacing: expected True or False, got"):
        kind(replacing=value)


def changed(table: np.ndarray, **entries: float) -> np.ndarray:
    """The table with other entries, such as at0=3."""
    found = table.copy()
    for name, value in entries.items():
        found[..., int(name[2:])] = value
    return found


NONSENSE: list[tuple[str, Callable[[np.ndarray], np.ndarray]]] = [
    ("active", lambda table: changed(table, at0=-1.0)),
    ("active", lambda table: changed(table, at0=1e9)),
    ("active", lambda table: changed(table, at0=np.nan)),
    ("active", lambda table: changed(table, at0=1.5)),
    ("active", lambda table: changed(table, at1=1e9)),
    ("active", lambda table: changed(table, at1=-1.0)),
    ("active", lambda table: changed(table, at1=0.5)),
    ("active", lambda table: changed(table, at1=np.inf)),
    ("active", lambda table: changed(table, at1=float(table.reshape(-1, table.shape[-1])[0, 2]))),  # one cell twice
    ("active", lambda table: table[..., :-1]),
    ("z", lambda table: np.zeros_like(table)),
    ("z", lambda table: np.full_like(table, np.nan)),
    ("z", lambda table: -table),
    ("z", lambda table: table + 1.0),
    ("z", lambda table: table[..., :-1]),
]


@KINDS
def test_loaded_traces_that_would_write_outside_are_refused(kind: Any, tmp_path: Path) -> None:
    learner = kind(discount=0.9)
    run = start(learner, Maze.named("dyna"), steps=66_000, seed=1, trace=TraceOptions(ring=5_000), backend="compiled")
    while run.tables["active"][0] < 3:  # on to the middle of an episode
        run = start(learner, Maze.named("dyna"), steps=run.steps + 1, resume=run)
    assert run.trace is not None
    assert run.trace.keyframes
    run.save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    Run.load(tmp_path / "good")
    refused = 0
    for where in ("table", "trace.base", "trace.keyframe"):
        if content[f"{where}.active"].reshape(-1, len(run.tables["active"]))[0, 0] < 2:
            continue  # between episodes: there is nothing to spoil
        for name, spoil in NONSENSE:
            part = f"{where}.{name}"
            write_folder(tmp_path / "bad", "run", {**content, part: spoil(content[part])})
            with pytest.raises(DataError):
                Run.load(tmp_path / "bad")
            refused += 1
    assert refused >= len(NONSENSE)
    if "last" in run.tables:
        write_folder(tmp_path / "bad", "run", {**content, "table.last": np.zeros(2)})
        with pytest.raises(DataError):
            Run.load(tmp_path / "bad")


@pytest.mark.parametrize(
    ("name", "value"), [("lambda_", -0.1), ("lambda_", 2), ("lambda_", "x"), ("lambda_", None), ("replacing", 1)]
)
def test_loaded_settings_that_are_none(name: str, value: object, tmp_path: Path) -> None:
    SarsaLambda().learn(Maze.named("tutorial"), steps=40, seed=1, trace=True).save(tmp_path)
    content = read_folder(tmp_path, "run")
    header = content["trace.header"]
    write_folder(
        tmp_path / "bad", "run", {**content, "trace.header": {**header, "settings": {**header["settings"], name: value}}}
    )
    with pytest.raises(DataError, match=f"settings: {name}"):
        Trace.load(tmp_path / "bad")
