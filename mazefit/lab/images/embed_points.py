"""Which images become points of the map, and which are left to be placed on it afterwards.

Test images come first, for no fit has seen them; where more points are asked for, training images follow.
"""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, DataError, Problems
from mazefit.lab.images.config_embed import FEWEST, HELD_OUT, EmbedConfig
from mazefit.supervised.embedding import libraries
from mazefit.supervised.embedding.quality import FOLDS
from mazefit.tasks.idx import read_idx
from mazefit.tasks.image_folder import kind_of
from mazefit.tasks.images import Images

MOST_HELD_OUT = 1000
GROUPS = {
    "shoes": ("Sandal", "Sneaker", "Ankle boot"),
    "tops": ("T-shirt/top", "Pullover", "Coat", "Shirt"),
}
"""Of the clothes: classes within which finer groups are looked for."""
Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


class Points(NamedTuple):
    """The images of the map.

    Args:
        images: uint8 [n, H, W].
        labels: int64 [n].
        tests: how many of them are test images; the others are training images.
        judged: whether there are enough of every class to ask whether neighbours share their labels.
        groups: by name, the labels that belong to it; where the classes are the clothes.
    """

    images: Pixels
    labels: Labels
    tests: int
    judged: bool
    groups: dict[str, tuple[int, ...]]


class Newcomers(NamedTuple):
    """Images that are placed on the map.

    Args:
        images: uint8 [m, H, W].
        labels: int64 [m]; None where nobody knows them.
        source: "" for test images that are not in the map, else the file.
    """

    images: Pixels
    labels: Labels | None
    source: str


def sized(config: EmbedConfig, images: Images) -> EmbedConfig:
    """The settings with the number of points that these images have.

    Raises:
        ConfigError: there are too few, or the perplexity does not fit so many.
    """
    tests, everything = len(images.test_images), len(images.test_images) + len(images.images)
    problems = Problems(config.command)
    held = config.place is not None and str(config.place) == HELD_OUT
    if config.points is None:
        count = min(config.asked_points, tests - max(1, tests // 6) if held else everything)
        problems.check(count >= FEWEST, f"--dataset: expected at least {FEWEST} images for a map, got {max(count, 0)}")
    else:
        count = config.points
        problems.check(count <= everything, f"--points: expected at most {everything}, as there are images, got {count}")
        if held:
            sentence = (
                f"--points: expected less than {tests} beside --place {HELD_OUT}, so that test images are left, got {count}"
            )
            problems.check(count < tests, sentence)
    if config.method != "pca":
        problems.number("--perplexity", config.near, 1, max(1, count - 1))
    problems.raise_if_any()
    return replace(config, points=count)


def chosen_points(config: EmbedConfig, images: Images) -> Points:
    """The images of the map."""
    count = config.asked_points
    tests = min(count, len(images.test_images))
    pixels, labels = images.test_images[:tests], images.test_labels[:tests]
    if count > tests:
        pixels = np.concatenate([pixels, images.images[: count - tests]])
        labels = np.concatenate([labels, images.labels[: count - tests]])
    counts = np.bincount(labels)
    judged = int((counts > 0).sum()) > 1 and int(counts[counts > 0].min()) >= FOLDS
    places = {name: place for place, name in enumerate(images.classes)}
    clothes = judged and all(name in places for members in GROUPS.values() for name in members)
    groups = {name: tuple(places[one] for one in members) for name, members in GROUPS.items()} if clothes else {}
    return Points(pixels, labels, tests, judged, groups)


def newcomers(config: EmbedConfig, images: Images, points: Points) -> Newcomers | None:
    """The images to place; None where none are asked for.

    Raises:
        ConfigError: the map that is asked for takes none, or the images have another size.
        DataError: the file cannot be read.
    """
    if config.place is None:
        return None
    if config.method == "tsne" and libraries.chosen(config.maker) == "scikit-learn":
        raise ConfigError(
            "--place: expected a map that takes new images, got t-SNE by scikit-learn, which has none; openTSNE "
            "(`pip install mazefit[tsne]`), --method quick and --method pca have"
        )
    if str(config.place) == HELD_OUT:
        part = slice(points.tests, points.tests + MOST_HELD_OUT)
        return Newcomers(images.test_images[part], images.test_labels[part], "")
    path = Path(config.place)
    if not kind_of(path):
        raise DataError(f"--place: expected {HELD_OUT} or an IDX file of images, got {str(path)!r}, which does not exist")
    pixels = read_idx(path, 3, np.uint8)
    if not len(pixels) or pixels.shape[1:] != images.images.shape[1:]:
        wanted, got = (" x ".join(map(str, shape)) for shape in (images.images.shape[1:], pixels.shape))
        raise DataError(f"{path}: expected at least one image of {wanted}, as on the map, got {got}")
    return Newcomers(pixels, None, str(path))
