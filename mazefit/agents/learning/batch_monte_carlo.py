"""Batch Monte Carlo: sweeps over the same episodes towards their returns, until the values stand still.

    G_k = R_k + γ · G_{k+1}                                                within its episode, 0 beyond its end
    V(s) ← V(s) + Σ_{k: S_k = s} α · [G_k - V(s)]

The values that stand still are the averages of the returns after all visits: those with the least squared error on the batch.
A truncated episode's returns bootstrap from V(S_T) at the cut.

Reference: Sutton & Barto, 2nd edition, section 6.3, examples 6.3 and 6.4.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.batch import Batch
from mazefit.agents.learning.batch_learner import BatchLearner
from mazefit.agents.learning.batch_rule import batch_rule
from mazefit.agents.learning.batch_sweep import BatchSweep, batch_increment
from mazefit.agents.learning.batch_trees import batch_tree
from mazefit.agents.learning.monte_carlo import end_value, return_before
from mazefit.backup.one_step import TRUNCATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Component
from mazefit.kernel import kernel


@kernel
def batch_monte_carlo_sweep(v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float) -> None:
    """One sweep over the batch, from the last step back: fill `target` [K] from `v` [S], add all increments to `change` [S]."""
    total = 0.0
    for k in range(len(batch.state) - 1, -1, -1):
        if batch.over[k] != 0:
            total = end_value(batch.over[k], v[batch.next[k]])
        total = return_before(batch.reward[k], discount, total)
        target[k] = total
        batch_increment(v, change, batch.state[k], total, step_size[batch.state[k]])


@kernel
def batch_monte_carlo_credit(weights: Any, gained: Any, total: Any, batch: Any, step_size: Any, discount: float) -> None:
    """One sweep read backwards, from the first step on: a reward counts in the return of every step of its episode so far."""
    returns = 0.0
    for k in range(len(batch.state)):
        share = step_size[batch.state[k]] * total[batch.state[k]]
        gained[batch.state[k]] -= share
        returns = discount * returns + share
        weights[k] += returns
        if batch.over[k] == TRUNCATED:
            gained[batch.next[k]] += discount * returns
        if batch.over[k] != 0:
            returns = 0.0


def _tree(settings: dict[str, Any], batch: Batch, values: npt.NDArray[np.float64], k: int) -> Component:
    return batch_tree(settings, batch, values, k, k + int(np.argmax(batch.over[k:] != 0)))


SWEEP = BatchSweep(batch_monte_carlo_sweep, batch_monte_carlo_credit, backward=True)
RULE = batch_rule("batch-monte-carlo", TEXTBOOK["Batch Monte Carlo"], SWEEP, _tree)


@dataclass(frozen=True)
class BatchMonteCarlo(BatchLearner):
    """Batch Monte Carlo; every visit counts.

    Args:
        step_size: PerVisit(): 1 / N(s), N(s) being how often the batch meets s; or a number, at most 1 / N of the state met
            most often (a larger one is refused: summed increments would overshoot).
        discount: γ, from 0 to 1.
        tolerance: stop after a sweep that changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "batch-monte-carlo"
    rule: ClassVar[Rule] = RULE
    sweep: ClassVar[BatchSweep] = SWEEP
