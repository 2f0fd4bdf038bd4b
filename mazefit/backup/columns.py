"""Growing typed columns: rows are appended in blocks, kept in chunks, and may fall off at the front."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK = 65_536  # rows


class Columns:
    """Equally long columns of fixed types, addressed by row number from the first row ever written.

    Args:
        schema: name and type of each column; a type may hold several numbers a row, such as `"4f8"`.
        chunk: rows in a chunk; whole chunks are given back when their last row has fallen off.
    """

    def __init__(self, schema: Mapping[str, Any], chunk: int = CHUNK) -> None:
        self.schema = {name: np.dtype(kind) for name, kind in schema.items()}
        self.chunk = chunk
        self.first = 0  # number of the first row kept
        self.end = 0  # one past the number of the last row
        self._offset = 0  # number of the first row of the first chunk
        self._chunks: list[dict[str, npt.NDArray[Any]]] = []

    def __len__(self) -> int:
        return self.end - self.first

    @property
    def row_bytes(self) -> int:
        """Bytes of one row over all columns."""
        return sum(kind.itemsize for kind in self.schema.values())

    def room(self) -> tuple[dict[str, npt.NDArray[Any]], int, int]:
        """Where the next rows go: the arrays of a chunk, the first free index in them, and how many rows fit."""
        used = self.end - self._offset
        if used == len(self._chunks) * self.chunk:
            self._chunks.append({name: np.empty(self.chunk, dtype=kind) for name, kind in self.schema.items()})
        at = used % self.chunk
        return self._chunks[used // self.chunk], at, self.chunk - at

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
        del self._chunks[-(-(self.end - self._offset) // self.chunk) :]

    def copy(self) -> "Columns":
        """Columns of their own with the same rows."""
        twin = Columns(self.schema, self.chunk)
        twin.first, twin.end, twin._offset = self.first, self.end, self._offset
        twin._chunks = [{name: array.copy() for name, array in arrays.items()} for arrays in self._chunks]
        return twin

    def restart(self, first: int) -> None:
        """Forget all rows; the next one is number `first`."""
        self.first = self.end = self._offset = first
        self._chunks = []

    def drop(self, first: int) -> None:
        """Let the rows before `first` fall off."""
        self.first = min(first, self.end)
        while self._chunks and self._offset + self.chunk <= self.first:
            del self._chunks[0]
            self._offset += self.chunk

    def row(self, number: int) -> tuple[Any, ...]:
        """One row, as Python numbers (or arrays, where a type holds several)."""
        chunk, at = divmod(number - self._offset, self.chunk)
        return tuple(plain(self._chunks[chunk][name][at]) for name in self.schema)

    def blocks(self, first: int, end: int) -> list[dict[str, npt.NDArray[Any]]]:
        """The rows from `first` to `end`, as views into the chunks."""
        found: list[dict[str, npt.NDArray[Any]]] = []
        while first < end:
            chunk, at = divmod(first - self._offset, self.chunk)
            now = min(self.chunk - at, end - first)
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


def plain(entry: Any) -> Any:
    """A Python number for a single entry, the array itself for several."""
    return entry.item() if np.ndim(entry) == 0 else entry
