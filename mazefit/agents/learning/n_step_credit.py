"""Credit through n-step returns of sampled steps, read backwards in one compiled pass.

    new = (1 - α) · old + α · (R_{t+1} + γ R_{t+2} + … + γⁿ · leaf)

With g the weight of the cell after the update, reward number k of the return gains g · α · γᵏ, the leaf g · α · γⁿ.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.schedules import STEP_SIZE
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED
from mazefit.backup.rule import Tables
from mazefit.kernel import kernel


@kernel
def credit_returns(
    weights: Any, total: Any, row_cell: Any, row_next: Any, step_size: float, discount: float, n: int, per_cell: int
) -> None:
    """Hand the weights `total` [entries] back through whole episodes of rows (the last may be unfinished).

    Args:
        weights: out: the weight of each row's reward, [rows]; zeros at first.
        total: the weights of the table's entries after the rows; in place: before them.
        row_cell, row_next: the rows, and what each arrived at: an entry of the table.
        step_size, discount, n: α, γ and how many rewards a return takes in.
        per_cell: how many logged cells share an entry: A for state values, else 1.
    """
    end = len(row_cell) - 1
    over = False
    for row in range(len(row_cell) - 1, -1, -1):
        if row_cell[row] & (TERMINATED + TRUNCATED) != 0:
            end = row
            over = True
        last = min(row + n - 1, end)
        cell = (row_cell[row] & CELL) // per_cell
        if (over or row + n - 1 <= end) and total[cell] != 0.0:
            share = total[cell] * step_size
            total[cell] -= share
            for step in range(row, last + 1):
                weights[step] += share
                share *= discount
            if row_cell[last] & TERMINATED == 0:
                total[row_next[last]] += share


def n_step_credit(
    settings: dict[str, Any], tables: Tables, rows: Mapping[str, npt.NDArray[Any]], total: npt.NDArray[np.float64],
    compiled: bool,
) -> npt.NDArray[np.float64] | None:  # fmt: skip
    """The weights of the rewards (see `Rule.credit`); None where the step size moves: then the tape must be asked."""
    if settings["moving"] or settings["per_visit"]:
        return None
    weights = np.zeros(len(rows["cell"]))
    credit_returns.run(
        compiled, weights, total, rows["cell"], rows["next"], float(tables["rates"][STEP_SIZE]), settings["discount"],
        settings["n"], settings["actions"] if "v" in tables else 1,
    )  # fmt: skip
    return weights
