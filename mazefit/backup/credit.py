"""The weight that every logged reward has in one value: the trace, read backwards.

An update new = old + α · (target - old) with target = r + γ · Σ w · leaf hands its weight g on:

    reward       + g · α
    each leaf    + g · α · γ · w
    the cell     g · (1 - α)  is what its former value keeps

One-step rules are read by one compiled pass over what a replay notes, some others by a pass of their own (`Rule.credit`, or
`Rule.rewards` where rewards are no rows); all others by the tape (credit_tape.py). The max hands all to its first winner.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.backup.credit_tape import taped
from mazefit.backup.one_step import CELL, SECOND, TERMINATED
from mazefit.backup.stretches import joined
from mazefit.kernel import kernel, worth_compiling

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

SAMPLE, MAX, EXPECT = 0, 1, 2


@kernel
def credit_rows(
    weights: Any, cells: Any, row_cell: Any, row_next: Any, step_size: Any, leaves: Any, width: int, kind: int,
    actions: int, discount: float, per_cell: int, second: int,
) -> None:  # fmt: skip
    """Hand the weights of all cells back through a block of one-step rows.

    Args:
        weights: out: the weight of each row's reward, [rows].
        cells: the weight of each table entry after the rows; in place: before them, [entries].
        row_cell, row_next: the rows.
        step_size: α of each.
        leaves: flat [rows * width], what the update looked at.
        kind: SAMPLE (`row_next` is the leaf), MAX or EXPECT (values [A] first, then selectors or probabilities [A]).
        actions, discount: A and γ.
        per_cell: how many logged cells share an entry: A for state values, else 1.
        second: where the second table begins, or 0.
    """
    for i in range(len(row_cell) - 1, -1, -1):
        row = row_cell[i]
        cell = (row & CELL) // per_cell
        other = 0
        if second > 0:
            if row & SECOND != 0:
                cell += second
            else:
                other = second
        weight = cells[cell]
        weights[i] = 0.0
        if weight != 0.0:
            share = weight * step_size[i]
            weights[i] = share
            cells[cell] = weight - share
            if row & TERMINATED == 0:
                if kind == SAMPLE:
                    cells[row_next[i]] += discount * share
                elif kind == MAX:
                    first = i * width + (actions if second > 0 else 0)
                    best = 0
                    for action in range(1, actions):
                        if leaves[first + action] > leaves[first + best]:
                            best = action
                    cells[other + row_next[i] * actions + best] += discount * share
                else:
                    for action in range(actions):
                        probability = leaves[i * width + actions + action]
                        cells[row_next[i] * actions + action] += discount * share * probability


def credit(trace: "Trace", roots: dict[tuple[str, int], float]) -> tuple[npt.NDArray[np.float64], dict[str, Any]]:
    """The weight of every row's (or the model's) reward, and of every entry of the base tables, in Σ w · entry over `roots`.

    Args:
        trace: the log.
        roots: (table, entry): w, of the tables as they stand at the end.
    """
    names = [name for name in trace.rule.values if name in trace.base]
    cells = {name: np.zeros(len(trace.base[name])) for name in names}
    for (name, entry), weight in roots.items():
        cells[name][entry] += weight
    weights = np.zeros(len(trace.rows))
    first, end = trace.rows.first, trace.rows.end
    if trace.rule.rewards is not None:
        rows = {name: trace.rows.column(name) for name in trace.rows.schema}
        compiled = worth_compiling(len(trace))
        return trace.rule.rewards.credit(trace.settings, trace.model, rows, cells[names[0]], compiled), cells
    frames = [row for row in sorted(trace.keyframes) if first < row < end]
    bounds = [first, *frames, end]
    for start, stop in reversed(list(pairwise(bounds))):
        if start == stop:
            continue
        if trace.rule.one_step:
            weights[start - first : stop - first] = _one_step(trace, start, stop, cells, names)
        else:
            quick = None
            if trace.rule.credit is not None:
                rows, tables = joined(trace.rows.blocks(start, stop)), trace.tables_at(start)
                compiled = worth_compiling(len(trace.rows))
                quick = trace.rule.credit(trace.settings, tables, rows, cells[names[0]], compiled)
            weights[start - first : stop - first] = taped(trace, start, stop, cells) if quick is None else quick
    return weights, cells


def _one_step(
    trace: "Trace", start: int, stop: int, cells: dict[str, npt.NDArray[np.float64]], names: list[str]
) -> npt.NDArray[np.float64]:
    rule, settings = trace.rule, trace.settings
    rows = joined(trace.rows.blocks(start, stop))
    one, two = rule.details(settings, trace.model)
    compiled = worth_compiling(max(stop - start, len(trace.rows)))
    if set(trace.details.schema) == {**one, **two}.keys():
        found = joined(trace.details.blocks(start, stop))
    else:
        found = {name: np.empty(stop - start, dtype=kind) for name, kind in {**one, **two}.items()}
        tables = trace.tables_at(start)
        rule.replay(settings, trace.model, tables, rows, start, found, compiled)
    both = names[:2] if rule.spec.tables > 1 else names[:1]
    flat = np.concatenate([cells[name] for name in both])
    weights = np.empty(stop - start)
    last: Any = rule.spec.steps[-1]
    actions = settings["actions"]
    credit_rows.run(
        compiled, weights, flat, rows["cell"], rows["next"], found["step_size"], found["leaves"].reshape(-1),
        int(np.prod(found["leaves"].shape[1:])), {"sample": SAMPLE, "max": MAX, "expect": EXPECT}[last.op], actions,
        settings["discount"], actions if rule.spec.root == "state" else 1, len(cells[both[0]]) if len(both) > 1 else 0,
    )  # fmt: skip
    at = 0
    for name in both:
        cells[name][:] = flat[at : at + len(cells[name])]
        at += len(cells[name])
    return weights
