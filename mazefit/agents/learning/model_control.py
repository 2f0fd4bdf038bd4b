"""Learners with a model of their own: how it begins, what is refused of a loaded one, and how often they plan with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.learner import Control
from mazefit.agents.world import World
from mazefit.errors import Problems

Workings = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class ModelControl(Control):
    """A control learner that remembers what pairs led to.

    Class attributes:
        workings_kind: NamedTuple of what it remembers, by name.
        fresh: makes the model of a world of which nothing is known.
        refuse: refuses a loaded model that does not fit the settings.
    """

    fresh: ClassVar[Callable[[World], Workings]]
    refuse: ClassVar[Callable[[Mapping[str, Any], Workings], None]]

    def workings(self, world: World, **given: Any) -> Workings:
        """A model that knows nothing."""
        return type(self).fresh(world)

    def check_workings(self, settings: dict[str, Any], workings: Workings) -> None:
        """Refuse a loaded model that does not fit.

        Raises:
            ValueError: it does not.
        """
        super().check_workings(settings, workings)
        type(self).refuse(settings, workings)


@dataclass(frozen=True)
class PlanningControl(ModelControl):
    """One that plans `planning_steps` times after each step."""

    @property
    def rows_each(self) -> int:
        """The real row and the planned ones."""
        return 1 + vars(self)["planning_steps"]

    def check(self, problems: Problems) -> None:
        """n is at least 0."""
        problems.integer("planning_steps", vars(self)["planning_steps"], 0, 1_000_000)


def check_arrays(workings: Workings, lengths: Mapping[str, int], kind: type[Any]) -> None:
    """Refuse flat arrays of another type or length.

    Raises:
        ValueError: one is.
    """
    for name, length in lengths.items():
        if workings[name].dtype != kind or workings[name].shape != (length,):
            raise ValueError(f"workings: {name}: expected {length} of {np.dtype(kind)}, got others")


def check_between(workings: Workings, bounds: Mapping[str, tuple[int, int]]) -> None:
    """Refuse arrays with numbers outside their bounds.

    Raises:
        ValueError: one has.
    """
    for name, (low, high) in bounds.items():
        if not ((workings[name] >= low) & (workings[name] <= high)).all():
            raise ValueError(f"workings: {name}: expected numbers from {low} to {high}, got others")
