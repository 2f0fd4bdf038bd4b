"""The first update in which two runs part."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mazefit.backup.tree import Backup
from mazefit.errors import ConfigError

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace


@dataclass(frozen=True)
class Parting:
    """Where two runs part.

    Args:
        index: number of the first backup that differs.
        ours, theirs: that backup in both; None where a trace has ended before.
    """

    index: int
    ours: Backup | None
    theirs: Backup | None

    def __str__(self) -> str:
        if self.ours is None or self.theirs is None:
            shorter = "the first" if self.ours is None else "the second"
            return f"the two are alike up to backup {self.index}, where {shorter} ends"
        return (
            f"backup {self.index}: {self.ours.root.label} {self.ours.old:.6g} → {self.ours.new:.6g} "
            f"against {self.theirs.root.label} {self.theirs.old:.6g} → {self.theirs.new:.6g}"
        )


def parting(ours: "Trace", theirs: Any) -> Parting | None:
    """The first update in which two traces differ, or None; see `Trace.diff`."""
    from mazefit.backup.trace import Trace

    theirs = getattr(theirs, "trace", theirs)  # a run stands for its trace
    if not isinstance(theirs, Trace):
        raise ConfigError(f"diff: expected another trace, got {theirs!r}")
    if ours.rule.name != theirs.rule.name or ours.first != theirs.first or ours.rows.first != theirs.rows.first:
        raise ConfigError(
            f"diff: expected two traces of one algorithm that begin with the same backup, got {ours!r} and {theirs!r}"
        )
    shared = min(len(ours), len(theirs))
    likely = min(shared, _first_row_that_differs(ours, theirs, shared))
    begin = likely if _same_rules(ours, theirs) else 0
    for index in range(begin, shared):
        if ours[index] != theirs[index]:
            return Parting(ours.first + index, ours[index], theirs[index])
    if len(ours) == len(theirs):
        return None
    longer = ours if len(ours) > shared else theirs
    extra = longer[shared]
    return Parting(ours.first + shared, extra if longer is ours else None, extra if longer is theirs else None)


def _same_rules(ours: "Trace", theirs: "Trace") -> bool:
    """Whether equal rows make equal updates."""
    bases = ours.base.keys() == theirs.base.keys() and all(
        table.tobytes() == theirs.base[name].tobytes() for name, table in ours.base.items()
    )
    models = ours.model.keys() == theirs.model.keys() and all(
        np.array_equal(array, theirs.model[name]) for name, array in ours.model.items()
    )
    return bases and models and ours.settings == theirs.settings


def _first_row_that_differs(ours: "Trace", theirs: "Trace", shared: int) -> int:
    """A number of backups that are surely alike where the rules are."""
    rows = min(len(ours.rows), len(theirs.rows))
    differs = np.zeros(rows, dtype=np.bool_)
    for name in ours.rows.schema:
        one, other = (trace.rows.column(name)[:rows] for trace in (ours, theirs))
        differs |= (one != other).reshape(rows, -1).any(axis=1) if rows else False
    if not differs.any():
        return shared
    row = int(np.argmax(differs))
    if ours.rule.updates is None:
        return row * ours.each
    stretches = ours.stretches()  # updates before the episode of that row are alike
    episode = int(np.searchsorted(stretches.bounds, ours.rows.first + row, side="right")) - 1
    return int(stretches.cumulative[min(episode, len(stretches.cumulative) - 1)])
