"""Where nodes and their texts go: every subtree has a strip of the width to itself.

Nothing can overlap by construction. All texts of a subtree lie in its strip. The labels of an edge stand at its lower
end, on the outer side of the fan; a row is made so high that the next edge outwards, which passes above them, does not
touch them. Names and values of leaves stand below their node, those of inner nodes beside it, just above its middle,
where no edge runs.

Where one branch goes on and leaves stand beside it (tree backup), that branch runs straight down, and the leaves come as
near as their own row and the next one allow: a way of many steps stays a narrow picture.
"""

from __future__ import annotations

from mazefit.backup.draw.figure import text_width
from mazefit.backup.draw.labels import Label, edge_labels, node_labels
from mazefit.backup.tree import Edge, Node

SIZE = 12.0  # of the letters
LEADING = 14.0  # from line to line
BETWEEN = 6.0  # texts on one line
RADIUS = {"state": 10.0, "action": 4.5, "terminal": 9.0}
OFFSET = 5.0  # from a node's rim to the texts beside it
LOWEST_ROW = 58.0
HIGHEST_ROW = 320.0
STEEP_ROW = 110.0  # wide fans are made at least so high, or a bit less, that they look like one
ARC = 24.0  # distance of the max arc from its node
GAP = 12.0  # least distance of the texts of two strips

STEEPEST = 1.7  # leaves beside a way stand so many times as far apart as their labels reach

Row = tuple[Label, ...]
"""The texts of one line."""


def row_width(row: Row) -> float:
    """The room that a line of texts needs."""
    return sum(text_width(label.text, SIZE) for label in row) + BETWEEN * (len(row) - 1)


def straight_down(node: Node) -> int | None:
    """The index of the one branch that goes on beside leaves, if that is how it is."""
    going_on = [i for i, edge in enumerate(node.edges) if edge.node.edges]
    return going_on[0] if len(going_on) == 1 and len(node.edges) > 1 else None


class Box:
    """A node with the room that it and all below it take, left and right of its middle."""

    __slots__ = ("below", "beside", "children", "depth", "edge", "left", "node", "radius", "reaches", "right", "side", "x")

    def __init__(self, node: Node, edge: Edge | None, depth: int, side: int, fan: bool, schematic: bool) -> None:
        self.node = node
        self.edge = edge
        self.depth = depth
        self.side = side  # where the texts beside it stand: -1 left, 1 right
        self.x = 0.0
        self.radius = RADIUS["terminal" if node.terminal else node.kind]
        edges = node.edges
        spine = straight_down(node)
        middle = (len(edges) - 1) / 2 if spine is None else spine
        self.children = [
            Box(e.node, e, depth + 1, -1 if i < middle else 1, len(edges) > 1, schematic) for i, e in enumerate(edges)
        ]
        own = tuple(node_labels(node, fan)) if edge is not None else ()
        leaf = not edges
        self.below: list[Row] = [(label,) for label in own] if leaf else []
        self.beside: list[Row] = [] if edge is None else [(label,) for label in edge_labels(edge, schematic)]
        if own and not leaf:
            self.beside.append(own)
        self._place()

    @property
    def top(self) -> float:
        """How far the texts beside the node reach above its middle."""
        return LEADING * len(self.beside) + (self.radius - 4 if not self.node.edges else -2)

    @property
    def reach(self) -> float:
        """How far the texts beside the node reach from its middle."""
        return self.radius + OFFSET + max([0.0, *map(row_width, self.beside)]) if self.beside else self.radius

    def _place(self) -> None:
        """Put the children side by side, then itself above the middle one (or between the middle two)."""
        half = max([self.radius, *(row_width(row) / 2 for row in self.below)])
        outer = max(half, self.reach + 5 * len(self.beside))
        self.left = (outer if self.side < 0 else half) + GAP / 2
        self.right = (outer if self.side > 0 else half) + GAP / 2
        self.reaches = [(self.left, self.right)]  # of each row below, left and right of this node
        children = self.children
        if not children:
            return
        spine = straight_down(self.node)
        if spine is None:
            self._beside_each_other()
        else:
            self._along(spine)
        for row in range(max(len(child.reaches) for child in children)):
            spans = [(c.reaches[row][0] - c.x, c.reaches[row][1] + c.x) for c in children if row < len(c.reaches)]
            self.reaches.append((max(left for left, _ in spans), max(right for _, right in spans)))
        self.left = max(left for left, _ in self.reaches)
        self.right = max(right for _, right in self.reaches)

    def _along(self, spine: int) -> None:
        """The branch that goes on stays below its parent; leaves stand beside it at even steps."""
        way = self.children[spine]
        step = STEEPEST * way.reach
        for i, child in enumerate(self.children):
            if i == spine:
                continue
            outwards = -1 if i < spine else 1
            inner = self.children[i - outwards]
            rows = inner.reaches[:2]  # the texts below a leaf reach into the next row
            nearest = max(left if outwards < 0 else right for left, right in rows)
            step = max(step, nearest + (child.right if outwards < 0 else child.left), STEEPEST * child.reach)
        for i, child in enumerate(self.children):
            child.x = (i - spine) * step

    def _beside_each_other(self) -> None:
        """Strip beside strip, the parent above the middle."""
        children = self.children
        count = len(children)
        steps = [children[i].right + children[i + 1].left for i in range(count - 1)]
        if not any(child.children for child in children):  # leaves are evenly spaced
            steps = [max(steps, default=0.0)] * (count - 1)
        for i in range(1, count):
            children[i].x = children[i - 1].x + steps[i - 1]
        middle = (children[(count - 1) // 2].x + children[count // 2].x) / 2
        for child in children:
            child.x -= middle  # relative to the parent, until `settle`

    def settle(self, x: float, rows: list[float]) -> None:
        """Turn relative places into places, and make every row as high as its labels ask for."""
        self.x += x
        if self.depth == len(rows):
            rows.append(LOWEST_ROW)
        if self.beside:
            rows[self.depth] = max(rows[self.depth], self.top + ARC + 12)
        for child in self.children:
            child.settle(self.x, rows)
        for i, child in enumerate(self.children):
            steep = min(STEEP_ROW, 0.18 * abs(child.x - self.x))
            rows[child.depth] = max(rows[child.depth], steep)
            if child.beside:
                rows[child.depth] = max(rows[child.depth], self._clearance(i))

    def _clearance(self, i: int) -> float:
        """How high the row below must be for the next edge outwards to pass above the texts beside child i."""
        child = self.children[i]
        j = i + child.side
        if not 0 <= j < len(self.children):
            return 0.0
        outwards = self.children[j]
        run = abs(outwards.x - self.x)
        room = abs(outwards.x - child.x) - child.reach
        return min(HIGHEST_ROW, (child.top + 4) * run / room)
