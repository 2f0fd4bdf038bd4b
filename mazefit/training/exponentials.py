"""e^x - 1, tanh and the logistic function on lanes, from the four operations: the same bytes plain and compiled.

    x = k · ln 2 + r, |r| <= (ln 2) / 2         e^x - 1 = 2^k · (e^r - 1) + (2^k - 1)         e^r - 1 by its Taylor series

Accurate to a few units in the last place, near zero as well. `exp_minus_one` is of double precision; for single precision
kernels are made with `.using(exp_minus_one=exp_minus_one_single)`.
"""

from typing import Any

from mazefit.kernel import kernel
from mazefit.training.lanes import positive, power_of_two

LOG2_E = 1.4426950408889634
LN2 = 0.693147180369123816490  # its last bits are zeros: whole multiples are exact
LN2_REST = 1.90821492927058770002e-10  # what it lacks of the logarithm of 2
ROUND = 6755399441055744.0  # 1.5 · 2^52: adding it rounds to whole numbers
LN2_SINGLE = 0.693359375
LN2_REST_SINGLE = -2.12194440e-4
ROUND_SINGLE = 12582912.0  # 1.5 · 2^23


@kernel
def exp_minus_one(x: Any) -> Any:
    """e^x - 1 in double precision; beyond ±708 as at ±708."""
    x = positive(x - 708.0, 708.0, x)
    x = positive(-708.0 - x, -708.0, x)
    shifted = x * LOG2_E + ROUND
    k = shifted - ROUND
    r = (x - k * LN2) - k * LN2_REST
    s = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    s = 1.0 / 39916800.0 + r * s
    s = 1.0 / 3628800.0 + r * s
    s = 1.0 / 362880.0 + r * s
    s = 1.0 / 40320.0 + r * s
    s = 1.0 / 5040.0 + r * s
    s = 1.0 / 720.0 + r * s
    s = 1.0 / 120.0 + r * s
    s = 1.0 / 24.0 + r * s
    s = 1.0 / 6.0 + r * s
    s = 0.5 + r * s
    power = power_of_two(shifted)
    return power * (r + r * r * s) + (power - 1.0)


@kernel
def exp_minus_one_single(x: Any) -> Any:
    """e^x - 1 in single precision; beyond ±87 as at ±87."""
    x = positive(x - 87.0, 87.0, x)
    x = positive(-87.0 - x, -87.0, x)
    shifted = x * LOG2_E + ROUND_SINGLE
    k = shifted - ROUND_SINGLE
    r = (x - k * LN2_SINGLE) - k * LN2_REST_SINGLE
    s = 1.0 / 720.0 + r * (1.0 / 5040.0)
    s = 1.0 / 120.0 + r * s
    s = 1.0 / 24.0 + r * s
    s = 1.0 / 6.0 + r * s
    s = 0.5 + r * s
    power = power_of_two(shifted)
    return power * (r + r * r * s) + (power - 1.0)


@kernel
def hyperbolic_tangent(x: Any) -> Any:
    """tanh x = -t / (t + 2) with t = e^(-2|x|) - 1, and the sign of x."""
    t = exp_minus_one(-2.0 * abs(x))
    size = t / (t + 2.0)
    return positive(x, -size, size)


@kernel
def logistic(x: Any) -> Any:
    """1 / (1 + e^-x)."""
    return 1.0 / (2.0 + exp_minus_one(-x))
