"""Codes to test on: the digits' 64 numbers, and real clothes where Debian's files are there."""

import gzip
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CLOTHES = Path("/usr/share/datasets/fashion-mnist")


class Codes(NamedTuple):
    codes: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]
    images: npt.NDArray[np.uint8]


@cache
def digits(count: int = 400) -> Codes:
    from sklearn.datasets import load_digits

    values, labels = load_digits(return_X_y=True)
    images = np.rint(np.asarray(values)[:count] * 255 / 16).astype(np.uint8).reshape(-1, 8, 8)
    return Codes(np.asarray(values)[:count], np.asarray(labels)[:count].astype(np.int64), images)


@cache
def clothes(count: int = 6000) -> Codes:
    """The first test images of Fashion-MNIST as 28 principal components of the whole test set."""
    from mazefit.supervised.autoencoder.pca import fit_pca

    raw = gzip.decompress((CLOTHES / "t10k-images-idx3-ubyte.gz").read_bytes())
    images = np.frombuffer(raw[16:], np.uint8).reshape(-1, 28, 28)
    labels = np.frombuffer(gzip.decompress((CLOTHES / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:], np.uint8).astype(np.int64)
    return Codes(fit_pca(images, 28).encode(images[:count]), labels[:count], images[:count])
