"""Whole runs of the Monte Carlo family: the same bytes by every way, specs of every update, files, outcomes, refusals."""

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    UCB,
    EpsilonGreedy,
    Linear,
    MonteCarloControl,
    MonteCarloExploringStarts,
    MonteCarloPrediction,
    OfflineLambdaReturn,
    OffPolicyMonteCarlo,
    OffPolicyMonteCarloControl,
    Run,
    certify,
)
from mazefit.backup import TraceOptions
from mazefit.backup.check_columns import over, spine
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError, UnsupportedEnvError
from mazefit.files import read_folder, write_folder
from tests.agents.learning.monte_carlo_cases import LEARNERS, OTHER_PARTS, given, go, short_worlds, trace_of
from tests.agents.learning.n_step_cases import rebuilt, same
from tests.agents.learning.runs import start
from tests.agents.worlds import BareEnv

WORLDS = short_worlds()
EACH = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)
ALL = pytest.mark.parametrize("learner", [*LEARNERS, *OTHER_PARTS], ids=lambda learner: learner.name)


@EACH
def test_plain_compiled_and_replayed_are_the_same_bytes(learner: Any) -> None:
    for world in WORLDS.values():
        for seed in range(10):
            steps = 1500 if seed == 0 else 300
            plain = go(learner, world, steps=steps, seed=seed, trace=True, backend="python")
            fast = go(learner, world, steps=steps, seed=seed, trace=True, backend="compiled")
            assert same(plain, fast)
            assert rebuilt(plain)
            assert rebuilt(fast)
            assert np.isfinite(plain.v).all()


@pytest.mark.parametrize("learner", OTHER_PARTS, ids=lambda learner: learner.name)
def test_other_policies_and_schedules(learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dyna", "slippery lake"):
        plain = go(learner, WORLDS[name], steps=700, seed=3, trace=True, backend="python")
        fast = go(learner, WORLDS[name], steps=700, seed=3, trace=True, backend="compiled")
        assert same(plain, fast)
        monkeypatch.setattr("mazefit.backup.trace.worth_compiling", lambda cells: True)
        assert rebuilt(plain)
        monkeypatch.undo()
        assert rebuilt(fast)


@ALL
def test_resumed_in_the_middle_of_an_episode_equals_uninterrupted(learner: Any, tmp_path: Path) -> None:
    for name in ("dyna", "slippery lake"):
        whole = go(learner, WORLDS[name], steps=300, seed=5, trace=True)
        for cut in (1, 2, 17, 299):
            part = go(learner, WORLDS[name], steps=cut, seed=5, trace=True)
            before = {table: array.tobytes() for table, array in {**part.tables, **part.workings}.items()}
            assert same(go(learner, WORLDS[name], steps=300, resume=part), whole)
            assert before == {table: array.tobytes() for table, array in {**part.tables, **part.workings}.items()}
            part.save(tmp_path / f"{name} {cut}")
            assert same(go(learner, WORLDS[name], steps=300, resume=Run.load(tmp_path / f"{name} {cut}")), whole)


@ALL
def test_every_backup_of_a_run_keeps_its_spec(learner: Any) -> None:
    ends: set[tuple[bool, bool]] = set()
    short = short_worlds(12) if "lambda" in learner.name else WORLDS  # a compound holds a tree for every step to the end
    for world in short.values():
        run = go(learner, world, steps=240, seed=1, trace=True)
        assert len(trace_of(run)) > 0
        for backup in trace_of(run):
            learner.rule.spec.check(backup)
            root = backup.components[-1].node
            assert over(root)
            ends.add((spine(root)[-1].terminal, spine(root)[-1].truncated))
    assert ends == {(True, False), (False, True)}


@EACH
def test_a_truncated_episode_bootstraps_from_the_cut_and_a_terminated_one_from_nothing(learner: Any) -> None:
    env = gymnasium.make("FrozenLake-v1", is_slippery=False, max_episode_steps=4)
    extra = given(learner, env)
    shape = (16, 4) if learner.kind == "control" else (16,)
    initial = np.random.default_rng(0).uniform(3.0, 4.0, shape)
    run = start(learner, env, steps=300, seed=0, trace=True, initial=initial, **extra)
    trace, found = trace_of(run), set[bool]()
    for backup in trace:
        end = spine(backup.components[-1].node)[-1]
        found.add(end.truncated)
        if end.truncated:
            assert backup.episode is not None
            before = trace.tables_at(int(trace.episodes[backup.episode]))  # values, as they stood when nothing was learned yet
            row = int(end.label[1:])
            if learner.kind == "prediction":
                assert end.value == before["v"][row]
            elif learner.name == "monte-carlo-control":
                weights = learner.policy.probabilities(before["q"].reshape(-1, 4)[row])
                assert end.value == pytest.approx(float(weights @ before["q"].reshape(-1, 4)[row]), rel=1e-12)
            else:
                assert end.value == pytest.approx(float(before["q"].reshape(-1, 4)[row].max()), rel=1e-12)
        else:
            assert end.terminal
            assert end.value is None
    assert found == {True, False}


@ALL
def test_rings_and_levels_show_the_same_updates(learner: Any) -> None:
    env = WORLDS["dyna"]
    whole = trace_of(go(learner, env, steps=200, seed=2, trace=True))
    level = trace_of(go(learner, env, steps=200, seed=2, trace=TraceOptions(level=2)))
    ring = trace_of(go(learner, env, steps=200, seed=2, trace=TraceOptions(ring=60)))
    assert len(whole) == len(level) > len(ring) > 0
    assert [whole[i] for i in range(0, len(whole), 7)] == [level[i] for i in range(0, len(whole), 7)]
    assert ring[:] == whole[len(whole) - len(ring) :]
    assert ring.replay().v.tobytes() == whole.replay().v.tobytes()


@EACH
def test_saved_and_loaded_is_the_same_run(learner: Any, tmp_path: Path) -> None:
    run = go(learner, WORLDS["wilson"], steps=150, seed=4, trace=True)
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert same(back, run)
    assert back.algorithm == learner
    assert trace_of(back)[:] == trace_of(run)[:]


@EACH
def test_nonsense_from_disk_is_refused(learner: Any, tmp_path: Path) -> None:
    go(learner, WORLDS["wilson"], steps=150, seed=4, trace=True).save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    about, header = content["run"], content["trace.header"]
    cases: list[tuple[str, Any]] = [
        ("working.cell", np.full_like(content["working.cell"], 2**26 - 1)),
        ("working.following", np.full_like(content["working.following"], -1)),
        ("working.following", np.full_like(content["working.following"], 2**40)),
        ("trace.row.next", np.full_like(content["trace.row.next"], 2**31)),
    ]
    if "first_visit" in about["settings"]:
        cases += [
            ("table.first", content["table.first"][:-1]),
            ("run", {**about, "settings": {**about["settings"], "first_visit": 1}}),
            ("trace.header", {**header, "settings": {**header["settings"], "first_visit": "yes"}}),
        ]
    if "lambda_" in about["settings"]:
        cases += [("run", {**about, "settings": {**about["settings"], "lambda_": 1.5}}), ("table.after", np.zeros(2))]
    if "table.weights" in content:
        cases += [
            ("table.weights", content["table.weights"] - 9.0),
            ("trace.base.weights", content["trace.base.weights"] * np.nan),
            ("trace.row.extra", content["trace.row.extra"] - 99.0),
            ("trace.row.extra", content["trace.row.extra"] * np.nan),
        ]
    if "trace.row.cause" in content:
        cases += [("trace.row.cause", content["trace.row.cause"] - 1)]
    if "weighted" in about["settings"]:
        cases += [
            ("run", {**about, "settings": {**about["settings"], "weighted": None}}),
            ("working.behaviour", content["working.behaviour"] * 2.0),
        ]
    if "working.starts" in content:
        cases += [
            ("working.starts", content["working.starts"] + 10**6),
            ("working.starts", content["working.starts"][:0]),
            ("working.starts", content["working.starts"].astype(np.float64)),
            ("working.limit", content["working.limit"] + 1),
        ]
    for i, (name, value) in enumerate(cases):
        write_folder(tmp_path / str(i), "run", {**content, name: value})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))


@pytest.mark.parametrize(
    "learner", [one for one in LEARNERS if one.name != "monte-carlo-exploring-starts"], ids=lambda learner: learner.name
)
def test_a_live_environment_and_its_tables_are_one(learner: Any) -> None:
    env = gymnasium.make("CliffWalking-v1", max_episode_steps=30)
    tables = go(learner, env, steps=500, seed=2, trace=True)
    assert same(go(learner, gymnasium.Wrapper(env), steps=500, seed=2, trace=True), tables)
    whole = start(learner, BareEnv(), episodes=12, seed=6, trace=True)
    part = start(learner, BareEnv(), episodes=5, seed=6, trace=True)
    assert same(start(learner, BareEnv(), episodes=12, trace=True, resume=part), whole)


@ALL
def test_explanations_add_up(learner: Any) -> None:
    run = go(learner, WORLDS["wilson"], steps=400, seed=8, trace=True, initial=0.5)
    for state in np.flatnonzero(run.v != 0.5)[:4].tolist():
        account = run.explain(state) if learner.kind == "prediction" else run.explain(state, 1)
        assert abs(account.residual) <= 1e-12 * max(1.0, abs(account.value))


@ALL
def test_defaults_and_descriptions(learner: Any) -> None:
    run = start(type(learner)(), Maze.named("tutorial"), episodes=5, seed=0)
    assert run.episodes == 5
    assert np.isfinite(run.v).all()


@pytest.mark.parametrize("kind", [MonteCarloPrediction, MonteCarloControl, MonteCarloExploringStarts, OfflineLambdaReturn])
def test_a_schedule_stands_where_it_does_at_the_last_step_of_the_episode(kind: Any) -> None:
    learner = kind(step_size=Linear(0.5, 0.1, steps=100), discount=0.9)
    run = go(learner, short_worlds(12)["dyna"], steps=150, seed=0, trace=True)
    ends = np.cumsum(run.lengths)
    for backup in trace_of(run):
        assert backup.episode is not None
        before = int(ends[backup.episode]) - 1  # steps before the last one
        assert backup.step_size == pytest.approx(0.5 - 0.4 * min(1.0, before / 100), rel=1e-12)


# What is learned ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("learner", "episodes", "initial", "times"),
    [
        (
            MonteCarloControl(step_size=0.03, discount=0.95, policy=EpsilonGreedy(Linear(1.0, 0.1, episodes=3000))),
            3000, 0.0, 1,
        ),
        (MonteCarloExploringStarts(step_size=0.3, discount=0.95, max_steps=100), 5000, 0.0, 1),
        (OffPolicyMonteCarloControl(discount=0.95), 50_000, -20.0, 2),  # once more from the values found, with weights of 0
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_the_shortest_path_of_the_dyna_maze(learner: Any, episodes: int, initial: float, times: int) -> None:
    maze = Maze.named("dyna")

    def greedy_length(seed: int) -> int | None:
        q: Any = initial
        for _ in range(times):
            q = learner.learn(maze, episodes=episodes, seed=seed, initial=q, backend="compiled").q
        return certify(maze, q, 0.95).greedy_length

    assert [greedy_length(seed) for seed in range(30)] == [14] * 30


def test_off_policy_control_finds_every_way_of_a_small_maze() -> None:
    maze = Maze.named("tutorial")
    for seed in range(30):
        q = OffPolicyMonteCarloControl(discount=0.9).learn(maze, episodes=2000, seed=seed, initial=-10.0).q
        assert certify(maze, q, 0.9).greedy_length == 4


@pytest.mark.parametrize("learner", [MonteCarloPrediction(), MonteCarloControl(policy=EpsilonGreedy(1.0))])
def test_a_long_episode_takes_linear_time(learner: Any) -> None:
    env = gymnasium.make("mazefit/Maze-v0", maze=Maze.generate(30, 30, seed=0), max_episode_steps=100_000)
    run = start(learner, env, episodes=1, seed=0, trace=True, backend="compiled")
    assert run.lengths[0] > 10_000
    met = np.unique(trace_of(run).rows.column("cell") & (2**26 - 1) if learner.kind == "control" else run.tables["first"])
    assert 0 < len(trace_of(run)) <= len(met) + 1


# At the door --------------------------------------------------------------------------------------------------------------


def test_a_behaviour_that_never_does_what_the_policy_may_do_is_refused() -> None:
    maze = Maze.named("tutorial")
    behaviour = np.full((9, 4), 0.25)
    behaviour[4] = [0.5, 0.0, 0.5, 0.0]
    policy = np.full((9, 4), 0.25)
    policy[4] = [0.0, 0.4, 0.6, 0.0]
    with pytest.raises(ConfigError) as refused:
        OffPolicyMonteCarlo().predict(maze, policy, behaviour, episodes=3, seed=0)
    assert str(refused.value) == (
        "behaviour: expected a probability above 0 wherever the policy has one, got 0 for a2 in s4, "
        "which the policy takes with probability 0.4"
    )
    policy[4] = [0.4, 0.0, 0.6, 0.0]
    behaviour[8] = [1.0, 0.0, 0.0, 0.0]  # nothing is done in the goal
    run = OffPolicyMonteCarlo().predict(maze, policy, behaviour, episodes=3, seed=0)
    with pytest.raises(ConfigError, match="resume: behaviour: expected none, or the one that the run has followed so far"):
        OffPolicyMonteCarlo().predict(maze, None, np.full((9, 4), 0.25), episodes=9, resume=run)
    with pytest.raises(ConfigError, match="resume: policy: expected none, or the one"):
        OffPolicyMonteCarlo().predict(maze, np.full((9, 4), 0.25), episodes=9, resume=run)
    assert OffPolicyMonteCarlo().predict(maze, policy, behaviour, episodes=9, resume=run).episodes == 9
    with pytest.raises(ConfigError, match=r"behaviour: expected probabilities of shape \[9, 4\]"):
        OffPolicyMonteCarlo().predict(maze, None, np.ones(3), episodes=3, seed=0)


def test_exploring_starts_need_tables() -> None:
    with pytest.raises(UnsupportedEnvError, match="env: expected one known by its tables"):
        MonteCarloExploringStarts().learn(BareEnv(), episodes=2, seed=0)


def test_exploring_starts_begin_everywhere_and_are_cut() -> None:
    maze = Maze.from_text("S.#.\n..#.\n..#.\n...G")
    run = MonteCarloExploringStarts(max_steps=7).learn(maze, episodes=900, seed=0, trace=True)
    trace = trace_of(run)
    first = trace.rows.column("cell")[trace.episodes[:-1]] & (2**26 - 1)
    free = np.flatnonzero(~maze.mdp().absorbing)
    assert set(first.tolist()) == {4 * state + action for state in free.tolist() for action in range(4)}
    assert run.lengths.max() == 7


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: MonteCarloPrediction(first_visit=1), "first_visit: expected bool, got 1"),
        (lambda: MonteCarloPrediction(step_size=0.0), "step_size: expected a number with 0 < step_size <= 1, got 0.0"),
        (lambda: MonteCarloPrediction(discount=2.0), "discount: expected a number with 0 <= discount <= 1, got 2.0"),
        (lambda: OffPolicyMonteCarlo(weighted="yes"), "weighted: expected bool, got 'yes'"),
        (lambda: MonteCarloControl(policy=UCB()), "policy: expected one with probabilities π(a|s), got UCB"),
        (lambda: MonteCarloControl(first_visit=None), "first_visit: expected bool, got None"),
        (lambda: OffPolicyMonteCarloControl(policy=UCB()), "policy: expected one with probabilities π(a|s), got UCB"),
        (lambda: OffPolicyMonteCarloControl(policy="greedy"), "policy: expected EpsilonGreedy, Greedy, Softmax or UCB"),
        (lambda: MonteCarloExploringStarts(max_steps=0), "max_steps: expected an integer from 1"),
        (lambda: OfflineLambdaReturn(1.5), "lambda_: expected a number with 0 <= lambda_ <= 1, got 1.5"),
    ],
)
def test_bad_parameters(make: Any, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make()
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
