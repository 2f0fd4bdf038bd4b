"""Bytes to numbers from -1 to 1 and back: x / 127.5 - 1.

The tutorial standardises by (0.1305, 0.3081), then scales the least and the largest to -1 and 1: that cancels to this exactly.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems


def scaled(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """uint8 [...] -> float32 [...] from -1 to 1; one array of memory, nothing beside it."""
    found = images.astype(np.float32)
    found /= np.float32(127.5)
    found -= np.float32(1.0)
    return found


def as_bytes(pictures: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Numbers from -1 to 1 [...] -> uint8 [...]; what lies beyond is cut off."""
    return np.clip(np.rint((np.asarray(pictures) + 1.0) * 127.5), 0, 255).astype(np.uint8)


def check_images(problems: Problems, name: str, images: object, like: npt.NDArray[Any] | None = None) -> None:
    """Note images that are not uint8 [N, H, W], or not of the same size as others."""
    fine = isinstance(images, np.ndarray) and images.dtype == np.uint8 and images.ndim == 3 and images.size > 0
    got = f"{images.dtype} {list(images.shape)}" if isinstance(images, np.ndarray) else type(images).__name__
    problems.check(fine, f"{name}: expected images uint8 [N, H, W], at least one, got {got}")
    if fine and isinstance(images, np.ndarray) and like is not None and like.ndim == 3:
        wanted, size = (" x ".join(map(str, one.shape[1:])) for one in (like, images))
        problems.check(wanted == size, f"{name}: expected images of {wanted}, as the others, got {size}")
