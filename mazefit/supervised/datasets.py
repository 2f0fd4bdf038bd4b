"""Sets of labelled images by name, or from a folder of one's own.

    load("digits")            scikit-learn's 8 x 8 digits: comes with it, so that nothing has to be fetched
    load("fashion-mnist")     clothes, 60,000 + 10,000 of 28 x 28 (Xiao, Rasul & Vollgraf, 2017)
    load("mnist")             handwritten digits, as many of the same size (LeCun, Cortes & Burges)
    load("some/folder")       four IDX files of any size

Where the files of a known set are looked for: `mazefit/supervised/image_places.py`; else they are fetched.
"""

import os
from pathlib import Path

import numpy as np

from mazefit.errors import ConfigError, DataError, OutputError, did_you_mean
from mazefit.supervised import download as downloads
from mazefit.supervised.image_places import VARIABLE, cache_folder, existing_folder, find_images
from mazefit.supervised.known_images import KNOWN, KnownImages
from mazefit.supervised.transfer import TransferError
from mazefit.tasks.image_folder import PARTS, kind_of, read_folder
from mazefit.tasks.images import Images

NAMES = ("fashion-mnist", "mnist", "digits")
DIGITS_FOR_TRAINING = 1437  # of 1797, in scikit-learn's order: those that come last are of other writers


class NoFilesError(DataError):
    """The files of a known set of images are nowhere on this machine and could not be fetched; says how to get them."""


def load(
    name: str | os.PathLike[str],
    *,
    folder: str | os.PathLike[str] | None = None,
    download: bool = True,
    progress: bool | None = None,
) -> Images:
    """Load a set of labelled images, those for training apart from those for testing.

    Args:
        name: "fashion-mnist", "mnist", "digits", or the path of a folder with the four IDX files train-images-idx3-ubyte,
            train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or with .gz (a folder that
            is called like a set: "./mnist").
        folder: where the files of "fashion-mnist" or "mnist" are; no other place is looked in then. None = in this order
            $MAZEFIT_DATA, the folder of Debian's package dataset-fashion-mnist, the user's cache, the public mirrors.
        download: whether what is nowhere on this machine may be fetched; it is kept in the user's cache.
        progress: whether a bar shows the download; None = on a terminal.

    Returns:
        Images uint8 [N, H, W], labels int64 [N], the same of the test set, and the names of the classes (of a folder: "0",
        "1", … up to the largest label). Fashion-MNIST is checked to the last byte; of MNIST number, size and labels are, and
        `note` says so.

    Raises:
        ConfigError: `name` is neither a known set nor a path, or `folder` is given to something that has its own.
        NoFilesError: nothing was found and nothing could be fetched, or be kept; a DataError that says how to get the files.
        DataError: files are missing, damaged or of another set; names the file, the byte, what was expected and what came.
    """
    if isinstance(name, str) and name in KNOWN:
        known = KNOWN[name]
        place = find_images(known, folder)
        if place is None:
            place = _fetched(known, download, progress)
        return read_folder(place, known.name, known.classes, known.check)._replace(note=known.note)
    if folder is not None:
        raise ConfigError(f"folder: expected none beside {str(name)!r}, only beside {' or '.join(KNOWN)}, got {str(folder)!r}")
    if isinstance(name, str) and name == "digits":
        return _digits()
    return _own(name)


def load_or_fashion(name: str | os.PathLike[str], *, download: bool = True, progress: bool | None = None) -> Images:
    """Load a set of images; Fashion-MNIST instead of MNIST where MNIST's files are not to be had, and its `note` says so.

    Args:
        name: as `load` takes it; any other than "mnist" is loaded or refused, never replaced.
        download: as `load` takes it.
        progress: as `load` takes it.

    Returns:
        The images; `name` and `note` tell which they are.

    Raises:
        NoFilesError: Fashion-MNIST's files are not to be had, either.
        ConfigError, DataError: as `load` raises them. Damaged files of MNIST are an error, no reason for others.
    """
    try:
        return load(name, download=download, progress=progress)
    except NoFilesError:
        if name != "mnist":
            raise
    images = load("fashion-mnist", download=download, progress=progress)
    return images._replace(note="MNIST's files are not to be had here: these are the images of Fashion-MNIST.")


def _fetched(known: KnownImages, allowed: bool, progress: bool | None) -> Path:
    """The folder in the cache, once the files are there."""
    place, reason = cache_folder() / known.name, "and download is off"
    if allowed:
        try:
            downloads.download(known, place, progress)
            return place
        except (TransferError, OutputError) as error:
            reason = f"and a download failed ({error})"
            cause = error
    else:
        cause = None
    by_hand = f"put {PARTS[0]}.gz and the three others from {downloads.MIRRORS[known.name][0]} into {place}"
    package = "install Debian's package dataset-fashion-mnist or " if known.debian is not None else ""
    raise NoFilesError(
        f"{known.title}: expected its four IDX files, got none on this machine, {reason}; three ways to get them: name the "
        f"folder that holds them, set ${VARIABLE} to it, or {package}{by_hand}"
    ) from cause


def _digits() -> Images:
    """scikit-learn's digits, levels 0 to 16 brought to 0 to 255."""
    from sklearn.datasets import load_digits

    values, targets = load_digits(return_X_y=True)  # [1797, 64], [1797]
    pixels = np.rint(np.asarray(values) * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    labels = np.asarray(targets).astype(np.int64)
    cut = DIGITS_FOR_TRAINING
    return Images("digits", pixels[:cut], labels[:cut], tuple("0123456789"), pixels[cut:], labels[cut:])


def _own(name: object) -> Images:
    """The images of a folder."""
    if not isinstance(name, str | os.PathLike) or not str(name):
        raise ConfigError(f"data set: expected {', '.join(NAMES)} or the path of a folder, got {name!r}")
    text = str(name)
    if isinstance(name, str) and not any(mark in text for mark in (os.sep, "/", "~")) and not kind_of(Path(text)):
        raise ConfigError(f"data set: unknown {text!r}{did_you_mean(text, [*NAMES, 'the path of a folder'])}")
    place = existing_folder(name, "data set")
    return read_folder(place, place.resolve().name)
