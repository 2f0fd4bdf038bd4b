"""Shares of wins: Wilson's interval against published numbers, ties and divergence against tables made by hand."""

import math

import numpy as np
import pytest

from mazefit.training.shares import count_wins, wilson


@pytest.mark.parametrize(
    ("wins", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe (1998), Two-sided confidence intervals for the single proportion, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),  # the mirror of 0 of 29
    ],
)
def test_wilsons_interval_is_the_published_one(wins: int, trials: int, low: float, high: float):
    assert wilson(wins, trials) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_interval_holds_the_share_and_shrinks_with_the_root_of_the_trials():
    for trials in (1, 10, 1000):
        for wins in range(0, trials + 1, max(1, trials // 10)):
            low, high = wilson(wins, trials)
            assert 0 <= low <= wins / trials <= high <= 1
    widths = [math.sqrt(n) * (wilson(n // 2, n)[1] - wilson(n // 2, n)[0]) for n in (10_000, 1_000_000)]
    assert widths == pytest.approx([1.96, 1.96], rel=1e-3)


def test_wins_ties_and_divergence_are_counted_apart():
    scores = np.array(
        [
            [1.0, 2.0, 3.0, np.nan, np.nan, 0.0],
            [2.0, 1.0, 3.0, 5.00000, np.nan, 1.0],
            [3.0, 3.0, 4.0, 6.00000, np.nan, 0.0],
        ]
    )
    wins = count_wins(("a", "b", "c"), scores)
    assert {share.name: share.wins for share in wins.shares} == {"a": 1, "b": 2, "c": 0}
    assert [share.name for share in wins.shares] == ["b", "a", "c"]
    assert (wins.seeds, wins.ties, wins.undecided) == (6, 2, 1)
    assert wins["b"].share == pytest.approx(2 / 6)
    assert (wins["b"].low, wins["b"].high) == wilson(2, 6)
    assert str(wins).endswith("of 6 seeds; 2 ties, in which nobody wins; at 1 every fit diverged")
    with pytest.raises(KeyError):
        wins["d"]


def test_scores_that_differ_by_rounding_alone_are_a_tie():
    near = np.array([[1.0, 1.0], [1.0 + 1e-13, 1.0 + 1e-11]])
    wins = count_wins(("a", "b"), near)
    assert (wins.ties, wins["a"].wins) == (1, 1)
