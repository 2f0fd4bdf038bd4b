"""Which of two does better from the same starts: counted, with the interval that the count leaves open.

From each start both are fitted; one wins where it ends lower. Its share of wins has Wilson's 95 % interval, and only an
interval that leaves one half out is a verdict: from few starts, or from starts that disagree, none is given.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mazefit.training.shares import wilson

ALIKE = 1e-3  # relative: two that end this close have ended alike


@dataclass(frozen=True)
class Verdict:
    """One against another.

    Args:
        one, other: their names.
        wins: starts from which the first ended lower.
        trials: starts that one of them won.
        alike: starts from which both ended alike, to one part in a thousand.
        low, high: the 95 % interval of the first's share of wins.
        says: "better", "worse" or "open".
    """

    one: str
    other: str
    wins: int
    trials: int
    alike: int
    low: float
    high: float
    says: Literal["better", "worse", "open"]


def against(one: str, ones: npt.ArrayLike, other: str, others: npt.ArrayLike) -> Verdict:
    """Compare two by their scores from the same starts; lower is better, one that has come to no number never wins.

    >>> against("A", [1.0] * 12, "B", [2.0] * 12).says, against("A", [1.0, 3.0], "B", [2.0, 2.0]).says
    ('better', 'open')

    Args:
        one, other: their names.
        ones, others: their scores, [starts] each.
    """
    a, b = (np.where(np.isfinite(v), v, np.inf) for v in (np.asarray(ones, np.float64), np.asarray(others, np.float64)))
    with np.errstate(invalid="ignore"):  # inf - inf, of two that have come to no number
        same = (a == b) | (np.abs(a - b) <= ALIKE * np.where(np.isfinite(b), np.abs(b), 0.0))
    wins, losses = int(((a < b) & ~same).sum()), int(((b < a) & ~same).sum())
    low, high = wilson(wins, wins + losses)
    says: Literal["better", "worse", "open"] = "better" if low > 0.5 else "worse" if high < 0.5 else "open"
    return Verdict(one, other, wins, wins + losses, int(same.sum()), low, high, says)
