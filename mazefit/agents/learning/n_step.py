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
from mazefit.backup.rule import Tables
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


MOST = 2**31 - 1  # so that no sum with n leaves 63 bits
Leaf = Callable[[int, bool], Node]
Ratio = Callable[[int], float]


def check_n(settings: Mapping[str, Any]) -> None:
    """Refuse a loaded n that is none.

    Raises:
        ValueError: it is none.
    """
    n = settings.get("n")
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MOST:
        raise ValueError(f"settings: n: expected an integer from 1 to {MOST}, got {n!r}")


def sampled_spine(
    settings: Mapping[str, Any], episode: Episode, at: int, trigger: int, leaf: Leaf, root: str, ratio: Ratio | None = None
) -> Component:
    """The tree of a return of sampled steps: from step `at` down to step `trigger`, and the `leaf` below it.

    Args:
        settings: `actions`, `discount`.
        episode: the steps, as plain lists.
        at, trigger: the first and the last step of the return.
        leaf: `leaf(step, truncated)`: the node of the last arrival, where it does not end the episode.
        root: "state" or "state-action".
        ratio: `ratio(step)`: the importance ratio of the action that follows a step.
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
        rho = None if ratio is None or step == at else ratio(step - 1)
        below = Node("state", state_label(state), combine="sample", edges=(Edge(node, chosen=True, ratio=rho),))
    assert below is not None
    return Component(below)


def sampled_leaf(
    settings: Mapping[str, Any],
    tables: Tables,
    episode: Episode,
    step: int,
    truncated: bool,
    ratio: float | None = None,
) -> Node:
    """The state in which a step arrived, and below it the one action that was chosen there, with its value."""
    state, action = divmod(episode.following[step], settings["actions"])
    leaf = Node("action", action_label(action), value=float(tables["q"][episode.following[step]]))
    edge = Edge(leaf, chosen=True, ratio=ratio)
    return Node("state", state_label(state), combine="sample", edges=(edge,), truncated=truncated)


Branch = Callable[[int, int, Node | None, bool], Node]


def branching_spine(settings: Mapping[str, Any], episode: Episode, at: int, trigger: int, branch: Branch) -> Component:
    """The tree of a return that branches at every state: from step `at` down to step `trigger`, side leaves on the way.

    Args:
        settings: `actions`, `discount`.
        episode: the steps, as plain lists.
        at, trigger: the first and the last step of the return.
        branch: `branch(step, taken, below, truncated)`: the state in which a step arrived, with `below` at the action that was
            taken there; with -1 and None where the way ends.
    """
    actions, discount = settings["actions"], settings["discount"]
    below: Node | None = None
    for step in range(trigger, at - 1, -1):
        row = episode.cell[step]
        state, action = divmod(row & CELL, actions)
        if row & TERMINATED:
            arrival = Node("state", state_label(last_arrival(settings, episode, step)), terminal=True)
        elif below is None:
            arrival = branch(step, -1, None, bool(row & TRUNCATED))
        else:
            arrival = branch(step, (episode.cell[step + 1] & CELL) % actions, below, False)
        edge = Edge(arrival, reward=episode.reward[step], discount=discount, chosen=True)
        label = f"{state_label(state)}, {action_label(action)}" if step == at else action_label(action)
        below = Node("action", label, combine="sample", edges=(edge,))
    assert below is not None
    return Component(below)


def last_arrival(settings: Mapping[str, Any], episode: Episode, step: int) -> int:
    """The state in which a step arrived: rows of rules that look at pairs hold a cell."""
    following = episode.following[step]
    return following // settings["actions"] if settings.get("pairs") else following
