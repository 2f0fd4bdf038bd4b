"""The learned model of Dyna-Q+: when each pair was last tried, and what is supposed of those that never were.

Reference: Sutton & Barto, 2nd edition, section 8.3 and its footnote.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mazefit.agents.learning.deterministic_model import check_known, nothing_known
from mazefit.agents.learning.model_control import Workings, check_arrays, check_between
from mazefit.agents.world import World
from mazefit.kernel import kernel


class Timed(NamedTuple):
    """The model as `Known` has it; `last` [S * A], the step at which each pair was last tried; `clock` [1], steps so far."""

    arrival: Any
    reward: Any
    ended: Any
    cause: Any
    tried: Any
    tries: Any
    visited: Any
    size: Any
    last: Any
    clock: Any


@kernel
def suppose(model: Any, state: int, number: int, actions: int) -> None:
    """Actions of `state` of which nothing is known: they lead back to it, with reward 0."""
    for cell in range(state * actions, (state + 1) * actions):
        if model.arrival[cell] < 0:
            model.arrival[cell] = state
            model.reward[cell] = 0.0
            model.ended[cell] = 0
            model.cause[cell] = number


def nothing_timed(world: World) -> Workings:
    """A fresh model with its clock at 0."""
    last = np.zeros(world.states * world.actions, dtype=np.int64)
    return {**nothing_known(world), "last": last, "clock": np.zeros(1, dtype=np.int64)}


def check_timed(settings: Mapping[str, Any], workings: Workings) -> None:
    """Refuse a loaded model that does not fit.

    Raises:
        ValueError: it points outside the tables, knows of pairs tried in the future, or supposes nothing of an action of a
            visited state.
    """
    check_known(settings, workings)
    check_arrays(workings, {"last": settings["states"] * settings["actions"], "clock": 1}, np.int64)
    check_between(workings, {"clock": (0, 2**53)})
    check_between(workings, {"last": (0, int(workings["clock"][0]))})
    visited = workings["visited"][: int(workings["size"][0])]
    if (workings["arrival"].reshape(-1, settings["actions"])[visited] < 0).any():
        raise ValueError("workings: arrival: expected every action of a visited state to be modelled, got some that are not")
