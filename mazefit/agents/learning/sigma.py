"""Q(σ)'s parameters as its kernels take them, and what an arrival is worth, between sampling and averaging.

Reference: Sutton & Barto, 2nd edition, section 7.6.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mazefit.agents.learning.target_policy import target_how, target_probability
from mazefit.agents.learning.tree_backup import branching_value
from mazefit.backup.one_step import SAMPLED
from mazefit.kernel import kernel


class SigmaHow(NamedTuple):
    """As `TargetHow`; σ, whether it is drawn at every step instead, and whether there is a control variate."""

    discount: float
    actions: tuple[int, ...]
    n: int
    on_policy: bool
    rate: float
    sigma: float
    drawn: bool
    control_variate: bool


def sigma_how(settings: Mapping[str, Any]) -> SigmaHow:
    """The parameters as the kernels take them."""
    drawn = settings["sigma"] == "random"
    sigma = 0.0 if drawn else float(settings["sigma"])
    return SigmaHow(*target_how(settings), sigma, drawn, settings["control_variate"])


@kernel
def degree(row: int, how: Any) -> float:
    """σ of a step."""
    if how.drawn:
        return 1.0 if row & SAMPLED != 0 else 0.0
    return how.sigma


@kernel
def mixed_value(q: Any, cell: int, below: float, sigma: float, chance: float, rate: float, how: Any) -> float:
    """The bracket: what the arrival whose taken pair is `cell` is worth, `below` being G of that pair.

    Args:
        q: action values [S * A].
        cell, below: the pair taken, and its G.
        sigma: σ of this step.
        chance: b of that pair.
        rate: ε or τ of π.
        how: the actions; whether π is b; whether there is a control variate.
    """
    first = cell - cell % len(how.actions)
    taken_share = target_probability(q, cell, how.actions, rate)
    ratio = 1.0 if how.on_policy else taken_share / chance
    total = branching_value(q, first, -1 if how.control_variate else cell - first, below, how.actions, rate)
    if how.control_variate:
        return (sigma * ratio + (1.0 - sigma) * taken_share) * (below - q[cell]) + total
    return sigma * ratio * below + (1.0 - sigma) * total
