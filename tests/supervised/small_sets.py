"""Small stand-ins for the known sets of images, and a machine on which nothing of the real ones can be found or fetched."""

import hashlib
import socket
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mazefit.supervised import download, known_images
from mazefit.supervised.known_images import KnownImages
from mazefit.tasks.idx import read_idx
from mazefit.tasks.images import Images
from tests.tasks.idx_files import idx, pack, some_arrays

FASHION, MNIST = some_arrays(1), some_arrays(2)
NOBODY = "http://127.0.0.1:9/"  # a port of loopback on which nobody listens
NAMES = tuple(f"{part}-ubyte.gz" for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"))


def small(known: KnownImages, arrays: list[npt.NDArray[np.uint8]]) -> KnownImages:
    """A known set, its content these arrays."""
    digests = tuple(hashlib.sha256(idx(array)).hexdigest() for array in arrays) if known.digests else ()
    return known._replace(shapes=tuple(array.shape for array in arrays), digests=digests, debian=None)


def served(arrays: list[npt.NDArray[np.uint8]]) -> dict[str, bytes]:
    """The four files as a mirror has them."""
    return {name: pack(idx(array)) for name, array in zip(NAMES, arrays, strict=True)}


def assert_same(images: Images, arrays: list[Any]) -> None:
    """The images are these arrays, in the types that are promised."""
    for found, meant in zip((images.images, images.labels, images.test_images, images.test_labels), arrays, strict=True):
        assert np.array_equal(found, meant)
    assert images.images.dtype == images.test_images.dtype == np.uint8
    assert images.labels.dtype == images.test_labels.dtype == np.int64


def assert_whole(folder: Path) -> None:
    """The four files are there, with the content of the mirror, and nothing else but the lock."""
    for name, array in zip(NAMES, FASHION, strict=True):
        assert np.array_equal(read_idx(folder / name), array)
    assert {file.name for file in folder.iterdir()} == {*NAMES, ".lock"}


def make_alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Small sets for the known ones, an empty cache, a mirror that is not there, and no way but to loopback."""
    for known, arrays in ((known_images.FASHION, FASHION), (known_images.MNIST, MNIST)):
        monkeypatch.setitem(known_images.KNOWN, known.name, small(known, arrays))
        monkeypatch.setitem(download.MIRRORS, known.name, (NOBODY,))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.delenv("MAZEFIT_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    plain = socket.create_connection

    def to_loopback(address: tuple[str, int], *more: Any, **named: Any) -> socket.socket:
        assert address[0] == "127.0.0.1", f"a test asked for {address[0]}"
        return plain(address, *more, **named)

    monkeypatch.setattr(socket, "create_connection", to_loopback)
