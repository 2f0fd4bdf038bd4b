"""A backup as Graphviz text. Graphviz knows no arc across branches: a max is written at its node instead."""

from __future__ import annotations

from mazefit.backup.draw.equation import equations
from mazefit.backup.draw.fold import fold_columns
from mazefit.backup.draw.labels import change, edge_labels, heading, measure, node_labels
from mazefit.backup.draw.layout import weight_text
from mazefit.backup.draw.notes import note_lines
from mazefit.backup.draw.words import words as words_of
from mazefit.backup.tree import Backup, Edge, Node


def to_dot(backup: Backup, lang: str = "en") -> str:
    """The diagram in Graphviz' language; `dot -Tsvg` lays it out."""
    title = [heading(backup, words_of(lang)), *(line for line in (change(backup), measure(backup)) if line)]
    below = [*equations(backup, words_of(lang)), *note_lines(backup, words_of(lang))]
    lines = [
        "digraph backup {",
        '  graph [rankdir=TB, ordering=out, labelloc=t, label="' + "\\n".join(_text(x) for x in [*title, *below]) + '"];',
        "  node [fontsize=11, fixedsize=true];",
        "  edge [arrowhead=none, fontsize=10];",
    ]
    for number, component in enumerate(fold_columns(backup.components)):
        _Writer(lines, backup.schematic).node(component.node, f"c{number}", False)
        if weight_text(component):
            lines.append(f'  w{number} [shape=plaintext, fixedsize=false, label="{_text(weight_text(component))}"];')
            lines.append(f"  c{number} -> w{number} [style=invis, minlen=9];")
    return "\n".join([*lines, "}"]) + "\n"


def _text(text: str) -> str:
    """A text inside double quotes: backslash and quote are the letters that Graphviz would take as its own."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean.replace("\\", "\\\\").replace('"', '\\"')


class _Writer:
    """Writes nodes and edges; a node's name is its way from the root."""

    def __init__(self, lines: list[str], schematic: bool) -> None:
        self.lines = lines
        self.schematic = schematic

    def node(self, node: Node, name: str, fan: bool) -> None:
        """A node, its edges and all below it."""
        words = [label.text for label in node_labels(node, fan)]
        if node.combine == "max" and len(node.edges) > 1:
            words.append("max")
        label = "\\n".join(_text(word) for word in words)
        self.lines.append(f'  {name} [{_look(node)}, label="", xlabel="{label}"];')
        for i, edge in enumerate(node.edges):
            self.edge(edge, name, f"{name}_{i}", node.omitted)
            self.node(edge.node, f"{name}_{i}", len(node.edges) > 1)

    def edge(self, edge: Edge, above: str, below: str, omitted: bool) -> None:
        """An edge: bold where chosen, doubled where tied, dotted where steps are left out."""
        label = "\\n".join(_text(label.text) for label in edge_labels(edge, self.schematic))
        looks = [f'label="{label}"'] if label else []
        if edge.tied:
            looks.append('color="black:invis:black"')
        elif edge.chosen:
            looks.append("penwidth=2.5")
        if omitted:
            looks.append("style=dotted")
        self.lines.append(f"  {above} -> {below}{' [' + ', '.join(looks) + ']' if looks else ''};")


def _look(node: Node) -> str:
    if node.omitted and not node.edges:
        return "shape=none, width=0.3"
    if node.terminal:
        return "shape=square, width=0.25"
    if node.kind == "action":
        return "shape=circle, style=filled, fillcolor=black, width=0.12"
    return "shape=circle, style=dashed, width=0.28" if node.truncated else "shape=circle, width=0.28"
