"""Downloads from a server on loopback: small sets, short waits, and nothing real within reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mazefit.supervised import download as module
from mazefit.supervised import known_images, transfer
from mazefit.supervised.known_images import KnownImages
from tests.supervised.file_server import FileServer, serve
from tests.supervised.small_sets import FASHION, make_alone, served


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_alone(monkeypatch, tmp_path)
    monkeypatch.setattr(transfer, "SILENCE", 2.0)
    monkeypatch.setattr(transfer, "PIECE", 100)


@pytest.fixture
def known() -> KnownImages:
    return known_images.KNOWN["fashion-mnist"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with serve(served(FASHION)) as running:
        monkeypatch.setitem(module.MIRRORS, "fashion-mnist", (running.url,))
        yield running
