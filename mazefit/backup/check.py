"""Does a traced update keep its rule? Every violation is one sentence.

The tree is walked from the root down beside the half-steps of the `BackupSpec`; then the numbers are held against the
tree: `evaluate` must give the target to the bit, and target, TD error, old and new must belong together.

Reference: the conventions are those of Sutton & Barto, 2nd edition, sections 3.5 and 7.5; the update is equation 2.3,
new = old + step_size * (target - old).
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from mazefit.backup.check_columns import TOLERANCE, column_faults, length_faults, spine
from mazefit.backup.check_numbers import number_faults, planning_faults, write_faults
from mazefit.backup.spec import HalfStep
from mazefit.backup.tree import Backup, Edge, Node, contribution, evaluate
from mazefit.errors import SpecError

if TYPE_CHECKING:
    from mazefit.backup.spec import BackupSpec

__all__ = ["TOLERANCE", "SpecError", "violations"]


def violations(spec: BackupSpec, backup: Backup, n: int | None = None, lambda_: float | None = None) -> list[str]:
    """Everything in which `backup` breaks `spec`, one sentence each; `n` and `lambda_` where they are known."""
    if not backup.components:
        return ["the backup has no tree"]
    found: list[str] = []
    if spec.compound is None and len(backup.components) > 1:
        found.append(f"expected one tree, got {len(backup.components)} columns")
    for number, component in enumerate(backup.components):
        where = f"column {number + 1}: " if len(backup.components) > 1 else ""
        found.extend(where + sentence for sentence in _Tree(spec, backup.discount, component.node).sentences)
    if spec.compound is not None:
        found.extend(column_faults(spec, backup, lambda_))
    elif n is not None:
        found.extend(length_faults(backup.root, n))
    found.extend(number_faults(spec, backup))
    found.extend(write_faults(spec, backup))
    found.extend(planning_faults(spec, backup))
    return found


class _Tree:
    """The walk through one tree, which collects sentences."""

    def __init__(self, spec: BackupSpec, discount: float | None, root: Node) -> None:
        self.spec = spec
        self.discount = discount
        self.sentences: list[str] = []
        self.steps = spec.fit(len(spine(root)) - 1)
        if root.kind != spec.root_kind:
            self.say(f"the root {root.label!r} is of kind {root.kind!r}, expected {spec.root_kind!r}")
            return
        waiting = [(root, 0, False)]
        while waiting:
            node, depth, cut = waiting.pop()
            cut = cut or node.truncated
            if node.edges:
                self.inner(node, depth)
            else:
                self.leaf(node, depth, cut)
            waiting.extend((edge.node, depth + 1, cut) for edge in reversed(node.edges))

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def leaf(self, node: Node, depth: int, cut: bool) -> None:
        """A node without branches: a square, or a table entry where the rule bootstraps."""
        name = node.label
        if node.terminal:
            if node.kind != "state":
                self.say(f"the action {name!r} is marked terminal; only a state can end the episode")
            if node.value is not None and node.value != 0.0:
                self.say(f"bootstrap at the terminal state {name!r}: its value is {node.value!r}, expected none")
            return
        if node.value is None:
            what = "the truncated state" if node.truncated else "the leaf"
            self.say(f"{what} {name!r} carries no value")
        at_end = depth == len(self.steps) and self.spec.leaf is not None
        right_kind = node.kind == self.spec.kind_at(len(self.steps))
        side = self.spec.side_leaves and depth > 0 and node.kind == "action"
        below_cut = cut and self.any_step(depth - 1) and node.kind == "action"
        if not (at_end or (cut and right_kind) or side or below_cut):
            self.say(f"the leaf {name!r} stands at depth {depth}, where the rule does not bootstrap")

    def inner(self, node: Node, depth: int) -> None:
        """A node with branches: its half-step and its edges."""
        if node.terminal:
            self.say(f"bootstrap below the terminal state {node.label!r}: expected nothing below a square")
            return
        if node.truncated and self.any_step(depth):
            step = HalfStep(node.combine)
        elif depth >= len(self.steps):
            self.say(f"the node {node.label!r} at depth {depth} has branches, expected the rule to end there")
            return
        else:
            step = self.steps[depth]
        if node.combine != step.op:
            self.say(f"{node.label!r} at depth {depth} combines by {node.combine!r}, expected {step.op!r}")
        for edge in node.edges:
            self.edge(node, edge, step)
        if node.combine == "sample" and len(node.edges) != 1:
            self.say(f"{node.label!r} is a sample and has {len(node.edges)} branches, expected exactly one")
        if node.combine in ("expect", "sigma"):
            self.expectation(node)
        if node.combine == "sigma":
            self.mixture(node)
        if node.combine == "max":
            self.winners(node)
        going_on = sum(1 for edge in node.edges if edge.node.edges)
        if self.spec.side_leaves and any(edge.node.edges and not edge.chosen for edge in node.edges):
            self.say(f"below {node.label!r} a branch goes on that was not taken")
        if self.spec.side_leaves and node.kind == "state" and going_on > 1:
            self.say(f"{going_on} branches go on below {node.label!r}, expected only the one that was taken")
        if node.value is not None and node.value != evaluate(node):
            self.say(f"the value of {node.label!r} is {node.value!r}, its branches back up {evaluate(node)!r}")

    def any_step(self, depth: int) -> bool:
        """Whether a rule for pairs that never bootstraps values the state at `depth` by its actions, where it was cut."""
        return self.spec.leaf is None and self.spec.root == "state-action" and self.spec.kind_at(depth) == "state"

    def edge(self, node: Node, edge: Edge, step: HalfStep) -> None:
        """Rewards and discounts only on arrivals, and there always; nodes alternate."""
        name = f"the edge {node.label} -> {edge.node.label}"
        if edge.node.kind == node.kind:
            self.say(f"{name} joins two nodes of kind {node.kind!r}, expected state and action in turn")
        elif edge.node.kind == "action":
            if edge.reward is not None or edge.discount is not None:
                self.say(f"{name} carries a reward or a discount, which belong to the arrival in a state")
        else:
            if edge.reward is None:
                self.say(f"{name} has no reward, expected the one received on arrival")
            lost = edge.discount is None and not edge.node.terminal
            if lost or (edge.discount is not None and edge.discount != self.discount):
                self.say(f"{name} discounts by {edge.discount!r}, expected {self.discount!r}")
        if step.ratio and edge.ratio is None and (edge.chosen or step.op == "sample"):
            self.say(f"{name} has no importance ratio, which this off-policy rule needs")
        if edge.ratio is not None and not step.ratio:
            self.say(f"{name} carries the importance ratio {edge.ratio!r}, expected none at this half-step")
        elif edge.ratio is not None and not 0.0 <= edge.ratio < inf:
            self.say(f"{name} has the importance ratio {edge.ratio!r}, expected 0 or more")

    def expectation(self, node: Node) -> None:
        """Weights are probabilities."""
        total = 0.0
        for edge in node.edges:
            if edge.weight is None or not 0.0 <= edge.weight <= 1.0 + TOLERANCE:
                self.say(f"the edge {node.label} -> {edge.node.label} has weight {edge.weight!r}, expected 0 to 1")
                return
            total += edge.weight
        if abs(total - 1.0) > TOLERANCE:
            self.say(f"the weights below {node.label!r} sum to {total!r}, expected 1")

    def mixture(self, node: Node) -> None:
        """Sigma says to which degree the branch that was taken counts as a sample."""
        if node.sigma is None or not 0.0 <= node.sigma <= 1.0:
            self.say(f"sigma of {node.label!r} is {node.sigma!r}, expected 0 to 1")
        if sum(1 for edge in node.edges if edge.chosen) != 1:
            self.say(f"below {node.label!r} expected one branch to be the one that was taken")

    def winners(self, node: Node) -> None:
        """The arc's winner is really the largest, and all that tie with it are marked."""
        selects = self.spec.tables > 1
        if selects and any(edge.selector is None for edge in node.edges):
            self.say(f"below {node.label!r} a branch lacks the selecting table's entry")
            return
        keys = [contribution(e, evaluate(e.node)) if e.selector is None else e.selector for e in node.edges]
        best = max(keys)
        largest = sum(1 for key in keys if key == best)
        if not any(edge.chosen for edge in node.edges):
            self.say(f"no winner is marked below {node.label!r}")
        for edge, key in zip(node.edges, keys, strict=True):
            name = edge.node.label
            if edge.chosen and key != best:
                self.say(f"{name!r} is marked as winner below {node.label!r} with {key!r}, the largest is {best!r}")
            if largest > 1 and key == best and not edge.tied:
                self.say(f"{name!r} ties for the largest below {node.label!r} and is not marked as tied")
            near = best - key <= TOLERANCE * max(1.0, abs(best))
            if edge.tied and not (near and sum(1 for e in node.edges if e.tied) > 1):
                self.say(f"{name!r} is marked as tied below {node.label!r} and ties with nothing")
