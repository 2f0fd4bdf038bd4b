import math

import numpy as np
import pytest

from mazefit.agents.elementary import exponential, logarithm, square_root

RNG = np.random.default_rng(0)
SMALL = [0.0, -1e-300, -1e-17, -0.5, -1.0, -math.log(2.0), -37.0, -700.0, -744.0, *(-RNG.exponential(30.0, 200)).tolist()]
LARGE = [1.0, 1.0 + 2**-52, 1.5, 2.0, math.e, 10.0, 1e9, 2.0**52, 1e300, *(1.0 + RNG.exponential(1000.0, 200)).tolist()]
ANY = [0.25, 1e-300, 1e-9, 2.0, 3.0, 1e9, 1e300, *RNG.exponential(50.0, 200).tolist()]


@pytest.mark.parametrize(
    ("kernel", "numbers", "exact", "units"),
    [(exponential, SMALL, math.exp, 8), (logarithm, LARGE, math.log, 8), (square_root, ANY, math.sqrt, 1)],
    ids=["exponential", "logarithm", "square root"],
)
def test_within_a_few_units_of_the_last_place_and_the_same_compiled(kernel, numbers, exact, units) -> None:
    for x in numbers:
        found = kernel.python(x)
        assert kernel.compiled(x) == found
        assert abs(found - exact(x)) <= units * math.ulp(exact(x)), x


def test_the_ends() -> None:
    assert exponential(0.0) == 1.0
    assert exponential(-746.0) == exponential(-1e308) == 0.0
    assert logarithm(1.0) == 0.0
    assert square_root(0.0) == square_root(-1.0) == 0.0
    assert [square_root(float(n * n)) for n in range(1, 50)] == list(range(1, 50))
