"""Images at the door of the classifier: what does not fit together is said at once, in a sentence each."""

import numpy as np

from mazefit.errors import Problems
from mazefit.tasks.images import Images


def check_images(images: Images) -> None:
    """See that images and labels can be fitted and tested.

    Raises:
        ConfigError: they cannot; says all that is wrong.
    """
    problems = Problems("images")
    classes = len(images.classes)
    problems.check(classes >= 2, f"classes: expected the names of at least two, got {list(images.classes)}")
    for name, pixels, labels in (
        ("", np.asarray(images.images), np.asarray(images.labels)),
        ("test_", np.asarray(images.test_images), np.asarray(images.test_labels)),
    ):
        whole = pixels.ndim == 3 and pixels.size > 0 and pixels.dtype == np.uint8
        problems.check(
            whole, f"{name}images: expected uint8 [N, H, W] of at least one, got {pixels.dtype} of shape {list(pixels.shape)}"
        )
        fits = labels.ndim == 1 and labels.dtype == np.int64 and pixels.ndim > 0 and len(labels) == len(pixels)
        problems.check(
            fits,
            f"{name}labels: expected int64 [N], one for each image, got {labels.dtype} of shape {list(labels.shape)}",
        )
        if fits and len(labels):
            low, high = int(labels.min()), int(labels.max())
            known = 0 <= low <= high < classes
            problems.check(known, f"{name}labels: expected classes from 0 to {classes - 1}, got {low} to {high}")
    sizes = np.shape(images.images)[1:], np.shape(images.test_images)[1:]
    problems.check(sizes[0] == sizes[1], f"test_images: expected the size of images, {sizes[0]}, got {sizes[1]}")
    problems.raise_if_any()
