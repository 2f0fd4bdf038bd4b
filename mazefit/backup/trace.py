"""The trace: a log of the inputs of every update, from which every table, tree and picture is derived.

Nothing drawn is stored. A row holds what its update was given (level 0), and replaying the rows from the initial tables
gives the learner's tables bit for bit, without a random number. Levels only add what replay would give: level 1 the step
size, target, old and new value, level 2 the leaves. Keyframes, copies of the tables every so many rows, make any row quick to
reach. In ring mode the oldest rows fall off, replayed into the base tables, so that the window still rebuilds the live ones.
"""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from mazefit.backup.columns import CHUNK, LARGE, Columns, plain
from mazefit.backup.forward import forward_view
from mazefit.backup.history import History, Parting, history, parting
from mazefit.backup.one_step import PLANNING
from mazefit.backup.rule import Model, Rule, Tables
from mazefit.backup.stretches import Stretches, joined, whole_episodes
from mazefit.backup.trace_files import restored, trace_content
from mazefit.backup.tree import Backup
from mazefit.errors import Problems
from mazefit.files import read_folder, write_folder
from mazefit.kernel import worth_compiling


@dataclass(frozen=True)
class TraceOptions:
    """How much a trace keeps.

    Args:
        level: 0 inputs alone, 1 also step size, target, old and new, 2 also the leaf values. Rules whose rows are not updates
            (n-step, Monte Carlo, off-line λ, R-max) have no such columns: their traces say level 0.
        ring: keep only the newest rows, this many; None keeps all. (Where an unfinished episode is undone, by Ctrl-C or a
            callback's stop, its rows go and the older ones do not come back: the window is shorter until it has filled again.)
    """

    level: int = 0
    ring: int | None = None

    def __post_init__(self) -> None:
        problems = Problems("TraceOptions")
        problems.integer("level", self.level, 0, 2)
        if self.ring is not None:
            problems.integer("ring", self.ring, 1)
        problems.raise_if_any()


def granted(options: TraceOptions, rule: Rule, settings: dict[str, Any], model: Model) -> TraceOptions:
    """What of `options` a trace of `rule` can keep: level 0 where its rows are not updates."""
    return options if any(rule.details(settings, model)) else replace(options, level=0)


@dataclass(frozen=True)
class Replayed:
    """The tables that a trace rebuilds: `q` [S, A] (None of a learner of state values) and `v` [S]."""

    q: npt.NDArray[np.float64] | None
    v: npt.NDArray[np.float64]


class Trace(Sequence[Backup]):
    """Every update of one run, in order; `trace[i]` is a Backup, `trace.replay()` the tables they add up to.

    Args:
        rule: the algorithm that writes it.
        settings: the rule's parameters, plain numbers, kept in the header.
        tables: the initial tables, flat float64 arrays by name.
        model: arrays that the rule reads and never writes.
        header: whatever else belongs to the run: environment, labels, seed.
        options: level and ring.
        expected: how many rows will come, where that is known: they get one block of memory.
    """

    def __init__(
        self,
        rule: Rule,
        settings: dict[str, Any],
        tables: Tables,
        model: Model | None = None,
        header: dict[str, Any] | None = None,
        options: TraceOptions | None = None,
        expected: int = 0,
    ) -> None:
        self.rule, self.settings, self.model = rule, settings, dict(model or {})
        self.header, self.options = dict(header or {}), granted(options or TraceOptions(), rule, settings, self.model)
        self.base = {name: table.copy() for name, table in tables.items()}  # the tables before row `rows.first`
        ring = self.options.ring
        self.each = rule.backups_each(self.model)
        chunk = max(1, (min(LARGE, max(CHUNK, expected)) if ring is None else min(CHUNK, max(1024, ring))) // self.each)
        large = max(1, LARGE // self.each) if ring is None else chunk
        self.rows = Columns(rule.schema, chunk, large)
        one, two = rule.details(settings, self.model)
        self.details = Columns({**(one if self.options.level else {}), **(two if self.options.level > 1 else {})}, chunk, large)
        self.lengths: npt.NDArray[np.int64] | None = None  # rows of each whole episode, where rows are an agent's steps
        size = sum(table.nbytes for table in tables.values())
        self.interval = max(1, max(CHUNK, size // 2) // self.each)  # rows between keyframes
        self.keyframes: dict[int, Tables] = {}
        self._near: tuple[int, Tables] | None = None  # the row that was looked at last, and the tables before it
        self._begun: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None
        self._last_frame = 0  # row of the newest keyframe
        self._dropped = 0  # updates that have fallen off, where they are not rows
        self._stretches: Stretches | None = None

    # Writing, for learners -----------------------------------------------------------------------------------------

    def room(self, least: int = 1) -> tuple[dict[str, npt.NDArray[Any]], int, int]:
        """Where the learner writes its next rows: arrays by column, the first index, how many rows fit (>= least)."""
        arrays, at, free = self.rows.room(least)
        if self.rule.updates is not None:
            return arrays, at, free
        return arrays, at, min(free, max(least, self.interval - (self.rows.end - self._last_frame)))

    @property
    def waits_for_an_end(self) -> bool:
        """Whether a keyframe is due, which must stand where an episode ends."""
        return self.rule.updates is not None and self.rows.end - self._last_frame >= self.interval

    def wrote(self, count: int, before: Tables | None, after: Tables, *, between: bool = True) -> None:
        """Count rows that were written into `room()`.

        Args:
            count: how many.
            before: the live tables before them, needed from level 1 on.
            after: the live tables.
            between: whether the rows end with the end of an episode.
        """
        if not count:
            return
        start = self.rows.end
        self.rows.grow(count)
        if self.details.schema:
            if before is None:
                raise ValueError("Trace.wrote: levels 1 and 2 need the tables as they were before the block")
            self._replay_into(before, start, self.rows.end, detailed=True)
        if self.rows.end - self._last_frame >= self.interval and (between or self.rule.updates is None):
            self._last_frame = self.rows.end
            self.keyframes[self.rows.end] = {name: table.copy() for name, table in after.items()}
        ring = self.options.ring
        if ring is not None and len(self.rows) * self.each > ring:
            self._drop(self.rows.end - max(1, ring // self.each))

    def cut(self, end: int, tables: Tables) -> None:
        """Forget the rows from number `end` on (an unfinished episode); `tables` are the live ones at `end`."""
        if end < self.rows.first:  # the ring has already let the whole episodes fall off: an empty window remains
            self.base = {name: table.copy() for name, table in tables.items()}
            self.rows.restart(end)
            self.details.restart(end)
        self.rows.cut(end)
        if self.details.schema:
            self.details.cut(end)
        self.keyframes = {row: tables for row, tables in self.keyframes.items() if row <= end}
        self._last_frame = max([self.rows.first, *self.keyframes])
        self._near = None

    def _drop(self, first: int) -> None:
        """Let the rows before `first` fall off into the base tables; of a rule of whole stretches, whole episodes."""
        if self.rule.updates is not None:
            stretches = self.stretches()
            first = max(start for start in stretches.bounds if start <= first)
            self._dropped += int(stretches.cumulative[stretches.bounds.index(first)])
            if first == self.rows.first:
                return
        self._replay_into(self.base, self.rows.first, first)
        self.rows.drop(first)
        self.details.drop(first)
        self.keyframes = {row: tables for row, tables in self.keyframes.items() if row > first}

    def copy(self) -> "Trace":
        """A trace of its own with the same rows."""
        twin = Trace(self.rule, self.settings, self.base, self.model, self.header, self.options)
        twin.rows, twin.details, twin.lengths = self.rows.copy(), self.details.copy(), self.lengths
        twin.keyframes, twin._last_frame, twin._dropped = dict(self.keyframes), self._last_frame, self._dropped
        return twin

    def resume_at(self, dropped: object) -> None:
        """Take up the counts of a trace that was read back: so many backups have fallen off.

        Raises:
            ValueError: the number is none.
        """
        if not isinstance(dropped, int) or isinstance(dropped, bool) or dropped < 0:
            raise ValueError(f"header: dropped: expected a number of backups, got {dropped!r}")
        self._dropped = dropped
        self._last_frame = max([self.rows.first, *self.keyframes])

    # Reading -------------------------------------------------------------------------------------------------------

    @property
    def first(self) -> int:
        """Number of the first backup kept: 0, unless the ring has let some fall off."""
        return self._dropped if self.rule.updates is not None else self.rows.first * self.each

    @property
    def nbytes(self) -> dict[str, int]:
        """Bytes of the rows, the details, the keyframes and the episodes' lengths."""
        frames = sum(table.nbytes for tables in self.keyframes.values() for table in tables.values())
        return {
            "rows": len(self.rows) * self.rows.row_bytes,
            "details": len(self.details) * self.details.row_bytes,
            "keyframes": frames,
            "episodes": 0 if self.lengths is None else self.lengths.nbytes,
        }

    def __len__(self) -> int:
        return len(self.stretches()) if self.rule.updates is not None else len(self.rows) * self.each

    def stretches(self) -> Stretches:
        """Where the updates of a rule of whole stretches stand."""
        if self._stretches is None or self._stretches.span != (self.rows.first, self.rows.end):
            self._stretches = Stretches(self, self._dropped)
        return self._stretches

    @overload
    def __getitem__(self, index: int) -> Backup: ...
    @overload
    def __getitem__(self, index: slice) -> list[Backup]: ...
    def __getitem__(self, index: int | slice) -> Backup | list[Backup]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = operator.index(index)  # a float or a word is refused here, as by every sequence
        place += len(self) if place < 0 else 0
        if not 0 <= place < len(self):
            expected = f"an index from 0 to {len(self) - 1}" if len(self) else "no index (it is empty)"
            raise IndexError(f"trace: expected {expected}, got {index}")
        number = self.first + place
        if self.rule.updates is not None:
            return self._read_stretch(number, place)
        row, within = divmod(number, self.each)
        details = {**self._details_of(row), "within": within, **self._episode_of(row)}
        if self.rule.with_tables:
            details["tables"] = self.tables_at(row)
        return self.rule.read(self.settings, self.model, self.rows.row(row), number, details)

    def _read_stretch(self, number: int, place: int) -> Backup:
        """The Backup of an update that rests on a stretch of steps."""
        found = self.stretches().place(place)
        rows = joined(self.rows.blocks(found.start, found.trigger + 1))
        details = {
            "tables": self.tables_at(found.start),
            "rows": rows,
            "at": found.at,
            "episode": self._episode_of(found.start)["episode"],
            "step": found.at,
        }
        return self.rule.read(self.settings, self.model, self.rows.row(found.start + found.at), number, details)

    def __repr__(self) -> str:
        kept = f" of {self.first + len(self)}" if self.first else ""
        return f"Trace({self.rule.name}, {len(self)}{kept} backups, level {self.options.level})"

    def __iter__(self) -> Iterator[Backup]:
        return (self[i] for i in range(len(self)))

    def draw(self, index: int, format: Literal["svg", "text", "dot", "html", "png"] = "svg", **options: Any) -> str | bytes:
        """The backup diagram of update `index`: "svg", "text", "dot" or "html" as str, "png" as bytes."""
        return self[index].draw(format, **options)

    def replay(self, end: int | None = None) -> Replayed:
        """The tables before row number `end` (after the last unless given), rebuilt from the base without a keyframe.

        Raises:
            IndexError: `end` is not among the rows kept.
        """
        end = self.rows.end if end is None else self._checked(end)
        tables = {name: table.copy() for name, table in self.base.items()}
        self._replay_into(tables, self.rows.first, end)
        return Replayed(*self.rule.result(self.settings, self.model, tables))

    def tables_at(self, row: int) -> Tables:
        """The tables as they stood before row number `row`: nearest keyframe, then the rows from there."""
        self._checked(row)
        start, tables = self.rows.first, self.base
        for frame in self.keyframes:
            if start < frame <= row:
                start, tables = frame, self.keyframes[frame]
        near = self._near
        if near is not None and start < near[0] <= row:
            start, tables = near
        tables = {name: table.copy() for name, table in tables.items()}
        self._replay_into(tables, start, row)
        if self.rule.updates is None:  # else a replay must begin where an episode does
            self._near = (row, {name: table.copy() for name, table in tables.items()})
        return tables

    @property
    def episodes(self) -> npt.NDArray[np.int64]:
        """Int64: the row with which each episode began, the unfinished last one included; empty for sweeps."""
        if self.lengths is None:
            return np.empty(0, dtype=np.int64)
        if self._begun is None or self._begun[0] is not self.lengths:
            self._begun = (self.lengths, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.lengths)]))
        return self._begun[1]

    def _episode_of(self, row: int) -> dict[str, int | None]:
        """Number of the episode that a row belongs to, and of the step in it (a sweep belongs to none).

        Where planned rows stand between the steps, the number of a step is lost with the first rows of its episode.
        """
        if self.lengths is None:
            return {"episode": None, "step": None}
        episode = int(np.searchsorted(self.episodes, row, side="right")) - 1
        begun = int(self.episodes[episode])
        if "cause" not in self.rows.schema:  # every row is a step of the environment
            return {"episode": episode, "step": row - begun}
        if begun < self.rows.first:
            return {"episode": episode, "step": None}
        planned = sum(int(np.count_nonzero(block["cell"] & PLANNING)) for block in self.rows.blocks(begun, row + 1))
        return {"episode": episode, "step": row - begun - planned}

    def _checked(self, row: int) -> int:
        if not self.rows.first <= row <= self.rows.end:
            raise IndexError(f"trace: expected a row from {self.rows.first} to {self.rows.end}, got {row}")
        return row

    def _details_of(self, row: int) -> dict[str, Any]:
        """Levels 1 and 2 of one row: as stored, or by replay of that row."""
        one, two = self.rule.details(self.settings, self.model)
        if set(self.details.schema) == {**one, **two}.keys():
            return dict(zip(self.details.schema, self.details.row(row), strict=True))
        tables = self.tables_at(row)
        found = {name: np.empty(1, dtype=kind) for name, kind in {**one, **two}.items()}
        block = self.rows.blocks(row, row + 1)[0]
        self.rule.replay(self.settings, self.model, tables, block, row, found, False)
        return {name: plain(array[0]) for name, array in found.items()}

    def _replay_into(self, tables: Tables, start: int, end: int, *, detailed: bool = False) -> None:
        """Do the rows from `start` to `end` again on `tables`, in place."""
        one, two = self.rule.details(self.settings, self.model)
        compiled = worth_compiling(max(end - start, len(self.rows)) * self.each)
        blocks = self.rows.blocks(start, end)
        for block in whole_episodes(blocks) if self.rule.updates is not None else blocks:
            count = len(next(iter(block.values())))
            found = {name: np.empty(count, dtype=kind) for name, kind in {**one, **two}.items()} if detailed else None
            self.rule.replay(self.settings, self.model, tables, block, start, found, compiled)
            if found is not None:
                self.details.append(found)
            start += count

    def forward(self, index: int, columns: int | None = None) -> Backup:
        """The forward view of the visit of backup `index`: its λ-return as a compound tree (see forward.py).

        Args:
            index: of a trace with eligibilities, which backup; negative ones count from the end.
            columns: how many columns at most; the last one then bears the remaining weight (S&B 12.3).

        Raises:
            ConfigError: the rule keeps no eligibilities, or its trace lasts so long that `columns` must be given.
            IndexError: there is no such backup.
        """
        return forward_view(self, index, columns)

    def history(self, state: int, action: int | None = None) -> History:
        """Every update that touched the value of `state` (and `action`), as a sequence of backups.

        With eligibility traces these are all updates from a visit on, to the end of the episode or the cut of the trace.

        Raises:
            ConfigError: state or action is not in the table.
        """
        return history(self, state, action)

    def diff(self, other: Any) -> Parting | None:
        """The first update in which this trace and another (or a run's) of the same algorithm part; None where they are alike.

        Raises:
            ConfigError: the other is no trace of the same algorithm, or begins elsewhere.
        """
        return parting(self, other)

    # On disk -------------------------------------------------------------------------------------------------------

    def save(self, folder: str | Path) -> None:
        """Write the trace into `folder`: JSON and `.npy`, checked by SHA-256 when it is read back.

        Raises:
            OutputError: the folder cannot be written.
        """
        write_folder(folder, "trace", trace_content(self))

    @classmethod
    def load(cls, folder: str | Path) -> "Trace":
        """Read a saved trace back; of a saved run's folder, the run's own.

        Raises:
            DataError: it is damaged, of another format, or of a rule that is not known here.
        """
        content = read_folder(folder, "trace", "run")
        if "run" in content:
            content = {name.removeprefix("trace."): part for name, part in content.items() if name.startswith("trace.")}
        return restored(content, str(folder))
