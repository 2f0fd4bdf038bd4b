"""The axes along which codes are spread most: PCA in the plane, and where t-SNE begins.

C = (x - μ)ᵀ(x - μ) = V Λ Vᵀ,    place = (x - μ) V_k
"""

from dataclasses import dataclass

import numpy as np

from mazefit.supervised.embedding.affinities import Array


@dataclass(frozen=True, eq=False)
class Axes:
    """Mean [d], and the widest axes as rows, orthonormal [k, d], each with its largest number positive."""

    mean: Array
    axes: Array

    def project(self, codes: Array) -> Array:
        """Codes [m, d] -> places [m, k]."""
        return (codes - self.mean) @ self.axes.T


def widest(codes: Array, count: int) -> Axes:
    """The widest axes of codes [n, d]; `count` is at most d."""
    mean = codes.mean(axis=0)
    axes = np.linalg.eigh((codes - mean).T @ (codes - mean))[1][:, ::-1][:, :count].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return Axes(mean, np.ascontiguousarray(axes * np.sign(largest)))
