"""A learned model that takes the last answer for the only one: Model(S, A) ← R, S'. Dyna and prioritized sweeping plan with it.

Of every pair of state and action the arrays hold what it led to when it was last tried, and the number of the row that says so;
beside that, which states were visited and which actions were tried in each, in the order in which that came about.

Reference: Sutton & Barto, 2nd edition, sections 8.2 and 8.4.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mazefit.agents.learning.model_control import Workings, check_arrays, check_between
from mazefit.agents.world import World
from mazefit.backup.one_step import TERMINATED
from mazefit.kernel import kernel


class Known(NamedTuple):
    """The model, by pair of state and action, and what of it is known; flat int64 arrays, `reward` float64."""

    arrival: Any  # [S * A], -1 where nothing is known
    reward: Any  # [S * A]
    ended: Any  # [S * A], TERMINATED where the episode ended there, else 0
    cause: Any  # [S * A], number of the row that says so
    tried: Any  # [S * A], the actions tried in each state
    tries: Any  # [S], how many those are
    visited: Any  # [S], the states visited
    size: Any  # [1], how many those are


@kernel
def remember(model: Any, cell: int, arrival: int, reward: float, flags: int, number: int, actions: int) -> None:
    """Model(S, A) ← R, S', as row `number` says; the pair is known from now on."""
    state = cell // actions
    if model.arrival[cell] < 0:
        if model.tries[state] == 0:
            model.visited[model.size[0]] = state
            model.size[0] += 1
        model.tried[state * actions + model.tries[state]] = cell - state * actions
        model.tries[state] += 1
    model.arrival[cell] = arrival
    model.reward[cell] = reward
    model.ended[cell] = flags & TERMINATED
    model.cause[cell] = number


@kernel
def recall(model: Any, state_uniform: float, action_uniform: float, actions: int) -> int:
    """The cell of a random state that was visited and a random action that was tried in it, out of two uniform numbers."""
    state = model.visited[int(state_uniform * model.size[0])]
    return state * actions + model.tried[state * actions + int(action_uniform * model.tries[state])]


@kernel
def sampled_target(q: Any, reward: float, arrival: int, ended: bool, discount: float, actions: tuple[int, ...]) -> float:
    """R + γ · max_a Q(S', a), or R where the transition ended the episode; `q` is flat [S * A]."""
    if ended:
        return reward
    best = q[arrival * len(actions)]
    for action in range(1, len(actions)):
        best = max(best, q[arrival * len(actions) + action])
    return reward + discount * best


# At the door, and for the trace ------------------------------------------------------------------------------------------


def nothing_known(world: World) -> Workings:
    """A fresh model."""
    cells, states = world.states * world.actions, world.states
    sizes = {"tries": states, "visited": states, "size": 1}
    model = {name: np.zeros(sizes.get(name, cells), dtype=np.int64) for name in Known._fields}
    return {**model, "arrival": np.full(cells, -1, dtype=np.int64), "reward": np.zeros(cells)}


def check_known(settings: Mapping[str, Any], workings: Workings) -> None:
    """Refuse a loaded model that points outside the tables.

    Raises:
        ValueError: it does.
    """
    states, actions = settings["states"], settings["actions"]
    cells = states * actions
    check_arrays(workings, dict.fromkeys(("arrival", "ended", "cause", "tried"), cells), np.int64)
    check_arrays(workings, {"tries": states, "visited": states, "size": 1}, np.int64)
    check_arrays(workings, {"reward": cells}, np.float64)
    arrival, tries, size = workings["arrival"], workings["tries"], int(workings["size"][0])
    check_between(workings, {"arrival": (-1, states - 1), "tried": (0, actions - 1), "tries": (0, actions)})
    check_between(workings, {"visited": (0, states - 1), "size": (0, states), "cause": (0, 2**62)})
    known = arrival >= 0
    tried = np.arange(states)[:, None] * actions + workings["tried"].reshape(states, actions)
    counted = np.arange(actions) < tries[:, None]
    seen = workings["visited"][:size]
    fits = known[tried[counted]].all() and (tries[seen] > 0).all() and size == np.count_nonzero(tries)
    if not (fits and len(np.unique(seen)) == size and np.isin(workings["ended"], (0, TERMINATED)).all()):
        raise ValueError("workings: expected a model whose lists fit it, got another")
    if not np.isfinite(workings["reward"]).all():
        raise ValueError("workings: reward: expected finite rewards, got NaN or infinity")
