"""A straight line seen through noise: x ~ N(0, 1), y = 3 x + 2 + N(0, 1)."""

import numpy as np

from mazefit.errors import Problems
from mazefit.tasks.points import Numbers, Task

SLOPE, OFFSET, NOISE = 3.0, 2.0, 1.0


def true_line(x: Numbers) -> Numbers:
    """The line without its noise, 3 x + 2."""
    return SLOPE * x + OFFSET


def descent(seed: int = 0, count: int = 1_000) -> Task:
    """Points about the line.

    Args:
        seed: of the points; the same seed makes the same points.
        count: how many.

    Raises:
        ConfigError: a seed or a number of points that there cannot be.
    """
    problems = Problems("descent")
    problems.integer("seed", seed, 0)
    problems.integer("count", count, 2)
    problems.raise_if_any()
    draw = np.random.default_rng(seed)
    x = draw.standard_normal((count, 1))
    y = true_line(x) + NOISE * draw.standard_normal((count, 1))
    return Task("descent", x, y, truth=true_line, noise=NOISE, formula="y = 3 x + 2 + N(0, 1)")
