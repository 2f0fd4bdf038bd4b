"""Principal component analysis, exact: the best linear code of so many numbers; and the angles between two subspaces.

    C = 1/N Σ (x - μ)(x - μ)ᵀ = V Λ Vᵀ,    code = V_kᵀ (x - μ),    reconstruction = μ + V_k code

Reference: Hotelling (1933), Analysis of a complex of statistical variables into principal components. That a linear autoencoder
comes to the same: Baldi & Hornik (1989), Neural networks and principal component analysis: learning from examples without local
minima.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, Problems
from mazefit.supervised.autoencoder.pixels import scaled

Array = npt.NDArray[np.float64]
AT_ONCE = 2000  # images that stand in double precision at once


@dataclass(frozen=True, eq=False)
class PCA:
    """Mean and leading components of pictures, on the scale from -1 to 1.

    Args:
        mean: μ [H · W].
        components: V_k as rows [k, H · W], orthonormal, the largest variance first, each with its largest number positive.
        variances: λ [k].
        shape: (H, W).
    """

    mean: Array
    components: Array
    variances: Array
    shape: tuple[int, int]

    def encode(self, images: npt.NDArray[np.uint8]) -> Array:
        """Images uint8 [N, H, W] -> codes [N, k]."""
        codes = np.empty((len(images), len(self.components)))
        for start in range(0, len(images), AT_ONCE):
            codes[start : start + AT_ONCE] = (_rows(images[start : start + AT_ONCE]) - self.mean) @ self.components.T
        return codes

    def decode(self, codes: Array) -> Array:
        """Codes [N, k] -> pictures [N, H, W], on the scale from -1 to 1; they may lie beyond it."""
        return (self.mean + codes @ self.components).reshape(-1, *self.shape)

    def reconstruct(self, images: npt.NDArray[np.uint8]) -> Array:
        """Images uint8 [N, H, W] -> their reconstructions [N, H, W]."""
        return self.decode(self.encode(images))

    def mse(self, images: npt.NDArray[np.uint8]) -> float:
        """mean (reconstruction - picture)² over all images [N, H, W] and pixels."""
        return _mean_square(images, lambda part: self.reconstruct(part).reshape(len(part), -1))

    def mean_image_mse(self, images: npt.NDArray[np.uint8]) -> float:
        """The same with the mean picture in the place of every reconstruction: what a code of no numbers comes to."""
        return _mean_square(images, lambda _: self.mean)


def fit_pca(images: npt.NDArray[np.uint8], code: int) -> PCA:
    """The first components of images, by the eigenvectors of their covariance in double precision.

    Args:
        images: uint8 [N, H, W].
        code: how many components, at most H · W.

    Raises:
        ConfigError: there are not so many components.
    """
    size = int(np.prod(images.shape[1:]))
    problems = Problems("fit_pca")
    problems.integer("code", code, 1, size)
    problems.raise_if_any()
    total, squares = np.zeros(size), np.zeros((size, size))
    for start in range(0, len(images), AT_ONCE):
        rows = _rows(images[start : start + AT_ONCE])
        total += rows.sum(axis=0)
        squares += rows.T @ rows
    mean = total / len(images)
    variances, vectors = np.linalg.eigh(squares / len(images) - np.outer(mean, mean))
    leading = vectors[:, ::-1][:, :code].T
    largest = np.take_along_axis(leading, np.abs(leading).argmax(axis=1)[:, None], axis=1)
    shape = int(images.shape[1]), int(images.shape[2])
    return PCA(mean, np.ascontiguousarray(leading * np.sign(largest)), variances[::-1][:code].copy(), shape)


def principal_angles(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Array:
    """The angles between the spaces that the rows of a and of b span, in degrees, the smallest first.

        cos θ_i = σ_i(Q_aᵀ Q_b);  below 45° by sin θ_i = σ_i((1 - Q_a Q_aᵀ) Q_b), which is exact for small angles

    Args:
        a: [i, n], rows linearly independent.
        b: [j, n], rows linearly independent.

    Returns:
        min(i, j) angles, from 0 to 90.

    Raises:
        ConfigError: they are not matrices of as many columns each, or rows depend on each other.

    Reference: Björck & Golub (1973), Numerical methods for computing angles between linear subspaces.
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (a, b))
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1] or not first.size or not second.size:
        raise ConfigError(f"principal_angles: expected a [i, n] and b [j, n], got {list(first.shape)} and {list(second.shape)}")
    for name, one in (("a", first), ("b", second)):
        rank = int(np.linalg.matrix_rank(one))
        if rank < len(one):
            raise ConfigError(f"principal_angles: {name}: expected {len(one)} independent rows, got {rank}")
    if len(first) < len(second):
        first, second = second, first
    one, other = np.linalg.qr(first.T)[0], np.linalg.qr(second.T)[0]
    across = one.T @ other
    cosines = np.linalg.svd(across, compute_uv=False)
    sines = np.sort(np.linalg.svd(other - one @ across, compute_uv=False))[: len(cosines)]
    angles = np.where(cosines > np.sqrt(0.5), np.arcsin(np.clip(sines, 0, 1)), np.arccos(np.clip(cosines, 0, 1)))
    return np.degrees(np.sort(angles))


def _rows(images: npt.NDArray[np.uint8]) -> Array:
    return scaled(images).reshape(len(images), -1).astype(np.float64)


def _mean_square(images: npt.NDArray[np.uint8], reconstruction: Any) -> float:
    total = 0.0
    for start in range(0, len(images), AT_ONCE):
        part = images[start : start + AT_ONCE]
        total += float(np.square(_rows(part) - reconstruction(part)).sum())
    return total / images.size
