"""The images of a command: loaded, told of in a few lines, and their classes by their names in the reader's language."""

from collections.abc import Sequence
from pathlib import Path

from mazefit.lab.images.config import ImagesConfig
from mazefit.lab.images.phrases import CLOTHES
from mazefit.lab.page import Page
from mazefit.supervised.datasets import NAMES, load_or_fashion
from mazefit.supervised.known_images import KNOWN
from mazefit.tasks.images import Images
from mazefit.words import Language


def load_images(config: ImagesConfig) -> Images:
    """The images that were asked for; Fashion-MNIST where MNIST's files are not to be had, as `tell_images` says.

    Raises:
        ConfigError, DataError: as `load_or_fashion` raises them.
    """
    return load_or_fashion(config.data)


def known_as(config: ImagesConfig, images: Images) -> str:
    """ "mnist" or "fashion-mnist" where these very images were loaded by name; else "": no known number belongs to them."""
    return images.name if config.data in KNOWN else ""


def saved_dataset(config: ImagesConfig, images: Images) -> str:
    """What a saved autoencoder calls its images: a known name, or the path of their folder."""
    return images.name if config.data in NAMES else str(Path(config.data).resolve())


def title_of(config: ImagesConfig, images: Images) -> str:
    """What the set is called on a page or a figure."""
    known = known_as(config, images)
    return KNOWN[known].title if known else images.name


def tell_images(page: Page, config: ImagesConfig, images: Images) -> None:
    """Which images they are, in how many, of what size; and what their reader should know of them."""
    count, height, width = images.images.shape
    page.text(
        "images.are", name=title_of(config, images), train=f"{count:,}", test=f"{len(images.test_images):,}", height=height,
        width=width, classes=len(images.classes),
    )  # fmt: skip
    known = known_as(config, images)
    if not known:
        page.text("images.other", height=height, width=width)
    elif known != config.data:
        page.text("images.instead")
    elif images.note:
        page.text("images.unchecked", name=KNOWN[known].title)


def class_names(images: Images, language: Language) -> tuple[str, ...]:
    """What the classes are called: clothes by their Korean names in Korean; a name that is not known here stays as it is."""
    return tuple(CLOTHES.get(name, name) for name in images.classes) if language == "ko" else images.classes


def listed(names: Sequence[str]) -> str:
    """Some names in a row."""
    return ", ".join(names)
