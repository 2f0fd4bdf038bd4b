"""Small shapes as coverage: how much of each pixel of a square a shape fills, 0 to 1, so that edges come out smooth."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float64]
Point = tuple[float, float]
_FINE = 4  # samples per pixel and axis

# An upward arrow in a unit square, x to the right and y down: from the middle to the edge, so that several join in a cell.
ARROW: tuple[Point, ...] = (
    (0.455, 0.545), (0.455, 0.31), (0.365, 0.31), (0.5, 0.13), (0.635, 0.31), (0.545, 0.31), (0.545, 0.545),
)  # fmt: skip


def turned(points: tuple[Point, ...], action: int) -> tuple[Point, ...]:
    """The points turned from up to right, down or left, around the middle of the unit square."""
    for _ in range(action):
        points = tuple((1 - y, x) for x, y in points)
    return points


def star(outer: float = 0.40, inner: float = 0.17) -> tuple[Point, ...]:
    """A five-pointed star in the unit square."""
    radii = [outer, inner] * 5
    angles = [math.pi * corner / 5 for corner in range(10)]
    return tuple((0.5 + r * math.sin(a), 0.52 - r * math.cos(a)) for r, a in zip(radii, angles, strict=True))


@cache
def disc(size: int, radius: float, hole: float = 0.0) -> Plane:
    """A disc in the middle of the square, coverage [size, size]; radii are shares of the square's side."""

    def inside(x: Plane, y: Plane) -> npt.NDArray[np.bool_]:
        distance = np.hypot(x - 0.5, y - 0.5)
        return (distance <= radius) & (distance >= hole)

    return _coverage(size, inside)


@cache
def polygon(size: int, points: tuple[Point, ...]) -> Plane:
    """A polygon, coverage [size, size]: a sample is inside where a ray from it crosses an odd number of edges."""

    def inside(x: Plane, y: Plane) -> npt.NDArray[np.bool_]:
        odd = np.zeros(x.shape, dtype=np.bool_)
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
            if y1 != y2:
                odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        return odd

    return _coverage(size, inside)


def _coverage(size: int, inside: Callable[[Plane, Plane], npt.NDArray[np.bool_]]) -> Plane:
    at = (np.arange(size * _FINE) + 0.5) / (size * _FINE)
    samples = inside(*np.meshgrid(at, at)).astype(np.float64)
    covered = samples.reshape(size, _FINE, size, _FINE).mean(axis=(1, 3))
    covered.flags.writeable = False
    return covered
