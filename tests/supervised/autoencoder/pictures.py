"""Small pictures for tests: blots of some shapes at random places, which have structure that a short code can hold."""

import gzip
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

FOLDER = Path("/usr/share/datasets/fashion-mnist")


def blots(count: int, height: int = 8, width: int = 8, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Gaussian blots, uint8 [count, height, width]."""
    rng = np.random.default_rng(seed)
    row, column = np.arange(height)[:, None], np.arange(width)
    y, x = rng.uniform(1, height - 2, (count, 1, 1)), rng.uniform(1, width - 2, (count, 1, 1))
    size = rng.uniform(1, 3, (count, 1, 1))
    return np.rint(255 * np.exp(-((row - y) ** 2 + (column - x) ** 2) / (2 * size))).astype(np.uint8)


def fashion(part: str) -> npt.NDArray[np.uint8]:
    """Images of Fashion-MNIST, "train" or "t10k", uint8 [N, 28, 28]; the test is left out where the files are not here."""
    file = FOLDER / f"{part}-images-idx3-ubyte.gz"
    if not file.exists():
        pytest.skip("Fashion-MNIST is not here (Debian: dataset-fashion-mnist)")
    with gzip.open(file) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=16).reshape(-1, 28, 28)
