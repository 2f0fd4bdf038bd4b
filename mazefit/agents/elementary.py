"""Exponential, natural logarithm and square root from the four operations: the same bytes plain, compiled and anywhere.

Library versions of these differ in their last digit from machine to machine; behaviour that rests on them would not repeat.
Both series run until a term changes nothing; the error is a few units in the last place.
"""

from mazefit.kernel import kernel

LN2 = 0.693147180369123816490  # its last bits are zeros: whole multiples are exact
LN2_REST = 1.90821492927058770002e-10  # what it lacks of the logarithm of 2


@kernel
def exponential(x: float) -> float:
    """e^x for x <= 0 (below -745: 0), as 2^-k · e^r with |r| <= ln 2."""
    if x < -745.0:
        return 0.0
    halvings = int(-x / LN2)
    rest = (x + halvings * LN2) + halvings * LN2_REST
    total, term, i = 1.0, 1.0, 1.0
    while total + term != total or i < 3.0:
        term = term * rest / i
        total += term
        i += 1.0
    for _ in range(halvings):
        total = total * 0.5
    return total


@kernel
def logarithm(x: float) -> float:
    """ln x for x >= 1, as k · ln 2 + 2 · artanh((m - 1) / (m + 1)) with m in [1, 2)."""
    doublings = 0
    while x >= 2.0:
        x = x * 0.5
        doublings += 1
    ratio = (x - 1.0) / (x + 1.0)
    square = ratio * ratio
    total, power, i = 0.0, ratio, 1.0
    while total + power / i != total:
        total += power / i
        power = power * square
        i += 2.0
    return doublings * LN2 + (2.0 * total + doublings * LN2_REST)


@kernel
def square_root(x: float) -> float:
    """√x for x >= 0 by Newton's method from above."""
    if x <= 0.0:
        return 0.0
    guess = x if x > 1.0 else 1.0
    while True:
        better = 0.5 * (guess + x / guess)
        if better >= guess:
            return guess
        guess = better
