"""Where chance decides: outcomes, starts, seeds, and the exact values of random processes held against brute force."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import numpy as np
import numpy.typing as npt
import pytest
from gymnasium.wrappers import TimeLimit

from mazefit.agents import EpsilonGreedy, Event, QLearning, Run, evaluate, solve
from mazefit.agents.world import draw_outcome
from mazefit.backup.one_step import CELL
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.worlds import BareEnv

LEARNER = QLearning(step_size=0.1, discount=0.9, policy=EpsilonGreedy(0.3))
GREEDY = QLearning(step_size=0.001, policy=EpsilonGreedy(0.0))


def uneven_starts() -> TabularMDP:
    """Two actions that end at once: from state 0 (begun in with 0.9) for reward 0, from state 1 (with 0.1) for 10."""
    return TabularMDP([[2, 2]] * 3, [[0.0, 0.0], [10.0, 10.0], [0.0, 0.0]], [[True, True]] * 3, start=[0.9, 0.1, 0.0])


def drifting() -> TabularMDP:
    """Eight states in a ring: a step slips half the time, in state 0 a slip ends (4/10); any state begins."""
    next_state: list[int] = []
    for state in range(8):
        for side in (1, -1):
            next_state += [(state + side) % 8, (state - side) % 8, (state + 4) % 8]
    ended = [state == 0 and outcome == 1 for state in range(8) for _ in range(2) for outcome in range(3)]
    return TabularMDP(
        next_state, np.linspace(-1.0, 1.0, 48), ended, [0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        probability=[0.5, 0.4, 0.1] * 16, offsets=np.arange(0, 49, 3), actions=2,
    )  # fmt: skip


class WeightedEnv(gymnasium.Env[Any, Any]):
    """An environment as Gymnasium's toy_text has them, with two starts of unlike weight."""

    observation_space = gymnasium.spaces.Discrete(2)
    action_space = gymnasium.spaces.Discrete(1)
    initial_state_distrib = np.array([0.9, 0.1])
    P: ClassVar[dict[int, Any]] = {state: {0: [(1.0, state, 1.0, True)]} for state in range(2)}


def stopper(steps: int, told: list[int]) -> Callable[[Event], bool]:
    """A callback that stops a run once it has taken so many steps, and notes where it stood."""

    def stop(event: Event) -> bool:
        if event.kind == "progress":
            told.append(event.steps)
        return event.steps >= steps

    return stop


def agree(one: Run, other: Run) -> None:
    """Hold two runs to the same bytes."""
    assert (one.steps, one.drawn, one.episodes) == (other.steps, other.drawn, other.episodes)
    assert one.lengths.tobytes() == other.lengths.tobytes()
    assert one.returns.tobytes() == other.returns.tobytes()
    assert one.q.tobytes() == other.q.tobytes()
    assert one.trace is not None
    assert other.trace is not None
    for name in one.trace.rows.schema:
        assert one.trace.rows.column(name).tobytes() == other.trace.rows.column(name).tobytes()


@pytest.mark.parametrize("compiled", [False, True])
def test_an_outcome_is_found_by_adding_up_its_own_probabilities(compiled: bool) -> None:
    offsets = np.array([0, 2, 5, 6])
    probability = np.array([0.75, 0.25, 0.1, 0.3, 0.6, 1.0])
    chances = {0.0: 2, 0.09: 2, 0.11: 3, 0.25: 3, 0.39: 3, 0.41: 4, 0.75: 4, 0.99: 4}
    assert {chance: draw_outcome.run(compiled, offsets, probability, 1, chance) for chance in chances} == chances
    assert [draw_outcome.run(compiled, offsets, probability, cell, 0.8) for cell in (0, 2)] == [1, 5]


@pytest.mark.parametrize("backend", ["python", "compiled"])
def test_a_learner_begins_in_each_state_as_often_as_its_weight_says(backend: str) -> None:
    run = LEARNER.learn(uneven_starts(), episodes=4000, seed=0, trace=True, backend=backend)
    assert run.trace is not None
    begun = (run.trace.rows.column("cell") & CELL) // 2
    assert 0.08 < begun.mean() < 0.12
    assert run.returns.tolist() == (10.0 * begun).tolist()


def test_start_weights_are_read_as_they_are() -> None:
    assert TabularMDP.from_env(WeightedEnv()).start_distribution().tolist() == [0.9, 0.1]


def test_evaluation_begins_where_episodes_begin() -> None:
    run = LEARNER.learn(uneven_starts(), episodes=1, seed=0)
    found = evaluate(run, uneven_starts(), episodes=2000, seed=0)
    assert set(found.returns.tolist()) == {0.0, 10.0}
    assert 0.8 < found.returns.mean() < 1.2


WORLDS: dict[str, Callable[[], Any]] = {
    "random outcomes": lambda: gymnasium.make("FrozenLake-v1"),
    "random starts": lambda: Maze.named("dyna").mdp(random_start=True),
    "random outcomes and starts": drifting,
}


@pytest.mark.parametrize("name", WORLDS)
def test_stopped_inside_an_episode_and_resumed_equals_uninterrupted(name: str) -> None:
    env, told = WORLDS[name](), list[int]()
    part = LEARNER.learn(env, episodes=10**6, seed=4, trace=True, callbacks=[stopper(4000, told)])
    assert part.steps == part.lengths.sum() < told[-1]  # an episode was taken back
    episodes = part.episodes + 150
    whole = LEARNER.learn(env, episodes=episodes, seed=4, trace=True)
    agree(part, LEARNER.learn(env, episodes=part.episodes, seed=4, trace=True))
    agree(LEARNER.learn(env, episodes=episodes, resume=part), whole)


@pytest.mark.parametrize("name", WORLDS)
def test_saved_loaded_and_resumed_equals_uninterrupted(name: str, tmp_path: Path) -> None:
    env = WORLDS[name]()
    LEARNER.learn(env, steps=777, seed=4, trace=True).save(tmp_path / "run")
    back = Run.load(tmp_path / "run")
    assert back.drawn > 0
    agree(LEARNER.learn(env, steps=3000, resume=back), LEARNER.learn(env, steps=3000, seed=4, trace=True))


def test_a_live_environment_is_seeded_by_the_run() -> None:
    """Always to the right: what is received then depends on the environment's own seeds alone."""
    right = [[0.0, 100.0]] * 4
    runs = [GREEDY.learn(BareEnv(), episodes=20, seed=seed, initial=right) for seed in (0, 0, 1)]
    assert runs[0].lengths.max() <= 3  # no step to the left
    assert runs[0].returns.tobytes() == runs[1].returns.tobytes()
    assert not set(runs[0].returns.tolist()) & set(runs[2].returns.tolist())
    assert len(set(runs[0].returns.tolist())) == 20  # every episode has a seed of its own
    seen = [evaluate(runs[0], BareEnv(), episodes=20, seed=seed).returns.tolist() for seed in (5, 5, 6)]
    assert seen[0] == seen[1]
    assert not set(seen[0]) & set(seen[2])


def test_evaluation_heeds_a_time_limit_of_tables() -> None:
    walled = Maze.from_text("S#G", allow_unsolvable=True)
    env = gymnasium.make("mazefit/Maze-v0", maze=walled, max_episode_steps=7)
    run = LEARNER.learn(env, episodes=1, seed=0)
    found = evaluate(run, env, episodes=3, seed=0)
    assert found.lengths.tolist() == [7, 7, 7]
    assert not found.ended.any()
    assert evaluate(run, env, episodes=1, seed=0, max_steps=4).lengths.tolist() == [4]


def test_a_live_episode_that_is_cut_has_not_arrived() -> None:
    env = TimeLimit(BareEnv(), 5)
    to_the_left, to_the_right = (GREEDY.learn(env, steps=0, seed=0, initial=[[left, 1.0]] * 4) for left in (2.0, 0.0))
    cut, arrived = (evaluate(run, env, episodes=4, seed=0) for run in (to_the_left, to_the_right))
    assert cut.lengths.tolist() == [5] * 4
    assert cut.ended.tolist() == [False] * 4
    assert arrived.ended.tolist() == [True] * 4
    assert "0 arrived" in str(cut)


# Exact values at discount 1 --------------------------------------------------------------------------------------------


def flat(cells: list[list[tuple[float, int, float, bool]]], actions: int) -> TabularMDP:
    """A stochastic process from the outcomes of each cell: (probability, next state, reward, terminated)."""
    columns = [list(column) for column in zip(*(outcome for cell in cells for outcome in cell), strict=True)]
    offsets = np.concatenate([[0], np.cumsum([len(cell) for cell in cells])])
    return TabularMDP(columns[1], columns[2], columns[3], 0, probability=columns[0], offsets=offsets, actions=actions)


def test_a_gamble_between_goal_and_trap_is_no_way_to_end() -> None:
    trap, goal = [(1.0, 1, -1.0, False)], [(1.0, 3, 0.0, True)]
    gamble = [(0.5, 3, 10.0, True), (0.5, 1, 0.0, False)]
    walk = [(1.0, 2, -1.0, False)]
    # 0 may gamble or walk, 1 is the trap, 2 ends, 3 is the goal, 4 can but gamble
    mdp = flat([gamble, walk, trap, trap, goal, goal, goal, goal, gamble, gamble], 2)
    solution = solve(mdp)
    assert solution.v.tolist() == [-1.0, -np.inf, 0.0, 0.0, -np.inf]
    assert solution.unreachable.tolist() == [False, True, False, False, True]
    assert solution.optimal_actions[0].tolist() == [False, True]


def test_coming_to_rest_costs_what_the_way_there_costs() -> None:
    # v(0) = -1 + 1/2 v(0) + 1/2 v(1), and state 1 rests at 0
    mdp = TabularMDP([0, 1, 1], [-1, -1, 0], [0, 0, 0], 0, probability=[0.5, 0.5, 1], offsets=[0, 2, 3], actions=1)
    np.testing.assert_allclose(solve(mdp).v, [-2.0, 0.0], atol=1e-12)


def test_a_resting_state_whose_first_action_costs() -> None:
    toss, pay, rest = [(0.5, 0, -1.0, False), (0.5, 1, -1.0, False)], [(1.0, 1, -1.0, False)], [(1.0, 1, 0.0, False)]
    np.testing.assert_allclose(solve(flat([toss, toss, pay, rest], 2)).v, [-2.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(solve(flat([toss, toss, rest, pay], 2)).v, [-2.0, 0.0], atol=1e-12)


def random_process(seed: int) -> TabularMDP:
    """Five states, two actions; every policy has a value at discount 1 (perhaps -inf).

    Turn by turn: random outcomes, going on costs or is free; random outcomes of any reward, each cell may end; one outcome
    a cell, going on costs or is free; one outcome a cell of any reward, leading to states of higher number alone.
    """
    rng = np.random.default_rng(seed)
    stochastic, costs = seed % 2 == 0, seed % 4 < 2
    states, actions = 5, 2
    cells: list[list[tuple[float, int, float, bool]]] = []
    for state in range(states):
        for _ in range(actions):
            count = int(rng.integers(1, 4)) if stochastic else 1
            shares = rng.integers(1, 6, count) / 1.0
            cell: list[tuple[float, int, float, bool]] = []
            for i in range(count):
                lowest = state + 1 if not stochastic and not costs else 0
                ended = bool(rng.random() < 0.15) or lowest == states or (stochastic and not costs and i == 0)
                arrival = int(rng.integers(min(lowest, states - 1), states))
                reward = float(rng.integers(-3, 4))
                if costs and not ended:
                    reward = float(rng.choice([0.0, 0.0, -1.0, -2.0]))
                cell.append((float(shares[i] / shares.sum()), arrival, reward, ended))
            cells.append(cell)
    if stochastic:
        return flat(cells, actions)
    parts = [np.array([cell[0][part] for cell in cells]).reshape(states, actions) for part in (1, 2, 3)]
    return TabularMDP(parts[0], parts[1], parts[2], 0)


def dense(mdp: TabularMDP) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Chances of going on from s by a to s', [S, A, S]; expected rewards, [S, A]; whether a cell pays other than 0, [S, A]."""
    moves = np.zeros((mdp.states, mdp.actions, mdp.states))
    reward, pays = np.zeros((mdp.states, mdp.actions)), np.zeros((mdp.states, mdp.actions), dtype=np.bool_)
    for state, action in itertools.product(range(mdp.states), range(mdp.actions)):
        for chance, arrival, received, ended in mdp.outcomes(state, action):
            reward[state, action] += chance * received
            pays[state, action] |= received != 0.0
            moves[state, action, arrival] += 0.0 if ended else chance
    return moves, reward, pays


def best_of_all_policies(mdp: TabularMDP) -> npt.NDArray[np.float64]:
    """The best value of each state over all deterministic policies, each by a linear solve, at discount 1."""
    moves, reward, pays = dense(mdp)
    here, best = np.arange(mdp.states), np.full(mdp.states, -np.inf)
    for policy in itertools.product(range(mdp.actions), repeat=mdp.states):
        P, r, paid = moves[here, policy], reward[here, policy], pays[here, policy]
        reach = np.linalg.matrix_power(np.eye(mdp.states) + (P > 0), mdp.states) > 0
        for_ever = ~(reach & (P.sum(axis=1) < 1 - 1e-9)).any(axis=1)  # the episode cannot end from there
        kept = np.array([for_ever[s] and all(reach[t, s] for t in here[reach[s]]) for s in here])  # and one comes again
        ruin = (reach & (kept & paid)).any(axis=1)  # with some chance one pays again and again
        rest = kept & ~paid
        v, solved = np.where(ruin, -np.inf, 0.0), ~ruin & ~rest
        v[solved] = np.linalg.solve(np.eye(int(solved.sum())) - P[np.ix_(solved, solved)], r[solved])
        best = np.maximum(best, v)
    return best


@pytest.mark.parametrize("kind", range(4))
def test_the_exact_values_are_those_of_the_best_of_all_policies(kind: int) -> None:
    lost = 0
    for number in range(75):
        mdp = random_process(4 * number + kind)
        assert mdp.deterministic == (kind % 2 == 1)
        expected, solution = best_of_all_policies(mdp), solve(mdp)
        np.testing.assert_allclose(solution.v, expected, rtol=0, atol=1e-9, err_msg=f"seed {4 * number + kind}")
        assert (solution.unreachable == np.isneginf(expected)).all()
        lost += int(solution.unreachable.sum())
    assert (lost > 0) == (kind < 2)  # -inf occurs exactly where going on costs


@pytest.mark.parametrize("kind", range(4))
def test_the_exact_values_are_those_of_long_value_iteration_below_discount_1(kind: int) -> None:
    for number in range(75):
        mdp = random_process(4 * number + kind)
        moves, reward, _ = dense(mdp)
        v = np.zeros(mdp.states)
        for _ in range(350):
            v = (reward + 0.9 * moves @ v).max(axis=1)
        np.testing.assert_allclose(solve(mdp, 0.9).v, v, rtol=0, atol=1e-9, err_msg=f"seed {4 * number + kind}")
