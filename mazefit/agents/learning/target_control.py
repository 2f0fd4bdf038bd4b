"""Learners of the values of a target policy π: what is refused of π and b, as parameters and in loaded runs.

Reference: Sutton & Barto, 2nd edition, sections 5.5, 7.3, 7.5 and 7.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.learner import EpisodeControl
from mazefit.agents.learning.n_step import MOST, check_n
from mazefit.agents.policies import UCB, EpsilonGreedy, Greedy, Policy, Softmax
from mazefit.backup.rule import Tables
from mazefit.errors import Problems

ROUNDING = 1e-9  # how far a logged probability may lie above 1


@dataclass(frozen=True)
class TargetControl(EpisodeControl):
    """An n-step learner with a `target` π, which may be another policy than the one that acts."""

    needs_target: ClassVar[bool] = False  # where it does not, None stands for the policy that acts

    def check(self, problems: Problems) -> None:
        """n is at least 1, the target is one with probabilities."""
        given = vars(self)
        problems.integer("n", given["n"], 1, MOST)
        check_target(problems, given["target"], given["policy"], needed=self.needs_target)

    def settings(self, world: Any) -> dict[str, Any]:
        """The target by its name and rate."""
        return {**super().settings(world), **target_settings(vars(self)["target"])}


@dataclass(frozen=True)
class WeightedControl(TargetControl):
    """One that divides π by b: a step holds the pair that follows it, and the probability b with which that was chosen."""

    averages: ClassVar[bool] = True

    def settings(self, world: Any) -> dict[str, Any]:
        """Rows hold the following pair; the target by its name and rate."""
        return {**super().settings(world), "pairs": True}

    def check_workings(self, settings: dict[str, Any], workings: dict[str, Any]) -> None:
        """Refuse loaded steps that point outside the tables, or with probabilities that cannot be.

        Raises:
            ValueError: they do.
        """
        super().check_workings(settings, workings)
        check_chances(workings["extra"], "workings: extra")


def check_target(problems: Problems, target: object, policy: object, *, needed: bool = False) -> None:
    """Note a target that is none, and a policy without probabilities where it is the target.

    Args:
        problems: where it is noted.
        target, policy: π (None: the policy that acts), and the policy that acts.
        needed: whether None is refused, too.
    """
    fine = isinstance(target, EpsilonGreedy | Greedy | Softmax) and isinstance(target.rate, int | float)
    known = "Greedy(), or EpsilonGreedy or Softmax with a constant rate"
    expected = known if needed else f"None, {known}"
    problems.check(fine or (target is None and not needed), f"target: expected {expected}, got {target!r}")
    if target is None:
        problems.check(not isinstance(policy, UCB), "policy: expected one with probabilities π(a|s), got UCB")


def target_settings(target: Policy | None) -> dict[str, Any]:
    """What replay must know of the target."""
    rate: Any = 0.0 if target is None else target.rate
    return {"target": None if target is None else target.name, "target_rate": float(rate)}


def check_averages(settings: Mapping[str, Any]) -> None:
    """Refuse a loaded policy without probabilities.

    Raises:
        ValueError: it has none.
    """
    if settings["policy"] in (None, UCB.name):
        raise ValueError(f"settings: policy: expected one with probabilities, got {settings['policy']!r}")


def check_target_settings(settings: Mapping[str, Any], *, ratio: bool) -> None:
    """Refuse a loaded target that is none.

    Raises:
        ValueError: it is none.
    """
    target, rate = settings["target"], settings["target_rate"]
    names = [None, EpsilonGreedy.name, Greedy.name, Softmax.name]
    if target not in names:
        raise ValueError(f"settings: target: expected one of {names}, got {target!r}")
    low, high = (1e-300, 1e300) if target == Softmax.name else (0.0, 1.0)
    if not isinstance(rate, float) or not low <= rate <= high:
        raise ValueError(f"settings: target_rate: expected a number from {low:g} to {high:g}, got {rate!r}")
    if ratio or target is None:
        check_averages(settings)


def check_chances(extra: npt.NDArray[np.float64], where: str) -> None:
    """Refuse loaded probabilities with which an action cannot have been taken: ratios divide by them.

    Raises:
        ValueError: one is not above 0, or above 1.
    """
    if not ((extra > 0.0) & (extra <= 1.0 + ROUNDING)).all():
        raise ValueError(f"{where}: expected probabilities above 0 and at most 1, got others")


def check_n_step_target(settings: dict[str, Any], tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse a loaded n or target that is none.

    Raises:
        ValueError: one is none.
    """
    check_n(settings)
    check_target_settings(settings, ratio=False)


def check_weighted(settings: dict[str, Any], tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse a loaded n or target that is none, and probabilities that cannot be.

    Raises:
        ValueError: one is none, or some cannot be.
    """
    check_n(settings)
    check_target_settings(settings, ratio=True)
    if rows:
        check_chances(rows["extra"], "rows: extra")
