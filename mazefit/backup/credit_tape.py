"""Credit by the tape: rows are done again by the rule's own plain code on numbers that remember what they were made of.

The tape (tape.py) takes down every sum and product; read backwards it gives the weights. It is the way of all rules that have
no quicker one, and the judge of those that have.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mazefit.backup.rule import Tables
from mazefit.backup.stretches import joined
from mazefit.backup.tape import Number, Tape, TapedTable

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

SEGMENT = 65_536  # rows that the tape takes in at a time


def taped(trace: "Trace", start: int, stop: int, cells: dict[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """The same by the tape, in pieces that fit into memory: pieces of an episode rule end where an episode does."""
    weights = np.empty(stop - start)
    bounds = [start]
    at = start
    if trace.rule.updates is not None:
        inner = [row for row in trace.stretches().bounds if start < row < stop]
    else:
        inner = list(range(start + SEGMENT, stop, SEGMENT))
    for row in inner:
        if row - at >= SEGMENT or trace.rule.updates is None:
            bounds.append(row)
            at = row
    bounds.append(stop)
    tables = {bounds[0]: trace.tables_at(bounds[0])}
    for row in bounds[1:-1]:
        tables[row] = trace.tables_at(row)
    for first, end in reversed(list(pairwise(bounds))):
        weights[first - start : end - start] = _piece(trace, first, end, tables[first], cells)
    return weights


def _piece(trace: "Trace", start: int, stop: int, tables: Tables, cells: dict[str, npt.NDArray[np.float64]]) -> list[float]:
    rule, tape = trace.rule, Tape()
    if rule.retell is None:
        raise TypeError(f"explain: expected a rule that learns from experience, got {rule.name}")
    taped = {name: TapedTable(tape, tables[name].tolist()) for name in cells}
    memory = {name: taped[name] if name in taped else table.tolist() for name, table in tables.items()}
    rows = {name: column.tolist() for name, column in joined(trace.rows.blocks(start, stop)).items()}
    rewards = [tape.number(reward) for reward in rows["reward"]]
    rule.retell(trace.settings, memory, {**rows, "reward": rewards})
    wanted: dict[int, float] = {}
    for name, table in taped.items():
        for entry, number in table.entries.items():
            weight = float(cells[name][entry])
            if weight and isinstance(number, Number):
                wanted[number.place] = wanted.get(number.place, 0.0) + weight
            cells[name][entry] = 0.0  # what stands there now is made of what stood there before, or of nothing
    found = tape.weights(wanted)
    for name, table in taped.items():
        for entry, place in table.leaves.items():
            cells[name][entry] += found[place]
    return [found[reward.place] for reward in rewards]
