from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import ValueIteration, solve
from mazefit.envs.generators import ALGORITHMS
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, UnboundedValueError, UnsupportedEnvError
from tests.agents.worlds import BareEnv, coin, corridor


def figure_3_5() -> TabularMDP:
    """Sutton & Barto, Example 3.5: 5 x 5, off the grid -1, A jumps to A' for +10, B to B' for +5; nothing ends."""
    next_state, reward = np.zeros((25, 4), dtype=int), np.zeros((25, 4))
    for state in range(25):
        for action, (down, right) in enumerate(((-1, 0), (0, 1), (1, 0), (0, -1))):
            row, column = state // 5 + down, state % 5 + right
            inside = 0 <= row < 5 and 0 <= column < 5
            next_state[state, action] = row * 5 + column if inside else state
            reward[state, action] = 0.0 if inside else -1.0
    next_state[1], reward[1] = 21, 10.0
    next_state[3], reward[3] = 13, 5.0
    return TabularMDP(next_state, reward, np.zeros((25, 4), dtype=bool), start=0)


V_STAR = [
    [21.9775, 24.4194, 21.9775, 19.4194, 17.4775],
    [19.7797, 21.9775, 19.7797, 17.8018, 16.0216],
    [17.8018, 19.7797, 17.8018, 16.0216, 14.4194],
    [16.0216, 17.8018, 16.0216, 14.4194, 12.9775],
    [14.4194, 16.0216, 14.4194, 12.9775, 11.6797],
]


def test_figure_3_5_of_the_book() -> None:
    solution = solve(figure_3_5(), discount=0.9)
    np.testing.assert_allclose(solution.v.reshape(5, 5), V_STAR, atol=5.1e-5)
    a = 10 / (1 - 0.9**5)  # from A for +10, then four steps back up
    b = 5 + 0.9 * 0.9**4 * a  # from B for +5 to B', four steps from A
    for state in range(25):
        row, column = divmod(state, 5)
        way = 0.9 ** (row + abs(column - 1)) * a
        expected = b if state == 3 else 0.9 * b if state == 4 else way  # s4's way to A would lead through B
        assert abs(solution.v[state] - expected) <= 1e-9


def test_frozen_lake() -> None:
    slippery = gymnasium.make("FrozenLake-v1")
    assert abs(solve(slippery, 0.99).v[0] - 0.542025932) <= 1e-9
    assert abs(solve(slippery, 1.0).v[0] - 14 / 17) <= 1e-12
    firm = gymnasium.make("FrozenLake-v1", is_slippery=False)
    assert abs(solve(firm, 0.99).v[0] - 0.99**5) <= 1e-15


def test_cliff_and_taxi() -> None:
    assert solve(gymnasium.make("CliffWalking-v1"), 1.0).v[36] == -13.0
    taxi = gymnasium.make("Taxi-v4")
    planned = ValueIteration(discount=0.9).solve(taxi)
    np.testing.assert_allclose(solve(taxi, 0.9).v, planned.v, atol=1e-11)


@pytest.mark.parametrize("discount", [1.0, 0.95, 0.5])
def test_value_iteration_the_exact_solver_and_the_closed_form_agree_on_200_mazes(discount: float) -> None:
    rng = np.random.default_rng(20)
    names = sorted(ALGORITHMS)
    for number in range(200):
        rows, columns = (int(n) for n in rng.integers(2, 8, size=2))
        maze = Maze.generate(rows, columns, names[number % len(names)], seed=number, loops=float(rng.choice([0.0, 0.3])))
        exact, planned = solve(maze, discount), ValueIteration(discount=discount).solve(maze)
        distance = maze.distances()
        steps = np.maximum(distance - 1, 0)
        closed = -steps.astype(float) if discount == 1.0 else -(1 - discount**steps) / (1 - discount)
        free = distance > 0
        assert np.abs(exact.v - closed)[free].max() <= 1e-12
        assert np.abs(exact.v - planned.v).max() <= 1e-12
        assert np.abs(exact.q - planned.q)[free].max() <= 1e-12


def random_process(seed: int, *, stochastic: bool) -> TabularMDP:
    rng = np.random.default_rng(seed)
    states, actions = 12, 3
    if not stochastic:
        shape = (states, actions)
        ended = rng.random(shape) < 0.1
        return TabularMDP(rng.integers(0, states, shape), rng.normal(size=shape), ended, start=0)
    counts = rng.integers(1, 4, states * actions)
    total = int(counts.sum())
    weights = rng.random(total) + 0.05
    offsets = np.concatenate([[0], np.cumsum(counts)])
    weights /= np.repeat(np.add.reduceat(weights, offsets[:-1]), counts)
    return TabularMDP(
        rng.integers(0, states, total), rng.normal(size=total), rng.random(total) < 0.1, 0,
        probability=weights, offsets=offsets, actions=actions,
    )  # fmt: skip


@pytest.mark.parametrize("stochastic", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_any_process_with_cycles_and_rewards_of_both_signs(seed: int, stochastic: bool) -> None:
    mdp = random_process(seed, stochastic=stochastic)
    exact, planned = solve(mdp, 0.9), ValueIteration(discount=0.9, tolerance=1e-14).solve(mdp)
    assert exact.residual <= 1e-13
    np.testing.assert_allclose(exact.v, planned.v, atol=1e-11)


def test_a_cycle_of_positive_reward_is_refused_at_discount_1() -> None:
    round_and_round = TabularMDP([[1, 0], [0, 2], [2, 2]], [[1.0, -1.0], [0.0, 0.0], [0.0, 0.0]],
                                 [[False, False], [False, True], [True, True]], start=0)  # fmt: skip
    with pytest.raises(UnboundedValueError, match="cycle of positive reward"):
        solve(round_and_round, 1.0)
    assert abs(solve(round_and_round, 0.5).v[0] - 1 / (1 - 0.25)) <= 1e-12


def test_a_random_cycle_of_positive_reward_is_refused_at_discount_1() -> None:
    lucky = TabularMDP([0, 1, 1, 1, 1], [1.0, 0.0, 0.0, 0.0, 0.0], [False, True, True, True, True], 0,
                       probability=[1.0, 0.5, 0.5, 1.0, 1.0], offsets=[0, 1, 3, 4, 5], actions=2)  # fmt: skip
    with pytest.raises(UnboundedValueError, match="cycle of positive reward"):
        solve(lucky, 1.0)


def test_where_no_goal_can_be_reached_the_value_is_minus_infinity_and_solve_says_so() -> None:
    maze = Maze.from_text("S.#.\n..#G", allow_unsolvable=True)
    solution = solve(maze, 1.0)
    assert np.isneginf(solution.v[[0, 1, 4, 5]]).all()
    assert solution.unreachable.sum() == 4
    assert solution.v[3] == 0.0
    assert "4 states have value -inf" in str(solution)
    planned = ValueIteration().solve(maze, trace=True)
    assert planned.v.tobytes() == solution.v.tobytes()
    assert set(planned.model["order"].tolist()) == {3}
    assert abs(solve(maze, 0.5).v[0] + 2.0) <= 1e-12  # below discount 1, bumping for ever costs 1 / (1 - γ)


def test_where_resting_is_free_it_is_worth_0() -> None:
    maze = Maze.from_text("S.#.\n..#G", allow_unsolvable=True)
    solution = solve(maze.mdp(step_reward=0.0, goal_reward=1.0), 1.0)
    assert solution.v[[0, 1, 4, 5]].tolist() == [0.0] * 4
    assert solution.v[3] == 1.0
    assert solve(Maze.named("tutorial").mdp(step_reward=0.0, goal_reward=-1.0), 1.0).v[0] == 0.0


def test_rewards_of_cells_change_the_path() -> None:
    swamp = Maze.from_text("S.aG\n....\n....\n\na = -10")
    assert solve(swamp, 1.0).v[0] == -4.0  # round the swamp: five steps, the last one free
    assert solve(Maze.from_text("S.aG\n....\n\na = 5"), 0.5).v[1] > 5.0


def test_a_coin() -> None:
    # staying on: v = 1/2 (-1 + γ v) + 1/2 · 3, so v = 1 / (1 - γ/2)
    assert abs(solve(coin(), 0.5).v[0] - 1 / 0.75) <= 1e-12
    assert abs(solve(coin(), 1.0).v[0] - 2.0) <= 1e-12


def test_a_corridor_by_hand() -> None:
    solution = solve(corridor(4), 0.5)
    assert solution.v[:3].tolist() == [-1.25, -0.5, 1.0]
    assert solution.optimal_actions[:3].tolist() == [[False, True]] * 3


def test_compiled_and_plain_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    maze = Maze.generate(20, 20, seed=5, loops=0.2)
    plain = solve(maze, 0.99)
    for module in ("backward", "exact", "policy_values"):
        monkeypatch.setattr(f"mazefit.agents.{module}.worth_compiling", lambda cells: True)
    compiled = solve(maze, 0.99)
    assert plain.v.tobytes() == compiled.v.tobytes()
    assert plain.q.tobytes() == compiled.q.tobytes()


@pytest.mark.parametrize("discount", [-0.1, 1.1, "one", None])
def test_discount_out_of_range(discount: Any) -> None:
    with pytest.raises(ConfigError, match="solve: discount: expected a number with 0 <= discount <= 1"):
        solve(corridor(), discount)


def test_an_environment_without_tables_is_refused() -> None:
    with pytest.raises(UnsupportedEnvError, match=r"expected an environment with tables .* got BareEnv without either"):
        solve(BareEnv())
    with pytest.raises(UnsupportedEnvError, match="BlackjackEnv"):
        solve(gymnasium.make("Blackjack-v1"))
