"""Updates that rest on whole stretches of an episode: which rows they need, and which number each has.

An n-step or Monte Carlo rule logs its steps, one a row; its updates follow from them, some rows later and in an order of
their own. Their numbers run through the trace in the order in which they were done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.backup.one_step import PLANNING, TERMINATED, TRUNCATED

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

Rows = dict[str, npt.NDArray[Any]]


def joined(blocks: Sequence[Mapping[str, npt.NDArray[Any]]]) -> Rows:
    """Blocks of rows as one."""
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def ends_of(rows: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
    """One past the index of every row that ends an episode."""
    cell = rows["cell"]
    return np.flatnonzero((cell & (TERMINATED | TRUNCATED) != 0) & (cell & PLANNING == 0)) + 1


def whole_episodes(blocks: Iterator[Rows] | Sequence[Rows]) -> Iterator[Rows]:
    """The same rows, cut only where an episode ends (and at the very end)."""
    waiting: list[Rows] = []
    for block in blocks:
        ends = ends_of(block)
        last = int(ends[-1]) if len(ends) else 0
        if last:
            yield joined([*waiting, {name: column[:last] for name, column in block.items()}])
            waiting = []
        waiting.append({name: column[last:] for name, column in block.items()})
    if waiting and sum(len(block["cell"]) for block in waiting):
        yield joined(waiting)


@dataclass(frozen=True)
class Place:
    """Where an update stands: the rows of its episode begin at `start`; it is done at row `trigger` for the step `at`."""

    start: int
    trigger: int
    at: int
    episode: int


class Stretches:
    """The updates of the rows that a trace keeps, found by number."""

    def __init__(self, trace: "Trace", dropped: int) -> None:
        self.trace, self.dropped = trace, dropped
        self.span = (trace.rows.first, trace.rows.end)
        bounds = [trace.rows.first]
        at = trace.rows.first
        for block in trace.rows.blocks(trace.rows.first, trace.rows.end):
            bounds.extend((at + ends_of(block)).tolist())
            at += len(block["cell"])
        if bounds[-1] != trace.rows.end:
            bounds.append(trace.rows.end)
        self.bounds = bounds  # where episodes begin, and the end
        counts = [len(self.updates(start, end)) for start, end in pairwise(bounds)]
        self.cumulative = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])

    def __len__(self) -> int:
        return int(self.cumulative[-1])

    def updates(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """The updates [k, 2] of the episode whose rows are those from `start` to `end`: step and triggering row within it."""
        rule = self.trace.rule
        assert rule.updates is not None
        return rule.updates(self.trace.settings, joined(self.trace.rows.blocks(start, end)))

    def place(self, number: int) -> Place:
        """Where the update of that number (counted from the first one kept) stands."""
        episode = int(np.searchsorted(self.cumulative, number, side="right")) - 1
        start, end = self.bounds[episode], self.bounds[episode + 1]
        at, trigger = self.updates(start, end)[number - int(self.cumulative[episode])].tolist()
        return Place(start, start + trigger, at, episode)
