"""Credit through eligibility traces: every row hands its reward on to all cells that took a share of its TD error.

    V(s) ← V(s) + share(s) · [R + γ · leaf - V(S)],  share(s) = α · z(s)

read backwards: with g(s) the weight of each cell after the row, total = Σ g(s) · share(s) is the weight of the reward; the leaf
gains γ · total, the root loses total. Accumulating and replacing traces; the true online forms go by the tape.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.eligibility import mark
from mazefit.agents.schedules import STEP_SIZE
from mazefit.agents.step_rule import kernels_of, learn
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Tables
from mazefit.kernel import Kernel, kernel

ROOM = 4_000_000  # shares noted at a time


@kernel
def note_shares(
    memory: Any, values: Any, row_cell: Any, row_next: Any, row_reward: Any, start: int, how: Any, best: bool, per_cell: int,
    offsets: Any, cells: Any, shares: Any, leaves: Any,
) -> int:  # fmt: skip
    """Do rows again from number `start` on, noting who takes which share, until the room is full; the number of the next row.

    Args:
        memory, values: the learner's memory, and its table of values.
        row_cell, row_next, row_reward: the rows.
        start: the first row to do.
        how: the rule's parameters.
        best: whether the leaf is the best action of the arrival, else `row_next` itself.
        per_cell: how many logged cells share an entry of `values`.
        offsets: out: where the shares of each row begin, counted from row `start`.
        cells, shares: out: the cells and their α · z.
        leaves: out: the leaf of each row, -1 where the episode ended.
    """
    used = 0
    row = start
    while row < len(row_cell):
        offsets[row - start] = used
        if used + int(memory.active[0]) + 1 > len(cells):
            return row
        root = (row_cell[row] & CELL) // per_cell
        step_size, before, active = memory.rates[STEP_SIZE], memory.z[root], memory.active[0]
        mark(memory.z, memory.active, root, how.replacing)
        for i in range(1, int(memory.active[0]) + 1):
            cell = int(memory.active[i])
            cells[used] = cell
            shares[used] = step_size * memory.z[cell]
            used += 1
        memory.z[root] = before  # the row marks its root itself
        memory.active[0] = active
        leaf = -1
        if row_cell[row] & TERMINATED == 0:
            leaf = row_next[row]
            if best:
                leaf = row_next[row] * len(how.actions)
                first = leaf
                for action in range(1, len(how.actions)):
                    if values[first + action] > values[leaf]:
                        leaf = first + action
        leaves[row] = leaf
        learn(memory, row_cell[row], row_next[row], row_reward[row], how)
        row += 1
    offsets[row - start] = used
    return row


@kernel
def credit_shares(
    weights: Any, total: Any, row_cell: Any, leaves: Any, start: int, stop: int, discount: float, per_cell: int,
    offsets: Any, cells: Any, shares: Any,
) -> None:  # fmt: skip
    """Hand the weights `total` [entries] back through the rows from `stop` to `start`; `weights` [rows] are their rewards'."""
    for row in range(stop - 1, start - 1, -1):
        found = 0.0
        for i in range(offsets[row - start], offsets[row - start + 1]):
            found += total[cells[i]] * shares[i]
        weights[row] = found
        if found != 0.0:
            total[(row_cell[row] & CELL) // per_cell] -= found
            if leaves[row] >= 0:
                total[leaves[row]] += discount * found


def trace_credit(
    memory: type[Any], learns: Kernel, table: str, best: bool, how: Callable[[Mapping[str, Any]], Any]
) -> Callable[..., npt.NDArray[np.float64]]:
    """The function that reads a block of rows of such a rule backwards (see `Rule.credit`)."""

    def credit(
        settings: dict[str, Any],
        tables: Tables,
        rows: Mapping[str, npt.NDArray[Any]],
        total: npt.NDArray[np.float64],
        compiled: bool,
    ) -> npt.NDArray[np.float64]:
        count, per_cell = len(rows["cell"]), settings["actions"] if table == "v" else 1
        room = max(ROOM, 2 * len(tables[table]) + 2)
        weights, leaves = np.empty(count), np.empty(count, dtype=np.int64)
        noting = note_shares.using(learn=learns, **kernels_of(settings))
        offsets, cells, shares = np.empty(count + 1, dtype=np.int64), np.empty(room, dtype=np.int32), np.empty(room)
        pieces, befores, given = [0], list[Tables](), how(settings)

        def note(start: int, tables: Tables) -> int:
            live = memory(**{name: tables[name] for name in memory._fields})
            return noting.run(
                compiled, live, tables[table], rows["cell"], rows["next"], rows["reward"], start, given, best, per_cell,
                offsets, cells, shares, leaves,
            )  # fmt: skip

        live = {name: array.copy() for name, array in tables.items()}
        while pieces[-1] < count:
            befores.append({name: array.copy() for name, array in live.items()})
            pieces.append(note(pieces[-1], live))
        for number, (start, stop) in reversed(list(enumerate(pairwise(pieces)))):
            if number < len(befores) - 1:  # the room has been used again since: note them once more
                note(start, befores[number])
            credit_shares.run(
                compiled, weights, total, rows["cell"], leaves, start, stop, settings["discount"], per_cell,
                offsets, cells, shares,
            )  # fmt: skip
        return weights

    return credit
