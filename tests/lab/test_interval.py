"""Student's t without tables of others: the quantile, the mean and its interval."""

import numpy as np
import pytest

from mazefit.lab.interval import mean_and_half, t_quantile


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.7062), (2, 4.3027), (10, 2.2281), (11, 2.2010), (12, 2.1788), (29, 2.0452), (120, 1.9799)]
)
def test_the_quantile_is_that_of_the_printed_tables(freedom: int, quantile: float):
    assert t_quantile(freedom) == pytest.approx(quantile, abs=2e-4)


def test_mean_and_half_by_hand():
    mean, half = mean_and_half([1.0, 2.0, 3.0])  # s = 1, t = 4.30265 at 2 degrees of freedom
    assert float(mean) == 2.0
    assert float(half) == pytest.approx(4.30265 / np.sqrt(3), abs=1e-5)
    means, halves = mean_and_half([[1.0, 5.0], [3.0, 5.0]])
    assert means.tolist() == [2.0, 5.0]
    assert halves == pytest.approx([12.7062, 0.0], abs=1e-3)


def test_nineteen_of_twenty_intervals_hold_the_truth():
    draws = np.random.default_rng(0).normal(3.0, 2.0, size=(8, 4_000))
    mean, half = mean_and_half(draws)
    assert 0.94 < float((np.abs(mean - 3.0) <= half).mean()) < 0.96


def test_of_one_number_there_is_no_interval():
    mean, half = mean_and_half([4.0])
    assert float(mean) == 4.0
    assert np.isnan(half)
