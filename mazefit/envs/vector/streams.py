"""The random generators of many environments at once: stream i draws what NumPy's default_rng(seed_i) draws.

One row of plain int64 arithmetic (which wraps, as uint64 would) stands for NumPy's SeedSequence, PCG64 and bounded integers, so
that a thousand environments draw their random starts together, on whatever holds the arrays.

References:
    M. E. O'Neill, PCG: A family of simple fast space-efficient statistically good algorithms for random numbers, 2014.
    D. Lemire, Fast random integer generation in an interval, ACM TOMACS 29(1), 2019.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

MULTIPLIER = (2549297995355413924, 4865540595714422341)  # high and low half of PCG64's
LOW = 0xFFFFFFFF
LARGEST = 0x7FFFFFFFFFFFFFFF
_WORDS = 4


def hashed(entropy: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """What NumPy's SeedSequence makes of seeds.

    Args:
        entropy: uint32 [N, 4], the words of each seed, lowest first.

    Returns:
        int64 [N, 4]: `SeedSequence(seed).generate_state(4, np.uint64)`.
    """
    constant = 0x43B0D7E5

    def mixed_in(value: Any, multiplier: int = 0x931E8875) -> Any:
        nonlocal constant
        value = value ^ np.uint32(constant)
        constant = constant * multiplier & LOW
        value = value * np.uint32(constant)
        return value ^ value >> np.uint32(16)

    pool: list[Any] = [mixed_in(entropy[:, word]) for word in range(_WORDS)]
    for source in range(_WORDS):
        for target in range(_WORDS):
            if source != target:
                both = pool[target] * np.uint32(0xCA01F9DD) - mixed_in(pool[source]) * np.uint32(0x4973F715)
                pool[target] = both ^ both >> np.uint32(16)
    constant = 0x8B51F9DD
    words = [mixed_in(pool[word % _WORDS], 0x58F38DED).astype(np.int64) for word in range(2 * _WORDS)]
    return np.stack([words[2 * i] | words[2 * i + 1] << 32 for i in range(_WORDS)], axis=1)


def seeded(seeds: list[int]) -> npt.NDArray[np.int64]:
    """The states of PCG64 after these seeds, [4, N]: high and low half of the state, high and low half of the increment."""
    entropy = np.array([[seed >> 32 * word & LOW for word in range(_WORDS)] for seed in seeds], dtype=np.uint32)
    drawn = hashed(entropy.reshape(-1, _WORDS))
    for row, seed in enumerate(seeds):
        if seed >> 128:  # beyond four words NumPy mixes further
            drawn[row] = np.random.SeedSequence(seed).generate_state(_WORDS, np.uint64).view(np.int64)
    return from_words(drawn)


def from_words(words: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The states of PCG64 that four words [N, 4] begin."""
    high, low, stream_high, stream_low = words.T
    step_high, step_low = stream_high << 1 | stream_low >> 63 & 1, stream_low << 1 | 1
    state = add(high, low, step_high, step_low)
    return np.stack([*advanced(*state, step_high, step_low), step_high, step_low])


def add(a_high: Any, a_low: Any, b_high: Any, b_low: Any) -> tuple[Any, Any]:
    """The sum of two 128-bit numbers."""
    low = a_low + b_low
    carry = (a_low & b_low | (a_low | b_low) & ~low) >> 63 & 1
    return a_high + b_high + carry, low


def advanced(high: Any, low: Any, step_high: Any, step_low: Any) -> tuple[Any, Any]:
    """The next state of PCG64: state * multiplier + increment, modulo 2^128."""
    m_high, m_low = MULTIPLIER
    a, b, c, d = low >> 32 & LOW, low & LOW, m_low >> 32, m_low & LOW
    middle = (b * d >> 32 & LOW) + (a * d & LOW) + (b * c & LOW)
    top = a * c + (a * d >> 32 & LOW) + (b * c >> 32 & LOW) + (middle >> 32)
    return add(high * m_low + low * m_high + top, low * m_low, step_high, step_low)


def output(high: Any, low: Any) -> Any:
    """What PCG64 gives in a state: the exclusive or of its halves, rotated right by the highest six bits."""
    turn = high >> 58 & 63
    mixed = high ^ low
    return mixed >> turn & ((LARGEST >> turn) << 1 | 1) | mixed << (64 - turn & 63)


class Streams:
    """Generators of N environments, each what `gymnasium.utils.seeding.np_random(seed)` gives; unseeded until then.

    Args:
        count: number of environments N.
    """

    def __init__(self, count: int) -> None:
        self.state: npt.NDArray[np.int64] = np.zeros((4, count), dtype=np.int64)
        self.kept: npt.NDArray[np.int64] = np.full(count, -1, dtype=np.int64)  # the half of a number not yet used, or -1
        self.unseeded: npt.NDArray[np.bool_] = np.ones(count, dtype=np.bool_)

    def seed(self, rows: npt.NDArray[np.int64], seeds: list[int]) -> None:
        """Begin the streams of these environments anew."""
        self.state[:, rows], self.kept[rows], self.unseeded[rows] = seeded(seeds), -1, False

    def seed_by_chance(self, rows: npt.NDArray[np.int64]) -> None:
        """Begin those of these streams that were never seeded from the system's entropy."""
        fresh = rows[self.unseeded[rows]]
        if len(fresh):
            words = np.random.default_rng().integers(-(2**63), 2**63, size=(len(fresh), _WORDS), dtype=np.int64)
            self.state[:, fresh], self.unseeded[fresh] = from_words(words), False

    def below(self, rows: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """One integer from 0 to bound - 1 of each of these streams: `Generator.integers(bound)`, which is `choice`'s, too."""
        drawn = np.zeros(len(rows), dtype=np.int64)
        waiting = np.flatnonzero(bounds > 1)  # where there is nothing to choose, nothing is drawn
        while len(waiting):
            bound = bounds[waiting]
            product = self._words(rows[waiting]) * bound
            drawn[waiting] = product >> 32
            waiting = waiting[(product & LOW) < (2**32 - bound) % bound]  # as good as never
        return drawn

    def saved(self) -> dict[str, npt.NDArray[Any]]:
        """Where the streams are."""
        return {"streams": self.state.copy(), "kept": self.kept.copy(), "unseeded": self.unseeded.copy()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.state[:], self.kept[:], self.unseeded[:] = saved["streams"], saved["kept"], saved["unseeded"]

    def _words(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The next 32 bits of each of these streams: the lower half of a number first, its upper half the next time."""
        words = self.kept[rows]
        new = words < 0
        self.kept[rows] = -1
        need = rows[new]
        if len(need):
            high, low, step_high, step_low = self.state[:, need]
            high, low = advanced(high, low, step_high, step_low)
            self.state[0, need], self.state[1, need] = high, low
            number = output(high, low)
            words[new], self.kept[need] = number & LOW, number >> 32 & LOW
        return words
