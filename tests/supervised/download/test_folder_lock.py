"""One download at a time: several processes, one that is killed, and those that wait."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mazefit.errors import OutputError
from mazefit.supervised import download as module
from mazefit.supervised import folder_lock
from mazefit.supervised.download import download
from mazefit.supervised.known_images import KnownImages
from tests.supervised.file_server import FileServer
from tests.supervised.small_sets import NAMES, assert_whole

PROGRAM = """
import sys
from pathlib import Path
from mazefit.supervised import download, known_images
from tests.supervised.small_sets import FASHION, small, assert_whole
known = small(known_images.FASHION, FASHION)
download.MIRRORS["fashion-mnist"] = (sys.argv[1],)
download.download(known, Path(sys.argv[2]))
"""


def test_several_processes_at_once(server: FileServer, tmp_path: Path):
    server.wait = threading.Event()
    command = [sys.executable, "-c", PROGRAM, server.url, str(tmp_path / "f")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    running = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    time.sleep(1.5)
    server.wait.set()
    ends = [process.communicate(timeout=60)[1] for process in running]
    assert ends == ["", "", ""]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert server.asked == [(name, None) for name in NAMES]
    assert_whole(tmp_path / "f")


def test_the_holder_of_the_lock_was_killed(server: FileServer, known: KnownImages, tmp_path: Path):
    server.wait = threading.Event()
    command = [sys.executable, "-c", PROGRAM, server.url, str(tmp_path / "f")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    holder = subprocess.Popen(command, env=env)
    while not server.asked and holder.poll() is None:
        time.sleep(0.02)
    with (tmp_path / "f" / ".lock").open("r+b") as lock:
        assert not folder_lock._try(lock.fileno(), tmp_path)
    holder.kill()
    holder.wait()
    server.wait.set()
    download(known, tmp_path / "f")
    assert_whole(tmp_path / "f")


def test_whoever_waited_looks_again(server: FileServer, known: KnownImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    waits = threading.Event()
    monkeypatch.setattr(module._Bar, "waiting", lambda self: waits.set())
    thread = threading.Thread(target=download, args=(known, tmp_path))
    with folder_lock.folder_lock(tmp_path):
        thread.start()
        assert waits.wait(10)
        for name, content in server.files.items():
            (tmp_path / name).write_bytes(content)
    thread.join(10)
    assert not thread.is_alive()
    assert server.asked == []


def test_one_at_a_time_and_the_others_are_told(tmp_path: Path):
    order: list[str] = []
    held, told = threading.Event(), threading.Event()

    def first() -> None:
        with folder_lock.folder_lock(tmp_path):
            held.set()
            told.wait(5)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(5)
    with folder_lock.folder_lock(tmp_path, lambda: (order.append("waiting"), told.set())):
        order.append("second")
    thread.join()
    assert order == ["waiting", "first", "second"]


def test_a_disk_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(OutputError, match="expected a disk that can lock a file, got No locks"),
        folder_lock.folder_lock(tmp_path),
    ):
        pass
