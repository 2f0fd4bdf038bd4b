"""The certificate where episodes begin in several states, where some cannot end, and where greedy paths tie."""

import numpy as np
import pytest

from mazefit.agents import certify, solve
from mazefit.envs.tables import TabularMDP


def two_ways(weights: list[float]) -> TabularMDP:
    """From 0 to 2 to the end, from 1 to 3 to 4 to the end (5); -1 a step; both actions of a state do the same."""
    next_state = np.array([2, 3, 5, 4, 5, 5])
    ended = next_state == 5
    reward = np.where(np.arange(6) == 5, 0.0, -1.0)
    return TabularMDP(*(np.stack([column, column], axis=1) for column in (next_state, reward, ended)), start=weights)


@pytest.mark.parametrize(("weights", "value"), [([0.25, 0.75, 0, 0, 0, 0], -2.75), ([0.5, 0, 0, 0.5, 0, 0], -2.0)])
def test_every_start_is_visited(weights: list[float], value: float) -> None:
    mdp = two_ways(weights)
    found = certify(mdp, solve(mdp).q)
    assert found.visited == (5 if weights[1] else 4)
    assert found.start_value == value
    assert (found.error_visited, found.greedy_length, found.shortest_length) == (0.0, None, None)
    for state, error in ((0, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)):
        wrong = solve(mdp).q.copy()
        wrong[state] += error
        assert certify(mdp, wrong).error_visited == error


def test_a_mistake_on_the_way_of_any_start_is_found() -> None:
    next_state, reward = np.array([[3, 3], [2, 2], [3, 3], [3, 3]]), np.array([[-1, -1], [-1, -1], [-1, -9], [0, 0]])
    mdp = TabularMDP(next_state, reward, next_state == 3, start=[0.5, 0.5, 0.0, 0.0])
    q = solve(mdp).q.copy()
    assert certify(mdp, q).optimal
    q[2] = [-9.0, -1.0]  # two steps on from the second start: the worse action, the value right
    found = certify(mdp, q)
    assert (found.optimal, found.error_visited, found.visited) == (False, 0.0, 3)


def test_states_of_value_minus_infinity_are_left_out() -> None:
    # 0 ends or falls into the trap 1 <-> 2; 3 is the goal
    mdp = TabularMDP(
        [[3, 1], [2, 2], [1, 1], [3, 3]], [[-1, -1], [-1, -1], [-1, -1], [0, 0]], [[1, 0], [0, 0], [0, 0], [1, 1]], 0
    )
    q = np.array([[-1.0, -5.0], [-7.0, -7.0], [-7.0, -7.0], [0.0, 0.0]])
    found = certify(mdp, q)
    assert found.states == 1
    assert (found.error_all, found.error_visited, found.visited, found.optimal) == (0.0, 0.0, 1, True)
    q[0] = [-6.0, -5.0]  # into the trap: its states have no finite value and are not counted
    found = certify(mdp, q)
    assert (found.states, found.visited, found.error_all, found.error_visited) == (1, 1, 4.0, 4.0)
    assert (found.greedy_length, found.optimal) == (None, False)


@pytest.mark.parametrize("short", [0, 1])
def test_of_tied_paths_the_longest_counts(short: int) -> None:
    """From 0, action `short` ends after 4 steps of -3, the other after 6 of -2: both return -12."""
    next_state, reward = np.zeros((10, 2), dtype=int), np.zeros((10, 2))
    for first, last, cost in ((1, 3, -3.0), (4, 8, -2.0)):
        next_state[first : last + 1] = np.array([*range(first + 1, last + 1), 9])[:, None]
        reward[first : last + 1] = cost
    next_state[0, [short, 1 - short]], reward[0, [short, 1 - short]] = [1, 4], [-3.0, -2.0]
    next_state[9] = 9
    mdp = TabularMDP(next_state, reward, next_state == 9, start=0)
    solution = solve(mdp)
    assert solution.q[0].tolist() == [-12.0, -12.0]
    found = certify(mdp, solution.q)
    assert (found.greedy_length, found.shortest_length, found.visited, found.optimal) == (6, 4, 9, True)
