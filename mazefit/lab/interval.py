"""The mean of a few independent numbers, and its 95 % interval by Student's t.

    mean ± t · s / √n            t the 97.5 % quantile at n - 1 degrees of freedom, s² = Σ (x - mean)² / (n - 1)

The quantile stands in a table up to ten degrees of freedom; beyond, four terms of its expansion about the normal quantile
give it to four digits.

Reference: Student (1908), The probable error of a mean; Abramowitz & Stegun, 26.7.5.
"""

import numpy as np
import numpy.typing as npt

Z = 1.959963984540054  # of the normal distribution
FEW = (12.70620, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.30600, 2.26216, 2.22814)


def t_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t at so many degrees of freedom."""
    if freedom <= len(FEW):
        return FEW[freedom - 1]
    one = (Z**3 + Z) / 4
    two = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    three = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384
    return Z + one / freedom + two / freedom**2 + three / freedom**3


def mean_and_half(values: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Means over the first axis and the halves of their intervals; NaN of a single one, whose interval is not known."""
    found = np.asarray(values, dtype=np.float64)
    count, mean = len(found), found.mean(axis=0)
    if count < 2:
        return mean, np.full(mean.shape, np.nan)
    return mean, t_quantile(count - 1) * found.std(axis=0, ddof=1) / np.sqrt(count)
