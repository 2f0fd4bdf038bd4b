"""Are the columns of a compound update the n-step returns of one experience, weighted as a lambda-return?

    G_lambda = (1 - lambda) sum over n of lambda^(n-1) G_n + lambda^(T-t-1) G_T

Column n holds n steps, all columns the same ones; only the last one ends the episode (or where experience was cut).

Reference: Sutton & Barto, 2nd edition, section 12.1, equation 12.3; 12.5 for horizons; 12.10 for Watkins's cut.
"""

from __future__ import annotations

from itertools import pairwise

from mazefit.backup.spec import BackupSpec, HalfStep
from mazefit.backup.tree import Backup, Node

TOLERANCE = 1e-12
"""How far weights may miss 1, and how near (relative) to the best a branch may be called tied."""


def spine(root: Node) -> list[Node]:
    """The longest way down: from the root through the branches that go on."""
    way = [root]
    while way[-1].edges:
        below = way[-1].edges
        way.append(next((e.node for e in below if e.node.edges), next((e.node for e in below if e.chosen), below[0].node)))
    return way


def rewards(root: Node) -> list[float | None]:
    """The rewards along the spine, one a step."""
    found: list[float | None] = []
    way = spine(root)
    for above, below in pairwise(way):
        if below.kind == "state":
            found.append(next(edge.reward for edge in above.edges if edge.node is below))
    return found


def over(root: Node) -> bool:
    """Whether the way down ends with the episode, or where it was cut."""
    way = spine(root)
    return way[-1].terminal or any(node.truncated for node in way[-2:])


def _returns(root: Node) -> bool:
    """Whether the way down ends at the cell where it began: there a replacing trace begins anew."""
    way = spine(root)
    end = way[-1].label if root.kind == "state" else f"{way[-2].label}, {way[-1].label}"
    return len(way) > 1 and end == root.label


def length_faults(root: Node, n: int) -> list[str]:
    """An n-step tree holds n steps, and fewer only where the episode is over."""
    steps = len(rewards(root))
    if steps == n or (steps < n and over(root)):
        return []
    return [f"the tree holds {steps} steps, expected {n}"]


def column_faults(spec: BackupSpec, backup: Backup, lambda_: float | None) -> list[str]:
    """What is wrong with the columns and their weights; one column without a weight is the TD error of one step."""
    columns = backup.components
    if len(columns) == 1 and columns[0].weight is None:
        steps = len(rewards(columns[0].node))
        return [] if steps == 1 else [f"a TD error looks one step ahead, got {steps} steps"]
    return [*_steps(spec, backup), *_weights(backup, lambda_)]


def _steps(spec: BackupSpec, backup: Backup) -> list[str]:
    found: list[str] = []
    columns = backup.components
    roots = {component.node.label for component in columns}
    if len(roots) > 1:
        found.append(f"the columns update {len(roots)} cells, expected one")
    before: list[float | None] = []
    for number, component in enumerate(columns, start=1):
        own = rewards(component.node)
        if len(own) != number:
            found.append(f"column {number} holds {len(own)} steps, expected {number}")
        if own[: len(before)] != before:
            found.append(f"column {number} begins with other rewards than column {number - 1}, expected the same experience")
        ends = spine(component.node)[-1].terminal
        if ends and number < len(columns):
            found.append(f"column {number} ends the episode, and further columns follow")
        before = own
    bootstraps = spec.true_online or spec.steps[-1] == HalfStep("max")  # may end at the horizon, or at an exploratory action
    if not (bootstraps or over(columns[-1].node) or _returns(columns[-1].node)):
        found.append("the last column ends neither with the episode nor where it was cut")
    return found


def _weights(backup: Backup, lambda_: float | None) -> list[str]:
    weights = [component.weight for component in backup.components]
    known = [weight for weight in weights if weight is not None]
    if len(known) < len(weights):
        return ["a column has no weight"]
    total = 0.0
    for weight in known:
        total += weight
    found = [] if abs(total - 1.0) <= TOLERANCE else [f"the weights of the columns sum to {total!r}, expected 1"]
    if lambda_ is None:
        if len(known) == 1:
            return found
        lambda_ = 1.0 - known[0]
    power = 1.0
    for number, weight in enumerate(known, start=1):
        expected = power if number == len(known) else (1.0 - lambda_) * power
        if not abs(weight - expected) <= TOLERANCE:
            found.append(f"column {number} weighs {weight!r}, expected {expected!r} at lambda = {lambda_!r}")
        power *= lambda_
    return found
