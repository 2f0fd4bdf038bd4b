"""Labelled images as plain arrays: what a classifier or an autoencoder is fitted to, and what it is tested on.

load("digits").images[0], .labels[0], .classes[.labels[0]]        8 x 8 levels of grey from 0 to 255, 0, "0"
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


class Images(NamedTuple):
    """Images of one size with their labels, those for training apart from those for testing.

    Args:
        name: what the data set is called.
        images: levels of grey for training, 0 to 255, uint8 [N, H, W].
        labels: their classes, 0 to K - 1, int64 [N].
        classes: what the K classes are called, in English.
        test_images: images that no fit may see, uint8 [M, H, W].
        test_labels: their classes, int64 [M].
        note: one sentence that whoever shows numbers from these images should show as well; "" where there is nothing to say.
    """

    name: str
    images: Pixels
    labels: Labels
    classes: tuple[str, ...]
    test_images: Pixels
    test_labels: Labels
    note: str = ""
