"""Sweeps in blocks of a bounded time, so that Ctrl-C is heard: several over a small batch, a piece of one over a large batch.

A batch learner stops after a sweep whose largest change is at most its tolerance, or what rounding alone makes: N increments,
added up in sums of values of some size, leave a noise of about that size times √N times the unit of rounding.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from mazefit.agents.learning.batch import Batch, visits
from mazefit.agents.learning.batch_sweep import BatchSweep, Sweeper, add_up, one_sweep
from mazefit.backup.rule import Model, Tables
from mazefit.kernel import kernel

PIECE = {False: 32_768, True: 1_048_576}  # steps done at a time, plain and compiled: some 20 ms, and at least one episode
ROUNDING = 2.0**-51  # relative, times √N: changes that only rounding makes, in sums of N increments


@kernel
def stands_still(v: Any, largest: float, tolerance: float, rounding: float) -> bool:
    """Whether a largest change is at most the tolerance, or what rounding alone makes of values of this size."""
    size = 0.0
    for state in range(len(v)):
        if size == size and not abs(v[state]) <= size:  # once a value is no number, neither is the size
            size = abs(v[state])
    limit = tolerance
    if rounding * size > tolerance:
        limit = rounding * size
    return not largest > limit


@kernel
def several_sweeps(
    v: Any, change: Any, batch: Any, step_size: Any, target: Any, discount: float, most: int, tolerance: float, rounding: float,
    still: Any,
) -> int:  # fmt: skip
    """Sweep up to `most` times, until the values stand still: `still` [1] becomes 1 then; returns how many sweeps were done."""
    done = 0
    while done < most and still[0] == 0:
        largest = one_sweep(v, change, batch, step_size, target, discount)
        done += 1
        if stands_still(v, largest, tolerance, rounding):
            still[0] = 1
    return done


def pieces(batch: Batch, size: int) -> list[tuple[int, int]]:
    """Where pieces of about so many steps begin and end, each of them whole episodes."""
    ends, count = np.flatnonzero(batch.over) + 1, len(batch.over)
    cuts = ends[np.searchsorted(ends, np.arange(size, count, size))]
    return list(pairwise(np.unique(np.concatenate([[0], cuts, [count]])).tolist()))


class Blocks(Sweeper):
    """A batch learner's sweeps on their way; `still` [1] is 1 once the values stand still."""

    def __init__(self, how: BatchSweep, settings: Mapping[str, Any], model: Model) -> None:
        super().__init__(how, settings, model)
        self.rounding = ROUNDING * float(np.sqrt(visits(self.batch, settings["states"]).max()))
        self.still = np.zeros(1, dtype=np.int64)
        self.pieces = {compiled: pieces(self.batch, size) for compiled, size in PIECE.items()}

    def go_on(self, tables: Tables, compiled: bool, most: int, tolerance: float, asked: Callable[[], bool]) -> int:
        """Up to `most` sweeps; a batch that is large is done in pieces, one sweep, and not at all where `asked` says so."""
        order = self.pieces[compiled]
        if len(order) == 1:
            return several_sweeps.using(sweep_batch=self.how.sweep).run(
                compiled, tables["v"], self.change, self.batch, self.step_size, self.target, self.discount, most, tolerance,
                self.rounding, self.still,
            )  # fmt: skip
        self.change[:] = 0.0
        for first, end in order[::-1] if self.how.backward else order:
            if asked():
                return 0  # the values are those of the last whole sweep still
            piece = Batch(*(column[first:end] for column in self.batch))
            self.how.sweep.run(
                compiled, tables["v"], self.change, piece, self.step_size, self.target[first:end], self.discount
            )  # fmt: skip
        largest = add_up.run(compiled, tables["v"], self.change)
        self.still[0] = stands_still.run(compiled, tables["v"], largest, tolerance, self.rounding)
        return 1
