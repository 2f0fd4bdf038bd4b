"""A verdict needs an interval that leaves one half out."""

import numpy as np
import pytest

from mazefit.supervised.regression.verdict import against


@pytest.mark.parametrize(
    ("wins", "trials", "says"),
    [
        (12, 12, "better"),
        (10, 12, "better"),
        (9, 12, "open"),
        (6, 12, "open"),
        (1, 12, "worse"),
        (2, 2, "open"),
        (0, 0, "open"),
    ],
)
def test_what_is_said_of_so_many_wins(wins: int, trials: int, says: str):
    ones = np.where(np.arange(trials) < wins, 1.0, 3.0)
    verdict = against("A", ones, "B", np.full(trials, 2.0))
    assert (verdict.wins, verdict.trials, verdict.says) == (wins, trials, says)
    assert verdict.low <= (wins / trials if trials else 0.5) <= verdict.high
    turned = against("B", np.full(trials, 2.0), "A", ones)
    assert turned.says == {"better": "worse", "worse": "better", "open": "open"}[says]


def test_what_ends_alike_is_won_by_nobody():
    verdict = against("A", [1.0, 1.0, 1.0], "B", [1.0005, 0.9995, 1.1])
    assert (verdict.wins, verdict.trials, verdict.alike) == (1, 1, 2)


def test_what_has_come_to_no_number_never_wins():
    verdict = against("A", [np.nan, 1.0, np.inf, np.nan], "B", [1.0, np.nan, 2.0, np.nan])
    assert (verdict.wins, verdict.trials, verdict.alike) == (1, 3, 1)
