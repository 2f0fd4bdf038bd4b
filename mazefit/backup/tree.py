"""What one update was, as plain frozen data: the backup diagram as a tree of states and actions.

A `Backup` is read from the root down, as time runs: the root is the cell that was updated, the leaves are the table
entries that were used, and the value that is backed up runs from the leaves to the root (`evaluate`).

    state --(weight: pi(a|s))--> action --(weight: p, reward: r on arrival, discount)--> state --> ...

Reference: Sutton & Barto, Reinforcement Learning, 2nd edition, sections 3.5 (backup diagrams), 6.5, 7.5, 7.6 and 12.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan
from typing import Any, Literal

Kind = Literal["state", "action"]
Combine = Literal["sample", "expect", "max", "sigma"]
Source = Literal["sweep", "real", "planning", "replay"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A state (open circle) or an action (filled circle) of the diagram.

    Args:
        kind: "state" or "action"; an action stands for the pair of the state above it and itself.
        label: its name, such as "s4" or "a1".
        value: of a leaf the table entry that was used; of an inner node None or its backed-up value.
        terminal: the episode ended here (square); it has no value and nothing below it.
        truncated: the episode was cut here (dashed circle), but not ended: it is bootstrapped from.
        combine: how the edges below give the node's value.
        edges: the branches below, in the order in which they are added up.
        omitted: steps are left out below (a gap with dots).
        sigma: the degree of sampling, where `combine` is "sigma".
    """

    kind: Kind
    label: str = ""
    value: float | None = None
    terminal: bool = False
    truncated: bool = False
    combine: Combine = "sample"
    edges: tuple[Edge, ...] = field(default=(), repr=False)
    omitted: bool = False
    sigma: float | None = None

    def __eq__(self, other: object) -> bool:
        return _alike(self, other) if isinstance(other, Node) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.kind, self.label, self.value, len(self.edges)))


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A branch: from a state to an action, or from an action to the state in which one arrives.

    Args:
        node: the node below.
        weight: pi(a|s) on an edge to an action, p on an edge to a state; None where it was only sampled.
        reward: received on arrival, so only on edges to a state.
        discount: gamma, what the value of the arrival is multiplied by; only on edges to a state.
        ratio: importance ratio rho. It is shown, and enters the value at a sigma node; other rules have it in their
            step size, as in the book.
        chosen: the branch that was taken, or that won the max (bold).
        tied: one of several winners (doubled stroke).
        selector: what the max compared, where that is another table than the one that values (Double Q-learning).
        control: the table entry of a branch that goes on, where the rule uses it as control variate (Q(sigma)).
    """

    node: Node
    weight: float | None = None
    reward: float | None = None
    discount: float | None = None
    ratio: float | None = None
    chosen: bool = False
    tied: bool = False
    selector: float | None = None
    control: float | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Edge):
            return NotImplemented
        return _own(self) == _own(other) and _alike(self.node, other.node)

    def __hash__(self) -> int:
        return hash((_own(self), self.node.label))


def _own(edge: Edge) -> tuple[object, ...]:
    """What an edge says itself."""
    return (
        edge.weight, edge.reward, edge.discount, edge.ratio, edge.chosen, edge.tied, edge.selector, edge.control
    )  # fmt: skip


def _alike(one: Node, other: Node) -> bool:
    """Whether two trees are equal, however deep: a Monte Carlo tree has as many levels as its episode had steps."""
    waiting = [(one, other)]
    while waiting:
        a, b = waiting.pop()
        if a is b:
            continue
        ours = (a.kind, a.label, a.value, a.terminal, a.truncated, a.combine, a.omitted, a.sigma, len(a.edges))
        if ours != (b.kind, b.label, b.value, b.terminal, b.truncated, b.combine, b.omitted, b.sigma, len(b.edges)):
            return False
        for edge, twin in zip(a.edges, b.edges, strict=True):
            if _own(edge) != _own(twin):
                return False
            waiting.append((edge.node, twin.node))
    return True


@dataclass(frozen=True, slots=True)
class Component:
    """A column of a compound update: its tree, its weight and how that weight is written below it."""

    node: Node
    weight: float | None = None
    weight_label: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """One cell that a TD error moved through its eligibility: new = old + (step_size * eligibility) * td_error.

    Reference: S&B section 12.2 (the backward view of TD(lambda)).

    Args:
        cell: its name, such as "s4" or "s4, a1".
        eligibility: z(s) or z(s, a), how much of the error the cell takes.
        old: the cell before the update.
        new: the cell after it.
        table: number of the table that was written.
    """

    cell: str
    eligibility: float
    old: float
    new: float
    table: int = 0


@dataclass(frozen=True, slots=True)
class Backup:
    """One update: the tree that was backed up, and what it did to the cell at its root.

    Args:
        index: its number in the trace.
        algorithm: the name of the rule, such as "Q-learning".
        components: one tree, or the weighted columns of a compound update.
        target: the backed-up value.
        td_error: target - old, signed.
        old: the cell before the update.
        new: the cell after it, old + step_size * (target - old).
        step_size: alpha, times the importance ratio or the root's eligibility where there is one (of a true online learner
            alpha alone); None where the cell is set to the target.
        discount: gamma.
        source: where the update came from.
        episode: number of the episode, where there is one.
        step: number of the step in its episode, where there is one.
        table: number of the table that was written (Double Q-learning has two).
        formula: the rule in symbols; a textbook picture has it instead of numbers.
        writes: what one TD error wrote, cell by cell, where the rule keeps eligibility traces (its own cell among them).
        cause: number of the real step that a planning update rests on.
        priority: |TD error| with which the update waited in the queue (prioritized sweeping).
        bonus: kappa * sqrt(tau) of Dyna-Q+; the reward at the edge holds it already.
        v_old: of a true online learner the root's value as the step before looked it up.
    """

    index: int
    algorithm: str
    components: tuple[Component, ...] = field(repr=False)
    target: float | None = None
    td_error: float | None = None
    old: float | None = None
    new: float | None = None
    step_size: float | None = None
    discount: float | None = None
    source: Source = "real"
    episode: int | None = None
    step: int | None = None
    table: int = 0
    formula: str = ""
    writes: tuple[Write, ...] = field(default=(), repr=False)
    cause: int | None = None
    priority: float | None = None
    bonus: float | None = None
    v_old: float | None = None

    @property
    def root(self) -> Node:
        """The updated cell (of the first column, where there are several)."""
        return self.components[0].node

    @property
    def branches(self) -> tuple[Edge, ...]:
        """The edges just below the root."""
        return self.root.edges

    @property
    def eligibility(self) -> float:
        """How much of the TD error the root's own cell took: its share among the `writes`, 1 where it is not there."""
        own = [write for write in self.writes if write.cell == self.root.label and write.table == self.table]
        return own[0].eligibility if own else 1.0

    @property
    def schematic(self) -> bool:
        """Whether this is a textbook picture, drawn with symbols instead of numbers."""
        return bool(self.formula)

    def evaluate(self) -> float:
        """The value that the whole diagram backs up: of one tree its own, of columns the weighted total."""
        if len(self.components) == 1 and self.components[0].weight is None:
            return evaluate(self.root)
        total = 0.0
        for component in self.components:
            total += _number(component.weight) * evaluate(component.node)
        return total

    def draw(self, format: str = "svg", **options: Any) -> str | bytes:
        """The diagram as "svg", "text", "dot" or "html" (str) or "png" (bytes); see `mazefit.backup.draw.draw`."""
        from mazefit.backup.draw import draw

        return draw(self, format, **options)

    def _repr_svg_(self) -> str:
        from mazefit.backup.draw.svg import to_svg

        return to_svg(self)


def evaluate(root: Node) -> float:
    """The value that a tree backs up to its root, in plain float64 from left to right.

    A leaf gives its table entry, a terminal state 0. An inner node combines what its edges contribute:

        sample   the contribution of the branch taken
        expect   total = 0; total += weight * contribution, branch by branch
        max      the largest contribution (with `selector`s: the contribution of the largest selector)
        sigma    sigma * ratio * taken + (1 - sigma) * expected; with a control variate Q(S, A) on the taken branch
                 (sigma * ratio + (1 - sigma) * pi(A)) * (taken - Q(S, A)) + sum of pi * Q   (S&B 7.6)

    An edge to an action contributes the action's value; an edge to a state contributes reward + discount * value, and
    to a terminal state the reward alone. The learners add in this very order, so that equality holds to the bit.
    A number that is missing makes the result NaN.
    """
    nodes = [root]
    for node in nodes:  # grows while it is read: every node stands after its parent
        nodes.extend(edge.node for edge in node.edges)
    values: dict[int, float] = {}
    for node in reversed(nodes):
        values[id(node)] = _value(node, [contribution(edge, values[id(edge.node)]) for edge in node.edges])
    return values[id(root)]


def contribution(edge: Edge, value: float) -> float:
    """What an edge hands up, `value` being the value of the node below it."""
    if edge.node.kind == "action":
        return value
    if edge.node.terminal:
        return _number(edge.reward)
    return _number(edge.reward) + _number(edge.discount) * value


def taken(node: Node) -> int:
    """The index of the branch that was taken: the first chosen one, else the first."""
    for i, edge in enumerate(node.edges):
        if edge.chosen:
            return i
    return 0


def _value(node: Node, parts: list[float]) -> float:
    if not parts:
        return 0.0 if node.terminal else _number(node.value)
    if node.combine == "sample":
        return parts[taken(node)]
    if node.combine == "expect":
        return _expectation(node, parts)
    if node.combine == "max":
        return _largest(node, parts)
    return _mixture(node, parts)


def _expectation(node: Node, parts: list[float]) -> float:
    total = 0.0
    for edge, part in zip(node.edges, parts, strict=True):
        total += _number(edge.weight) * part
    return total


def _largest(node: Node, parts: list[float]) -> float:
    best = 0
    keys = [part if edge.selector is None else edge.selector for edge, part in zip(node.edges, parts, strict=True)]
    for i, key in enumerate(keys):
        if key > keys[best]:
            best = i
    return parts[best]


def _mixture(node: Node, parts: list[float]) -> float:
    sigma = _number(node.sigma)
    at = taken(node)
    edge = node.edges[at]
    ratio = 1.0 if edge.ratio is None else edge.ratio
    if edge.control is None:
        return sigma * ratio * parts[at] + (1.0 - sigma) * _expectation(node, parts)
    entries = [*parts[:at], edge.control, *parts[at + 1 :]]
    share = sigma * ratio + (1.0 - sigma) * _number(edge.weight)
    return share * (parts[at] - edge.control) + _expectation(node, entries)


def _number(x: float | None) -> float:
    return nan if x is None else x
