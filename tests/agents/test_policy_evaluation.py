from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import PolicyEvaluation, solve
from mazefit.agents.planning.policy_tables import chain_of
from mazefit.backup.textbook import TEXTBOOK
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, UnboundedValueError
from tests.agents.planners import five_by_five, four_by_four, ring
from tests.agents.worlds import coin

FIGURE_4_1 = {  # the upper two rows; the lower two are the same read backward
    0: [0, 0, 0, 0, 0, 0, 0, 0],
    1: [0, -1, -1, -1, -1, -1, -1, -1],
    2: [0, -1.75, -2, -2, -1.75, -2, -2, -2],
    3: [0, -2.4375, -2.9375, -3, -2.4375, -2.875, -3, -2.9375],
}


def test_a_sweep_by_hand() -> None:
    half = PolicyEvaluation(0.9, max_sweeps=1)
    # 1/4 · (1/2 (-1 + 0.9 · 0) + 1/2 · 3) + 3/4 · 0
    assert half.solve(coin(), [[0.25, 0.75], [1.0, 0.0]]).v[0] == 0.25 * (0.5 * -1.0 + 0.5 * 3.0)
    two = PolicyEvaluation(0.9, max_sweeps=2).solve(coin(), [0, 1])
    assert two.v[0] == 0.5 * (-1.0 + 0.9 * 1.0) + 0.5 * 3.0  # v_1 = 1


@pytest.mark.parametrize("k", [0, 1, 2, 3, 10])
def test_figure_4_1_sweep_by_sweep(k: int) -> None:
    run = PolicyEvaluation(max_sweeps=12).solve(four_by_four(), trace=True)
    assert run.trace is not None
    v = run.trace.replay(k).v
    upper = FIGURE_4_1.get(k, [0, -6.1380, -8.3524, -8.9673, -6.1380, -7.7374, -8.4278, -8.3524])
    assert (v[:8] if k < 4 else np.round(v[:8], 4)).tolist() == upper
    assert v.tolist() == v[::-1].tolist()


def test_figure_4_1_in_the_limit() -> None:
    limit = [0, -14, -20, -22, -14, -18, -20, -20, -20, -20, -18, -14, -22, -20, -14, 0]
    for in_place in (False, True):
        run = PolicyEvaluation(in_place=in_place).solve(four_by_four())
        np.testing.assert_allclose(run.v, limit, atol=1e-9)
        assert abs(run.q[11, 2] - -1) < 1e-9  # Exercise 4.1: q(11, down), q(7, down)
        assert abs(run.q[7, 2] - -15) < 1e-9


def test_how_many_sweeps_figure_4_1_takes() -> None:
    for in_place, sweeps in ((False, 173), (True, 114)):
        assert PolicyEvaluation(in_place=in_place, tolerance=1e-4).solve(four_by_four()).steps == sweeps


def test_the_greedy_policy_of_figure_4_1_is_optimal_from_the_third_sweep() -> None:
    best = solve(four_by_four()).optimal_actions
    greedy = [PolicyEvaluation(max_sweeps=k).solve(four_by_four()).greedy_actions for k in (1, 2, 3, 10)]
    good = [not bool((actions & ~best).any()) for actions in greedy]
    assert good == [False, False, True, True]


def test_exercise_4_2() -> None:
    grid = four_by_four()
    for turned in (False, True):  # whether 13 leads down to the new state
        next_state = np.vstack([grid.next_state, [[13, 14, 16, 12]]])
        next_state[13, 2] = 16 if turned else 13
        reward, ended = np.vstack([grid.reward, [[-1.0] * 4]]), np.vstack([grid.terminated, [[False] * 4]])
        run = PolicyEvaluation().solve(TabularMDP(next_state, reward, ended, start=5))
        assert abs(run.v[16] - -20.0) < 1e-9


def test_figure_3_2() -> None:
    run = PolicyEvaluation(0.9).solve(five_by_five())
    printed = """ 3.3090  8.7893  4.4276  5.3224  1.4922
                  1.5216  2.9923  2.2501  1.9076  0.5474
                  0.0508  0.7382  0.6731  0.3582 -0.4031
                 -0.9736 -0.4355 -0.3549 -0.5856 -1.1831
                 -1.8577 -1.3452 -1.2293 -1.4229 -1.9752"""
    assert np.round(run.v, 4).tolist() == [float(number) for number in printed.split()]
    moves = np.zeros((25, 25))
    np.add.at(moves, (np.repeat(np.arange(25), 4), five_by_five().next_state.reshape(-1)), 0.25)
    exact = np.linalg.solve(np.eye(25) - 0.9 * moves, five_by_five().reward.mean(axis=1))
    np.testing.assert_allclose(run.v, exact, atol=1e-9)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("discount", [0.5, 0.9, 1.0])
def test_random_policies_on_random_worlds_have_the_values_of_their_chain(in_place: bool, discount: float) -> None:
    rng = np.random.default_rng(3)
    lake = TabularMDP.from_env(gymnasium.make("FrozenLake-v1"))
    worlds = [*(Maze.generate(3, 3, seed=seed, loops=0.2).mdp() for seed in range(20)), lake, coin()]
    for mdp in worlds:
        policy = 0.5 * rng.dirichlet(np.ones(mdp.actions), size=mdp.states) + 0.5 / mdp.actions
        run = PolicyEvaluation(discount, in_place=in_place, tolerance=1e-15).solve(mdp, policy)
        np.testing.assert_allclose(run.v, solve(chain_of(mdp, policy), discount).v, rtol=1e-11, atol=1e-12)


def test_policies_in_every_form() -> None:
    right = PolicyEvaluation().solve(four_by_four(), np.ones(16, dtype=np.int8))
    as_table = PolicyEvaluation().solve(four_by_four(), np.tile([0.0, 1.0, 0.0, 0.0], (16, 1)).astype(np.float32))
    assert right.v.tobytes() == as_table.v.tobytes()
    assert right.v[12:].tolist() == [-3, -2, -1, 0]
    assert np.isneginf(right.v[1:12]).all()  # bumps into the wall for ever
    loose = PolicyEvaluation(0.9).solve(four_by_four(), np.full((16, 4), 0.25 + 2e-8), trace=True)
    assert loose.trace is not None
    TEXTBOOK["v_pi"].check(loose.trace[20])  # probabilities that sum to 1 by rounding alone are made to
    given = PolicyEvaluation(0.9).solve(four_by_four(), np.full((16, 4), 0.25))
    assert given.v.tobytes() == PolicyEvaluation(0.9).solve(four_by_four()).v.tobytes()


def test_at_discount_1_a_policy_that_does_not_end() -> None:
    assert PolicyEvaluation().solve(ring(), [1, 0, 0, 0, 0]).v.tolist() == [-5.0, -6.0, 0.0, -np.inf, 0.0]
    assert PolicyEvaluation().solve(ring(), [0, 0, 1, 0, 0]).v.tolist() == [-np.inf] * 4 + [0.0]
    traced = PolicyEvaluation().solve(ring(), [1, 0, 0, 0, 0], trace=True).trace
    assert {backup.root.label for backup in traced or ()} == {"s0", "s1", "s2"}
    mixed = PolicyEvaluation().solve(ring())  # half a chance to end each time round: v0 = -3 + v1 / 2, v1 = -1 + v0
    np.testing.assert_allclose(mixed.v, [-7.0, -8.0, -np.inf, -np.inf, 0.0], atol=1e-11)
    with pytest.raises(UnboundedValueError, match="cycle of positive reward"):
        PolicyEvaluation().solve(five_by_five(), np.zeros(25, dtype=int))  # up, from A's arrival to A


def test_the_diagram_has_two_means() -> None:
    run = PolicyEvaluation(0.9).solve(gymnasium.make("FrozenLake-v1"), trace=True)
    assert run.trace is not None
    backup = run.trace[100]
    TEXTBOOK["v_pi"].check(backup)
    assert backup.algorithm == "v_pi"
    assert [edge.weight for edge in backup.branches] == [0.25] * 4
    one = PolicyEvaluation(0.9).solve(gymnasium.make("FrozenLake-v1"), np.full(16, 2), trace=True).trace
    assert one is not None
    assert [(edge.node.label, edge.weight) for edge in one[100].branches] == [("a3", 1.0)]


@pytest.mark.parametrize(
    "policy",
    [
        np.zeros(15, dtype=int), np.full(16, 4), np.full(16, -1), np.full((16, 4), 0.3), np.full((16, 4), np.nan),
        np.full((16, 3), 1 / 3), np.tile([2.0, -1.0, 0.0, 0.0], (16, 1)), "right", [[1.0], [1.0, 2.0]], np.zeros(16),
    ],
)  # fmt: skip
def test_bad_policies(policy: Any) -> None:
    with pytest.raises(ConfigError, match=r"PolicyEvaluation.solve: policy: expected probabilities \[16, 4\] or 16 actions"):
        PolicyEvaluation().solve(four_by_four(), policy)
