"""What learned models remember, what planning rests on, and what it brings."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    TD0,
    UCB,
    DoubleQLearning,
    DynaQ,
    DynaQPlus,
    EpsilonGreedy,
    ExpectedSarsa,
    LearnedPrioritizedSweeping,
    Linear,
    QLearning,
    RMax,
    Run,
    certify,
    solve,
)
from mazefit.backup.one_step import CELL, PLANNING, SECOND, TERMINATED
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, DataError, NoActionValuesError
from mazefit.files import read_folder, write_folder
from tests.agents.learning.runs import start
from tests.agents.worlds import coin, corridor, six_worlds


def values_of(mdp: TabularMDP, policy: np.ndarray, discount: float) -> np.ndarray:
    """v_π, by solving its equations."""
    moves, received = np.eye(mdp.states), np.zeros(mdp.states)
    transitions = mdp.P
    for state in range(mdp.states):
        for action in range(mdp.actions):
            for probability, arrival, reward, ended in transitions[state][action]:
                share = policy[state, action] * probability
                received[state] += share * reward
                if not ended:
                    moves[state, arrival] -= discount * share
    return np.linalg.solve(moves, received)


def columns(run: Run) -> dict[str, np.ndarray]:
    assert run.trace is not None
    return {name: run.trace.rows.column(name).astype(np.float64 if name in ("reward", "extra") else np.int64)
            for name in run.trace.rows.schema}  # fmt: skip


@pytest.mark.parametrize("learner", [DynaQ(planning_steps=4), DynaQPlus(planning_steps=4, kappa=0.5)])
def test_planned_rows_rest_on_the_newest_row_of_their_pair(learner: Any) -> None:
    for world in (Maze.named("tutorial"), coin(), gymnasium.make("FrozenLake-v1")):
        rows = columns(start(learner, world, steps=300, seed=1, trace=True))
        newest: dict[int, tuple[int, int, float, int]] = {}  # cell: row, arrival, reward, whether it ended
        tried: dict[int, int] = {}
        steps, actions = 0, 4 if not isinstance(world, TabularMDP) else 2
        for i, row in enumerate(rows["cell"].tolist()):
            cell = row & CELL
            if not row & PLANNING:
                steps += 1
                newest[cell], tried[cell] = (i, rows["next"][i], rows["reward"][i], row & TERMINATED), steps
                assert rows["cause"][i] == i
                if isinstance(learner, DynaQPlus):
                    state = cell // actions
                    for other in range(state * actions, (state + 1) * actions):
                        newest.setdefault(other, (i, state, 0.0, 0))  # never tried: stays, with reward 0
                continue
            bonus = 0.5 * np.sqrt(steps - tried.get(cell, 0)) if isinstance(learner, DynaQPlus) else 0.0
            cause, arrival, reward, ended = newest[cell]
            assert (rows["cause"][i], rows["next"][i], row & TERMINATED) == (cause, arrival, ended)
            assert rows["reward"][i] == pytest.approx(reward + bonus, rel=1e-14)
            if isinstance(learner, DynaQPlus):
                assert rows["extra"][i] == pytest.approx(bonus, rel=1e-14)


def test_dyna_q_plans_a_random_state_then_a_random_action_tried_in_it() -> None:
    run = DynaQ(planning_steps=20, policy=EpsilonGreedy(1.0)).learn(corridor(4), steps=2000, seed=0, trace=True)
    rows = columns(run)
    planned = rows["cell"][(rows["cell"] & PLANNING != 0) & (np.arange(len(rows["cell"])) > 5000)] & CELL
    np.testing.assert_allclose(np.bincount(planned, minlength=8)[:6] / len(planned), np.full(6, 1 / 6), atol=0.01)


def test_dyna_q_without_planning_is_q_learning_to_the_bit() -> None:
    for world in six_worlds().values():
        for seed in range(5):
            one = QLearning(discount=0.9).learn(world, steps=800, seed=seed, trace=True)
            other = DynaQ(discount=0.9, planning_steps=0).learn(world, steps=800, seed=seed, trace=True)
            assert one.q.tobytes() == other.q.tobytes()
            assert columns(one)["cell"].tobytes() == columns(other)["cell"].tobytes()


def test_dyna_q_plus_backups_say_their_bonus_and_dyna_qs_do_not() -> None:
    run = DynaQPlus(kappa=0.25, planning_steps=2).learn(corridor(4), steps=30, seed=0, trace=True)
    assert run.trace is not None
    for backup in run.trace:
        assert (backup.bonus is None) == (backup.cause is None) == (backup.source == "real")
    plain = DynaQ(planning_steps=2).learn(corridor(4), steps=30, seed=0, trace=True).trace
    assert plain is not None
    assert {backup.bonus for backup in plain} == {backup.priority for backup in plain} == {None}


def test_dyna_q_plus_finds_that_a_way_has_opened_and_dyna_q_does_not() -> None:
    # both know the long way for sure; where the bonus has grown for long enough, a wall is tried again
    tries = {}
    for learner in (DynaQPlus(kappa=0.05, policy=EpsilonGreedy(0.0)), DynaQ(discount=0.95, policy=EpsilonGreedy(0.0))):
        rows = columns(learner.learn(Maze.named("dyna").mdp(0.0, 1.0), steps=6000, seed=0, trace=True))
        real = rows["cell"][rows["cell"] & PLANNING == 0] & CELL
        tries[learner.name] = len(np.unique(real[3000:]))
    assert tries["dyna-q-plus"] > 3 * tries["dyna-q"]


def test_prioritized_sweeping_takes_the_largest_error_first_and_looks_back() -> None:
    # once walked to its end: the one surprise runs back to the start in one step's planning
    way = TabularMDP(
        next_state=[[0, 1], [0, 2], [1, 3], [3, 3]],
        reward=[[0.0, 0.0], [0.0, 0.0], [0.0, 8.0], [0.0, 0.0]],
        terminated=[[False, False], [False, False], [False, True], [True, True]],
        start=0,
    )
    learner = LearnedPrioritizedSweeping(
        step_size=1.0, discount=0.5, planning_steps=50, threshold=0.0, policy=EpsilonGreedy(1.0)
    )
    run = learner.learn(way, episodes=1, seed=3, trace=True)
    assert run.trace is not None
    planned = [backup for backup in run.trace if backup.source == "planning"]
    assert planned[0].root.label == "s2, a2"
    assert (planned[0].priority, planned[0].td_error) == (8.0, 8.0)
    assert all(backup.priority == abs(backup.td_error or 0.0) for backup in planned[:1])
    order = [backup.priority for backup in planned]
    assert max(order) == order[0]
    np.testing.assert_allclose(run.q[:3, 1], [2.0, 4.0, 8.0])
    assert all(backup.new == backup.old for backup in run.trace if backup.source == "real")


def test_prioritized_sweeping_run_to_an_empty_queue_is_the_fixed_point_of_its_model() -> None:
    for seed in range(4):
        maze = Maze.generate(4, 4, "wilson", seed=seed, loops=0.2)
        learner = LearnedPrioritizedSweeping(
            step_size=1.0, discount=0.9, planning_steps=100_000, threshold=0.0, policy=EpsilonGreedy(1.0)
        )
        run = learner.learn(maze, steps=5000, seed=seed)
        assert run.workings["waiting"][0] == 0
        arrival, ended = run.workings["arrival"], run.workings["ended"] != 0
        known = arrival >= 0
        assert known.sum() > 40
        best = run.q.max(axis=1)
        backed_up = run.workings["reward"] + 0.9 * np.where(ended, 0.0, best[arrival])
        np.testing.assert_allclose(run.q.reshape(-1)[known], backed_up[known], rtol=1e-12, atol=1e-12)
        assert not run.q.reshape(-1)[~known].any()


def test_the_lists_and_the_queue_of_prioritized_sweeping_stay_whole_where_arrivals_change() -> None:
    learner = LearnedPrioritizedSweeping(planning_steps=1, threshold=0.0, discount=0.95)
    for seed in range(5):
        run = learner.learn(gymnasium.make("CliffWalking-v1", is_slippery=True), steps=1000, seed=seed)
        learner.check_workings(run.settings, run.workings)
        assert run.workings["waiting"][0] > 0
        found = []
        for state in range(48):
            cell = int(run.workings["first"][state])
            while cell >= 0:
                found.append((cell, state))
                cell = int(run.workings["after"][cell])
        assert sorted(found) == [(cell, s) for cell, s in enumerate(run.workings["arrival"].tolist()) if s >= 0]


def test_r_max_believes_the_best_until_it_knows() -> None:
    run = RMax(known_after=3, reward_max=2.0, discount=0.5).learn(corridor(4), steps=60, seed=0, trace=True)
    seen = run.tables["seen"]
    assert (run.q.reshape(-1)[:6][seen[:6] < 3] == 4.0).all()
    assert (run.q.reshape(-1)[:6][seen[:6] == 3] < 4.0).all()
    assert (seen <= 3).all()
    assert run.trace is not None
    planned = [backup for backup in run.trace if backup.source == "planning"]
    assert {len(backup.branches) for backup in planned} == {3}
    assert {backup.branches[0].weight for backup in planned} == {1 / 3}
    assert {backup.step_size for backup in planned} == {None}
    for backup in planned:
        assert backup.cause is not None
        assert run.trace[backup.cause].source == "real"
        assert backup.cause < backup.index


@pytest.mark.parametrize(
    ("learner", "states", "bound"),
    [
        (RMax(discount=0.75, reward_max=2.0), 9, 8.0),
        (RMax(discount=1.0, reward_max=2.0), 9, 18.0),
        (RMax(discount=1.0, reward_max=-1.0), 9, -1.0),
        (RMax(discount=0.5, reward_max=-1.0), 9, -1.0),  # an episode may end with the next step
    ],
)
def test_the_bound_of_r_max(learner: RMax, states: int, bound: float) -> None:
    assert learner.bound(states) == bound
    run = learner.learn(Maze.named("tutorial"), steps=0, seed=0)
    assert run.q[:8].tolist() == [[bound] * 4] * 8
    assert run.q[8].tolist() == [0.0] * 4


def test_r_max_knows_all_that_it_can_reach_and_then_is_right() -> None:
    for seed in range(6):
        maze = Maze.generate(4, 4, "wilson", seed=seed, loops=0.2)
        run = RMax(known_after=1, reward_max=0.0, discount=0.9, tolerance=0.0).learn(maze, episodes=150, seed=seed)
        assert certify(maze, run.q, 0.9).greedy_length == maze.distances()[maze.mdp().start]
    lake = gymnasium.make("FrozenLake-v1")
    run = RMax(known_after=60, discount=0.95).learn(lake, steps=20_000, seed=0)
    policy = np.eye(4)[run.greedy_actions.argmax(axis=1)]
    assert values_of(TabularMDP.from_env(lake), policy, 0.95)[0] > 0.8 * solve(lake, 0.95).v[0]


def test_r_max_plans_until_no_value_moves_and_no_longer() -> None:
    run = RMax(known_after=1, reward_max=0.0, discount=0.9, tolerance=0.0).learn(DYNA, steps=400, seed=1, trace=True)
    known = np.flatnonzero(run.tables["seen"])
    arrival, ended = run.tables["arrival"][known].astype(np.int64), run.tables["ended"][known] != 0.0
    backed_up = run.tables["reward"][known] + np.where(ended, 0.0, 0.9 * run.v[arrival])
    assert run.q.reshape(-1)[known].tobytes() == backed_up.tobytes()
    assert run.trace is not None
    rows = columns(run)
    first = np.flatnonzero(rows["cell"] & PLANNING == 0)
    for begin, end in pairwise(first[:41].tolist()):  # only a last sweep of each step's planning moves nothing
        size = len(np.unique(rows["cell"][begin + 1 : end]))
        moved = [backup.new != backup.old for backup in run.trace[begin + 1 : end]]
        sweeps = [any(moved[i : i + size]) for i in range(0, len(moved), size or 1)]
        assert sweeps == [True] * (len(sweeps) - 1) + [False] * bool(sweeps)


def test_r_max_at_discount_1_never_plans_for_ever() -> None:
    walled = Maze.from_text("S.#G", allow_unsolvable=True)
    run = RMax(discount=1.0, reward_max=0.0, known_after=1, max_sweeps=20).learn(walled, steps=30, seed=0, trace=True)
    assert run.steps == 30
    assert run.rows <= 30 + 8 * 20 * 8


DYNA = Maze.named("dyna")


@pytest.mark.parametrize(
    ("learner", "episodes"),
    [
        (ExpectedSarsa(step_size=0.5, discount=0.95), 500),
        (DoubleQLearning(step_size=0.5, discount=0.95, policy=EpsilonGreedy(0.3)), 1000),
        (DynaQ(step_size=0.5, discount=0.95), 150),
        (DynaQPlus(step_size=0.5, discount=0.95, kappa=1e-4), 150),
        (LearnedPrioritizedSweeping(step_size=1.0, discount=0.95), 150),
        (RMax(known_after=1, discount=0.95), 150),
    ],
    ids=lambda part: getattr(part, "name", ""),
)
def test_the_shortest_path_of_the_dyna_maze_on_30_of_30_seeds(learner: Any, episodes: int) -> None:
    lengths = [certify(DYNA, learner.learn(DYNA, episodes=episodes, seed=seed).q, 0.95).greedy_length for seed in range(30)]
    assert lengths == [14] * 30


def test_td0_finds_the_values_of_a_policy() -> None:
    policy = np.array([[0.25, 0.75], [0.5, 0.5], [0.1, 0.9], [0.5, 0.5]])
    env = corridor(4)
    found = TD0(step_size=Linear(0.1, 0.0005, steps=150_000), discount=0.9).predict(env, policy, steps=200_000, seed=0)
    np.testing.assert_allclose(found.v[:3], values_of(env, policy, 0.9)[:3], atol=0.1)
    with pytest.raises(NoActionValuesError, match=r"q: expected a learner of action values, got td-0"):
        _ = found.q


def test_a_prediction_is_told_resumed_and_refused() -> None:
    env, learner, policy = corridor(4), TD0(), [1, 0, 1, 1]
    events: list[Any] = []
    whole = learner.predict(env, [1, 1, 1, 1], episodes=20, seed=0, callbacks=events.append)
    assert whole.lengths.tolist() == [3] * 20
    assert events[-1].q is None
    assert events[-1].v.tobytes() == whole.v.tobytes()
    part = learner.predict(env, [1, 1, 1, 1], episodes=9, seed=0)
    assert learner.predict(env, episodes=20, resume=part).v.tobytes() == whole.v.tobytes()
    assert learner.predict(env, np.array([1, 1, 1, 1]), episodes=20, resume=part).v.tobytes() == whole.v.tobytes()
    with pytest.raises(ConfigError, match="expected none, or the one that the run has followed so far, got another"):
        learner.predict(env, policy, episodes=20, resume=part)
    with pytest.raises(ConfigError, match=r"initial: expected a finite number or an array of shape \[4\], got shape \[4, 2\]"):
        learner.predict(env, episodes=1, initial=np.zeros((4, 2)))
    with pytest.raises(ConfigError, match=r"TD0\.predict: episodes and steps: expected one of the two, got neither"):
        learner.predict(env)
    shaped = learner.predict(env, steps=0, initial=[1.0, 2.0, 3.0, 4.0])
    assert shaped.v.tolist() == [1.0, 2.0, 3.0, 0.0]


def test_double_q_learning_keeps_the_mean_and_tosses_a_fair_coin() -> None:
    run = DoubleQLearning(step_size=0.3, discount=0.9).learn(DYNA, steps=5000, seed=0, trace=True)
    assert run.q.tobytes() == (0.5 * (run.tables["q"] + run.tables["second"])).tobytes()
    assert not np.array_equal(run.tables["q"], run.tables["second"])
    coin_rows = columns(run)["cell"] & SECOND != 0
    assert abs(coin_rows.mean() - 0.5) < 0.02
    assert run.trace is not None
    assert [backup.table for backup in run.trace[:50]] == coin_rows[:50].astype(int).tolist()
    start_values = DoubleQLearning().learn(DYNA, steps=0, seed=0, initial=3.0)
    assert start_values.tables["second"].tobytes() == start_values.tables["q"].tobytes() == start_values.q.tobytes()


@pytest.mark.parametrize(
    ("make", "sentences"),
    [
        (lambda: TD0(step_size=0.0, discount=2.0), ["TD0: discount: expected a number with 0 <= discount <= 1, got 2.0",
                                                    "step_size: expected a number with 0 < step_size <= 1, got 0.0"]),
        (lambda: ExpectedSarsa(policy=UCB()), ["policy: expected one with probabilities π(a|s), got UCB"]),
        (lambda: DynaQ(planning_steps=-1, step_size=3), ["planning_steps: expected an integer", "step_size: expected"]),
        (lambda: DynaQ(planning_steps=1.5), ["planning_steps: expected an integer"]),
        (lambda: DynaQPlus(planning_steps=-1, kappa=-0.1), ["planning_steps: expected", "kappa: expected a number with 0 <="]),
        (lambda: LearnedPrioritizedSweeping(planning_steps=True, threshold=float("nan")),
         ["planning_steps: expected an integer", "threshold: expected a number with 0 <= threshold"]),
        (lambda: RMax(known_after=0, reward_max=float("inf"), tolerance=-1.0, max_sweeps=0),
         ["known_after: expected", "reward_max: expected", "tolerance: expected", "max_sweeps: expected"]),
    ],
)  # fmt: skip
def test_all_wrong_parameters_at_once(make: Any, sentences: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        make()
    assert all(sentence in str(refused.value) for sentence in sentences)


def test_r_max_takes_no_initial_values() -> None:
    with pytest.raises(ConfigError, match=r"initial: expected none for R-max, which begins with reward_max · H, got array"):
        RMax().learn(DYNA, steps=3, initial=1.0)


def spoiled(workings: dict[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    """Workings, each with one array that would lead a compiled loop astray."""
    found: list[tuple[str, np.ndarray]] = []
    for name, array in workings.items():
        found += [(name, array[:-1]), (name, array.astype(np.float32))]
        if array.dtype == np.int64:
            found += [(name, np.full_like(array, 2**63 - 1)), (name, np.full_like(array, -7))]
        elif name == "reward":
            found.append((name, np.full_like(array, np.nan)))
    return found


@pytest.mark.parametrize(
    "learner", [DynaQ(), DynaQPlus(), LearnedPrioritizedSweeping(threshold=0.0, planning_steps=1), RMax(known_after=1)]
)
def test_spoiled_workings_are_refused(learner: Any, tmp_path: Path) -> None:
    run = learner.learn(gymnasium.make("CliffWalking-v1", is_slippery=True), steps=300, seed=0, trace=True)
    learner.check_workings(run.settings, run.workings)
    cases = spoiled(run.workings)
    if isinstance(learner, LearnedPrioritizedSweeping):
        assert run.workings["waiting"][0] > 1
        looped = run.workings["after"].copy()
        known = np.flatnonzero(run.workings["arrival"] >= 0)
        looped[known] = known  # every list would go round for ever
        cases += [("after", looped), ("heap", run.workings["heap"][::-1].copy())]
        cases.append(("priority", np.full_like(run.workings["priority"], np.nan)))
    for name, array in cases:
        with pytest.raises(ValueError, match="workings: "):
            learner.check_workings(run.settings, {**run.workings, name: array})
    run.save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    name, array = cases[-1]
    for place, value in ((f"working.{name}", array), ("trace.row.cause", -1 - content["trace.row.cause"])):
        write_folder(tmp_path / "bad", "run", {**content, place: value})
        with pytest.raises(DataError):
            Run.load(tmp_path / "bad")


def test_spoiled_memory_of_r_max_is_refused() -> None:
    run = RMax(known_after=1).learn(corridor(4), steps=20, seed=0)
    check, tables = run.algorithm.rule.check, run.tables
    check(run.settings, {}, tables, {})
    cases = [("arrival", np.full_like(tables["arrival"], bad)) for bad in (4.0, -1.0, 0.5, np.nan)]
    cases += [("seen", np.full_like(tables["seen"], bad)) for bad in (2.0, -1.0, 0.5, np.nan)]
    cases += [("reward", np.full_like(tables["reward"], np.inf)), ("reward", tables["reward"][:-1]), ("q", tables["q"][:-1])]
    for name, table in cases:
        with pytest.raises(ValueError, match="table"):
            check(run.settings, {}, {**tables, name: table}, {})
    for bad in (0, -1, "x", None, 10**6):
        with pytest.raises(ValueError, match="expected"):
            check({**run.settings, "known_after": bad}, {}, tables, {})
