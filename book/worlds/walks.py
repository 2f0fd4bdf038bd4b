"""The random walks, and the small processes of chapters 5 and 6."""

import numpy as np
import numpy.typing as npt

from book.worlds.build import Outcome, world
from mazefit.envs import TabularMDP


def random_walk(length: int, left: float, right: float) -> TabularMDP:
    """States 1 … length in a row, both ends terminal; the two actions go left and right.

    Args:
        length: states between the ends.
        left, right: rewards on arriving at the ends, all others being 0.
    """

    def outcomes(state: int, action: int) -> list[Outcome]:
        if state in (0, length + 1):
            return []
        there = state + (1 if action else -1)
        reward = left if there == 0 else right if there == length + 1 else 0.0
        return [(1.0, there, reward, there in (0, length + 1))]

    return world(length + 2, 2, outcomes, (length + 1) // 2)


def inner(v: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The values of a walk's states, its ends left out."""
    return v[1:-1]


def walk_values(length: int, left: float, right: float) -> npt.NDArray[np.float64]:
    """The true values of the uniform walk, in closed form: a straight line from one end's reward to the other's."""
    return left + (right - left) * np.arange(1, length + 1) / (length + 1)


def endless_loop() -> TabularMDP:
    """Example 5.5: one state; left returns with probability 0.9, else ends with +1; right ends with 0."""

    def outcomes(state: int, action: int) -> list[Outcome]:
        if state == 1:
            return []
        return [(1.0, 1, 0.0, True)] if action else [(0.9, 0, 0.0, False), (0.1, 1, 1.0, True)]

    return world(2, 2, outcomes, 0)


def drive_home() -> TabularMDP:
    """Example 6.1: leaving the office, reaching the car, exiting the highway, the truck, the home street; in minutes."""
    minutes = (5.0, 15.0, 10.0, 10.0, 3.0)

    def outcomes(state: int, action: int) -> list[Outcome]:
        return [] if state == 5 else [(1.0, state + 1, minutes[state], state == 4)]

    return world(6, 1, outcomes, 0)
