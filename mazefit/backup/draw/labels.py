"""What is written at a node, at an edge and above a diagram: the same words in every format."""

from __future__ import annotations

from typing import NamedTuple

from mazefit.backup.draw.figure import number
from mazefit.backup.tree import Backup, Edge, Node, evaluate, taken


class Label(NamedTuple):
    """A line of text and what it means ("name", "number", "light", "muted")."""

    text: str
    style: str = "number"


def edge_labels(edge: Edge, schematic: bool) -> list[Label]:
    """Weight, importance ratio and reward of an edge, from its upper end to its lower, where r touches the arrival."""
    to_action = edge.node.kind == "action"
    letter = "π" if to_action else "p"
    if schematic:
        return _symbols(edge, letter)
    labels: list[Label] = []
    if edge.weight is not None:
        labels.append(Label(f"{letter}={edge.weight:.3g}", "light" if edge.weight == 1.0 else "number"))
    if edge.ratio is not None:
        labels.append(Label(f"ρ={number(edge.ratio)}"))
    if edge.reward is not None:
        labels.append(Label(f"r={number(edge.reward)}"))
    return labels


def _symbols(edge: Edge, letter: str) -> list[Label]:
    if not edge.node.label:
        return [] if edge.ratio is None else [Label("ρ")]
    labels = [Label(letter)] if edge.weight is not None else []
    if edge.ratio is not None:
        labels.append(Label("ρ"))
    if edge.node.kind == "state":
        labels.append(Label("r"))
    return labels


def node_labels(node: Node, below_fan: bool) -> list[Label]:
    """Name, and the value where the node is a table entry that was used or one of several branches."""
    labels = [Label(node.label, "name")] if node.label else []
    value = node.value
    if value is None and node.edges and below_fan:
        value = evaluate(node)
    if node.sigma is not None:
        labels.append(Label(f"σ={number(node.sigma)}"))
    if value is not None and value == value and not node.terminal:
        labels.append(Label(number(value)))
    return labels


def change(backup: Backup) -> str:
    """What the update did to its cell: `−2 → −2.7195`."""
    if backup.old is None or backup.new is None:
        return ""
    return f"{number(backup.old)} → {number(backup.new)}"


def measure(backup: Backup) -> str:
    """TD error and step size: `δ=−1.439  α=0.5`."""
    parts = [("δ", backup.td_error), (rate(backup), backup.step_size)]
    return "  ".join(f"{letter}={number(x)}" for letter, x in parts if x is not None)


def rate(backup: Backup) -> str:
    """What the step size is made of: `α`, `α·ρ` with importance ratios, `α·e` with the root's eligibility in it."""
    step_size, old, target = backup.step_size, backup.old, backup.target
    if step_size is None or old is None or target is None or backup.v_old is not None:
        return "α"
    if backup.eligibility != 1.0 and backup.new == old + step_size * (target - old):
        return "α·e"
    node, sampled = backup.root, backup.components[0].weight is None
    while sampled and node.edges:
        edge = node.edges[taken(node)]
        if node.combine == "sample" and edge.ratio is not None:
            return "α·ρ"
        node = edge.node
    return "α"


def written(name: str) -> str:
    """An algorithm's name with the letters of the textbook: `Sarsa(λ)`."""
    return name.replace("_pi", "_π").replace("lambda", "λ").replace("(sigma)", "(σ)")


def heading(backup: Backup, words: dict[str, str]) -> str:
    """Which update this is: `Q-learning · update 12 · episode 3, step 7`."""
    name = written(backup.algorithm)
    if backup.schematic or backup.target is None:  # nothing was updated
        return name
    parts = [name, f"{words['update']} {backup.index}"]
    if backup.source != "real":
        parts.append(words[backup.source])
    times = [("episode", backup.episode), ("step", backup.step)]
    when = ", ".join(f"{words[word]} {x}" for word, x in times if x is not None)
    return " · ".join([*parts, when] if when else parts)
