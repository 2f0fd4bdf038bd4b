"""One state's backup within a sweep, read as a tree: all actions, all their outcomes, from the values of the sweep before."""

from typing import Any

from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.rule import Model
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Component, Edge, Node, evaluate


def state_tree(model: Model, values: Any, state: int, actions: int, discount: float) -> Node:
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


def action_tree(model: Model, values: Any, state: int, action: int, actions: int, discount: float) -> Node:
    """The expectation over the outcomes of one action."""
    cell = state * actions + action
    first, last = cell, cell + 1
    stochastic = len(model["offsets"]) > 1
    if stochastic:
        first, last = int(model["offsets"][cell]), int(model["offsets"][cell + 1])
    edges: list[Edge] = []
    for entry in range(first, last):
        arrival, ended = int(model["next_state"][entry]), bool(model["terminated"][entry])
        leaf = None if ended else float(values[arrival])
        node = Node("state", state_label(arrival), value=leaf, terminal=ended)
        weight = float(model["probability"][entry]) if stochastic else 1.0
        edges.append(Edge(node, weight=weight, reward=float(model["reward"][entry]), discount=discount))
    return Node("action", action_label(action), combine="expect", edges=tuple(edges))


def read_sweep_backup(spec: BackupSpec, settings: dict[str, Any], model: Model, index: int, details: dict[str, Any]) -> Backup:
    """The Backup of the state number `details["within"]` in the order of its sweep."""
    within = details["within"]
    state = int(model["order"][within])
    root = state_tree(model, details["before"], state, settings["actions"], settings["discount"])
    target, old = float(details["target"][within]), float(details["before"][state])
    return Backup(
        index=index,
        algorithm=spec.name,
        components=(Component(root),),
        target=target,
        td_error=target - old,
        old=old,
        new=target,
        step_size=None,
        discount=settings["discount"],
        source="sweep",
        episode=None,
        step=None,
    )
