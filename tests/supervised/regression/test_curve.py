"""The curve: how near the network comes to the ten points, and that the line knows more."""

import numpy as np
import pytest

from mazefit.supervised.regression import curve
from mazefit.tasks import curve as ten_points

TASK = ten_points()


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_of_one_start(seed: int):
    fitted = curve.fit(TASK, seed=seed)
    assert 0.058 < fitted.mse < 0.092  # 0.061 to 0.089 over 400 starts
    assert ((fitted.predictions - TASK.y[:, 0]) ** 2).mean() == pytest.approx(fitted.mse, rel=1e-5)
    assert np.interp(TASK.x[:, 0], fitted.grid, fitted.curve) == pytest.approx(fitted.predictions, abs=2e-3)
    assert len(fitted.grid) > 100  # drawn finely
    assert fitted.best_line.loss == pytest.approx(39 / 275)
    assert fitted.sizes == (1, 10, 1)
    hidden = np.tanh(TASK.x @ fitted.weights[0].T + fitted.biases[0])
    assert (hidden @ fitted.weights[1].T + fitted.biases[1])[:, 0] == pytest.approx(fitted.predictions, rel=1e-5)


def test_the_summary_counts_31_parameters_and_shows_the_shapes():
    summary = curve.fit(TASK, epochs=2).summary
    assert "31" in summary
    assert all(shape in summary for shape in ("[10, 1]", "[10, 10]"))


@pytest.mark.parametrize("first", [0, 1_000])
def test_the_loss_at_a_thousand_epochs_over_starts(first: int):
    ends = curve.many_starts(TASK, range(first, first + 60))
    low, middle, high = np.quantile(ends, (0.1, 0.5, 0.9))
    assert middle == pytest.approx(0.0698, abs=0.0016)
    assert low == pytest.approx(0.066, abs=0.0015)
    assert high == pytest.approx(0.074, abs=0.003)


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1_000])
def test_two_hundred_starts(first: int):
    ends = curve.many_starts(TASK, range(first, first + 200))
    assert np.quantile(ends, (0.1, 0.5, 0.9)) == pytest.approx([0.0663, 0.0698, 0.0739], abs=0.0012)
    far = curve.many_starts(TASK, range(first, first + 50), epochs=10_000)
    assert np.median(far) < 5e-5  # it can pass through all the points


def test_asked_for_a_point_that_it_has_not_seen_the_line_knows_more():
    network, line = curve.leave_one_out(TASK, range(12))
    assert line == pytest.approx(0.261, abs=5e-4)
    assert np.median(network) == pytest.approx(0.41, abs=0.04)
    assert (network > line).all()


@pytest.mark.slow
def test_a_thousand_starts_of_leaving_one_out():
    network, _ = curve.leave_one_out(TASK, range(1_000))
    assert np.median(network) == pytest.approx(0.405, abs=0.005)  # over these starts 0.0013 uncertain itself
    assert (network > 0.261).all()


def test_leaving_one_out_of_the_line_by_hand():
    errors = []
    for i in range(10):
        kept = np.arange(10) != i
        slope, offset = np.polyfit(TASK.x[kept, 0], TASK.y[kept, 0], 1)
        errors.append((slope * TASK.x[i, 0] + offset - TASK.y[i, 0]) ** 2)
    _, line = curve.leave_one_out(TASK, [0], epochs=1)
    assert line == pytest.approx(np.mean(errors))
