"""Four optimizers as one formula, for environments whose actions choose among them.

    m ← μ m + ν g        u ← ρ u + (1 - ρ) g²        w ← w - α · m / (1 - μᵗ) / (√(u / (1 - ρᵗ)) + ε)

    gradient descent    μ = 0      ν = 1          neither divided by the root nor corrected
    momentum            μ = 0.9    ν = 1          the same
    RMSprop             μ = 0      ν = 1          ρ = 0.99, not corrected
    Adam                μ = 0.9    ν = 1 - μ      ρ = 0.999, corrected

Written for whole vectors; as agents, one parameter at a time and traced, the four stand in `mazefit/agents/fitting/`.
"""

import math
from typing import NamedTuple

import numpy as np

from mazefit.envs.fit_network import Numbers

EPSILON = 1e-8


class FitRule(NamedTuple):
    """The constants that make an optimizer out of the formula; without a `decay` nothing is divided by the root."""

    momentum: float
    fresh: float
    decay: float | None
    corrected: bool


RULES = {
    "gradient-descent": FitRule(0.0, 1.0, None, False),
    "momentum": FitRule(0.9, 1.0, None, False),
    "rmsprop": FitRule(0.0, 1.0, 0.99, False),
    "adam": FitRule(0.9, 1.0 - 0.9, 0.999, True),
}


class Moments(NamedTuple):
    """What an optimizer keeps: m [P], u [P] and the number of updates t."""

    mean: Numbers
    square: Numbers
    time: int


def fresh_moments(size: int) -> Moments:
    """Those of an optimizer that has seen nothing."""
    return Moments(np.zeros(size), np.zeros(size), 0)


def direction(rule: FitRule, gradient: Numbers, moments: Moments) -> tuple[Numbers, Moments]:
    """Where the rule goes, [P], to be taken away from the parameters α times; and the moments after it."""
    time = moments.time + 1
    with np.errstate(over="ignore", invalid="ignore"):
        mean = rule.momentum * moments.mean + rule.fresh * gradient
        if rule.decay is None:
            return mean, Moments(mean, moments.square, time)
        square = rule.decay * moments.square + (1.0 - rule.decay) * gradient * gradient
        ahead, root = mean, np.sqrt(square)
        if rule.corrected:
            ahead = mean / (1.0 - rule.momentum**time)
            root = root / math.sqrt(1.0 - rule.decay**time)
        return ahead / (root + EPSILON), Moments(mean, square, time)
