"""The textbook picture of a rule: symbols instead of numbers, three branches where a half-step branches.

A Repeat is drawn as its first round, a gap with dots, and its last round. A compound update is drawn as the columns of
one, two and three steps, dots, and the last column. Of a fan only the leftmost branch (and the one that goes on) is
labelled, so that the picture stays light.

Reference: Sutton & Barto, 2nd edition, figures 3.4, 7.1, 7.3, 7.5, 12.1 and 12.9.
"""

from __future__ import annotations

from typing import NamedTuple

from mazefit.backup.spec import BackupSpec, HalfStep, Repeat, sample
from mazefit.backup.tree import Backup, Component, Edge, Node

FAN = 3
"""Branches drawn where a half-step branches."""

LONGEST = 3
"""A Repeat of more rounds than this is drawn with a gap."""

_PRIMES = ("", "′", "′′", "′′′")


class _Row(NamedTuple):
    step: HalfStep
    after_gap: bool = False  # dots above this half-step
    sigma: float | None = None


def diagram(spec: BackupSpec) -> Backup:
    """The textbook picture of `spec`."""
    components = (Component(_Column(spec, _rows(spec)).node()),) if spec.compound is None else _columns(spec)
    return Backup(0, spec.name, components, formula=spec.formula or spec.name)


def _rows(spec: BackupSpec) -> list[_Row]:
    """The half-steps to draw: of a long Repeat the first and the last round, with a gap between."""
    rows: list[_Row] = []
    gap = False
    for step in spec.steps:
        if isinstance(step, HalfStep):
            rows.append(_Row(step, gap))
            gap = False
            continue
        once = [_Row(half, False, 1.0 if half.op == "sigma" else None) for half in step.steps]
        if isinstance(step.times, int) and step.times <= LONGEST:
            rows.extend(once * step.times)
        elif step.times == "n-1":
            rows.extend(once)
            gap = True
        elif step.times == "T-1":
            rows.extend([once[0]._replace(after_gap=True), *once[1:]])
        else:
            again = [row._replace(sigma=None if row.sigma is None else 0.0) for row in once]
            rows.extend([*once, again[0]._replace(after_gap=True), *again[1:]])
    return rows


def _columns(spec: BackupSpec) -> tuple[Component, ...]:
    """Columns of one, two and three steps, dots, and the last one, whose weight is all that is left."""
    columns = [
        Component(_Column(spec, [_Row(step) for step in spec.expand(n)]).node(), weight_label=weight)
        for n, weight in ((1, "1 − λ"), (2, "(1 − λ) λ"), (3, "(1 − λ) λ²"))
    ]
    dots = Component(Node(spec.root_kind, omitted=True), weight_label="…")
    last, weight = spec, "λⁿ⁻¹"  # Watkins: the last column ends at the first exploratory action, or with the episode
    if spec.true_online:
        weight = "λʰ⁻ᵗ⁻¹"
    elif spec.steps[-1] != HalfStep("max"):
        last, weight = _to_the_end(spec), "λᵀ⁻ᵗ⁻¹"
    return (*columns, dots, Component(_Column(last, _rows(last)).node(), weight_label=weight))


def _to_the_end(spec: BackupSpec) -> BackupSpec:
    """The same until the episode ends: no bootstrap."""
    steps = (sample(), sample())
    way = (Repeat(steps, "T"),) if spec.root == "state" else (sample(), Repeat(steps, "T-1"))
    return BackupSpec(spec.name, spec.root, way, None)


class _Column:
    """One tree, built from the root down."""

    def __init__(self, spec: BackupSpec, rows: list[_Row]) -> None:
        self.spec = spec
        self.rows = rows
        gaps = [depth for depth, row in enumerate(rows) if row.after_gap]
        self.gap = gaps[0] if gaps else len(rows)

    def node(self, depth: int = 0, labelled: bool = True, goes_on: bool = True) -> Node:
        """The node at `depth`, with all that is below it; a side leaf does not go on."""
        kind = self.spec.kind_at(depth)
        label = "" if not labelled else self.label(depth) if goes_on else "a"
        if depth == len(self.rows) or not goes_on:
            return Node(kind, label, terminal=self.spec.leaf is None)
        row = self.rows[depth]
        single = row.step.op == "sample" or row.sigma == 1.0
        width = 1 if single else FAN
        spine = width // 2 if self.spec.side_leaves else -1
        last = depth == len(self.rows) - 1
        whole = (last and depth < self.gap) or spine < 0  # else what stands beside the way down is just any action a
        edges = tuple(
            Edge(
                self.node(depth + 1, labelled and (i == 0 or (i == spine and not last)), whole or i == spine),
                weight=1 / FAN if row.step.op in ("expect", "sigma") and not single else None,
                ratio=1.0 if row.step.ratio and single else None,
            )
            for i in range(width)
        )
        return Node(kind, label, combine=row.step.op, edges=edges, omitted=depth == self.gap, sigma=row.sigma)

    def label(self, depth: int) -> str:
        """s, a, s′, a′, …; below a gap the names of the last steps."""
        if not self.rows:  # a parameter
            return "w"
        letter = "s" if self.spec.kind_at(depth) == "state" else "a"
        time = self.time(depth)
        end = len(self.rows)
        if depth == end and self.spec.leaf is None:
            return "T"
        if depth > self.gap:
            fan = depth == end and self.rows[-1].step.op != "sample"
            last = "ₕ" if self.spec.true_online else "ₙ"
            name = letter + ("" if fan else last if time == self.time(end) else f"{last}₋₁") if self.spec.leaf else ""
        else:
            name = letter + _PRIMES[min(time, 3)]
        if depth == 0 and letter == "a":
            name = "s, a"
        if self.spec.tables > 1 and depth in (0, end):
            name = f"{name} · {'Q₂' if depth else 'Q₁'}"
        return name

    def time(self, depth: int) -> int:
        """How many steps of the environment lie above a node."""
        return (depth + (self.spec.root == "state-action")) // 2
