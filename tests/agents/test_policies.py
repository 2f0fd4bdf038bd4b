import numpy as np
import pytest

from mazefit.agents.policies import EpsilonGreedy, epsilon_greedy, maximisers
from mazefit.errors import ConfigError


@pytest.mark.parametrize(
    ("row", "epsilon", "uniform", "action"),
    [
        ([0.0, 2.0, 1.0], 0.0, 0.5, 1),  # the only maximiser
        ([5.0, 5.0, 1.0], 0.0, 0.49, 0),  # two ties share [0, 1)
        ([5.0, 5.0, 1.0], 0.0, 0.51, 1),
        ([5.0, 1.0, 5.0], 0.2, 0.59, 0),  # two ties share [0.2, 1)
        ([5.0, 1.0, 5.0], 0.2, 0.61, 2),
        ([9.0, 0.0, 0.0], 0.3, 0.25, 2),  # exploring: three actions share [0, 0.3)
        ([9.0, 0.0, 0.0], 0.3, 0.15, 1),
        ([9.0, 0.0, 0.0], 1.0, 0.999, 2),
    ],
)
def test_one_uniform_number_chooses(row: list[float], epsilon: float, uniform: float, action: int) -> None:
    table = np.array([7.0, 7.0, *row])
    assert epsilon_greedy.python(table, 2, tuple(range(len(row))), epsilon, uniform) == action
    assert epsilon_greedy.compiled(table, 2, tuple(range(len(row))), epsilon, uniform) == action


def test_choices_follow_the_probabilities() -> None:
    policy, row = EpsilonGreedy(0.2), np.array([1.0, 3.0, 3.0, 0.0])
    uniforms = (np.arange(100_000) + 0.5) / 100_000
    counts = np.bincount([policy.act(row, u) for u in uniforms], minlength=4)
    np.testing.assert_allclose(counts / 100_000, policy.probabilities(row), atol=2e-5)
    np.testing.assert_allclose(policy.probabilities(row), [0.05, 0.45, 0.45, 0.05])


def test_probabilities_of_a_whole_table() -> None:
    pi = EpsilonGreedy(0.4).probabilities(np.array([[0.0, 0.0], [1.0, 2.0]]))
    np.testing.assert_allclose(pi, [[0.5, 0.5], [0.2, 0.8]])


def test_near_ties_are_ties() -> None:
    q = np.array([[1.0, 1.0 - 1e-13, 0.9], [1e6, 1e6 - 1e-7, 1e6 - 1e-4], [-np.inf, -np.inf, -np.inf], [-np.inf, 2.0, 0.0]])
    assert maximisers(q).tolist() == [[True, True, False], [True, True, False], [True, True, True], [False, True, False]]


@pytest.mark.parametrize("epsilon", [-0.1, 1.5, float("nan"), "half", None, True])
def test_epsilon_out_of_range_is_refused(epsilon: object) -> None:
    with pytest.raises(ConfigError, match=r"EpsilonGreedy: epsilon: expected a number with 0 <= epsilon <= 1, got"):
        EpsilonGreedy(epsilon)
