"""The best straight line: exact by squares, exact by absolute values, held against linear programming."""

import numpy as np
import pytest
from scipy.optimize import linprog

from mazefit.errors import ConfigError
from mazefit.tasks import least_absolute, least_squares, line, waves


def test_least_squares_of_the_ten_points_is_known_as_fractions():
    task = line()
    best = least_squares(task.x, task.y)
    assert best.w.tolist() == [[pytest.approx(39 / 55, abs=1e-14)]]
    assert best.b.tolist() == [pytest.approx(3.0, abs=1e-13)]
    assert best.loss == pytest.approx(39 / 275, abs=1e-14)
    assert 1 - best.loss / task.y.var() == pytest.approx(0.96694, abs=5e-6)
    assert best([[0.0], [55.0]])[:, 0] == pytest.approx([3.0, 42.0])


def test_a_far_away_mean_costs_no_digits():
    task = line()
    best = least_squares(task.x + 1e7, task.y)
    assert best.w[0, 0] == pytest.approx(39 / 55, rel=1e-8)
    assert best.loss == pytest.approx(39 / 275, rel=1e-6)


def test_several_inputs_and_outputs():
    draw = np.random.default_rng(0)
    x, w = draw.standard_normal((50, 3)), draw.standard_normal((3, 2))
    best = least_squares(x, x @ w + [1.0, -2.0])
    assert best.w == pytest.approx(w)
    assert best.b == pytest.approx([1.0, -2.0])


def smallest(x: np.ndarray, y: np.ndarray) -> float:
    """The smallest mean |error| of a line, by linear programming."""
    n = len(x)
    costs = np.concatenate([[0.0, 0.0], np.full(2 * n, 1.0 / n)])
    rows = np.hstack([x, np.ones((n, 1)), np.eye(n), -np.eye(n)])
    return float(linprog(costs, A_eq=rows, b_eq=y[:, 0], bounds=[(None, None)] * 2 + [(0, None)] * (2 * n)).fun)


@pytest.mark.parametrize("seed", range(3))
def test_least_absolute_values_of_noisy_points(seed: int):
    task = waves(seed, count=120)
    best = least_absolute(task.x, task.y)
    assert best.loss == pytest.approx(smallest(task.x, task.y), rel=1e-9)
    assert best.loss == pytest.approx(np.abs(best(task.x) - task.y).mean(), rel=1e-12)


def test_least_absolute_values_where_many_points_lie_on_a_line():
    draw = np.random.default_rng(0)
    for _ in range(60):
        x, y = draw.integers(0, 6, (2, 12, 1)).astype(float)
        if np.ptp(x):
            assert least_absolute(x, y).loss == pytest.approx(smallest(x, y), abs=1e-9)


def test_what_is_no_set_of_points_is_refused():
    with pytest.raises(ConfigError, match=r"expected x \[n, d\] and y \[n, k\]"):
        least_squares([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(ConfigError, match="one column of inputs that differ"):
        least_absolute(np.ones((3, 1)), np.ones((3, 1)))
