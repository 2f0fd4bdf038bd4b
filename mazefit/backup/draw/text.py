"""A backup for a terminal: ○ state, ● action, □ end of the episode, ◌ cut; rounded corners mark a max.

Every subtree is a block of lines with the column of its node; blocks are put side by side. What is wider than the
terminal is written as an outline instead. Korean letters count two columns.
"""

from __future__ import annotations

from typing import NamedTuple

from mazefit.backup.draw.equation import equations, wrap
from mazefit.backup.draw.figure import columns
from mazefit.backup.draw.fold import fold_columns
from mazefit.backup.draw.labels import change, edge_labels, heading, measure, node_labels
from mazefit.backup.draw.layout import weight_text
from mazefit.backup.draw.notes import notes
from mazefit.backup.draw.words import words as words_of
from mazefit.backup.tree import Backup, Edge, Node

BAR = {"": "│", "win": "┃", "tie": "║"}
GAP = 2


class Block(NamedTuple):
    """Lines of text, and the column in which the node stands."""

    lines: list[str]
    anchor: int

    @property
    def width(self) -> int:
        """Columns of the widest line."""
        return max((columns(line) for line in self.lines), default=0)


def to_text(backup: Backup, lang: str = "en", width: int = 100) -> str:
    """The diagram on a grid of characters, no wider than `width` columns (labels of any length permitting)."""
    words = words_of(lang)
    components = fold_columns(backup.components)
    blocks = [_Grid(component.node, backup.schematic).block for component in components]
    compound = len(blocks) > 1 or components[0].weight is not None
    if compound:
        height = max(len(block.lines) for block in blocks)
        blocks = [_weighted(block, weight_text(c), height) for block, c in zip(blocks, components, strict=True)]
    body, places = _side_by_side(blocks, 3)
    if max((columns(line) for line in body), default=0) > width:
        body = [line for c in components for line in [weight_text(c), *_outline(c.node, backup.schematic)] if line]
    elif compound:
        body.insert(0, " " * max(0, places[0] - 1) + "═" * (places[-1] - places[0] + 3))
    head = [line for line in (change(backup), measure(backup)) if line]
    if head and not compound:
        body[0] = "   ".join([body[0].rstrip(), *head])
        head = []
    lines = [heading(backup, words), *head, "", *body, ""]
    lines.extend(line for equation in equations(backup, words) for line in wrap(equation, width))
    lines.extend(_notes(backup, words))
    return "\n".join(_clean(line).rstrip() for line in lines) + "\n"


def _notes(backup: Backup, words: dict[str, str]) -> list[str]:
    """What the update rests on, and the list of what its TD error wrote, in columns."""
    found = notes(backup, words)
    lines = [found.origin] if found.origin else []
    if found.rows:
        widths = [max(columns(row[i]) for row in found.rows) for i in range(3)]
        lines += ["", found.title]
        lines += ["  " + "  ".join(_pad(text, wide) for text, wide in zip(row, widths, strict=True)) for row in found.rows]
    return [*lines, f"  {found.rest}"] if found.rest else lines


def symbol(node: Node) -> str:
    """The sign of a node."""
    if node.kind == "action":
        return "●"
    return "□" if node.terminal else "◌" if node.truncated else "○"


def _clean(line: str) -> str:
    """No control characters: a label must not steer the terminal."""
    return "".join(c if c.isprintable() else "�" for c in line)


def _pad(line: str, width: int) -> str:
    return line + " " * (width - columns(line))


class _Grid:
    """One tree on the grid of characters; nodes of one depth stand on one line."""

    def __init__(self, root: Node, schematic: bool) -> None:
        self.schematic = schematic
        self.heights: list[int] = []  # of the edges, by depth
        row = list(root.edges)
        while row:
            self.heights.append(max(1, *(len(edge_labels(edge, schematic)) for edge in row)))
            row = [below for edge in row for below in edge.node.edges]
        self.block = self.tree(root, None, False, 0)

    def tree(self, node: Node, edge: Edge | None, fan: bool, depth: int) -> Block:
        """The node, what stands at the edge above it, and all below it."""
        own = [label.text for label in node_labels(node, fan)]
        if edge is None:
            own = own[:1]
        upper = self.edge(edge, depth - 1) if edge is not None else []
        if node.omitted and not node.edges:
            return Block(["· · ·"], 2)
        if not node.edges:
            alone = edge is None and not node.omitted  # a backup of depth 0
            return Block([" ".join([symbol(node), *own])], 0) if alone else _above(upper, _leaf(symbol(node), own))
        children = [self.tree(e.node, e, len(node.edges) > 1, depth + 1) for e in node.edges]
        head = " ".join([symbol(node), "  ".join(own)]).rstrip()
        below = _fan(node, children) if len(children) > 1 else children[0]
        return _above([*upper, head, *(["⋮", "⋮"] if node.omitted else [])], below)

    def edge(self, edge: Edge, row: int) -> list[str]:
        """The lines of an edge, with its labels at the lower end."""
        labels = [f"{_bar(edge)} {label.text}" for label in edge_labels(edge, self.schematic)]
        return [_bar(edge)] * (self.heights[row] - len(labels)) + labels


def _bar(edge: Edge) -> str:
    return BAR["tie" if edge.tied else "win" if edge.chosen else ""]


def _leaf(sign: str, own: list[str]) -> Block:
    anchor = max([0, *((columns(text) - 1) // 2 for text in own)])
    lines = [" " * anchor + sign]
    lines.extend(" " * (anchor - (columns(text) - 1) // 2) + text for text in own)
    return Block(lines, anchor)


def _above(upper: list[str], block: Block) -> Block:
    """Lines put on top of a block, each beginning in the column of its node."""
    return Block([" " * block.anchor + line for line in upper] + block.lines, block.anchor)


def _side_by_side(blocks: list[Block], gap: int) -> tuple[list[str], list[int]]:
    """Blocks in a row, and the columns of their nodes."""
    height = max(len(block.lines) for block in blocks)
    lines = [""] * height
    places: list[int] = []
    at = 0
    for block in blocks:
        places.append(at + block.anchor)
        for i, line in enumerate(block.lines):
            lines[i] = _pad(lines[i], at) + line
        at += block.width + gap
    return lines, places


def _fan(node: Node, children: list[Block]) -> Block:
    """Children under a connecting line: rounded corners and the word max for a max."""
    lines, places = _side_by_side(children, GAP)
    count = len(places)
    anchor = (places[(count - 1) // 2] + places[count // 2]) // 2
    rounded = node.combine == "max"
    line = [" "] * places[0] + ["─"] * (places[-1] - places[0] + 1)
    for place in places:
        line[place] = "┬"
    line[places[0]] = "╭" if rounded else "┌"
    line[places[-1]] = "╮" if rounded else "┐"
    line[anchor] = "┼" if anchor in places else "┴"
    text = "".join(line)
    if rounded:
        at = text.find("─────", anchor)
        text = text[: at + 1] + "max" + text[at + 4 :] if at > 0 else text + " max"
    return Block([text, *lines], anchor)


def _weighted(block: Block, weight: str, height: int) -> Block:
    """A column of a compound update with its weight below."""
    left = max(0, (columns(weight) - 1) // 2 - block.anchor)
    anchor = block.anchor + left
    lines = [" " * left + line for line in block.lines] + [""] * (height - len(block.lines))
    return Block([*lines, "", " " * (anchor - (columns(weight) - 1) // 2) + weight], anchor)


def _outline(root: Node, schematic: bool) -> list[str]:
    """One line a node, indented by depth: for what is too wide to stand side by side."""
    lines = [f"{symbol(root)} {root.label}"]

    def visit(node: Node, indent: str) -> None:
        if node.combine == "max" and len(node.edges) > 1:
            lines.append(f"{indent}│ max")
        for i, edge in enumerate(node.edges):
            last = i == len(node.edges) - 1
            bar = {"│": "─", "┃": "━", "║": "═"}[_bar(edge)]
            labels = [label.text for label in edge_labels(edge, schematic)]
            names = [label.text for label in node_labels(edge.node, len(node.edges) > 1)]
            what = "  ".join([*labels, " ".join([symbol(edge.node), *names])])
            lines.append(f"{indent}{'└' if last else '├'}{'⋯' if node.omitted else bar} {what}")
            visit(edge.node, indent + ("   " if last else "│  "))

    visit(root, "")
    return lines
