"""The trees of n-step returns: what stands at the lower end of their spines, and beside them.

Reference: Sutton & Barto, 2nd edition, the backup diagrams of sections 7.1, 7.2 and 7.5.
"""

from collections.abc import Callable
from typing import Any

from mazefit.agents.episode_rule import Episode, Trees
from mazefit.agents.learning.spines import action_node, arrival_node, sampled_spine
from mazefit.agents.learning.target_policy import probabilities_of
from mazefit.backup.one_step import CELL, action_label, state_label
from mazefit.backup.rule import Tables
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Component, Edge, Node

Leaf = Callable[[dict[str, Any], Tables, Episode, int, bool], Node]
Ratio = Callable[[dict[str, Any], Tables, Episode, int], float]
Branch = Callable[[dict[str, Any], Tables, Episode, int, bool, int, Node | None], Node]


def sampled_trees(leaf: Leaf, ratio: Ratio | None = None) -> Trees:
    """The trees of returns of sampled steps, as of `episode_rule`.

    Args:
        leaf: `leaf(settings, tables, episode, step, truncated)`: the last arrival, where it does not end the episode.
        ratio: `ratio(settings, tables, episode, step)`: the importance ratio of the action that follows a step.
    """

    def trees(
        spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
    ) -> tuple[Component, ...]:
        end = arrival_node(settings, episode, trigger, lambda cut: leaf(settings, tables, episode, trigger, cut))
        after = ratio
        own = None if after is None else lambda step: after(settings, tables, episode, step - 1)
        return (Component(sampled_spine(settings, episode, at, trigger, end, spec.root, own)),)

    return trees


def branching_trees(branch: Branch) -> Trees:
    """The trees of returns that branch at every state, with leaves beside the way that was taken.

    Args:
        branch: `branch(settings, tables, episode, step, truncated, taken, below)`: the state in which a step arrived, with
            `below` at the action that was `taken` there; with -1 and None where the way ends.
    """

    def trees(
        spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
    ) -> tuple[Component, ...]:
        def arrival(step: int, taken: int, below: Node | None) -> Node:
            return arrival_node(
                settings, episode, step, lambda cut: branch(settings, tables, episode, step, cut, taken, below)
            )  # fmt: skip

        root = action_node(settings, episode, trigger, arrival(trigger, -1, None), whole=trigger == at)
        for step in range(trigger - 1, at - 1, -1):
            taken = (episode.cell[step + 1] & CELL) % settings["actions"]
            root = action_node(settings, episode, step, arrival(step, taken, root), whole=step == at)
        return (Component(root),)

    return trees


# What stands at the lower end -----------------------------------------------------------------------------------------------


def state_leaf(settings: dict[str, Any], tables: Tables, episode: Episode, step: int, truncated: bool) -> Node:
    """The state in which a step arrived, with its value."""
    arrival = episode.following[step]
    return Node("state", state_label(arrival), value=float(tables["v"][arrival]), truncated=truncated)


def pair_leaf(
    settings: dict[str, Any], tables: Tables, episode: Episode, step: int, truncated: bool, ratio: float | None = None
) -> Node:
    """The state in which a step arrived, and below it the one action that was chosen there, with its value."""
    state, action = divmod(episode.following[step], settings["actions"])
    leaf = Node("action", action_label(action), value=float(tables["q"][episode.following[step]]))
    edge = Edge(leaf, chosen=True, ratio=ratio)
    return Node("state", state_label(state), combine="sample", edges=(edge,), truncated=truncated)


def ratio_after(settings: dict[str, Any], tables: Tables, episode: Episode, step: int) -> float:
    """π / b of the action that follows a step; `extra` holds b."""
    state, action = divmod(episode.following[step], settings["actions"])
    return probabilities_of(settings, tables, state)[action] / episode.extra[step]


def weighted_leaf(settings: dict[str, Any], tables: Tables, episode: Episode, step: int, truncated: bool) -> Node:
    """As `pair_leaf`, with the importance ratio of that action."""
    return pair_leaf(settings, tables, episode, step, truncated, ratio_after(settings, tables, episode, step))


def expected_branch(
    settings: dict[str, Any], tables: Tables, episode: Episode, step: int, truncated: bool, taken: int = -1,
    below: Node | None = None,
) -> Node:  # fmt: skip
    """The state in which a step arrived, averaged over by π: side leaves of `q`, and `below` in the place of `taken`."""
    state, edges = episode.following[step], list[Edge]()
    for action, chance in enumerate(probabilities_of(settings, tables, state)):
        leaf = Node("action", action_label(action), value=float(tables["q"][state * settings["actions"] + action]))
        node = below if action == taken and below is not None else leaf
        edges.append(Edge(node, weight=chance, chosen=action == taken))
    return Node("state", state_label(state), combine="expect", edges=tuple(edges), truncated=truncated)
