"""One process at a time in a folder: the operating system's own lock, which ends with its holder however that ends."""

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from mazefit.errors import OutputError

NAME = ".lock"
PAUSE = 0.1  # seconds between two looks whether the other has gone


@contextmanager
def folder_lock(folder: Path, waiting: Callable[[], None] = lambda: None) -> Generator[None]:
    """Hold a folder's lock; where another has it, call `waiting` once and wait until it is free.

    Args:
        folder: an existing folder; its file `.lock` stays behind, empty.
        waiting: told when there is something to wait for.

    Raises:
        OutputError: the lock's file cannot be made, or the disk knows no locks.
    """
    try:
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(f"folder {str(folder)!r}: expected one that can be written, got {error.strerror}") from error
    try:
        told = False
        while not _try(handle, folder):
            if not told:
                waiting()
                told = True
            time.sleep(PAUSE)
        yield
    finally:
        os.close(handle)  # lets go of the lock, too


def _try(handle: int, folder: Path) -> bool:
    """Take the lock; False where another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError | PermissionError):
            return False
        raise OutputError(f"folder {str(folder)!r}: expected a disk that can lock a file, got {error.strerror}") from error
    return True
