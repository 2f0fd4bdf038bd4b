"""What the Monte Carlo rules share: their parameters as kernels take them, returns from the last step back, and first visits.

    G_t = R_{t+1} + γ · G_{t+1}                        G_T = 0 at the end of an episode

A truncated episode has no full return. It was cut, not ended: as everywhere here its returns bootstrap from the value of the
state at the cut, as it stood when the episode was over (so a truncated tree is that of an n-step return).

Reference: Sutton & Barto, 2nd edition, sections 5.1 and 5.4; 5.5 for off-policy, 12.1 for λ-returns.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.kernel import kernel


class MonteCarloHow(NamedTuple):
    """γ, the actions, and whether a return counts for the first visit of its episode alone."""

    discount: float
    actions: tuple[int, ...]
    first_visit: bool


def monte_carlo_how(settings: Mapping[str, Any]) -> MonteCarloHow:
    """The parameters as the kernels take them."""
    return MonteCarloHow(settings["discount"], tuple(range(settings["actions"])), settings["first_visit"])


class OffPolicyHow(NamedTuple):
    """γ, the actions, first visits alone or all, weighted or ordinary importance sampling."""

    discount: float
    actions: tuple[int, ...]
    first_visit: bool
    weighted: bool


def off_policy_how(settings: Mapping[str, Any]) -> OffPolicyHow:
    """The parameters as the kernels take them."""
    return OffPolicyHow(*monte_carlo_how(settings), settings["weighted"])


class LambdaHow(NamedTuple):
    """γ, the actions and λ."""

    discount: float
    actions: tuple[int, ...]
    lambda_: float


def lambda_how(settings: Mapping[str, Any]) -> LambdaHow:
    """The parameters as the kernels take them."""
    return LambdaHow(settings["discount"], tuple(range(settings["actions"])), settings["lambda_"])


@kernel
def return_before(reward: float, discount: float, total: float) -> float:
    """G ← R + γ · G: the return one step earlier."""
    return reward + discount * total


@kernel
def end_value(row: int, value: float) -> float:
    """What lies beyond the last step: nothing where it ended the episode, the value of the arrival where it was cut."""
    return 0.0 if row & TERMINATED != 0 else value


@kernel
def mark_first_visits(first: Any, cells: Any, t: int, width: int) -> None:
    """Write into `first` [entries] the step at which each entry met in the steps 0 … t was met first; others stay as they are.

    From the last step back, so that the earliest writes last: one look at each step, however long the episode.

    Args:
        first: out, flat float64.
        cells: the steps' cells, with flags.
        t: the last step.
        width: how many cells share an entry: A for states, 1 for pairs.
    """
    for step in range(t, -1, -1):
        first[(cells[step] & CELL) // width] = step
