"""The update functions against numbers computed by hand."""

import numpy as np
import pytest

from mazefit.agents.learning.deterministic_model import sampled_target
from mazefit.agents.learning.double_q_learning import double_q_learning_update
from mazefit.agents.learning.dyna_q_plus import dyna_q_plus_bonus
from mazefit.agents.learning.expected_sarsa import expected_sarsa_update
from mazefit.agents.learning.learned_prioritized_sweeping import learned_prioritized_sweeping_update
from mazefit.agents.learning.predecessors import Queued, queue_up
from mazefit.agents.learning.q_learning import q_learning_update
from mazefit.agents.learning.r_max_model import r_max_update
from mazefit.agents.learning.td0 import td0_update
from mazefit.agents.policies import Greedy, Softmax
from mazefit.agents.schedules import first_rates
from mazefit.agents.step_rule import Memory

TWO = (0, 1)
COMPILED = pytest.mark.parametrize("compiled", [False, True])


def memory(q: np.ndarray, epsilon: float) -> Memory:
    return Memory(q, np.zeros(1), first_rates(0.5, epsilon))


@COMPILED
@pytest.mark.parametrize(
    ("reward", "arrival", "ended", "target"),
    [(-1.0, 2, False, -1.0 + 0.9 * 4.0), (-1.0, 2, True, -1.0), (2.0, 1, False, 2.0 + 0.9 * 3.0)],
)
def test_td0(reward: float, arrival: int, ended: bool, target: float, compiled: bool) -> None:
    v = np.array([1.0, 3.0, 4.0])
    assert td0_update.run(compiled, v, 1, reward, arrival, ended, 0.25, 0.9) == target
    assert v.tolist() == [1.0, 3.0 + 0.25 * (target - 3.0), 4.0]


@COMPILED
@pytest.mark.parametrize(
    ("row", "ended", "expected"),
    [
        ([3.0, 4.0], False, 0.2 / 2 * 3.0 + (0.2 / 2 + 0.8) * 4.0),  # ε-greedy, ε = 0.2
        ([4.0, 4.0], False, 0.5 * 4.0 + 0.5 * 4.0),  # ties share
        ([3.0, 4.0], True, 0.0),
    ],
)
def test_expected_sarsa(row: list[float], ended: bool, expected: float, compiled: bool) -> None:
    q = np.array([1.0, 0.5, *row])
    target = expected_sarsa_update.run(compiled, q, 0, -1.0, 1, ended, 0.5, 0.5, TWO, memory(q, 0.2))
    assert target == pytest.approx(-1.0 + 0.5 * expected, abs=1e-15)
    assert q.tolist() == [1.0 + 0.5 * (target - 1.0), 0.5, *row]


@COMPILED
def test_expected_sarsa_of_a_softmax_policy(compiled: bool) -> None:
    q = np.array([0.0, 0.0, 0.0, np.log(3.0)])  # exp: 1 and 3
    update = expected_sarsa_update.using(**Softmax.kernels)
    assert update.run(compiled, q, 0, 0.0, 1, False, 0.5, 1.0, TWO, memory(q, 1.0)) == pytest.approx(0.75 * np.log(3.0))


@COMPILED
@pytest.mark.parametrize("best", [0, 1])
def test_expected_sarsa_with_a_greedy_policy_is_q_learning(best: int, compiled: bool) -> None:
    q = np.array([1.0, 0.5, 2.5, 2.25][:: 1 if best else -1])
    one, other = q.copy(), q.copy()
    arguments = (0, -0.3, 1, False, 0.5, 0.9, TWO)
    greedy = expected_sarsa_update.using(**Greedy.kernels)
    assert greedy.run(compiled, one, *arguments, memory(one, 0.0)) == q_learning_update.run(compiled, other, *arguments)
    assert one.tobytes() == other.tobytes()


@COMPILED
@pytest.mark.parametrize(
    ("selecting", "ended", "value"),
    [
        ([5.0, 6.0], False, 20.0),  # the other table's value of this one's best action, not its own best
        ([6.0, 5.0], False, 10.0),
        ([6.0, 6.0], False, 10.0),  # the first of the largest
        ([5.0, 6.0], True, 0.0),
    ],
)
def test_double_q_learning(selecting: list[float], ended: bool, value: float, compiled: bool) -> None:
    one, other = np.array([1.0, 2.0, *selecting]), np.array([7.0, 8.0, 10.0, 20.0])
    target = double_q_learning_update.run(compiled, one, other, 1, -1.0, 1, ended, 0.5, 0.9, TWO)
    assert target == (-1.0 if ended else -1.0 + 0.9 * value)
    assert one.tolist() == [1.0, 2.0 + 0.5 * (target - 2.0), *selecting]
    assert other.tolist() == [7.0, 8.0, 10.0, 20.0]


@COMPILED
def test_double_q_learning_with_tied_tables_has_the_target_of_q_learning(compiled: bool) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        q = np.round(rng.normal(size=12), 1)  # with ties now and then
        arguments = (int(rng.integers(12)), float(rng.normal()), int(rng.integers(4)), False, 0.3, 0.9, (0, 1, 2))
        target = double_q_learning_update.run(compiled, q.copy(), q, *arguments)
        assert target == q_learning_update.run(compiled, q.copy(), *arguments)


@COMPILED
def test_the_bonus_of_dyna_q_plus(compiled: bool) -> None:
    assert [dyna_q_plus_bonus.run(compiled, 0.5, tau) for tau in (0, 1, 4, 144)] == [0.0, 0.5, 1.0, 6.0]


@COMPILED
@pytest.mark.parametrize(("step_size", "new"), [(0.0, 1.0), (0.5, 1.0 + 0.5 * 2.6 - 0.5), (1.0, 2.6)])
def test_prioritized_sweeping(step_size: float, new: float, compiled: bool) -> None:
    q = np.array([1.0, 0.5, 3.0, 4.0])
    target = learned_prioritized_sweeping_update.run(compiled, q, 0, -1.0, 1, False, step_size, 0.9, TWO)
    assert target == sampled_target.run(compiled, q, -1.0, 1, False, 0.9, TWO) == -1.0 + 0.9 * 4.0
    np.testing.assert_allclose(q, [new, 0.5, 3.0, 4.0], rtol=1e-15)
    assert sampled_target.run(compiled, q, -1.0, 1, True, 0.9, TWO) == -1.0


@COMPILED
def test_r_max_averages_over_the_remembered_outcomes_of_its_pair(compiled: bool) -> None:
    q = np.array([9.0, 8.0, 3.0, 4.0])
    arrival, reward = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]), np.array([7.0, 7.0, -1.0, 5.0, 7.0, 7.0, 7.0, 7.0])
    ended = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    target = r_max_update.run(compiled, q, arrival, reward, ended, 1, 2, 0.5, TWO)
    assert target == 0.5 * (-1.0 + 0.5 * 4.0) + 0.5 * 5.0  # one outcome goes on, one ended
    assert q.tolist() == [9.0, target, 3.0, 4.0]


@COMPILED
def test_a_pair_that_waits_keeps_the_higher_priority(compiled: bool) -> None:
    cells = {name: np.full(3, -1) for name in ("heap", "place")}
    nothing = {name: np.zeros(3, dtype=np.int64) for name in Queued._fields}
    model = Queued(**{**nothing, **cells, "priority": np.zeros(3), "waiting": np.zeros(1, dtype=np.int64)})
    found: list[tuple[int, int, float]] = []
    for cell, priority in ((1, 0.5), (1, 3.0), (1, 2.0), (2, 2.5), (0, 1.0), (2, 3.0), (2, 5.0)):
        queue_up.run(compiled, model, cell, priority, 1.0)  # an error of 1 or less waits for nothing
        found.append((int(model.waiting[0]), int(model.heap[0]), float(model.priority[model.heap[0]])))
    assert found == [(0, -1, 0.0), (1, 1, 3.0), (1, 1, 3.0), (2, 1, 3.0), (2, 1, 3.0), (2, 1, 3.0), (2, 2, 5.0)]
