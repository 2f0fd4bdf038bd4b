"""What the n-step rules share: when an update is due, and the spine of experienced steps of its tree.

After step t of an episode the update for step t - n + 1 is due; after its last step all that are left, each with the steps
there are.

Reference: Sutton & Barto, 2nd edition, sections 7.1 and 7.2.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.episode_rule import OVER, Episode
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED, action_label, state_label
from mazefit.backup.tree import Component, Edge, Node
from mazefit.kernel import kernel


class NStepHow(NamedTuple):
    """γ, the actions, and how many steps a return takes in."""

    discount: float
    actions: tuple[int, ...]
    n: int


def n_step_how(settings: Mapping[str, Any]) -> NStepHow:
    """The parameters as the kernels take them."""
    return NStepHow(settings["discount"], tuple(range(settings["actions"])), settings["n"])


@kernel
def first_due(t: int, n: int) -> int:
    """The first step whose update is due after step `t` (t itself is the last, where the episode is over)."""
    return max(0, t - n + 1)


@kernel
def last_due(row: int, t: int, n: int) -> int:
    """The last step whose update is due after step `t`; before the first where none is."""
    return t if row & OVER != 0 else t - n + 1


def n_step_updates(settings: Mapping[str, Any], rows: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
    """The updates of one episode so far, int64 [k, 2]: for step τ, done at step min(τ + n - 1, last)."""
    count, n = len(rows["cell"]), settings["n"]
    over = bool(rows["cell"][-1] & OVER) if count else False
    steps = np.arange(count if over else max(0, count - n + 1))
    return np.stack([steps, np.minimum(steps + n - 1, count - 1)], axis=1)


Leaf = Callable[[int, bool], Node]


def check_n(settings: dict[str, Any]) -> None:
    """Refuse a loaded n that is none.

    Raises:
        ValueError: it is none.
    """
    n = settings.get("n")
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ValueError(f"settings: n: expected an integer of at least 1, got {n!r}")


def sampled_spine(settings: Mapping[str, Any], episode: Episode, at: int, trigger: int, leaf: Leaf, root: str) -> Component:
    """The tree of a return of sampled steps: from step `at` down to step `trigger`, and the `leaf` below it.

    Args:
        settings: `actions`, `discount`.
        episode: the steps, as plain lists.
        at, trigger: the first and the last step of the return.
        leaf: `leaf(step, truncated)`: the node of the last arrival, where it does not end the episode.
        root: "state" or "state-action".
    """
    actions, discount = settings["actions"], settings["discount"]
    below: Node | None = None
    for step in range(trigger, at - 1, -1):
        row = episode.cell[step]
        state, action = divmod(row & CELL, actions)
        if below is None:
            end = last_arrival(settings, episode, step)
            below = Node("state", state_label(end), terminal=True) if row & TERMINATED else leaf(step, bool(row & TRUNCATED))
        edge = Edge(below, reward=episode.reward[step], discount=discount, chosen=True)
        whole = step == at and root == "state-action"
        label = f"{state_label(state)}, {action_label(action)}" if whole else action_label(action)
        node = Node("action", label, combine="sample", edges=(edge,))
        if whole:
            return Component(node)
        below = Node("state", state_label(state), combine="sample", edges=(Edge(node, chosen=True),))
    assert below is not None
    return Component(below)


def last_arrival(settings: Mapping[str, Any], episode: Episode, step: int) -> int:
    """The state in which a step arrived: rows of rules that look at pairs hold a cell."""
    following = episode.following[step]
    return following // settings["actions"] if settings.get("pairs") else following
