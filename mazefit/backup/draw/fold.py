"""Leave out the middle of what is too long to draw: steps of an episode, columns of a compound update.

The picture then has a gap with dots; the numbers (target, equation) are still those of the whole update.
"""

from __future__ import annotations

from dataclasses import replace

from mazefit.backup.tree import Component, Node

DEEPEST = 10
"""Half-steps that are drawn at most."""

COLUMNS = 6
"""Columns of a compound update that are drawn at most, the dots among them."""


def going_on(node: Node) -> int:
    """The index of the branch that leads further down (the first that has branches itself, else the first)."""
    return next((i for i, edge in enumerate(node.edges) if edge.node.edges), 0)


def fold(root: Node) -> Node:
    """The tree without the middle of its longest way down, where that is longer than `DEEPEST`."""
    way = [root]
    while way[-1].edges:
        way.append(way[-1].edges[going_on(way[-1])].node)
    if len(way) - 1 <= DEEPEST:
        return root
    top = 4 if root.kind == "action" else 5  # dots stand below an action: what follows is its arrival
    rest = len(way) - (DEEPEST - top)
    bottom = rest - (way[rest].kind == "state")
    folded = replace(way[top], edges=way[bottom].edges, omitted=True, value=None)
    for node in reversed(way[:top]):
        at = going_on(node)
        edge = replace(node.edges[at], node=folded)
        folded = replace(node, edges=(*node.edges[:at], edge, *node.edges[at + 1 :]))
    return folded


def fold_columns(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """The first columns, dots, and the last two."""
    if len(components) > COLUMNS:
        dots = Component(Node(components[0].node.kind, omitted=True), weight_label="…")
        components = (*components[: COLUMNS - 3], dots, *components[-2:])
    return tuple(replace(component, node=fold(component.node)) for component in components)
