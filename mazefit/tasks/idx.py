"""Arrays from IDX files, the form in which MNIST and Fashion-MNIST are handed on, plain or packed with gzip.

    byte 0        0, 0, type, n     type of the numbers (table below), number of dimensions
    byte 4        n times 4 bytes   the dimensions, big-endian with a sign
    byte 4 + 4n   to the end        the numbers, big-endian, the last dimension fastest

A file's word about its size is believed only once it is known to be small enough, and no more is read than it declared and one
byte: a file of any content costs at most the memory of the array that it declares.
"""

import math
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import DataError, Problems
from mazefit.tasks.byte_stream import GZIP, MOST_PACKED, ByteStream, open_bytes

MAX_BYTES = 1 << 30
MAX_DIMENSIONS = 8
TYPES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}  # IDX's code -> NumPy's, without byte order


def read_idx(path: str | Path, dimensions: int | None = None, dtype: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """Read one array.

    Args:
        path: an IDX file; whether gzip packed it, its content says.
        dimensions: how many the array must have, 1 to 8; None = any number of them.
        dtype: what its numbers must be; None = any of uint8, int8, int16, int32, float32, float64.

    Returns:
        The array, in the byte order of this machine.

    Raises:
        DataError: the file is missing, foreign, damaged, too short, too long, or declares more than 1 GiB; names the file, the
            byte (of a packed file: among the unpacked ones), what was expected and what came.
        ConfigError: `path` is no name of a file, or `dimensions` is out of range.
    """
    if dimensions is not None:
        problems = Problems("read_idx")
        problems.integer("dimensions", dimensions, 1, MAX_DIMENSIONS)
        problems.raise_if_any()
    with open_bytes(path, "an IDX file") as stream:
        code, count = _magic(stream, dimensions, None if dtype is None else np.dtype(dtype))
        kind = np.dtype(TYPES[code])
        shape, begin = _shape(stream, count, kind), 4 + 4 * count
        _plausible(stream, begin, math.prod(shape) * kind.itemsize)
        try:
            array = np.empty(shape, kind)
        except MemoryError as error:
            raise DataError(
                f"{stream.path}: expected an array that fits into memory, got {_size(shape)} {kind.name}"
            ) from error
        data = array.reshape(-1).view(np.uint8).data
        got = stream.fill(data)
        if got < len(data):
            raise DataError(f"{stream.place(begin + got)}: expected {len(data) - got:,} bytes more, got the end of the file")
        if stream.fill(memoryview(bytearray(1))):
            raise DataError(f"{stream.place(begin + got)}: expected the end of the file, got more bytes")
    return array.byteswap(inplace=True) if sys.byteorder == "little" and kind.itemsize > 1 else array


def idx_header(array: npt.NDArray[Any]) -> bytes:
    """What stands before an array's numbers in an IDX file."""
    code = next(code for code, kind in TYPES.items() if np.dtype(kind) == array.dtype)
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)


def _magic(stream: ByteStream, dimensions: int | None, dtype: np.dtype[Any] | None) -> tuple[int, int]:
    """Type code and number of dimensions."""
    magic = _exactly(stream, 4, 0)
    if magic[:2] != b"\0\0":
        hint = " (gzip inside gzip)" if magic[:2] == GZIP else " (a web page?)" if magic[:1] == b"<" else ""
        raise DataError(f"{stream.place(0)}: expected two zero bytes, as IDX files begin, got {magic[:2].hex(' ')}{hint}")
    code, count = magic[2], magic[3]
    known = {number: f"0x{number:02x} ({np.dtype(kind).name})" for number, kind in TYPES.items()}
    asked = {n: word for n, word in known.items() if dtype is None or np.dtype(TYPES[n]) == dtype}
    if code not in asked:
        expected = " or ".join(asked.values()) or f"numbers of type {dtype}, which no IDX file has"
        raise DataError(f"{stream.place(2)}: expected type {expected}, got {known.get(code, f'0x{code:02x}')}")
    if not 1 <= count <= MAX_DIMENSIONS or dimensions not in (None, count):
        raise DataError(f"{stream.place(3)}: expected {dimensions or f'1 to {MAX_DIMENSIONS}'} dimensions, got {count}")
    return code, count


def _shape(stream: ByteStream, count: int, kind: np.dtype[Any]) -> tuple[int, ...]:
    """The dimensions, small enough to be believed."""
    shape: tuple[int, ...] = struct.unpack(f">{count}i", _exactly(stream, 4 * count, 4))
    for index, length in enumerate(shape):
        if length < 0:
            raise DataError(f"{stream.place(4 + 4 * index)}: expected a dimension of at least 0, got {length}")
    if math.prod(max(length, 1) for length in shape) * kind.itemsize > MAX_BYTES:
        raise DataError(f"{stream.place(4)}: expected at most {MAX_BYTES:,} bytes, got {_size(shape)} numbers of {kind.name}")
    return shape


def _plausible(stream: ByteStream, begin: int, declared: int) -> None:
    """Refuse a file that is too short or too long before memory is set aside for what it declares."""
    if not stream.packed and stream.size != begin + declared:
        raise DataError(
            f"{stream.place(min(stream.size, begin + declared))}: expected {begin + declared:,} bytes in all, "
            f"got {stream.size:,}"
        )
    if stream.packed and begin + declared > MOST_PACKED * stream.size:
        raise DataError(
            f"{stream.place(4)}: expected {begin + declared:,} bytes in all, got {stream.size:,} packed ones, "
            f"which can hold at most {MOST_PACKED * stream.size:,}"
        )


def _exactly(stream: ByteStream, count: int, offset: int) -> bytes:
    """So many bytes of the header."""
    data = bytearray(count)
    got = stream.fill(memoryview(data))
    if got < count:
        raise DataError(
            f"{stream.place(offset + got)}: expected {count - got} bytes more of the header, got the end of the file"
        )
    return bytes(data)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{length:,}" for length in shape)
