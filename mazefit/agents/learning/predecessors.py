"""The learned model of prioritized sweeping: what each pair led to, which pairs lead to each state, and which of them wait.

The pairs that lead to a state form a list: `first` of the state, then `after` of each pair; -1 ends it. When the world answers
otherwise than before, the pair moves from one list to the other.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mazefit.agents.learning.model_control import Workings, check_arrays, check_between
from mazefit.agents.planning.heap import put, take_out
from mazefit.agents.world import World
from mazefit.backup.one_step import TERMINATED
from mazefit.kernel import kernel


class Queued(NamedTuple):
    """Model, lists and queue; flat arrays of int64, `reward` and `priority` float64."""

    arrival: Any  # [S * A], -1 where nothing is known
    reward: Any  # [S * A]
    ended: Any  # [S * A], TERMINATED where the episode ended there, else 0
    cause: Any  # [S * A], number of the row that says so
    first: Any  # [S], the first pair that leads to each state
    after: Any  # [S * A], the next one that leads to the same state
    before: Any  # [S * A], the one before
    heap: Any  # [S * A], the waiting pairs (see planning/heap.py)
    place: Any  # [S * A], where each stands in it, -1 where it does not wait
    priority: Any  # [S * A]
    waiting: Any  # [1], how many wait


class SweepingHow(NamedTuple):
    """γ, the actions, how many backups each step may bring, and θ."""

    discount: float
    actions: tuple[int, ...]
    planning_steps: int
    threshold: float


def sweeping_how(settings: Mapping[str, Any]) -> SweepingHow:
    """The parameters as the kernels take them."""
    actions = tuple(range(settings["actions"]))
    return SweepingHow(settings["discount"], actions, settings["planning_steps"], settings["threshold"])


@kernel
def relink(model: Any, cell: int, arrival: int, reward: float, flags: int, number: int) -> None:
    """Model(S, A) ← R, S', as row `number` says; the pair joins those that lead to S'."""
    known = model.arrival[cell]
    if known != arrival:
        if known >= 0:  # it leads elsewhere from now on
            before, after = model.before[cell], model.after[cell]
            if before >= 0:
                model.after[before] = after
            else:
                model.first[known] = after
            if after >= 0:
                model.before[after] = before
        following = model.first[arrival]
        if following >= 0:
            model.before[following] = cell
        model.after[cell], model.before[cell] = following, -1
        model.first[arrival] = cell
        model.arrival[cell] = arrival
    model.reward[cell] = reward
    model.ended[cell] = flags & TERMINATED
    model.cause[cell] = number


@kernel
def queue_up(model: Any, cell: int, priority: float, threshold: float) -> None:
    """Let a pair wait if its priority is large enough, unless it waits with a higher one already."""
    if priority > threshold and (model.place[cell] < 0 or priority > model.priority[cell]):
        model.waiting[0] = put(model.heap, model.place, model.priority, model.waiting[0], cell, priority)


@kernel
def foremost(model: Any) -> int:
    """The pair that waits with the highest priority; it waits no longer."""
    cell = model.heap[0]
    model.waiting[0] = take_out(model.heap, model.place, model.priority, model.waiting[0], cell)
    return cell


def nothing_queued(world: World) -> Workings:
    """A model that knows nothing, and an empty queue."""
    cells, states = world.states * world.actions, world.states
    sizes = {"first": states, "waiting": 1}
    model = {name: np.zeros(sizes.get(name, cells), dtype=np.int64) for name in Queued._fields}
    nowhere = {name: np.full(len(model[name]), -1) for name in ("arrival", "first", "after", "before", "place")}
    return {**model, **nowhere, "reward": np.zeros(cells), "priority": np.zeros(cells)}


def check_queued(settings: Mapping[str, Any], workings: Workings) -> None:
    """Refuse loaded workings in which an index points outside, or a list or the queue does not fit.

    Raises:
        ValueError: one does.
    """
    states = settings["states"]
    cells = states * settings["actions"]
    pairs = ("arrival", "ended", "cause", "after", "before", "heap", "place")
    check_arrays(workings, {**dict.fromkeys(pairs, cells), "first": states, "waiting": 1}, np.int64)
    check_arrays(workings, {"reward": cells, "priority": cells}, np.float64)
    links = dict.fromkeys(("first", "after", "before", "place"), (-1, cells - 1))
    check_between(workings, {**links, "arrival": (-1, states - 1), "heap": (0, cells - 1), "cause": (0, 2**62)})
    check_between(workings, {"waiting": (0, cells)})
    arrival, first, after, before = (workings[name] for name in ("arrival", "first", "after", "before"))
    known, entered = np.flatnonzero(arrival >= 0), np.flatnonzero(first >= 0)
    ahead, behind = known[before[known] >= 0], known[after[known] >= 0]
    begins = known[before[known] < 0]
    lists = (
        (arrival[first[entered]] == entered).all()  # who is found first leads there, and nobody stands before
        and (before[first[entered]] < 0).all()
        and (first[arrival[begins]] == begins).all()
        and (after[before[ahead]] == ahead).all()  # neighbours agree on each other, and on where they lead
        and (before[after[behind]] == behind).all()
        and (arrival[before[ahead]] == arrival[ahead]).all()
        and (arrival[after[behind]] == arrival[behind]).all()
    )
    waiting = workings["heap"][: int(workings["waiting"][0])]
    queue = (
        (workings["place"][waiting] == np.arange(len(waiting))).all()
        and np.count_nonzero(workings["place"] >= 0) == len(waiting)
        and (arrival[waiting] >= 0).all()
    )
    numbers = np.isfinite(workings["reward"]).all() and (workings["priority"] >= 0.0).all()
    if not (lists and queue and numbers and np.isin(workings["ended"], (0, TERMINATED)).all()):
        raise ValueError("workings: expected a model whose lists and queue fit it, got another")
