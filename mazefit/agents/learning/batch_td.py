"""Batch TD(0): sweeps over the same episodes, with all increments of a sweep added up, until the values stand still.

    V(s) ← V(s) + Σ_{k: S_k = s} α · [R_k + γ · V(S'_k) - V(s)]            V(S'_k) = 0 where the step ended the episode

Whatever the step size, the values that stand still are those of the certainty equivalence: the exact values of the Markov
chain whose transitions and rewards are the averages of the batch. A truncated episode's last step bootstraps like any other.

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
from mazefit.backup.one_step import TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Component
from mazefit.kernel import kernel


@kernel
def batch_td_target(v: Any, batch: Any, k: int, discount: float) -> float:
    """R + γ · V(S') of step k of the batch, R alone where it ended the episode; `v` is [S]."""
    if batch.over[k] == TERMINATED:
        return batch.reward[k]
    return batch.reward[k] + discount * v[batch.next[k]]


@kernel
def batch_td_sweep(v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float) -> None:
    """One sweep over the batch, in order: fill `target` [K] from `v` [S], add all increments to `change` [S]."""
    for k in range(len(batch.state)):
        target[k] = batch_td_target(v, batch, k, discount)
        batch_increment(v, change, batch.state[k], target[k], step_size[batch.state[k]])


@kernel
def batch_td_credit(weights: Any, gained: Any, total: Any, batch: Any, step_size: Any, discount: float) -> None:
    """One sweep read backwards: the weight that a step's target has goes to its reward, and discounted to its arrival."""
    for k in range(len(batch.state)):
        share = step_size[batch.state[k]] * total[batch.state[k]]
        weights[k] += share
        gained[batch.state[k]] -= share
        if batch.over[k] != TERMINATED:
            gained[batch.next[k]] += discount * share


def _tree(settings: dict[str, Any], batch: Batch, values: npt.NDArray[np.float64], k: int) -> Component:
    return batch_tree(settings, batch, values, k, k)


SWEEP = BatchSweep(batch_td_sweep, batch_td_credit, backward=False)
RULE = batch_rule("batch-td", TEXTBOOK["Batch TD(0)"], SWEEP, _tree)


@dataclass(frozen=True)
class BatchTD(BatchLearner):
    """Batch TD(0).

    Args:
        step_size: PerVisit(): 1 / N(s), N(s) being how often the batch meets s; or a number, at most 1 / N of the state met
            most often (a larger one is refused: summed increments would overshoot).
        discount: γ, from 0 to 1. At 1 the values of states from which no episode of the batch ends have no end.
        tolerance: stop after a sweep that changes no value by more than this.
        max_sweeps: stop after so many sweeps all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "batch-td"
    rule: ClassVar[Rule] = RULE
    sweep: ClassVar[BatchSweep] = SWEEP
