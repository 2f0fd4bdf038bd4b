"""IDX files for tests, made byte by byte: independent of the code that reads them."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

CODES = {"uint8": 0x08, "int8": 0x09, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}


def idx(array: npt.NDArray[Any]) -> bytes:
    """The array as an IDX file."""
    head = bytes([0, 0, CODES[array.dtype.name], array.ndim]) + b"".join(struct.pack(">i", length) for length in array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def read_plainly(data: bytes) -> npt.NDArray[Any]:
    """What a sound IDX file says, by the shortest way."""
    kind = np.dtype({code: name for name, code in CODES.items()}[data[2]]).newbyteorder(">")
    shape = struct.unpack(f">{data[3]}i", data[4 : 4 + 4 * data[3]])
    return np.frombuffer(data[4 + 4 * data[3] :], kind).reshape(shape)


def pack(data: bytes) -> bytes:
    """gzip, the same bytes every time."""
    return gzip.compress(data, 6, mtime=0)


def write_set(folder: Path, arrays: list[npt.NDArray[Any]], suffix: str = ".gz", mark: str = "-") -> Path:
    """The four files of a set of images."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    for name, array in zip(names, arrays, strict=True):
        data = idx(array)
        (folder / f"{name.replace('-idx', f'{mark}idx')}{suffix}").write_bytes(pack(data) if suffix else data)
    return folder


def some_arrays(seed: int, train: int = 30, test: int = 10, rows: int = 5, columns: int = 4) -> list[npt.NDArray[np.uint8]]:
    """Random images and labels 0 to 9."""
    rng = np.random.default_rng(seed)
    return [
        array
        for count in (train, test)
        for array in (
            rng.integers(0, 256, (count, rows, columns), np.uint8),
            (np.arange(count) % 10).astype(np.uint8)[rng.permutation(count)],
        )
    ]
