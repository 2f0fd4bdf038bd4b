"""A folder with the four IDX files of a labelled set of images, under the names that MNIST gave them.

    train-images-idx3-ubyte   train-labels-idx1-ubyte   t10k-images-idx3-ubyte   t10k-labels-idx1-ubyte

Each plain or with `.gz`; a dot may stand before `idx` in place of the hyphen. Images are uint8 [N, H, W], labels uint8 [N].
"""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import DataError
from mazefit.tasks.idx import read_idx
from mazefit.tasks.images import Images

PARTS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
DIMENSIONS = (3, 1, 3, 1)
Check = Callable[[int, Path, npt.NDArray[Any]], None]
"""What else is asked of a part, by its place in PARTS; raises DataError."""


def find_parts(folder: Path) -> dict[str, Path]:
    """Those of the four files that a folder has, by their standard names; none where there is no such folder."""
    found: dict[str, Path] = {}
    for part in PARTS:
        for name in (part, f"{part}.gz", part.replace("-idx", ".idx"), f"{part.replace('-idx', '.idx')}.gz"):
            if kind_of(folder / name) == "file":
                found[part] = folder / name
                break
    return found


def kind_of(path: Path) -> str:
    """ "file", "folder", or "" where nothing is, where it may not be looked at, or where the name cannot be one."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else ""


def read_part(path: Path, part: int) -> npt.NDArray[np.uint8]:
    """One of the four arrays, by its place in PARTS: bytes of as many dimensions as it must have.

    Raises:
        DataError: the file is not such an array; as `read_idx` says it.
    """
    return read_idx(path, DIMENSIONS[part], np.uint8)


def read_folder(folder: Path, name: str, classes: tuple[str, ...] | None = None, check: Check | None = None) -> Images:
    """Read the four files and hold them against each other.

    Args:
        folder: where they are.
        name: what the set is called.
        classes: what its classes are called; None = "0", "1", … up to the largest label.
        check: what else each part must be.

    Returns:
        The images, with no note.

    Raises:
        DataError: files are missing (names them), cannot be read, or do not fit together: as many labels as images, at least
            one, none above the classes, images of one size.
    """
    found = find_parts(folder)
    if missing := [part for part in PARTS if part not in found]:
        raise DataError(f"{folder}: expected four IDX files, plain or with .gz, got none called {' and '.join(missing)}")
    paths = [found[part] for part in PARTS]
    arrays: list[npt.NDArray[np.uint8]] = []
    for index, path in enumerate(paths):
        arrays.append(read_part(path, index))
        if check is not None:
            check(index, path, arrays[-1])
    images, labels, test_images, test_labels = arrays
    _paired(paths[0], images, paths[1], labels)
    _paired(paths[2], test_images, paths[3], test_labels)
    if images.shape[1:] != test_images.shape[1:]:
        expected, got = (f"{array.shape[1]} x {array.shape[2]}" for array in (images, test_images))
        raise DataError(f"{paths[2]}, byte 8: expected images of {expected} as in {paths[0].name}, got {got}")
    if classes is None:
        classes = tuple(str(label) for label in range(max(int(labels.max()), int(test_labels.max())) + 1))
    for path, array in ((paths[1], labels), (paths[3], test_labels)):
        if len(beyond := np.flatnonzero(array >= len(classes))):
            raise DataError(
                f"{path}, byte {8 + beyond[0]:,}: expected a label from 0 to {len(classes) - 1}, got {array[beyond[0]]}"
            )
    return Images(name, images, labels.astype(np.int64), classes, test_images, test_labels.astype(np.int64))


def _paired(images_path: Path, images: npt.NDArray[np.uint8], labels_path: Path, labels: npt.NDArray[np.uint8]) -> None:
    """Refuse images of nothing and labels of other images."""
    if not images.size:
        got = " x ".join(f"{length:,}" for length in images.shape)
        raise DataError(f"{images_path}, byte 4: expected at least one image of at least one pixel, got {got}")
    if len(labels) != len(images):
        raise DataError(
            f"{labels_path}, byte 4: expected {len(images):,} labels, as many as {images_path.name} has images, "
            f"got {len(labels):,}"
        )
