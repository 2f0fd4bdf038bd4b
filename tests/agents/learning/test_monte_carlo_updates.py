"""Every pure function of the Monte Carlo family against numbers by hand, plain and compiled."""

import numpy as np
import pytest

from mazefit.agents.learning.batch import Batch
from mazefit.agents.learning.batch_monte_carlo import batch_monte_carlo_sweep
from mazefit.agents.learning.batch_sweep import batch_increment
from mazefit.agents.learning.batch_td import batch_td_sweep, batch_td_target
from mazefit.agents.learning.monte_carlo import end_value, mark_first_visits, return_before
from mazefit.agents.learning.monte_carlo_control import monte_carlo_control_update
from mazefit.agents.learning.monte_carlo_exploring_starts import exploring_start
from mazefit.agents.learning.monte_carlo_prediction import monte_carlo_prediction_update
from mazefit.agents.learning.monte_carlo_rows import monte_carlo_updates
from mazefit.agents.learning.off_line_lambda_return import lambda_return_before, off_line_lambda_return_update
from mazefit.agents.learning.off_policy_monte_carlo import off_policy_monte_carlo_update, ratio_before
from mazefit.agents.learning.off_policy_monte_carlo_control import first_best, off_policy_monte_carlo_control_update
from mazefit.backup.one_step import TERMINATED, TRUNCATED

BOTH = pytest.mark.parametrize("compiled", [False, True])


@BOTH
def test_returns_grow_from_the_last_step_back(compiled: bool) -> None:
    assert return_before.run(compiled, -1.0, 0.5, 8.0) == 3.0
    assert return_before.run(compiled, 2.0, 0.0, 8.0) == 2.0
    assert end_value.run(compiled, 3 | TERMINATED, 7.0) == 0.0
    assert end_value.run(compiled, 3 | TRUNCATED, 7.0) == 7.0


@BOTH
def test_first_visits(compiled: bool) -> None:
    first = np.full(4, 9.0)
    mark_first_visits.run(compiled, first, np.array([2, 0, 2, 6 | TRUNCATED, 0]), 4, 1 + 1)
    assert first.tolist() == [1.0, 0.0, 9.0, 3.0]  # states 1 0 1 3 0: two cells each; state 2 was not met
    mark_first_visits.run(compiled, first, np.array([2, 0, 2, 3, 0]), 2, 1)
    assert first.tolist() == [1.0, 0.0, 0.0, 3.0]  # only the steps up to 2


def test_the_order_of_updates() -> None:
    rows = {"cell": np.array([2, 0, 2, 6, 1 | TERMINATED], dtype=np.uint32)}
    settings = {"actions": 2, "first_visit": True}
    assert monte_carlo_updates(settings, rows).tolist() == [[3, 4], [1, 4], [0, 4]]  # states 1 0 1 3 0
    assert monte_carlo_updates(settings, rows, width=1).tolist() == [[4, 4], [3, 4], [1, 4], [0, 4]]
    every = monte_carlo_updates({"actions": 2, "first_visit": False}, rows)
    assert every.tolist() == [[4, 4], [3, 4], [2, 4], [1, 4], [0, 4]]
    assert monte_carlo_updates(settings, {"cell": rows["cell"][:4]}).shape == (0, 2)  # not over yet
    assert monte_carlo_updates(settings, {"cell": rows["cell"][:0]}).shape == (0, 2)


@BOTH
def test_monte_carlo_updates(compiled: bool) -> None:
    for update in (monte_carlo_prediction_update, monte_carlo_control_update):
        table = np.array([1.0, 4.0])
        assert update.run(compiled, table, 1, -2.0, 0.25) == 4.0
        assert table.tolist() == [1.0, 2.5]


@BOTH
def test_importance_sampling(compiled: bool) -> None:
    assert ratio_before.run(compiled, 2.0, np.array([5.0, 0.5, 7.0]), 1) == 1.0
    v, weights = np.array([0.0, 4.0]), np.array([0.0, 3.0])
    # weighted: C = 3 + 1 = 4, V = 4 + 1/4 (8 - 4)
    assert off_policy_monte_carlo_update.run(compiled, v, weights, 1, 8.0, 1.0, True) == (8.0, 0.25, 4.0)
    assert (v.tolist(), weights.tolist()) == ([0.0, 5.0], [0.0, 4.0])
    # ordinary: C counts, the target is ρ G
    assert off_policy_monte_carlo_update.run(compiled, v, weights, 1, 8.0, 2.5, False) == (20.0, 0.2, 5.0)
    assert (v.tolist(), weights.tolist()) == ([0.0, 8.0], [0.0, 5.0])
    assert off_policy_monte_carlo_update.run(compiled, v, weights, 0, -8.0, 0.0, False) == (0.0, 1.0, 0.0)
    assert (v.tolist(), weights.tolist()) == ([0.0, 8.0], [1.0, 5.0])
    q, weights = np.array([2.0, 2.0, 1.0]), np.array([0.0, 1.0, 0.0])
    assert off_policy_monte_carlo_control_update.run(compiled, q, weights, 1, 6.0, 3.0) == (0.75, 2.0)
    assert (q.tolist(), weights.tolist()) == ([2.0, 5.0, 1.0], [0.0, 4.0, 0.0])


@BOTH
def test_ties_of_the_target_policy_go_to_the_first(compiled: bool) -> None:
    q = np.array([9.0, 0.0, 2.0, 2.0, 1.0, 2.0])
    assert first_best.run(compiled, q, 2, (0, 1, 2, 3)) == 0
    assert first_best.run(compiled, q, 1, (0, 1, 2, 3)) == 1


@BOTH
def test_exploring_starts_reach_every_pair_and_nothing_else(compiled: bool) -> None:
    starts = np.array([1, 4, 5])
    found = [exploring_start.run(compiled, starts, 2, (i + 0.5) / 6) for i in range(6)]
    assert found == [2, 3, 8, 9, 10, 11]
    assert exploring_start.run(compiled, starts, 2, 0.0) == 2
    assert exploring_start.run(compiled, starts, 2, np.nextafter(1.0, 0.0)) == 11


@BOTH
def test_lambda_returns(compiled: bool) -> None:
    # R + γ [(1 - λ) V + λ G] = -1 + 0.5 (0.75 · 4 + 0.25 · 8)
    assert lambda_return_before.run(compiled, -1.0, 0.5, 0.25, 4.0, 8.0) == 1.5
    v, after = np.array([1.0, 2.0]), np.array([5.0, 6.0])
    assert off_line_lambda_return_update.run(compiled, v, after, 1, 10.0, 0.5) == 2.0
    assert (v.tolist(), after.tolist()) == ([1.0, 2.0], [5.0, 10.0])


@BOTH
def test_batch_sweeps(compiled: bool) -> None:
    # two episodes: s0 -(1)→ s1 -(2)→ end, and s1 -(4)→ s0, cut there
    batch = Batch(
        np.array([0, 1, 1]), np.array([-1, -1, -1]), np.array([1, 1, 0]), np.array([1.0, 2.0, 4.0]),
        np.array([0, TERMINATED, TRUNCATED]),
    )  # fmt: skip
    v, change, step_size, target = np.array([10.0, 20.0]), np.zeros(2), np.array([0.5, 0.25]), np.zeros(3)
    assert [batch_td_target.run(compiled, v, batch, k, 0.5) for k in range(3)] == [11.0, 2.0, 9.0]
    batch_td_sweep.run(compiled, v, change, batch, step_size, target, 0.5)
    assert target.tolist() == [11.0, 2.0, 9.0]
    assert change.tolist() == [0.5, 0.25 * (2 - 20) + 0.25 * (9 - 20)]
    assert v.tolist() == [10.0, 20.0]
    change[:] = 0.0
    batch_monte_carlo_sweep.run(compiled, v, change, batch, step_size, target, 0.5)
    assert target.tolist() == [2.0, 2.0, 9.0]  # 1 + 0.5 · 2; 2; 4 + 0.5 · 10
    assert change.tolist() == [0.5 * (2 - 10), 0.25 * (9 - 20) + 0.25 * (2 - 20)]
    batch_increment.run(compiled, v, change, 0, 12.0, 0.5)
    assert change[0] == -3.0
