"""From a backup to shapes at places: title, tree (or the columns under their bar), equation, and what else was written.

Reference for the conventions: Sutton & Barto, 2nd edition, sections 3.5, 7.5 and 12.1.
"""

from __future__ import annotations

from math import hypot

from mazefit.backup.draw.boxes import ARC, BETWEEN, LEADING, OFFSET, SIZE, Box, Row, row_width
from mazefit.backup.draw.equation import equations, wrap
from mazefit.backup.draw.figure import Arc, Figure, Line, Shape, Text, text_width
from mazefit.backup.draw.fold import fold_columns
from mazefit.backup.draw.labels import Label, change, heading, measure
from mazefit.backup.draw.notes import Notes, notes
from mazefit.backup.draw.words import words as words_of
from mazefit.backup.tree import Backup, Component

MARGIN = 16.0
COLUMN_GAP = 22.0
NOTE_GAP = 14.0  # between the columns of the list of writes
STROKE = 2.1  # half the distance of a doubled stroke
EQUATION_LETTERS = 76  # an equation is broken into lines of about this many letters, or of the tree's width


def layout(backup: Backup, lang: str = "en") -> Figure:
    """The picture of a backup as shapes, with its words in `lang` ("en" or "ko")."""
    return _Page(backup, words_of(lang)).figure()


def weight_text(component: Component) -> str:
    """What is written below a column of a compound update."""
    if component.weight_label is not None:
        return component.weight_label
    return "" if component.weight is None else f"{component.weight:.4g}"


def list_widths(remarks: Notes) -> list[float]:
    """The widths of the three columns of the list of writes."""
    return [max(text_width(row[i], SIZE) for row in remarks.rows) for i in range(3)]


def notes_width(remarks: Notes) -> float:
    """The room that the notes need."""
    table = sum(list_widths(remarks)) + 2 * NOTE_GAP if remarks.rows else 0.0
    return max(table, *(text_width(line, SIZE) for line in (remarks.origin, remarks.title, remarks.rest)))


class _Page:
    """Collects the shapes."""

    def __init__(self, backup: Backup, words: dict[str, str]) -> None:
        self.backup = backup
        self.words = words
        self.strokes: list[Line | Arc] = []
        self.shapes: list[Shape] = []
        self.texts: list[Text] = []
        self.bottom = 0.0

    def figure(self) -> Figure:
        """The whole page, as wide as its widest line."""
        backup = self.backup
        components = fold_columns(backup.components)
        boxes = [Box(component.node, None, 0, 1, False, backup.schematic) for component in components]
        compound = len(boxes) > 1 or components[0].weight is not None
        head = self.head(compound)
        title = heading(backup, self.words)
        tree_width = self.widen(boxes, components, [] if compound else head)
        rules = equations(backup, self.words)
        letters = max(EQUATION_LETTERS, int(tree_width / (SIZE * 0.5)))
        lines = [line for rule in rules for line in wrap(rule, letters)]
        remarks = notes(backup, self.words)
        widths = [tree_width, text_width(title, SIZE), *(text_width(line, SIZE) for line in lines), notes_width(remarks)]
        if compound:
            widths.extend(row_width(row) for row in head)
        width = max(widths) + 2 * MARGIN
        middle = width / 2

        y = MARGIN + 6
        self.texts.append(Text(middle, y, title, SIZE, "middle", "title"))
        rows = self.place(boxes, middle - tree_width / 2)
        top = y + 14 + LEADING * len(head) + (32 if compound else 6 if head else 16)
        heights = [top]
        for row in rows[1:]:
            heights.append(heights[-1] + row)
        for box in boxes:
            self.tree(box, heights)
        if compound:
            self.texts.extend(
                Text(middle, y + 18 + LEADING * i, "  ".join(label.text for label in row), SIZE, "middle")
                for i, row in enumerate(head)
            )
            self.bar(boxes, top - 20)
            self.weights(boxes, components)
        else:
            self.beside(boxes[0].x + boxes[0].radius + OFFSET, top - 4, head, 1)
        below = self.bottom + (24 if lines else 4)
        for i, line in enumerate(lines):
            self.texts.append(Text(middle, below + 18 * i, line, SIZE, "middle", "equation"))
        below = self.notes(remarks, middle, below + 18 * len(lines) - 6 if lines else below)
        height = below + MARGIN - 6
        description = "; ".join(rules) or backup.algorithm
        return Figure(width, height, title, description, self.strokes, self.shapes, self.texts)

    def head(self, compound: bool) -> list[Row]:
        """The lines at the root: its name, what the update did to it, TD error and step size."""
        backup = self.backup
        name = Label(backup.root.label, "name")
        if compound and backup.schematic:
            return []
        rows: list[Row] = []
        first = tuple(label for label in (name, Label(change(backup), "change")) if label.text)
        if first:
            rows.append(first)
        if measure(backup):
            rows.append((Label(measure(backup), "muted"),))
        return rows

    def notes(self, remarks: Notes, middle: float, y: float) -> float:
        """The notes below the equation, the list in columns; returns where they end."""
        if remarks.origin:
            y += 18
            self.texts.append(Text(middle, y, remarks.origin, SIZE, "middle", "muted"))
        if not remarks.rows:
            return y
        y += 22
        self.texts.append(Text(middle, y, remarks.title, SIZE, "middle", "muted"))
        widths = list_widths(remarks)
        left = middle - (sum(widths) + NOTE_GAP * (len(widths) - 1)) / 2
        for row in remarks.rows:
            y += LEADING + 2
            x = left
            for text, width, style in zip(row, widths, ("name", "number", "number"), strict=True):
                self.texts.append(Text(x, y, text, SIZE, "start", style))
                x += width + NOTE_GAP
        if remarks.rest:
            y += LEADING + 2
            self.texts.append(Text(left, y, remarks.rest, SIZE, "start", "muted"))
        return y + 6

    def widen(self, boxes: list[Box], components: tuple[Component, ...], head: list[Row]) -> float:
        """Give the columns the room of their weights and heads; returns the width of all."""
        for box, component in zip(boxes, components, strict=True):
            half = text_width(weight_text(component), SIZE) / 2
            box.left = max(box.left, half)
            box.right = max([box.right, half, *(box.radius + OFFSET + row_width(row) for row in head)])
        return sum(box.left + box.right + COLUMN_GAP for box in boxes) - COLUMN_GAP

    def place(self, boxes: list[Box], left: float) -> list[float]:
        """Give every node its x, from `left` on; returns the heights of the rows."""
        rows: list[float] = [0.0]
        for box in boxes:
            box.settle(left + box.left, rows)
            left += box.left + box.right + COLUMN_GAP
        return rows

    def bar(self, boxes: list[Box], y: float) -> None:
        """The line above the columns of a compound update."""
        self.strokes.append(Line(boxes[0].x - 16, y, boxes[-1].x + 16, y, "bar"))

    def weights(self, boxes: list[Box], components: tuple[Component, ...]) -> None:
        """The weight below each column."""
        self.bottom += 20
        for box, component in zip(boxes, components, strict=True):
            self.texts.append(Text(box.x, self.bottom, weight_text(component), SIZE, "middle", "weight"))
        self.bottom += SIZE / 2

    def tree(self, box: Box, heights: list[float]) -> None:
        """A node, its texts, its edges and all below it."""
        node, x, y = box.node, box.x, heights[box.depth]
        kind = "terminal" if node.terminal else node.kind
        if node.omitted and not node.edges:
            self.shapes.extend(Shape("dot", x + dx, y + 34, 1.6) for dx in (-9.0, 0.0, 9.0))
            return
        self.shapes.append(Shape(kind, x, y, box.radius, "dashed" if node.truncated else "", node.label))
        if box.edge is not None:
            low = y - 2 if node.edges else y - box.radius + 3
            self.beside(x + box.side * (box.radius + OFFSET), low, box.beside, box.side)
        for i, row in enumerate(box.below):
            middle = y + box.radius + 10 + LEADING * i
            self.texts.append(Text(x, middle, row[0].text, SIZE, "middle", row[0].style))
        self.bottom = max(self.bottom, y + box.radius + (4 + LEADING * len(box.below) if box.below else 0))
        for child in box.children:
            self.edge(box, child, y, heights[child.depth])
            self.tree(child, heights)
        if node.combine == "max" and len(box.children) > 1:
            self.arc(box, y, heights[box.depth + 1])

    def beside(self, x: float, low: float, rows: list[Row], side: int) -> None:
        """Lines of text beside a node, the last one lowest; on the left side they end at x."""
        for i, row in enumerate(reversed(rows)):
            y = low - SIZE / 2 - LEADING * i
            at = x
            for label in row if side > 0 else reversed(row):
                self.texts.append(Text(at, y, label.text, SIZE, "start" if side > 0 else "end", label.style))
                at += side * (text_width(label.text, SIZE) + BETWEEN)

    def edge(self, parent: Box, child: Box, y: float, below: float) -> None:
        """The stroke to a child: bold where chosen, doubled where tied, dots where steps are left out."""
        edge = child.edge
        if edge is None:
            return
        x1, x2 = parent.x, child.x
        if parent.node.omitted:
            self.shapes.extend(Shape("dot", x1, y + parent.radius + dy, 1.6) for dy in (8.0, 15.0, 22.0))
            self.strokes.append(Line(x2, y + parent.radius + 29, x2, below, "win" if edge.chosen else ""))
            return
        style = ("tie win" if edge.tied else "win") if edge.chosen else ""
        if not edge.tied:
            self.strokes.append(Line(x1, y, x2, below, style))
            return
        length = hypot(x2 - x1, below - y)
        dx, dy = STROKE * (below - y) / length, STROKE * (x1 - x2) / length
        for sign in (-1, 1):
            self.strokes.append(Line(x1 + sign * dx, y + sign * dy, x2 + sign * dx, below + sign * dy, style or "tie"))

    def arc(self, box: Box, y: float, below: float) -> None:
        """The arc of a max, from the leftmost edge to the rightmost."""
        ends: list[float] = []
        for child in (box.children[0], box.children[-1]):
            length = hypot(child.x - box.x, below - y)
            ends.extend((box.x + ARC * (child.x - box.x) / length, y + ARC * (below - y) / length))
        self.strokes.append(Arc(ends[0], ends[1], ends[2], ends[3], ARC, box.x, y))
