"""Files from mirrors, against a server on loopback: whole, broken off and continued, wrong, and not to be had at all."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mazefit.errors import OutputError
from mazefit.supervised import download as module
from mazefit.supervised import known_images, transfer
from mazefit.supervised.download import download
from mazefit.supervised.known_images import KnownImages
from mazefit.supervised.transfer import TransferError
from tests.supervised.file_server import FileServer, serve
from tests.supervised.small_sets import FASHION, MNIST, NAMES, assert_whole
from tests.tasks.idx_files import idx, pack

TRAIN = NAMES[0]


def test_whole(server: FileServer, known: KnownImages, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "a" / "b"
    download(known, folder)
    assert_whole(folder)
    assert {name: (folder / name).read_bytes() for name in NAMES} == server.files
    assert server.asked == [(name, None) for name in NAMES]
    assert all(agent.startswith("mazefit/") for agent in server.agents)
    download(known, folder)
    assert len(server.asked) == 4  # what is there is not asked for again
    assert capsys.readouterr() == ("", "")


def test_only_what_is_missing(server: FileServer, known: KnownImages, tmp_path: Path):
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(idx(FASHION[2]))
    download(known, tmp_path / ".")
    assert [name for name, _ in server.asked] == [NAMES[0], NAMES[1], NAMES[3]]


@pytest.mark.parametrize("ranges", [True, False])
def test_broken_off_in_the_middle(server: FileServer, known: KnownImages, tmp_path: Path, ranges: bool):
    folder = tmp_path / "f"
    server.cuts, server.ranges = [300, 200], ranges
    download(known, folder)
    assert_whole(folder)
    assert server.asked[:3] == [(TRAIN, None), (TRAIN, "bytes=300-"), (TRAIN, "bytes=500-" if ranges else "bytes=200-")]


def test_a_mirror_that_always_breaks_off_is_left_and_a_later_day_goes_on(
    server: FileServer, known: KnownImages, tmp_path: Path
):
    folder = tmp_path / "f"
    server.cuts = [100, 1, 1, 1, 1]
    with pytest.raises(TransferError, match=rf"^{TRAIN}: 127\.0\.0\.1:\d+ ended after 104 of \d+ bytes$"):
        download(known, folder)
    assert (folder / f"{TRAIN}.part").read_bytes() == server.files[TRAIN][:104]
    assert not (folder / TRAIN).exists()
    server.asked.clear()
    download(known, folder)
    assert server.asked[0] == (TRAIN, "bytes=104-")
    assert_whole(folder)


def test_a_mirror_that_brings_nothing_is_asked_once(server: FileServer, known: KnownImages, tmp_path: Path):
    server.cuts = [0] * 9
    with pytest.raises(TransferError, match="ended after 0 of"):
        download(known, tmp_path / "f")
    assert len(server.asked) == 1


def test_ctrl_c_leaves_the_part_and_the_next_goes_on(
    server: FileServer, known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "f"

    def interrupt(have: int, total: int | None) -> None:
        assert total == len(server.files[TRAIN])
        if have >= 200:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module._Bar, "show", lambda self, name: interrupt)
        with pytest.raises(KeyboardInterrupt):
            download(known, folder)
    part = (folder / f"{TRAIN}.part").read_bytes()
    assert len(part) >= 200
    assert server.files[TRAIN].startswith(part)
    download(known, folder)
    assert server.asked[1] == (TRAIN, f"bytes={len(part)}-")
    assert_whole(folder)


@pytest.mark.parametrize("lengths", [True, False])
def test_a_part_that_was_whole_is_checked_and_named(server: FileServer, known: KnownImages, tmp_path: Path, lengths: bool):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / f"{TRAIN}.part").write_bytes(server.files[TRAIN])
    server.lengths = lengths
    download(known, tmp_path / "f")
    assert server.asked[:2] == [(TRAIN, f"bytes={len(server.files[TRAIN])}-"), (NAMES[1], None)]
    assert_whole(tmp_path / "f")


@pytest.mark.parametrize("content", [b"x" * 200, b"x" * 100_000, b"x" * 10_000_000, pack(idx(MNIST[0]))[:250]])
@pytest.mark.parametrize("ranges", [True, False])
def test_a_part_of_something_else_is_begun_anew(
    server: FileServer, known: KnownImages, tmp_path: Path, content: bytes, ranges: bool
):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / f"{TRAIN}.part").write_bytes(content)
    server.ranges = ranges
    download(known, tmp_path / "f")
    assert_whole(tmp_path / "f")


def test_another_part_than_the_one_asked_for(server: FileServer, known: KnownImages, tmp_path: Path):
    server.cuts, server.shifted = [200], 10
    with pytest.raises(TransferError, match="sent another part than the one asked for"):
        download(known, tmp_path / "f")
    assert (tmp_path / "f" / f"{TRAIN}.part").stat().st_size == 200


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (
            pack(idx(MNIST[0])),
            r"expected the file of Fashion-MNIST \(unpacked SHA-256 .*\), got other content of the same size",
        ),
        (pack(idx(FASHION[2])), "expected 30 x 5 x 4 numbers, as Fashion-MNIST has, got 10 x 5 x 4"),
        (pack(idx(FASHION[0]))[:-30], "expected more gzip data, got the end of the file"),
        (pack(idx(FASHION[0])[:-30]), "expected 30 bytes more, got the end of the file"),
        (pack(idx(FASHION[0])) + b"more", "expected the end of the file after its gzip data, got 4 bytes more"),
        (pack(idx(FASHION[0]) + b"more"), "expected the end of the file, got more bytes"),
        (b"<!DOCTYPE html><title>Sign in</title>", r"expected two zero bytes, as IDX files begin, got 3c 21 \(a web page\?\)"),
        (b"", "expected 4 bytes more of the header"),
    ],
)
@pytest.mark.parametrize("lengths", [True, False])
def test_wrong_content_is_kept_away(
    server: FileServer, known: KnownImages, tmp_path: Path, wrong: bytes, why: str, lengths: bool
):
    server.files[TRAIN], server.lengths = wrong, lengths
    with pytest.raises(TransferError, match=why) as caught:
        download(known, tmp_path / "f")
    assert "is not what it should be" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [file.name for file in (tmp_path / "f").iterdir()] == [".lock"]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("claimed", "message"),
    [
        (200_000, "offered 200,000 bytes where at most 100,606 can be right"),
        (None, "sent more than the 100,606 bytes that can be"),
    ],
)
def test_far_too_much_is_not_taken(
    server: FileServer, known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claimed: int | None, message: str
):
    taken = [0]
    monkeypatch.setattr(module._Bar, "show", lambda self, name: lambda have, total: taken.append(have))
    server.files[TRAIN] += bytes(1_000_000)
    server.lengths, server.claimed = claimed is not None, claimed
    with pytest.raises(TransferError, match=message):
        download(known, tmp_path / "f")
    assert [file.name for file in (tmp_path / "f").iterdir()] == [".lock"]
    assert max(taken) <= (100_606 if claimed is None else 0)


def test_without_content_length(server: FileServer, known: KnownImages, tmp_path: Path):
    server.lengths = False
    download(known, tmp_path / "f")
    assert_whole(tmp_path / "f")


def test_not_found_and_the_next_mirror(server: FileServer, known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with serve({}) as empty:
        monkeypatch.setitem(module.MIRRORS, "fashion-mnist", (empty.url, server.url))
        download(known, tmp_path / "f")
        assert_whole(tmp_path / "f")
        monkeypatch.setitem(module.MIRRORS, "fashion-mnist", (empty.url, empty.url))
        with pytest.raises(TransferError, match=rf"^{TRAIN}: (127\.0\.0\.1:\d+ answered 404 Not Found(, |$)){{2}}"):
            download(known, tmp_path / "g")


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_refused_connection(known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(module.MIRRORS, "fashion-mnist", (f"http://127.0.0.1:{closed_port()}/",))
    with pytest.raises(TransferError, match=r"train-images.*: 127\.0\.0\.1:\d+: .*refused"):
        download(known, tmp_path / "f")


@pytest.mark.parametrize("after", [0, 300])
def test_silence(server: FileServer, known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int):
    monkeypatch.setattr(transfer, "SILENCE", 0.2)
    monkeypatch.setattr(module, "TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes the connection, sends this much, then nothing
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        monkeypatch.setitem(module.MIRRORS, "fashion-mnist", (url,))
        ended = threading.Event()

        def talk() -> None:
            connection, _ = listener.accept()
            with connection:
                if after:
                    connection.recv(10_000)
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 400\r\n\r\n" + server.files[TRAIN][:after])
                ended.wait(5)

        thread = threading.Thread(target=talk)
        thread.start()
        before = time.monotonic()
        try:
            with pytest.raises(TransferError, match=r"127\.0\.0\.1:\d+: no answer in time"):
                download(known, tmp_path / "f")
        finally:
            ended.set()
            thread.join()
        assert time.monotonic() - before < 3
    part = tmp_path / "f" / f"{TRAIN}.part"
    assert (part.stat().st_size if part.exists() else 0) == after


def test_what_is_no_http(known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for answer in (b"SSH-2.0-x\r\n", b"", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def talk(listener: socket.socket = listener, answer: bytes = answer) -> None:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(10_000)
                    connection.sendall(answer)

            monkeypatch.setitem(module.MIRRORS, "fashion-mnist", (f"http://127.0.0.1:{listener.getsockname()[1]}/",))
            thread = threading.Thread(target=talk)
            thread.start()
            with pytest.raises(TransferError, match=r"^train-images-idx3-ubyte\.gz: 127\.0\.0\.1:\d+: \S"):
                download(known, tmp_path / "f")
            thread.join()


def test_a_folder_that_cannot_be_written(
    server: FileServer, known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="output folder"):
        download(known, tmp_path / "file")
    (tmp_path / "f" / f"{TRAIN}.part").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"\.part.*expected to remove it, got"):
        download(known, tmp_path / "f")
    (tmp_path / "g" / ".lock").mkdir(parents=True)
    with pytest.raises(OutputError, match="expected one that can be written"):
        download(known, tmp_path / "g")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transfer.os, "fsync", full)
    with pytest.raises(OutputError, match="expected to write what is downloaded, got No space left on device"):
        download(known, tmp_path / "h")
    assert not (tmp_path / "h" / TRAIN).exists()


def test_a_bar_where_it_is_asked_for(
    server: FileServer, known: KnownImages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    server.cuts = [300]
    download(known, tmp_path / "f", progress=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert all(name in said.err for name in NAMES)
    assert "100%" in said.err


def test_the_mirrors_are_public_and_name_files_as_the_sets_do():
    assert set(module.MIRRORS) == set(known_images.KNOWN)
    table = Path(module.__file__).read_text(encoding="utf-8")
    assert table.count("http") == 4
