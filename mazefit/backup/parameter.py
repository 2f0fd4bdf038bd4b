"""Updates of parameters by their gradient, as backups of depth 0: a root, its target, and nothing below.

A parameter w is a cell like any other. Its update is the house's own,

    w ← w + α · (target - w)        target = w - d

with the direction d that the optimizer makes of the gradient: the target is where a whole step, one of size 1, would lead, and
the TD error is -d. Nothing is sampled and nothing bootstrapped, so the diagram is its root alone. It is the same thing as in a
table of values: the loss ½ (G - V)² of one entry has the gradient V - G, and gradient descent on it is V ← V + α (G - V).

`state` of a row is the parameter's number, `gradient` that of the loss by it, in float64: 12 bytes an update.

Reference: Sutton & Barto, 2nd edition, sections 2.4 (the general form of an update) and 9.3 (its gradient); the optimizers'
own references stand in their files.
"""

from collections.abc import Sequence
from typing import Any

from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Component, Node

SCHEMA = {"state": "<u4", "gradient": "<f8"}
_MOVE = "w ← w + α [ (w − d) − w ],  "

FITTING: dict[str, BackupSpec] = {
    spec.name: spec
    for spec in (
        BackupSpec(
            "Gradient descent", "state", (), "v", formula=_MOVE + "d = ∂loss/∂w", section="Robbins & Monro (1951)",
        ),
        BackupSpec(
            "Momentum", "state", (), "v", formula=_MOVE + "d = v\nv ← μ v + ∂loss/∂w", section="Polyak (1964)",
        ),
        BackupSpec(
            "RMSprop", "state", (), "v", formula=_MOVE + "d = g / (√u + ε)\ng = ∂loss/∂w,  u ← ρ u + (1 − ρ) g²",
            section="Tieleman & Hinton (2012)",
        ),
        BackupSpec(
            "Adam",
            "state",
            (),
            "v",
            formula=_MOVE + "d = m̂ / (√û + ε)\nm ← m + (1 − β₁) (g − m),  u ← β₂ u + (1 − β₂) g²\n"
            "g = ∂loss/∂w,  m̂ = m / (1 − β₁ᵗ),  û = u / (1 − β₂ᵗ)",
            section="Kingma & Ba (2015)",
        ),
    )
}  # fmt: skip
"""The rules of the optimizers by name."""


def read_parameter(spec: BackupSpec, names: Sequence[str], row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
    """The Backup of one row.

    Args:
        spec: the rule.
        names: what each parameter is called, [P]; a step is P rows, one for each.
        row: the parameter's number and its gradient.
        index: the backup's number.
        details: `step_size`, `target`, `old`, `new`, `episode`.
    """
    name = names[int(row[0])]
    root = Node("state", name, value=details["target"])
    return Backup(
        index=index,
        algorithm=spec.name,
        components=(Component(root),),
        target=details["target"],
        td_error=details["target"] - details["old"],
        old=details["old"],
        new=details["new"],
        step_size=details["step_size"],
        episode=details["episode"],
        step=index // len(names),
    )
