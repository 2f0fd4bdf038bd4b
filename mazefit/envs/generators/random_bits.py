"""Random numbers that are the same in plain Python and compiled: a lag-1 multiply-with-carry generator.

The state is one integer x below 2^63: its low 32 bits are the word, the rest is the carry c; one step is
x' = 698769069 * word + c, and what is drawn from x is word XOR c. As the multiplier is below 2^31 nothing ever leaves 63
bits, so that Python's integers and int64 agree; the period is about 2^60 (698769069 * 2^32 - 1 is a safe prime).

References: G. Marsaglia & A. Zaman, "A new class of random number generators" (1991), and Marsaglia's KISS, whose carry
part has this multiplier; M. Goresky & A. Klapper, "Efficient multiply-with-carry random number generators with maximal
period" (2003).
"""

import numpy as np
from numpy.typing import NDArray

from mazefit.kernel import kernel


def seeded(seed: int) -> NDArray[np.int64]:
    """A generator's state, int64 [1], from NumPy's SeedSequence: neither zero nor the other fixed point."""
    word, carry = (int(bits) for bits in np.random.SeedSequence(seed).generate_state(2))
    return np.array([((1 + carry % 698769067) << 32) + word], np.int64)


@kernel
def advance(x: int) -> int:
    """The state after `x`."""
    return 698769069 * (x & 0xFFFFFFFF) + (x >> 32)


@kernel
def below(x: int, n: int) -> int:
    """The number in 0 .. n-1 that state `x` draws, by multiply and shift: uneven by at most n / 2^32."""
    return (((x & 0xFFFFFFFF) ^ (x >> 32)) * n) >> 32
