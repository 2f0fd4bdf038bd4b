"""Small images for the tests of the classifier: bars that can be learned in an instant; and real clothes, where they are."""

from functools import cache

import numpy as np
import pytest

from mazefit.supervised.datasets import NoFilesError, load
from mazefit.tasks.images import Images


@cache
def bars(height: int = 4, width: int = 6, rows: int = 240) -> Images:
    """A bright column in noise: the class is which third of the image it stands in."""
    rng = np.random.default_rng(5)
    labels = rng.integers(3, size=rows + 60)
    pixels = rng.integers(0, 90, size=(rows + 60, height, width)).astype(np.uint8)
    columns = labels * (width // 3) + rng.integers(width // 3, size=rows + 60)
    pixels[np.arange(rows + 60), :, columns] = 250
    return Images("bars", pixels[:rows], labels[:rows], ("left", "middle", "right"), pixels[rows:], labels[rows:])


@cache
def fashion() -> Images:
    """Fashion-MNIST, where its files are."""
    try:
        return load("fashion-mnist", download=False)
    except NoFilesError as error:
        pytest.skip(str(error))
