"""Every update that touched one cell, and the first update in which two runs part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from mazefit.backup.one_step import CELL, EXPLORED, TERMINATED, TRUNCATED
from mazefit.backup.tree import Backup
from mazefit.errors import ConfigError, Problems

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace


class History(Sequence[Backup]):
    """The backups of a trace that touched one cell, read when they are asked for.

    Args:
        trace: the log.
        indices: int64: their places in the trace, `trace[i]`.
    """

    def __init__(self, trace: "Trace", indices: npt.NDArray[np.int64]) -> None:
        self.trace, self.indices = trace, indices

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, index: int) -> Backup: ...
    @overload
    def __getitem__(self, index: slice) -> list[Backup]: ...
    def __getitem__(self, index: int | slice) -> Backup | list[Backup]:
        if isinstance(index, slice):
            return [self.trace[i] for i in self.indices[index].tolist()]
        return self.trace[int(self.indices[index])]

    def __iter__(self) -> Iterator[Backup]:
        return (self.trace[i] for i in self.indices.tolist())

    def __repr__(self) -> str:
        return f"History({len(self)} of {len(self.trace)} backups)"


def history(trace: "Trace", state: int, action: int | None = None) -> History:
    """Every update that touched the value of `state` (and `action`); see `Trace.history`."""
    settings, values_of_states = trace.settings, trace.rule.spec.root == "state"
    problems = Problems("history")
    problems.integer("state", state, 0, trace.header.get("states", 2**31) - 1)
    if values_of_states:
        problems.check(action is None, f"action: expected none where values are those of states, got {action!r}")
    else:
        problems.integer("action", action, 0, settings["actions"] - 1)
    problems.raise_if_any()
    if trace.rule.retell is None:
        return History(trace, _of_planner(trace, state))
    actions = settings["actions"]
    if values_of_states:
        hits = _touched(trace, (trace.rows.column("cell") & CELL) // actions == state)
    else:
        hits = _touched(trace, trace.rows.column("cell") & CELL == state * actions + int(action or 0))
    if trace.rule.updates is None:
        return History(trace, np.flatnonzero(hits))
    return History(trace, _of_stretches(trace, hits))


def _touched(trace: "Trace", visits: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The rows that touch a cell which is visited in those rows: those, and with traces all after them in their episode."""
    if "z" not in trace.base or not trace.settings["discount"] * trace.settings.get("lambda_", 1.0):
        return visits
    marks = trace.rows.column("cell")
    numbers = np.arange(len(marks))
    anew = np.concatenate([[True], (marks[:-1] & (TERMINATED | TRUNCATED | EXPLORED)) != 0])  # rows before which no trace lasts
    last_start = np.maximum.accumulate(np.where(anew[: len(marks)], numbers, 0))
    last_visit = np.maximum.accumulate(np.where(visits, numbers, -1))
    return last_visit >= last_start


def _of_stretches(trace: "Trace", hits: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    stretches, found = trace.stretches(), list[int]()
    first = trace.rows.first
    for episode, start in enumerate(stretches.bounds[:-1]):
        end = stretches.bounds[episode + 1]
        if hits[start - first : end - first].any():
            steps = stretches.updates(start, end)[:, 0]
            places = np.flatnonzero(hits[start - first + steps])
            found.extend((int(stretches.cumulative[episode]) + places).tolist())
    return np.array(found, dtype=np.int64)


def _of_planner(trace: "Trace", state: int) -> npt.NDArray[np.int64]:
    """The updates of one state: its place in every sweep, or the rows that back it up alone."""
    if "state" in trace.rows.schema:
        return np.flatnonzero(trace.rows.column("state") == state)
    within = np.flatnonzero(np.asarray(trace.model["order"]) == state)
    return (np.arange(len(trace.rows))[:, None] * trace.each + within[None, :]).reshape(-1)


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
