"""Spines: the trees of returns that follow the steps of an episode as they came, from one step down to a later one.

The n-step and the Monte Carlo rules share them; what stands below the last arrival is each rule's own.

Reference: Sutton & Barto, 2nd edition, the backup diagrams of sections 5.1, 7.1 and 7.5.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mazefit.agents.episode_rule import Episode
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED, action_label, state_label
from mazefit.backup.tree import Edge, Node


def last_arrival(settings: Mapping[str, Any], episode: Episode, step: int) -> int:
    """The state in which a step arrived: rows of rules that look at pairs hold a cell."""
    following = episode.following[step]
    return following // settings["actions"] if settings.get("pairs") else following


def arrival_node(settings: Mapping[str, Any], episode: Episode, step: int, leaf: Callable[[bool], Node]) -> Node:
    """Where a step arrived: the episode's end, or else the `leaf`, which is told whether the episode was cut there."""
    row = episode.cell[step]
    if row & TERMINATED:
        return Node("state", state_label(last_arrival(settings, episode, step)), terminal=True)
    return leaf(bool(row & TRUNCATED))


def action_node(settings: Mapping[str, Any], episode: Episode, step: int, below: Node, *, whole: bool) -> Node:
    """The action of a step, with its reward on the edge to what is `below`; named with its state where it is a `whole` pair."""
    state, action = divmod(episode.cell[step] & CELL, settings["actions"])
    label = f"{state_label(state)}, {action_label(action)}" if whole else action_label(action)
    edge = Edge(below, reward=episode.reward[step], discount=settings["discount"], chosen=True)
    return Node("action", label, combine="sample", edges=(edge,))


def sampled_spine(
    settings: Mapping[str, Any], episode: Episode, at: int, last: int, below: Node, root: str,
    ratio: Callable[[int], float] | None = None,
) -> Node:  # fmt: skip
    """The tree of the steps `at` … `last` alone, with `below` at its lower end.

    Args:
        settings: `actions`, `discount`.
        episode: the steps, as plain lists.
        at, last: the first and the last step.
        below: where the last step arrived.
        root: "state" or "state-action".
        ratio: `ratio(step)`: the importance ratio of the action of a step, on the edge to that action.
    """
    for step in range(last, at - 1, -1):
        whole = step == at and root == "state-action"
        below = action_node(settings, episode, step, below, whole=whole)
        if not whole:
            edge = Edge(below, chosen=True, ratio=None if ratio is None else ratio(step))
            state = (episode.cell[step] & CELL) // settings["actions"]
            below = Node("state", state_label(state), combine="sample", edges=(edge,))
    return below
