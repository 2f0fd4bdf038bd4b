from typing import Any

import numpy as np
import pytest

from mazefit.agents import QLearning
from mazefit.agents.policy_tables import draw_action, policy_table
from mazefit.errors import ConfigError
from tests.agents.worlds import corridor

COMPILED = pytest.mark.parametrize("compiled", [False, True])


@COMPILED
@pytest.mark.parametrize(
    ("row", "uniform", "action"),
    [
        ([0.2, 0.5, 0.3], 0.0, 0),
        ([0.2, 0.5, 0.3], 0.2, 1),  # the cumulative probability must pass the number
        ([0.2, 0.5, 0.3], 0.71, 2),
        ([0.0, 1.0, 0.0], 0.0, 1),  # never one of probability 0
        ([0.5, 0.5 - 1e-10, 0.0], 1.0 - 1e-12, 1),  # not even where rounding leaves the sum below the number
    ],
)
def test_one_uniform_number_draws(row: list[float], uniform: float, action: int, compiled: bool) -> None:
    assert draw_action.run(compiled, np.array([0.1, 0.9, *row]), 2, (0, 1, 2), uniform) == action


def test_draws_follow_the_probabilities() -> None:
    row = np.array([0.125, 0.0, 0.625, 0.25])
    drawn = [draw_action(row, 0, (0, 1, 2, 3), (i + 0.5) / 8000) for i in range(8000)]
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 8000, row)


def test_every_form_of_a_policy() -> None:
    assert policy_table(None, 2, 4).tolist() == [[0.25] * 4] * 2
    assert policy_table([1, 0], 2, 3).tolist() == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    assert policy_table(np.array([2, 2], dtype=np.uint8), 2, 3).tolist() == [[0.0, 0.0, 1.0]] * 2
    assert policy_table([[0.5, 0.5], [1, 0]], 2, 2).tolist() == [[0.5, 0.5], [1.0, 0.0]]
    table = np.array([[0.25, 0.75]])
    assert policy_table(table, 1, 2) is not table


def test_a_run_is_its_maximising_actions() -> None:
    run = QLearning().learn(corridor(3), steps=0, seed=0, initial=[[0.0, 1.0], [2.0, 2.0], [0.0, 0.0]])
    assert policy_table(run, 3, 2).tolist() == [[0.0, 1.0], [0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ([0, 2], "policy: expected actions from 0 to 1, got 0 to 2"),
        ([-1, 0], "policy: expected actions from 0 to 1, got -1 to 0"),
        ([0, 1, 1], r"policy: expected probabilities of shape \[2, 2\], or 2 whole actions, got shape \[3\]"),
        ([0.0, 1.0], r"policy: expected probabilities of shape \[2, 2\], or 2 whole actions, got shape \[2\]"),
        ([[0.5, 0.5], [1.0]], "policy: expected .* got ragged rows"),
        ([[0.5, 0.5], [0.5, 0.6]], r"sum to 1 in every state, got \[0.5, 0.6\] in s1"),
        ([[0.5, 0.5], [1.5, -0.5]], r"from 0 to 1 that sum to 1 in every state, got \[1.5, -0.5\] in s1"),
        ([[np.nan, 0.5], [0.5, 0.5]], "in s0"),
        ("greedy", "policy: expected probabilities of shape .* got 'greedy'"),
        ([["a", "b"], ["c", "d"]], "policy: expected probabilities of shape"),
        (np.full((2, 2), 0.5j), "policy: expected probabilities of shape"),
    ],
)
def test_what_is_no_policy_is_refused(policy: Any, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        policy_table(policy, 2, 2)
