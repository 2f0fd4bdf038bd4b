"""IDX files: what is read is what is written there; what cannot be read is named by file and byte, and costs no memory."""

import contextlib
import gzip
import os
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mazefit.errors import ConfigError, DataError
from mazefit.tasks import byte_stream
from mazefit.tasks import idx as module
from mazefit.tasks.idx import idx_header, read_idx
from tests.tasks.idx_files import CODES, idx, pack, read_plainly

HEAD = bytes([0, 0, 8, 3])
THREE = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
SOUND = idx(THREE)
PACKED = pack(SOUND)


def read(folder: Path, content: bytes, *more: Any) -> np.ndarray[Any, Any]:
    file = folder / "some-idx"
    file.write_bytes(content)
    return read_idx(file, *more)


@pytest.mark.parametrize("way", [bytes, pack], ids=["plain", "gzip"])
@pytest.mark.parametrize("kind", CODES)
@settings(max_examples=25)
@given(data=st.data())
def test_every_type_and_shape(tmp_path_factory: pytest.TempPathFactory, way: Any, kind: str, data: st.DataObject):
    array = data.draw(arrays(kind, array_shapes(min_dims=1, max_dims=8, min_side=0, max_side=3)))
    found = read(tmp_path_factory.mktemp("idx"), way(idx(array)))
    assert found.dtype == array.dtype
    assert found.dtype.isnative
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()
    assert idx(array).startswith(idx_header(array))
    assert found.flags.writeable


def test_by_hand(tmp_path: Path):
    content = bytes([0, 0, 0x0B, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 1, 255, 254, 1, 0])
    found = read(tmp_path, content)
    assert found.tolist() == [[1, -2, 256]]
    assert found.dtype == np.int16


def size(*lengths: int) -> bytes:
    return bytes([0, 0, 8, len(lengths)]) + struct.pack(f">{len(lengths)}i", *lengths)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "byte 0: expected 4 bytes more of the header, got the end of the file"),
        (b"\0\0\x08", "byte 3: expected 1 bytes more of the header, got the end of the file"),
        (SOUND[:9], "byte 9: expected 7 bytes more of the header, got the end of the file"),
        (b"\x89PNG" + SOUND, "byte 0: expected two zero bytes, as IDX files begin, got 89 50"),
        (b"<html>", "byte 0: expected two zero bytes, as IDX files begin, got 3c 68 (a web page?)"),
        (b"\0\x01" + SOUND[2:], "byte 0: expected two zero bytes, as IDX files begin, got 00 01"),
        (
            b"\0\0\x0a" + SOUND[3:],
            "byte 2: expected type 0x08 (uint8) or 0x09 (int8) or 0x0b (int16) or 0x0c (int32) or 0x0d (float32) "
            "or 0x0e (float64), got 0x0a",
        ),
        (b"\0\0\x08\0", "byte 3: expected 1 to 8 dimensions, got 0"),
        (b"\0\0\x08\x09" + bytes(36), "byte 3: expected 1 to 8 dimensions, got 9"),
        (size(-1, 3, 4) + bytes(12), "byte 4: expected a dimension of at least 0, got -1"),
        (size(2, 3, -(2**31)) + bytes(12), "byte 12: expected a dimension of at least 0, got -2147483648"),
        (
            size(2**31 - 1, 2**31 - 1, 2**31 - 1),
            "byte 4: expected at most 1,073,741,824 bytes, got 2,147,483,647 x 2,147,483,647 x 2,147,483,647 numbers of uint8",
        ),
        (size(2**16, 2**16, 2**16, 2**16) + bytes(4), "byte 4: expected at most 1,073,741,824 bytes, got 65,536 x 65,536 x"),
        (size(0, 2**31 - 1, 2**31 - 1), "byte 4: expected at most 1,073,741,824 bytes, got 0 x"),
        (SOUND[:-1], "byte 39: expected 40 bytes in all, got 39"),
        (SOUND[:16], "byte 16: expected 40 bytes in all, got 16"),
        (SOUND + b"\0", "byte 40: expected 40 bytes in all, got 41"),
        (size(2**30) + bytes(5), "byte 13: expected 1,073,741,832 bytes in all, got 13"),
        (pack(b""), "unpacked byte 0: expected 4 bytes more of the header, got the end of the file"),
        (pack(SOUND[:-3]), "unpacked byte 37: expected 3 bytes more, got the end of the file"),
        (pack(SOUND + b"\0"), "unpacked byte 40: expected the end of the file, got more bytes"),
        (pack(PACKED), "unpacked byte 0: expected two zero bytes, as IDX files begin, got 1f 8b (gzip inside gzip)"),
        (pack(size(2**30)), "which can hold at most"),
        (PACKED[:2], "packed byte 2: expected more gzip data, got the end of the file"),
        (PACKED[:20], "packed byte 20: expected more gzip data, got the end of the file"),
        (PACKED[:-1], f"packed byte {len(PACKED) - 1}: expected more gzip data, got the end of the file"),
        (PACKED + b"\0", f"packed byte {len(PACKED)}: expected the end of the file after its gzip data, got 1 bytes more"),
        (PACKED + b"\x1f", f"packed byte {len(PACKED)}: expected the end of the file after its gzip data, got 1 bytes more"),
        (PACKED + b"junk" * 5000, f"packed byte {len(PACKED)}: expected the end of the file after its gzip data, got 20,000"),
        (PACKED + PACKED, "unpacked byte 40: expected the end of the file, got more bytes"),
        (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "expected sound gzip data, got damaged ones (Error -3 while decompressing"),
        (PACKED[:-4] + b"\0\0\0\0", "incorrect length check"),
        (b"\x1f\x8b\x07" + PACKED[3:], f"packed bytes 0 to {len(PACKED)}: expected sound gzip data, got damaged ones"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str):
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert str(caught.value).startswith(str(tmp_path / "some-idx"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_gzip_in_several_streams_is_one_file(tmp_path: Path):
    for cut in (0, 1, 3, 17, 39, 40):
        assert read(tmp_path, pack(SOUND[:cut]) + pack(SOUND[cut:])).tolist() == THREE.tolist()
    assert read(tmp_path, b"".join(pack(SOUND[k : k + 1]) for k in range(40)) + pack(b"")).tolist() == THREE.tolist()


def test_many_streams_take_time_by_their_length_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    copied: list[int] = []
    plain = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self.inner = plain(wbits=wbits)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            copied.append(len(data))
            return self.inner.decompress(data, most)

    monkeypatch.setattr(byte_stream.zlib, "decompressobj", Counting)
    content = pack(SOUND) + pack(b"") * 20_000
    read(tmp_path, content)
    assert sum(copied) < 60 * len(content)  # where 64 KiB were handed over for each: 1,600 times


def test_what_is_asked_of_the_array(tmp_path: Path):
    assert read(tmp_path, SOUND, 3, np.uint8).shape == (2, 3, 4)
    with pytest.raises(DataError, match=r"some-idx, byte 3: expected 1 dimensions, got 3$"):
        read(tmp_path, SOUND, 1)
    with pytest.raises(DataError, match=r"byte 2: expected type 0x08 \(uint8\), got 0x0d \(float32\)$"):
        read(tmp_path, idx(THREE.astype(np.float32)), 3, np.uint8)
    with pytest.raises(DataError, match=r"expected type numbers of type int64, which no IDX file has, got 0x08 \(uint8\)$"):
        read(tmp_path, SOUND, 3, np.int64)
    for wrong in (0, 9, True, "3", 1.0):
        with pytest.raises(ConfigError, match="dimensions: expected an integer from 1 to 8, got"):
            read(tmp_path, SOUND, wrong)


def test_files_that_are_none(tmp_path: Path):
    with pytest.raises(DataError, match="absent: expected an IDX file, got no file of that name"):
        read_idx(tmp_path / "absent")
    with pytest.raises(DataError, match="expected an IDX file, got a folder"):
        read_idx(tmp_path)
    with pytest.raises(DataError, match="expected a file that can be read, got ValueError: embedded null byte"):
        read_idx("a\0b")
    with pytest.raises(DataError, match="expected a file that can be read, got OSError"):
        read_idx(tmp_path / ("x" * 300))
    for wrong in (None, 3, "", b"x"):
        with pytest.raises(ConfigError, match="path: expected the name of a file, got"):
            read_idx(wrong)


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_pipes_and_devices_are_not_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(DataError, match="expected an IDX file, got no regular file"):
            read_idx(path)


def test_a_file_without_the_right_to_read_and_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "some-idx").write_bytes(SOUND)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(DataError, match="expected a file that can be read, got PermissionError"):
            read_idx(tmp_path / "some-idx")

    def fail(*_: Any) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(byte_stream.ByteStream, "fill", fail)
        with pytest.raises(DataError, match=r"expected a file that can be read, got OSError: \[Errno 5\] Input/output error"):
            read_idx(tmp_path / "some-idx")


def bomb(declared: bytes, mebibytes: int) -> bytes:
    """gzip of `declared` and so many MiB of zeros, made without packing them all: its end is missing, nobody may get there."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(declared) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return gzip.compress(b"")[:10] + start + block * mebibytes


def test_a_bomb_is_refused_one_byte_after_what_it_declares(tmp_path: Path):
    declared = size(100, 28, 28)
    content = bomb(declared, 1024)
    assert len(content) < 2 << 20
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"unpacked byte 78,416: expected the end of the file, got more bytes"):
            read(tmp_path, content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(content) + (1 << 20)  # the content itself is the test's


def test_large_claims_take_no_memory(tmp_path: Path):
    content = [pack(size(2**30)), size(2**30), bomb(size(1 << 15, 1 << 14), 1)]
    tracemalloc.start()
    try:
        for each in content:
            with pytest.raises(DataError):
                read(tmp_path, each)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of resident memory as Linux counts it")
def test_a_bomb_that_keeps_its_word_costs_its_array_and_no_more(tmp_path: Path):
    (tmp_path / "bomb").write_bytes(bomb(size(1 << 12, 1 << 14), 65))  # declares 64 MiB, holds 65
    code = (
        "import re, sys\nfrom mazefit.errors import DataError\nfrom mazefit.tasks.idx import read_idx\n"
        "def peak():\n    return int(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])\n"
        "before = peak()\ntry:\n    read_idx(sys.argv[1])\nexcept DataError:\n    print(peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "bomb")], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 80 * 1024  # KiB


def test_memory_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def none_left(*_: Any) -> Any:
        raise MemoryError

    (tmp_path / "some-idx").write_bytes(SOUND)
    monkeypatch.setattr(module.np, "empty", none_left)
    with pytest.raises(DataError, match="expected an array that fits into memory, got 2 x 3 x 4 uint8"):
        read_idx(tmp_path / "some-idx")


def damaged(rng: np.random.Generator, content: bytes) -> bytes:
    """A file with one to four faults: bits turned, bytes set, cut out, put in or cut off."""
    data = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        at = int(rng.integers(0, min(len(data), 24) if rng.random() < 0.5 else len(data))) if data else 0
        match int(rng.integers(0, 5)):
            case 0 if data:
                data[at] ^= 1 << int(rng.integers(0, 8))
            case 1 if data:
                data[at] = int(rng.choice([0, 1, 3, 8, 9, 11, 12, 13, 14, 0x1F, 0x7F, 0x80, 0x8B, 0xFF]))
            case 2:
                del data[at : at + int(rng.integers(1, 9))]
            case 3:
                data[at:at] = rng.bytes(int(rng.integers(1, 9)))
            case _:
                del data[at:]
    return bytes(data)


def fuzz(folder: Path, count: int) -> tuple[int, int]:
    """How many damaged files were refused and how many were read; nothing but a DataError may come, and no wrong array."""
    rng = np.random.default_rng(20)
    sound = [idx(rng.integers(0, 100, shape).astype(kind)) for kind in CODES for shape in ((7,), (2, 3, 4), (3, 3))]
    path, sentences, taken = folder / "fuzzed", [], 0
    with path.open("wb", buffering=0) as file:
        for k in range(count):
            content, way = sound[k % len(sound)], (k // len(sound)) % 3
            data = damaged(rng, pack(content) if way == 1 else content)
            data = pack(data) if way == 2 else data
            file.seek(0)
            file.write(data)
            file.truncate()
            try:
                found = read_idx(path)
            except DataError as error:
                sentences.append(str(error))
                continue
            taken += 1
            meant = read_plainly(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
            assert found.shape == meant.shape
            assert found.astype(meant.dtype).tobytes() == meant.tobytes()
    assert all(sentence.startswith(str(path)) and "expected" in sentence for sentence in sentences)
    return len(sentences), taken


def test_damaged_files(tmp_path: Path):
    refused, taken = fuzz(tmp_path, 4_000)
    assert refused > 2_000
    assert taken > 200  # numbers alone were changed: a sound file


@pytest.mark.slow
def test_many_damaged_files(tmp_path: Path):
    refused, taken = fuzz(tmp_path, 100_000)
    assert refused + taken == 100_000


@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda tail: HEAD + tail) | st.binary(max_size=60).map(pack))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    with contextlib.suppress(DataError):
        assert isinstance(read(tmp_path_factory.mktemp("any"), content), np.ndarray)
