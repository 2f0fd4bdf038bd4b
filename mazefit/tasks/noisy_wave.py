"""A cubic with a wave on it, under heavy noise.

    code    y = 0.5 x³ - 0.5 x² - 90 sin(2x) + 1          what the tutorial's program computes
    text    y = 0.5 x³ - 0.5 x² - 90 sin(x²) + 1          what its text says: much faster waves, another problem

x ~ U(-10, 10), noise ~ N(0, 30²). The mean size of such noise is 30 √(2/π) = 23.937: no fit has a smaller expected L1 loss on
points that it has not seen.
"""

import math

import numpy as np

from mazefit.errors import Problems
from mazefit.tasks.points import Numbers, Task

HALF, NOISE = 10.0, 30.0
L1_FLOOR = NOISE * math.sqrt(2.0 / math.pi)


def wave_of_code(x: Numbers) -> Numbers:
    """0.5 x³ - 0.5 x² - 90 sin(2x) + 1."""
    return 0.5 * x**3 - 0.5 * x**2 - 90.0 * np.sin(2.0 * x) + 1.0


def wave_of_text(x: Numbers) -> Numbers:
    """0.5 x³ - 0.5 x² - 90 sin(x²) + 1."""
    return 0.5 * x**3 - 0.5 * x**2 - 90.0 * np.sin(x**2) + 1.0


FORMULAS = {
    "code": (wave_of_code, "y = 0.5 x³ - 0.5 x² - 90 sin(2x) + 1"),
    "text": (wave_of_text, "y = 0.5 x³ - 0.5 x² - 90 sin(x²) + 1"),
}


def waves(seed: int = 0, formula: str = "code", count: int = 5_000) -> Task:
    """Points about the wave, and as many others for the test.

    Args:
        seed: of the points.
        formula: "code" or "text".
        count: how many points there are.

    Raises:
        ConfigError: a seed, a formula or a number of points that there is not.
    """
    problems = Problems("waves")
    problems.integer("seed", seed, 0)
    problems.choice("formula", formula, FORMULAS)
    problems.integer("count", count, 2)
    problems.raise_if_any()
    truth, written = FORMULAS[formula]
    draw = np.random.default_rng(seed)
    x, x_test = draw.uniform(-HALF, HALF, (2, count, 1))
    y, y_test = (truth(inputs) + NOISE * draw.standard_normal((count, 1)) for inputs in (x, x_test))
    return Task("waves", x, y, x_test, y_test, truth, NOISE, written)
