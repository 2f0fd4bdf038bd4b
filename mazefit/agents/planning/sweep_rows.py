"""One state's backup, read as a tree: its actions, all their outcomes, from the values that it was computed from."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.rule import Model
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Backup, Component, Edge, Node, evaluate

MAX, MEAN = TEXTBOOK["Value iteration"], TEXTBOOK["v_pi"]
Values = npt.NDArray[np.float64] | Mapping[int, float]  # [S], or those of the leaves alone
Weights = Callable[[dict[str, Any], Model, dict[str, Any], int], npt.NDArray[np.float64]]  # (settings, model, details, state)


def state_tree(model: Model, values: Values, state: int, actions: int, discount: float) -> Node:
    """The tree of max over actions and expectation over outcomes below `state`, with `values` [S] at its leaves."""
    branches: list[Node] = []
    for action in range(actions):
        branches.append(action_tree(model, values, state, action, actions, discount))
    worth = [evaluate(node) for node in branches]
    best = max(worth)
    tied = worth.count(best) > 1
    edges = tuple(
        Edge(node, chosen=value == best, tied=tied and value == best) for node, value in zip(branches, worth, strict=True)
    )
    return Node("state", state_label(state), combine="max", edges=edges)


def policy_tree(model: Model, values: Values, state: int, weights: npt.NDArray[np.float64], discount: float) -> Node:
    """The tree of two expectations below `state`: over what the policy does with `weights` [A], and over the outcomes."""
    edges = tuple(
        Edge(action_tree(model, values, state, int(action), len(weights), discount), weight=float(weights[action]))
        for action in np.flatnonzero(weights)
    )
    return Node("state", state_label(state), combine="expect", edges=edges)


def action_tree(model: Model, values: Values, state: int, action: int, actions: int, discount: float) -> Node:
    """The expectation over the outcomes of one action."""
    edges: list[Edge] = []
    for entry in entries(model, state * actions + action, 1):
        arrival, ended = int(model["next_state"][entry]), bool(model["terminated"][entry])
        leaf = None if ended else float(values[arrival])
        node = Node("state", state_label(arrival), value=leaf, terminal=ended)
        weight = float(model["probability"][entry]) if len(model["offsets"]) > 1 else 1.0
        edges.append(Edge(node, weight=weight, reward=float(model["reward"][entry]), discount=discount))
    return Node("action", action_label(action), combine="expect", edges=tuple(edges))


def entries(model: Model, cell: int, cells: int) -> range:
    """Where the outcomes of some cells in a row, the first of them `cell`, stand in the process's arrays."""
    if len(model["offsets"]) == 1:
        return range(cell, cell + cells)
    return range(int(model["offsets"][cell]), int(model["offsets"][cell + cells]))


def backup_of(root: Node, old: float, target: float, discount: float, index: int) -> Backup:
    """The Backup that sets a state to its target; its algorithm is the textbook's name for such a tree."""
    return Backup(
        index=index,
        algorithm=(MAX if root.combine == "max" else MEAN).name,
        components=(Component(root),),
        target=target,
        td_error=target - old,
        old=old,
        new=target,
        step_size=None,
        discount=discount,
        source="sweep",
        episode=None,
        step=None,
    )


def read_sweep_backup(
    settings: dict[str, Any], model: Model, index: int, details: dict[str, Any], *, in_place: bool, mean: Weights | None
) -> Backup:
    """The Backup of the state number `details["within"]` in the order of its sweep.

    Args:
        settings: actions and discount.
        model: the process, and the order of the sweep.
        index: the backup's number.
        details: the values [S] before the sweep, and the sweep's targets [states in the order].
        in_place: whether a state sees what the sweep has written before it.
        mean: of a mean, the policy's probabilities [A] in a state; None for a maximum.
    """
    within, order, actions, discount = details["within"], model["order"], settings["actions"], settings["discount"]
    state, values, target = int(order[within]), np.asarray(details["before"]), np.asarray(details["target"])
    old = float(values[state])
    if in_place:
        values = values.copy()
        values[order[:within]] = target[:within]
    if mean is None:
        root = state_tree(model, values, state, actions, discount)
    else:
        root = policy_tree(model, values, state, mean(settings, model, details, state), discount)
    return backup_of(root, old, float(target[within]), discount, index)
