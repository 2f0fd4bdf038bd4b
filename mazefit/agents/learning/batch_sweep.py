"""The sweep of a batch learner: its kernels, plain or compiled, and who calls them on the tables of a run or of a replay.

A sweep computes an increment for every step of the batch from the values as they stand, and only then adds all of them up:

    V(s) ← V(s) + Σ_{k: S_k = s} α · [target_k - V(s)]

Reference: Sutton & Barto, 2nd edition, section 6.3.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.batch import Batch, batch_of_model, visits
from mazefit.backup.rule import Model, Tables
from mazefit.kernel import Kernel, kernel


class BatchSweep(NamedTuple):
    """What an algorithm fills in.

    Args:
        sweep: its kernel in the place of `sweep_batch`.
        credit: its kernel in the place of `credit_batch` (see batch_credit.py).
        backward: whether its sweep goes from the last step back.
    """

    sweep: Kernel
    credit: Kernel
    backward: bool


@kernel
def sweep_batch(v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float) -> None:
    """The place of an algorithm's own sweep: fill `target` [K] from `v` [S], and add all increments to `change` [S]."""


@kernel
def batch_increment(v: Any, change: Any, state: int, target: float, step_size: float) -> None:
    """Add what one step asks for, computed from `v` [S], to `change` [S], in place."""
    change[state] = change[state] + step_size * (target - v[state])


@kernel
def add_up(v: Any, change: Any) -> float:
    """Change the values by what was added up; returns the largest change."""
    largest = 0.0
    for state in range(len(v)):
        largest = max(largest, abs(change[state]))
        v[state] = v[state] + change[state]
    return largest


@kernel
def one_sweep(v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float) -> float:
    """Sweep once over the batch, then change the values by what was added up; returns the largest change."""
    for state in range(len(v)):
        change[state] = 0.0
    sweep_batch(v, change, batch, step_size, target, discount)
    return add_up(v, change)


def step_sizes(settings: Mapping[str, Any], batch: Batch) -> npt.NDArray[np.float64]:
    """α of each state [S]: the number in the settings, or 1 / N(s)."""
    if settings["per_visit"]:
        return 1.0 / np.maximum(1, visits(batch, settings["states"]))
    return np.full(settings["states"], float(settings["step_size"]))


class Sweeper:
    """One algorithm's sweep over one batch, on tables that it is given."""

    def __init__(self, how: BatchSweep, settings: Mapping[str, Any], model: Model) -> None:
        self.batch, self.how = batch_of_model(model), how
        self.discount = float(settings["discount"])
        self.step_size = step_sizes(settings, self.batch)
        self.change = np.empty(settings["states"])
        self.target = np.empty(len(self.batch.state))

    def __call__(self, tables: Tables, compiled: bool) -> float:
        """One sweep; returns the largest change."""
        kernel = one_sweep.using(sweep_batch=self.how.sweep)
        return kernel.run(compiled, tables["v"], self.change, self.batch, self.step_size, self.target, self.discount)
