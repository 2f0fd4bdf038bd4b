"""The sets of images that are known by name: what is in them, so that nothing else is taken for them.

Fashion-MNIST is known to the last byte: SHA-256 of its unpacked IDX files, taken from Debian's package dataset-fashion-mnist.
Of MNIST no such sums are known here; number, size and labels of its images are checked, and that it is not Fashion-MNIST, whose
files have the same names. Whoever loads MNIST is told so, in the images' note.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import DataError
from mazefit.tasks.idx import idx_header
from mazefit.tasks.image_folder import PARTS


class KnownImages(NamedTuple):
    """A set of images that is known by name."""

    name: str  # as it is asked for
    title: str  # as it is written
    folder: str  # what other libraries call its folder
    classes: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]  # of the four files
    digests: tuple[str, ...]  # SHA-256 of their unpacked bytes; empty where they are not known
    debian: Path | None  # where Debian's package puts it

    @property
    def note(self) -> str:
        """What its reader should be told of how it was checked."""
        return "" if self.digests else (
            f"{self.title}: number, size and labels of the images were checked, not their check sums, which are not known here."
        )  # fmt: skip

    def check(self, part: int, path: Path, array: npt.NDArray[Any]) -> None:
        """Refuse a file that is not this set's.

        Raises:
            DataError: it has another shape or other content; names the file, what was expected and what came.
        """
        if array.shape != self.shapes[part]:
            expected, got = (" x ".join(map(str, shape)) for shape in (self.shapes[part], array.shape))
            raise DataError(f"{path}, byte 4: expected {expected} numbers, as {self.title} has, got {got}")
        digest = digest_of(array)
        for other in KNOWN.values():
            if other.name != self.name and other.digests and other.digests[part] == digest:
                raise DataError(f"{path}: expected the file of {self.title}, got the one of {other.title}")
        if self.digests and digest != self.digests[part]:
            raise DataError(
                f"{path}: expected the file of {self.title} (unpacked SHA-256 {self.digests[part][:12]}…), "
                f"got other content of the same size ({digest[:12]}…)"
            )


def digest_of(array: npt.NDArray[Any]) -> str:
    """SHA-256 of the unpacked IDX file that holds this array of bytes."""
    digest = hashlib.sha256(idx_header(array))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


_SHAPES = ((60_000, 28, 28), (60_000,), (10_000, 28, 28), (10_000,))
FASHION = KnownImages(
    name="fashion-mnist",
    title="Fashion-MNIST",
    folder="FashionMNIST",
    classes=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    shapes=_SHAPES,
    digests=(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    debian=Path("/usr/share/datasets/fashion-mnist"),
)  # fmt: skip
MNIST = KnownImages("mnist", "MNIST", "MNIST", tuple("0123456789"), _SHAPES, (), None)
KNOWN: Mapping[str, KnownImages] = {known.name: known for known in (FASHION, MNIST)}
assert all(len(known.shapes) == len(PARTS) for known in KNOWN.values())
