"""The files of a known set of images, from its public mirrors into the user's cache.

Each comes into a part file beside its place, goes on where an earlier try was interrupted, and is renamed to its name only once
it was unpacked and found to be what it should be; one process at a time, others wait and find the files there.
"""

import math
import sys
from pathlib import Path
from typing import Any

from mazefit.errors import DataError, OutputError
from mazefit.files import prepare_folder
from mazefit.supervised.folder_lock import folder_lock
from mazefit.supervised.known_images import KnownImages
from mazefit.supervised.transfer import Seen, TransferError, remove, transfer
from mazefit.tasks.image_folder import PARTS, find_parts, read_part

MIRRORS = {
    "fashion-mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    "mnist": (
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
}
"""Where the files may be had, each under its standard name with .gz; tried in this order."""

TRIES = 5  # connections that may break in the middle, each having brought something, before the next mirror is tried


def download(known: KnownImages, folder: Path, progress: bool | None = None) -> None:
    """Bring those of the four files that `folder` has not.

    Args:
        known: the set.
        folder: where they are to lie; it is made.
        progress: whether to show a bar; None = on a terminal.

    Raises:
        TransferError: no mirror has a file, or none of the right content; says of each mirror why.
        OutputError: the folder cannot be written.
    """
    prepare_folder(folder)
    bar = _Bar(progress)
    try:
        with folder_lock(folder, bar.waiting):
            found = find_parts(folder)
            for index, name in enumerate(PARTS):
                if name not in found:
                    _bring(known, index, folder / f"{name}.gz", bar)
    finally:
        bar.close()


def _bring(known: KnownImages, index: int, place: Path, bar: "_Bar") -> None:
    """One file, from the first mirror that has it."""
    reasons: list[str] = []
    for mirror in MIRRORS[known.name]:
        try:
            return _from(mirror + place.name, known, index, place, bar)
        except TransferError as error:
            reasons.append(str(error))
    raise TransferError(f"{place.name}: {', '.join(reasons)}")


def _from(url: str, known: KnownImages, index: int, place: Path, bar: "_Bar") -> None:
    """One file from one mirror: again where it broke off, anew where what was continued came to something else."""
    part = place.with_name(f"{place.name}.part")
    most = math.prod(known.shapes[index]) * 101 // 100 + 100_000  # gzip makes nothing longer than that
    for left in reversed(range(TRIES)):
        tell, came = bar.show(place.name), 0

        def seen(have: int, total: int | None, tell: Seen = tell) -> None:
            nonlocal came
            came += 1
            tell(have, total)

        try:
            continued = transfer(url, part, most, seen)
        except TransferError:
            if left and came:
                continue
            raise
        try:
            known.check(index, part, read_part(part, index))
        except DataError as error:
            remove(part)
            if continued and left:
                continue
            raise TransferError(f"what {url} sent is not what it should be ({error})") from error
        try:
            part.replace(place)
        except OSError as error:
            raise OutputError(f"file {str(place)!r}: expected to write it, got {error.strerror}") from error
        return


class _Bar:
    """Which file is coming and how far it is."""

    def __init__(self, progress: bool | None) -> None:
        self.shown = sys.stdout.isatty() and sys.stderr.isatty() if progress is None else progress
        self.bar: Any = None

    def show(self, name: str) -> Seen:
        """A bar of its own for a file; what is to be told of its bytes."""
        self._open(name)

        def seen(have: int, total: int | None) -> None:
            if self.bar is not None:
                self.bar.total, self.bar.n = total, have
                self.bar.update(0)
                if have == total:
                    self.bar.refresh()

        return seen

    def waiting(self) -> None:
        """Say that another process is at it."""
        self._open("another process is downloading")

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def _open(self, words: str) -> None:
        self.close()
        if self.shown:
            from tqdm import tqdm

            self.bar = tqdm(desc=words, unit="B", unit_scale=True, leave=False, dynamic_ncols=True, mininterval=0.1)
