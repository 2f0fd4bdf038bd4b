"""Who wins how often: from the same start, which of several fits ends lowest, and how sure one can be of its share.

The interval is Wilson's score interval. With k wins of n and z the 97.5 % quantile of the normal distribution,

    (k + z²/2) / (n + z²)  ±  z / (n + z²) · √( k (n - k) / n + z²/4 )

It stays inside [0, 1] and says something sensible of 0 and of n wins, where the plain k/n ± z √(k (n - k) / n³) has no width.

Reference: Wilson (1927), Probable inference, the law of succession, and statistical inference; Brown, Cai & DasGupta (2001),
Interval estimation for a binomial proportion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
TIE = 1e-12  # relative: scores no further apart are the same


def wilson(wins: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share, from 0 to 1; of no trials it is the whole of it."""
    if not trials:
        return 0.0, 1.0
    middle = (wins + Z * Z / 2) / (trials + Z * Z)
    half = Z / (trials + Z * Z) * sqrt(wins * (trials - wins) / trials + Z * Z / 4)
    low = 0.0 if wins == 0 else max(0.0, middle - half)
    return low, 1.0 if wins == trials else min(1.0, middle + half)


class Share(NamedTuple):
    """How often one of them was lowest, alone.

    Args:
        name: whose.
        wins: at how many seeds.
        share: wins / seeds.
        low, high: its 95 % interval.
    """

    name: str
    wins: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Wins:
    """The shares of all, best first; where several were lowest together nobody has won.

    Args:
        shares: one for each, the most wins first.
        seeds: how many starts were compared.
        ties: at how many of them the lowest score was that of more than one.
        undecided: at how many of them every fit diverged.
    """

    shares: tuple[Share, ...]
    seeds: int
    ties: int
    undecided: int

    def __getitem__(self, name: str) -> Share:
        """The share of one of them by its name."""
        for share in self.shares:
            if share.name == name:
                return share
        raise KeyError(name)

    def __str__(self) -> str:
        """One line: `Momentum 85.2 % (82.9 to 87.3) · RMSprop … of 1000 seeds`."""
        each = " · ".join(
            f"{one.name} {percent(one.share)} % ({percent(one.low)} to {percent(one.high)})" for one in self.shares
        )
        return f"{each} of {self.seeds} seeds{said(self)}"


def said(wins: Wins) -> str:
    """What must be known of the seeds at which nobody has won."""
    ties = f"; {wins.ties} {'tie' if wins.ties == 1 else 'ties'}, in which nobody wins" if wins.ties else ""
    return f"{ties}; at {wins.undecided} every fit diverged" if wins.undecided else ties


def percent(share: float) -> str:
    """A share in per cent, with one digit."""
    return f"{100 * share:.1f}"


def count_wins(names: Sequence[str], scores: npt.NDArray[np.float64]) -> Wins:
    """Count who is lowest at each seed.

    Args:
        names: of the rows.
        scores: [rows, seeds]; NaN where a fit has diverged, which never wins.
    """
    seeds = scores.shape[1]
    comparable = np.where(np.isnan(scores), np.inf, scores)
    best = comparable.min(axis=0)  # [seeds]
    with np.errstate(invalid="ignore"):
        lowest = (comparable - best <= TIE * np.abs(best)) & np.isfinite(comparable)  # [rows, seeds]
    together = lowest.sum(axis=0)
    counts = (lowest & (together == 1)).sum(axis=1).tolist()
    shares = [Share(name, n, n / seeds if seeds else 0.0, *wilson(n, seeds)) for name, n in zip(names, counts, strict=True)]
    shares.sort(key=lambda share: -share.wins)
    return Wins(tuple(shares), seeds, int((together > 1).sum()), int((together == 0).sum()))
