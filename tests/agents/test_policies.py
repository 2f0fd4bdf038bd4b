from typing import Any

import numpy as np
import pytest

from mazefit.agents import QLearning
from mazefit.agents.policies import UCB, EpsilonGreedy, Greedy, Policy, Softmax, choose, epsilon_greedy, maximisers
from mazefit.agents.policy_kernels import expected_value, leaning, probability, ucb_choose, weight
from mazefit.agents.schedules import Exponential, Linear, first_rates
from mazefit.agents.step_rule import Memory
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError

COMPILED = pytest.mark.parametrize("compiled", [False, True])
ROWS = [[1.0, 3.0, 3.0, 0.0], [0.0, 0.0, 0.0, 0.0], [-2.0, 5.0, 1.0, 4.999]]
WITH_PROBABILITIES: list[Any] = [EpsilonGreedy(0.2), EpsilonGreedy(1.0), Greedy(), Softmax(0.7), Softmax(50.0)]


def memory_of(policy: Policy, counts: np.ndarray | None = None) -> Memory:
    return Memory(np.zeros(1), np.zeros(1) if counts is None else counts, first_rates(0.5, policy.rate))


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


@pytest.mark.parametrize("policy", WITH_PROBABILITIES, ids=str)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_choices_follow_the_probabilities(policy: Any, row: list[float]) -> None:
    uniforms = (np.arange(20_000) + 0.5) / 20_000
    counts = np.bincount([policy.act(np.array(row), u) for u in uniforms], minlength=4)
    np.testing.assert_allclose(counts / 20_000, policy.probabilities(np.array(row)), atol=2e-4)


def test_probabilities_by_hand() -> None:
    np.testing.assert_allclose(EpsilonGreedy(0.2).probabilities(np.array(ROWS[0])), [0.05, 0.45, 0.45, 0.05])
    np.testing.assert_allclose(EpsilonGreedy(0.4).probabilities(np.array([[0.0, 0.0], [1.0, 2.0]])), [[0.5, 0.5], [0.2, 0.8]])
    np.testing.assert_allclose(Greedy().probabilities(np.array(ROWS[0])), [0.0, 0.5, 0.5, 0.0])
    logs = np.log([1.0, 3.0, 4.0])
    np.testing.assert_allclose(Softmax(1.0).probabilities(logs), [0.125, 0.375, 0.5])
    np.testing.assert_allclose(Softmax(0.5).probabilities(logs), np.array([1.0, 9.0, 16.0]) / 26.0)
    np.testing.assert_allclose(Softmax(1.0).probabilities(np.array([1e9, 0.0])), [1.0, 0.0])


@COMPILED
@pytest.mark.parametrize("policy", WITH_PROBABILITIES, ids=str)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_kernels_have_the_same_probabilities(policy: Any, row: list[float], compiled: bool) -> None:
    table, actions, memory = np.array([9.0, 8.0, 7.0, 6.0, *row]), (0, 1, 2, 3), memory_of(policy)
    expected = policy.probabilities(np.array(row))
    each = probability.using(**policy.kernels)
    found = [each.run(compiled, table, 4, action, actions, memory) for action in actions]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    best, share = policy.kernels.get("leaning", leaning).run(compiled, table, 4, actions, memory)
    weights = [policy.kernels.get("weight", weight).run(compiled, value, best, share, actions, memory) for value in row]
    assert weights == found
    average = expected_value.using(**policy.kernels).run(compiled, table, 4, actions, memory)
    assert average == pytest.approx(float(expected @ np.array(row)), rel=1e-14)
    total = 0.0
    for part, value in zip(weights, row, strict=True):
        total += part * value
    assert average == total


@COMPILED
@pytest.mark.parametrize("policy", [*WITH_PROBABILITIES, UCB(0.5)], ids=str)
def test_the_place_of_the_loop_and_act_agree(policy: Any, compiled: bool) -> None:
    counts = np.array([3.0, 1.0, 2.0, 5.0])
    chooser = policy.kernels.get("choose", choose)
    for row in ROWS:
        for uniform in np.linspace(0.0, 0.999, 17).tolist():
            found = chooser.run(compiled, np.array(row), 0, (0, 1, 2, 3), memory_of(policy, counts), uniform)
            assert found == policy.act(np.array(row), uniform, counts=counts)


@COMPILED
def test_softmax_never_takes_what_has_no_probability(compiled: bool) -> None:
    row, last = np.array([0.0, 0.0, -1e6]), float(np.nextafter(1.0, 0.0))
    taken = Softmax.kernels["choose"].run(compiled, row, 0, (0, 1, 2), memory_of(Softmax(1.0)), last)
    assert taken == 1


@COMPILED
def test_ucb_tries_everything_first_then_the_largest_bound(compiled: bool) -> None:
    policy, counts, rng = UCB(2.0), np.zeros(4), np.random.default_rng(0)
    row, taken = np.array([1.0, 3.0, -4.0, 2.0]), []
    for _ in range(4):
        action = ucb_choose.run(compiled, row, 0, (0, 1, 2, 3), memory_of(policy, counts), rng.random())
        counts[action] += 1
        taken.append(action)
    assert sorted(taken) == [0, 1, 2, 3]
    counts = np.array([2.0, 400.0, 1.0, 50.0])
    bounds = row + 2.0 * np.sqrt(np.log(1.0 + counts.sum()) / counts)
    assert bounds.argmax() != row.argmax()
    assert ucb_choose.run(compiled, row, 0, (0, 1, 2, 3), memory_of(policy, counts), 0.5) == bounds.argmax()


def test_ucb_breaks_ties_at_random() -> None:
    taken = [UCB(1.0).act(np.zeros(4), (i + 0.5) / 100) for i in range(100)]  # nothing was tried: all come first
    assert np.bincount(taken).tolist() == [25] * 4
    even = [UCB(1.0).act(np.array([2.0, 1.0, 2.0]), (i + 0.5) / 100, counts=np.full(3, 7.0)) for i in range(100)]
    assert np.bincount(even).tolist() == [50, 0, 50]


def test_a_learner_with_ucb_tries_every_action_of_a_state_before_any_again() -> None:
    run = QLearning(policy=UCB(1.0)).learn(Maze.named("dyna"), steps=3000, seed=0, trace=True)
    assert run.trace is not None
    seen: dict[int, list[int]] = {}
    for cell in (run.trace.rows.column("cell") & ((1 << 26) - 1)).tolist():
        seen.setdefault(cell // 4, []).append(cell % 4)
    assert all(len(set(actions[:4])) == len(actions[:4]) for actions in seen.values())


def test_a_rate_in_force_stands_in_for_a_schedule() -> None:
    row = np.array([0.0, 1.0])
    assert EpsilonGreedy(Linear(1.0, 0.0, steps=9)).probabilities(row).tolist() == [0.5, 0.5]
    assert EpsilonGreedy(Linear(1.0, 0.0, steps=9)).probabilities(row, 0.5).tolist() == [0.25, 0.75]
    cold = Softmax(Exponential(5.0, 0.5, end=0.1))
    np.testing.assert_allclose(cold.probabilities(row, 1.0), Softmax(1.0).probabilities(row))
    assert EpsilonGreedy(0.0).act(row, 0.1, rate=1.0) == 0


def test_near_ties_are_ties() -> None:
    q = np.array([[1.0, 1.0 - 1e-13, 0.9], [1e6, 1e6 - 1e-7, 1e6 - 1e-4], [-np.inf, -np.inf, -np.inf], [-np.inf, 2.0, 0.0]])
    assert maximisers(q).tolist() == [[True, True, False], [True, True, False], [True, True, True], [False, True, False]]


@pytest.mark.parametrize("epsilon", [-0.1, 1.5, float("nan"), "half", None, True])
def test_epsilon_out_of_range_is_refused(epsilon: Any) -> None:
    with pytest.raises(ConfigError, match=r"EpsilonGreedy: epsilon: expected a number with 0 <= epsilon <= 1, got"):
        EpsilonGreedy(epsilon)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Softmax(0.0), r"Softmax: temperature: expected a number with 0 < temperature <= 1e\+300, got 0.0"),
        (lambda: Softmax(Linear(1.0, 0.0, steps=5)), "temperature: expected a schedule within 0 < temperature"),
        (lambda: EpsilonGreedy(Linear(1.5, 0.0, steps=5)), "epsilon: expected a schedule within 0 <= epsilon <= 1, got Linear"),
        (lambda: UCB(-1.0), "UCB: c: expected a number with 0 <= c"),
        (lambda: UCB("much"), "UCB: c: expected a number"),
    ],
)
def test_other_rates_out_of_range_are_refused(make: Any, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        make()
