"""Every update that touched one cell."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from mazefit.backup.one_step import CELL, EXPLORED, TERMINATED, TRUNCATED
from mazefit.backup.parting import Parting, parting
from mazefit.backup.tree import Backup
from mazefit.errors import Problems

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

__all__ = ["History", "Parting", "history", "parting"]


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
        return History(trace, _of_sweeps(trace, state))
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


def _of_sweeps(trace: "Trace", state: int) -> npt.NDArray[np.int64]:
    """The updates of a state: its place in every sweep (its places in one over a batch), or the rows that back it up alone."""
    if trace.rule.rewards is not None:
        backed_up = trace.rule.rewards.columns(trace.settings, trace.model)["state"]
    elif "state" in trace.rows.schema:
        return np.flatnonzero(trace.rows.column("state") == state)
    else:
        backed_up = np.asarray(trace.model["order"])
    within = np.flatnonzero(backed_up == state)
    return (np.arange(len(trace.rows))[:, None] * trace.each + within[None, :]).reshape(-1)
