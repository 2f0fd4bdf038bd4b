"""Two sides measured in alternating rounds, and what their pairs say: the median ratio and its interval.

A machine's speed drifts from second to second. Timed in turns, both sides meet the same moments, and the ratio of each
pair is nearly free of the drift; which side goes first changes from round to round.
"""

import gc
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

Side = Callable[[], float]  # runs once and returns its seconds (per step, per call: the same unit on both sides)


class Estimate(NamedTuple):
    """A median, with the interval that holds the true one in at least 95 of 100 runs where there are values enough."""

    median: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Plan:
    """How much to measure."""

    rounds: int = 7  # interleaved rounds where the two sides are far apart
    pairs: int = 15  # interleaved pairs where the ratio is near 1
    fresh: int = 20  # fresh interpreters
    quick: bool = False

    def size(self, full: int) -> int:
        """`full`, or a tenth of it when only trying things out."""
        return max(1, full // 10) if self.quick else full


QUICK = Plan(rounds=2, pairs=3, fresh=3, quick=True)


def median_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float] | None:
    """The narrowest symmetric pair of order statistics that covers the true median with probability >= `level`.

    The k-th smallest and the k-th largest of n values miss the median only when fewer than k values fall on one side of
    it: coverage = 1 - 2 · P(Binomial(n, 1/2) < k), whatever the distribution of the values.

    Returns:
        (low, high), or None where even the extremes cover less than `level` (n < 6 at 95 %).
    """
    n = len(values)
    ordered = sorted(values)
    found = None
    missed = 0.0
    for k in range(1, n // 2 + 1):
        missed += math.comb(n, k - 1) / 2**n
        if 1 - 2 * missed < level:
            break
        found = (ordered[k - 1], ordered[n - k])
    return found


def estimate(values: Sequence[float]) -> Estimate:
    """The median of `values` and its 95 % interval."""
    low, high = median_interval(values) or (None, None)
    return Estimate(statistics.median(values), low, high)


@dataclass(frozen=True)
class Comparison:
    """The seconds of two sides, round by round."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def our_time(self) -> float:
        return statistics.median(self.ours)

    @property
    def peer_time(self) -> float:
        return statistics.median(self.peer)

    def times_faster(self) -> Estimate:
        """The peer's time in units of ours, pair by pair."""
        return estimate([p / o for o, p in zip(self.ours, self.peer, strict=True)])

    def times_longer(self) -> Estimate:
        """Our time in units of the peer's, pair by pair."""
        return estimate([o / p for o, p in zip(self.ours, self.peer, strict=True)])


def compare(ours: Side, peer: Side, rounds: int) -> Comparison:
    """Run both sides in alternating rounds; which one goes first alternates too."""
    sides = (ours, peer)
    seconds: tuple[list[float], list[float]] = ([], [])
    for i in range(rounds):
        for which in (0, 1) if i % 2 == 0 else (1, 0):
            gc.collect()
            seconds[which].append(sides[which]())
    return Comparison(tuple(seconds[0]), tuple(seconds[1]))


def timed(call: Callable[[], object], times: int = 1) -> Side:
    """A side whose round is `times` calls of `call`; its seconds are those of one call."""

    def side() -> float:
        start = perf_counter()
        for _ in range(times):
            call()
        return (perf_counter() - start) / times

    return side
