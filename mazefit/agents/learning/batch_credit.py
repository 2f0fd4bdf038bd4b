"""The weight that every reward of a batch has in one value: the sweeps, read backwards.

    V'(s) = V(s) + Σ_{k: S_k = s} α · [target_k - V(s)]

With g'(s) the weight of V'(s) and share_k = α · g'(S_k): the rewards in target_k gain share_k, as do the values in it, each as
often as it is discounted; V(S_k) loses share_k; and V(s) keeps g'(s). No value of the run is needed for that: α, γ and the
batch are the same in every sweep.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.batch import batch_of_model
from mazefit.agents.learning.batch_sweep import step_sizes
from mazefit.backup.rule import Model
from mazefit.kernel import Kernel, kernel

WORK = 2_097_152  # steps of sweeps that are read at a time, so that Ctrl-C is heard in between


@kernel
def credit_batch(weights: Any, gained: Any, total: Any, batch: Any, step_size: Any, discount: float) -> None:
    """The place of an algorithm's own: from `total` [S] after a sweep, add to `weights` [K] and to `gained` [S] before it."""


@kernel
def credit_sweeps(weights: Any, gained: Any, total: Any, batch: Any, step_size: Any, discount: float, sweeps: int) -> None:
    """Hand the weights `total` [S] back through so many sweeps, in place; `weights` [K] are those of the batch's rewards."""
    for _ in range(sweeps):
        for state in range(len(total)):
            gained[state] = 0.0
        credit_batch(weights, gained, total, batch, step_size, discount)
        for state in range(len(total)):
            total[state] = total[state] + gained[state]


def batch_credit(credit: Kernel) -> Callable[..., npt.NDArray[np.float64]]:
    """The function that reads the sweeps of such a rule backwards (see `ModelRewards`)."""

    def backwards(
        settings: dict[str, Any], model: Model, rows: Mapping[str, npt.NDArray[Any]], total: npt.NDArray[np.float64],
        compiled: bool,
    ) -> npt.NDArray[np.float64]:  # fmt: skip
        batch, left = batch_of_model(model), len(rows["sweep"])
        weights, gained, step_size = np.zeros(len(batch.state)), np.empty(len(total)), step_sizes(settings, batch)
        reading, most = credit_sweeps.using(credit_batch=credit), max(1, WORK // max(1, len(batch.state)))
        while left and total.any():
            now = min(left, most)
            reading.run(compiled, weights, gained, total, batch, step_size, float(settings["discount"]), now)
            left -= now
        return weights

    return backwards
