"""Growing typed columns: rows are appended in blocks, kept in chunks, and may fall off at the front."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK = 65_536  # rows of the first chunk; each further one holds twice as many, up to LARGE
LARGE = 1_048_576  # rows; one allocation of several MiB, which the system backs with huge pages: a third of the page faults


class Columns:
    """Equally long columns of fixed types, addressed by row number from the first row ever written.

    Args:
        schema: name and type of each column; a type may hold several numbers a row, such as `"4f8"`.
        chunk: rows in the first chunk.
        large: rows in the largest; whole chunks are given back when their last row has fallen off.
    """

    def __init__(self, schema: Mapping[str, Any], chunk: int = CHUNK, large: int = LARGE) -> None:
        self.schema = {name: np.dtype(kind) for name, kind in schema.items()}
        self.chunk, self.large = chunk, max(chunk, large)
        self.first = 0  # number of the first row kept
        self.end = 0  # one past the number of the last row
        self._starts: list[int] = []  # number of the first row of each chunk
        self._chunks: list[dict[str, npt.NDArray[Any]]] = []

    def __len__(self) -> int:
        return self.end - self.first

    @property
    def row_bytes(self) -> int:
        """Bytes of one row over all columns."""
        return sum(kind.itemsize for kind in self.schema.values())

    @property
    def held_bytes(self) -> int:
        """Bytes of all chunks, filled or not."""
        return sum(array.nbytes for arrays in self._chunks for array in arrays.values())

    def room(self, least: int = 1) -> tuple[dict[str, npt.NDArray[Any]], int, int]:
        """Where the next rows go: the arrays of a chunk, the first free index in them, and how many rows fit (>= `least`)."""
        if not self._chunks or self.end + least > self._starts[-1] + _rows(self._chunks[-1]):
            size = self.chunk if not self._chunks else min(self.large, 2 * _rows(self._chunks[-1]))
            size = max(size, least)
            if self._chunks:  # a chunk with too little room is closed where it is
                used = self.end - self._starts[-1]
                self._chunks[-1] = {name: array[:used] for name, array in self._chunks[-1].items()}
            self._starts.append(self.end)
            self._chunks.append(self._new_chunk(size))
        at = self.end - self._starts[-1]
        return self._chunks[-1], at, _rows(self._chunks[-1]) - at

    def _new_chunk(self, rows: int) -> dict[str, npt.NDArray[Any]]:
        """One block of memory, cut into columns (the widest type first, so that each is aligned)."""
        memory, used = np.empty(rows * self.row_bytes, dtype=np.uint8), 0
        found: dict[str, npt.NDArray[Any]] = {}
        for name, kind in sorted(self.schema.items(), key=lambda item: -item[1].base.itemsize):
            size = rows * kind.itemsize
            found[name] = memory[used : used + size].view(kind.base).reshape(rows, *kind.shape)
            used += size
        return found

    def grow(self, rows: int) -> None:
        """Count `rows` rows that were written into `room()`."""
        self.end += rows

    def append(self, block: Mapping[str, npt.NDArray[Any]]) -> None:
        """Copy a block of rows, given as one array a column."""
        total, done = len(next(iter(block.values()))), 0
        while done < total:
            arrays, at, free = self.room()
            now = min(free, total - done)
            for name in self.schema:
                arrays[name][at : at + now] = block[name][done : done + now]
            self.grow(now)
            done += now

    def cut(self, end: int) -> None:
        """Forget the rows from `end` on."""
        self.end = max(self.first, end)
        while self._starts and self._starts[-1] >= self.end:
            self._starts.pop()
            self._chunks.pop()

    def copy(self) -> "Columns":
        """Columns of their own with the same rows."""
        twin = Columns(self.schema, self.chunk, self.large)
        twin.first, twin.end, twin._starts = self.first, self.end, self._starts.copy()
        twin._chunks = [{name: array.copy() for name, array in arrays.items()} for arrays in self._chunks]
        return twin

    def restart(self, first: int) -> None:
        """Forget all rows; the next one is number `first`."""
        self.first = self.end = first
        self._starts, self._chunks = [], []

    def drop(self, first: int) -> None:
        """Let the rows before `first` fall off."""
        self.first = min(first, self.end)
        while self._chunks and self._starts[0] + _rows(self._chunks[0]) <= self.first:
            del self._starts[0], self._chunks[0]

    def row(self, number: int) -> tuple[Any, ...]:
        """One row, as Python numbers (or arrays, where a type holds several)."""
        chunk = bisect_right(self._starts, number) - 1
        at = number - self._starts[chunk]
        return tuple(plain(self._chunks[chunk][name][at]) for name in self.schema)

    def blocks(self, first: int, end: int) -> list[dict[str, npt.NDArray[Any]]]:
        """The rows from `first` to `end`, as views into the chunks."""
        found: list[dict[str, npt.NDArray[Any]]] = []
        while first < end:
            chunk = bisect_right(self._starts, first) - 1
            at = first - self._starts[chunk]
            now = min(_rows(self._chunks[chunk]) - at, end - first)
            found.append({name: array[at : at + now] for name, array in self._chunks[chunk].items()})
            first += now
        return found

    def column(self, name: str) -> npt.NDArray[Any]:
        """One whole column of the rows kept, as an array of its own."""
        parts = [block[name] for block in self.blocks(self.first, self.end)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=self.schema[name])

    def restore(self, first: int, end: int, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Take over saved columns, their rows numbered from `first` to `end`.

        Raises:
            ValueError: a column is not as long as the numbers say, or of another type.
        """
        for name, kind in self.schema.items():
            expected = np.empty(0, dtype=kind)
            got = columns[name]
            if got.dtype != expected.dtype or got.shape != (end - first, *expected.shape[1:]):
                raise ValueError(f"column {name}: expected {end - first} rows of {kind}, got {got.shape} of {got.dtype}")
        self.restart(first)
        if self.schema:
            self.append(columns)


def _rows(chunk: Mapping[str, npt.NDArray[Any]]) -> int:
    return len(next(iter(chunk.values())))


def plain(entry: Any) -> Any:
    """A Python number for a single entry, the array itself for several."""
    return entry.item() if np.ndim(entry) == 0 else entry
