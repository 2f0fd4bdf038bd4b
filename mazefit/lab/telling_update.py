"""Which of a run's updates is drawn as its last: not the very last, which changes nothing in a run that has settled.

Of the last whole episode it is the update with the largest |TD error|; of a planner's sweeps the largest change of the last
sweep that changed anything; of a planner's single backups the largest change of the last of them. Where all of an episode
changed nothing, the episode before it is asked, and so on.
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
PATIENCE = 100_000  # rows that may be replayed to find an update that rests on a stretch of an episode


class Telling(NamedTuple):
    """An update; whether it is the largest of its episode (or sweep), and whether it is one of single backups."""

    backup: Backup
    largest: bool
    single: bool = False


def telling_update(run: Run) -> Telling | None:
    """The update to draw; None where nothing was recorded."""
    trace = run.trace
    if trace is None or not len(trace):
        return None
    if trace.lengths is not None:
        index = _in_episodes(trace) if trace.rule.updates is None else _in_stretches(trace)
    else:
        index = _in_sweeps(trace) if "order" in trace.model else _in_backups(trace)
    if index is None:
        return Telling(trace[-1], False)
    return Telling(trace[index - trace.first], True, trace.lengths is None and "order" not in trace.model)


def told(found: Telling, language: Language) -> str:
    """Which update it is, as a line of the summary."""
    backup, index = found.backup, f"{found.backup.index:,}"
    if not found.largest or backup.td_error is None:
        return word("run.any update", language, index=index)
    error = amount(backup.td_error).replace("−", "-")
    if found.single:
        return word("run.largest of backups", language, index=index, state=backup.root.label, error=error)
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


def _in_stretches(trace: Trace) -> int | None:
    """The same where an update rests on a stretch of its episode, which is done again for each: as far as patience goes."""
    stretches, left = trace.stretches(), PATIENCE
    spans = list(zip(pairwise(stretches.bounds), pairwise(stretches.cumulative.tolist()), strict=True))
    for (start, end), (first, last) in reversed(spans[: len(trace.episodes) - 1][-EPISODES:]):
        left -= (end - start) * (last - first)
        if left < 0:
            break
        errors = np.abs([trace[i].td_error or 0.0 for i in range(first, last)])
        if len(errors) and errors.max() > NOTHING:
            return trace.first + first + int(errors.argmax())
    return None


def td_errors(trace: Trace, begin: int, end: int) -> npt.NDArray[np.float64]:
    """target - old of the rows from `begin` to `end`, by replay, [end - begin]."""
    one, two = trace.rule.details(trace.settings, trace.model)
    if not {"target", "old"} <= one.keys():
        return np.array([trace[row - trace.first].td_error or 0.0 for row in range(begin, end)])
    tables = trace.tables_at(begin)
    errors, row = list[npt.NDArray[np.float64]](), begin
    for block in trace.rows.blocks(begin, end):
        count = len(next(iter(block.values())))
        details = {name: np.empty(count, dtype=kind) for name, kind in {**one, **two}.items()}
        trace.rule.replay(trace.settings, trace.model, tables, block, row, details, False)
        errors.append(details["target"] - details["old"])
        row += count
    return np.concatenate(errors) if errors else np.empty(0)


def _in_backups(trace: Trace) -> int | None:
    """The number of the largest change among the last backups of single states; a row of many backups has none of its own."""
    if trace.each > 1:
        return None
    last = min(len(trace), SWEEPS)
    errors = np.abs([backup.td_error or 0.0 for backup in trace[len(trace) - last :]])
    return trace.first + len(trace) - last + int(errors.argmax()) if errors.max() > NOTHING else None


def _in_sweeps(trace: Trace) -> int | None:
    """The number of the update with the largest change, of the last sweep in which anything changed."""
    found, order = None, trace.model["order"]
    first = max(trace.rows.first, trace.rows.end - SWEEPS)
    before = trace.tables_at(first)["v"]
    for row in range(first, trace.rows.end):
        after = trace.tables_at(row + 1)["v"]
        change = np.abs(after[order] - before[order])
        if change.max() > NOTHING:
            found = row * trace.each + int(change.argmax())
        before = after
    return found
