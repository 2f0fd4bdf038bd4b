"""The rule of a learner with eligibility traces: one row is one step's TD error, and all that it wrote.

`read` gives the tree of that one step with its `writes`, found by doing the row again on copies; `forward` says how long the
trace of a visit lasts, out of which `Trace.forward` builds the compound tree of that visit.

Reference: Sutton & Barto, 2nd edition, sections 12.1 (forward) and 12.2 (backward).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.eligibility import check_traces, mark, mark_dutch, trace_how
from mazefit.agents.eligibility_credit import trace_credit
from mazefit.agents.schedules import STEP_SIZE
from mazefit.agents.step_rule import kernels_of, look, look_at_pair, look_at_state, state_value_of, step_rule, value_of
from mazefit.backup.one_step import CELL, EXPLORED, action_label, read_backup, state_label
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Write
from mazefit.kernel import Kernel

Rows = Mapping[str, npt.NDArray[Any]]


def eligibility_rule(
    name: str,
    spec: BackupSpec,
    learn: Kernel,
    memory: type[Any],
    *,
    how: Callable[[Mapping[str, Any]], Any] = trace_how,
) -> Rule:
    """The rule of an algorithm whose rows write to every eligible cell.

    Args:
        name, spec: as of `step_rule`; the root and the last half-step of the spec say what a row looks at.
        learn: what one row does; returns the target and α · z(root), or α where the spec is `true_online`.
        memory: the NamedTuple of its tables, with `z` and `active`, and with `last` where the spec is `true_online`.
        how: makes the rule's parameters out of the settings.
    """
    states = spec.root == "state"
    table, cells = ("v", "states") if states else ("q", "cells")
    sampled = spec.expand(1)[-1].op == "sample"
    looks = look_at_state if states else look_at_pair if sampled else look
    sizes = {table: cells, "counts": cells, "rates": cells, "z": cells, "active": f"{cells} + 1", "last": "one"}

    def read(spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
        backup = read_backup(spec, settings, row, index, details)
        return with_writes(backup, spec, settings, row, details["tables"], table, learn, memory, how)

    def check(settings: dict[str, Any], tables: Tables, rows: Rows) -> None:
        check_traces(settings, tables)

    return step_rule(
        name,
        spec,
        learn,
        memory,
        how=how,
        width=lambda settings: 1 if sampled else settings["actions"],
        places={"value_of": state_value_of if states else value_of, "look": looks},
        following="states" if states or not sampled else "cells",
        sizes={name: sizes[name] for name in memory._fields},
        read=read,
        with_tables=True,
        check=check,
        result=table,
        values=(table, "last"),
        forward=lasting,
        credit=None if spec.true_online else trace_credit(memory, learn, table, not sampled, how),
    )


def with_writes(
    backup: Backup, spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], tables: Tables, table: str,
    learn: Kernel, memory: type[Any], how: Callable[[Mapping[str, Any]], Any],
) -> Backup:  # fmt: skip
    """The Backup of one step's TD error with all that it wrote, in the order of the list of active cells."""
    actions, step_size = settings["actions"], float(tables["rates"][STEP_SIZE])
    pair = int(row[0]) & CELL
    root = pair // actions if table == "v" else pair
    z, active = tables["z"].copy(), tables["active"].copy()
    if spec.true_online:
        fresh = active[0] == 0.0
        backup = replace(backup, v_old=backup.old if fresh else float(tables["last"][0]))
        mark_dutch.python(z, active, root, step_size)
    else:
        mark.python(z, active, root, bool(settings.get("replacing", False)))
    after = {name: array.copy() for name, array in tables.items()}
    again = learn.using(**kernels_of(settings))
    again.python(memory(**after), row[0], row[1], row[2], how(settings))
    written = [int(cell) for cell in active[1 : int(active[0]) + 1]]
    before, now = tables[table], after[table]
    writes = [
        Write(cell_label(cell, actions, table), float(z[cell]), float(before[cell]), float(now[cell])) for cell in written
    ]
    return replace(backup, writes=tuple(writes))


def cell_label(cell: int, actions: int, table: str) -> str:
    """The name of an entry of `v` or of `q`."""
    if table == "v":
        return state_label(cell)
    return f"{state_label(cell // actions)}, {action_label(cell % actions)}"


def lasting(settings: dict[str, Any], tables: Tables, rows: Rows) -> tuple[int, float]:
    """For how many of `rows`, the first one included, the eligibility of the first one's visit lasts; and α at that visit.

    It ends with the episode, with the row after which Watkins cuts it, or, where a visit replaces what there was, just before
    the cell is visited again.
    """
    lasts = len(rows["cell"])
    cut = np.flatnonzero(rows["cell"] & EXPLORED)
    if len(cut):
        lasts = int(cut[0]) + 1
    if settings.get("replacing", False):
        roots = (rows["cell"] & CELL) // (settings["actions"] if "v" in tables else 1)
        again = np.flatnonzero(roots[1:] == roots[0])
        if len(again):
            lasts = min(lasts, int(again[0]) + 1)
    return lasts, float(tables["rates"][STEP_SIZE])
