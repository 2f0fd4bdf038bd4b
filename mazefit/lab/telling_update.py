"""Which of a run's updates is drawn as its last: not the very last, which changes nothing in a run that has settled.

Of the last whole episode it is the update with the largest |TD error|; of a planner's sweeps the largest change of the last
sweep that changed anything. Where all of an episode changed nothing, the episode before it is asked, and so on.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.run import Run
from mazefit.backup.trace import Trace
from mazefit.backup.tree import Backup
from mazefit.words import Language, amount, word

NOTHING = 1e-6  # a change that nobody sees
EPISODES, SWEEPS = 20, 500  # how far back is looked


class Telling(NamedTuple):
    """An update, and whether it is the largest of its episode (or sweep)."""

    backup: Backup
    largest: bool


def telling_update(run: Run) -> Telling | None:
    """The update to draw; None where nothing was recorded."""
    trace = run.trace
    if trace is None or not len(trace):
        return None
    index = _in_episodes(trace) if run.episodes else _in_sweeps(trace)
    return Telling(trace[-1], False) if index is None else Telling(trace[index - trace.first], True)


def told(found: Telling, language: Language) -> str:
    """Which update it is, as a line of the summary."""
    backup, index = found.backup, f"{found.backup.index:,}"
    if not found.largest or backup.td_error is None:
        return word("run.any update", language, index=index)
    error = amount(backup.td_error).replace("−", "-")
    if backup.episode is None:
        return word("run.largest of sweep", language, index=index, state=backup.root.label, error=error)
    return word("run.largest", language, index=index, episode=backup.episode, step=backup.step, error=error)


def _in_episodes(trace: Trace) -> int | None:
    """The number of the update, of the last whole episode in which anything changed."""
    starts = trace.episodes[-EPISODES - 1 :].tolist()
    for begin, end in reversed(list(pairwise(starts))):
        if begin < trace.rows.first:
            break
        errors = np.abs(td_errors(trace, begin, end))
        if len(errors) and errors.max() > NOTHING:
            return begin + int(errors.argmax())
    return None


def td_errors(trace: Trace, begin: int, end: int) -> npt.NDArray[np.float64]:
    """target - old of the rows from `begin` to `end`, by replay, [end - begin]."""
    tables, (one, two) = trace.tables_at(begin), trace.rule.details(trace.settings, trace.model)
    errors, row = list[npt.NDArray[np.float64]](), begin
    for block in trace.rows.blocks(begin, end):
        count = len(next(iter(block.values())))
        details = {name: np.empty(count, dtype=kind) for name, kind in {**one, **two}.items()}
        trace.rule.replay(trace.settings, trace.model, tables, block, row, details, False)
        errors.append(details["target"] - details["old"])
        row += count
    return np.concatenate(errors) if errors else np.empty(0)


def _in_sweeps(trace: Trace) -> int | None:
    """The number of the update with the largest change, of the last sweep in which anything changed."""
    found, order = None, trace.model.get("order")
    if order is None:
        return None
    first = max(trace.rows.first, trace.rows.end - SWEEPS)
    before = trace.tables_at(first)["v"]
    for row in range(first, trace.rows.end):
        after = trace.tables_at(row + 1)["v"]
        change = np.abs(after[order] - before[order])
        if change.max() > NOTHING:
            found = row * trace.each + int(change.argmax())
        before = after
    return found
