"""Numbers of a figure, exact or sampled, each with what it is held against."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIGMAS = 3.0  # standard errors by which a sampled number may miss its reference


@dataclass(frozen=True)
class Line:
    """One number of a figure.

    Args:
        what: what it is.
        ours: the number found.
        reference: what it is held against; None where it is only reported.
        allowed: by how much the two may differ.
        se: the standard error of ours, 0 where nothing is sampled.
        source: where the reference comes from.
    """

    what: str
    ours: float
    reference: float | None = None
    allowed: float = 0.0
    se: float = 0.0
    source: str = ""

    @property
    def holds(self) -> bool:
        """Whether ours is as near to the reference as it has to be."""
        return self.reference is None or abs(self.ours - self.reference) <= self.allowed


def exact(what: str, ours: float, reference: float, source: str, allowed: float = 1e-9) -> Line:
    """A number that has to be met, up to rounding."""
    return Line(what, float(ours), float(reference), allowed * max(1.0, abs(reference)), 0.0, source)


def sampled(what: str, values: Sequence[float], reference: float | None = None, source: str = "", *, of: int = 0,
            rounding: float = 0.0) -> Line:  # fmt: skip
    """The mean of independent runs, to be met within three standard errors.

    Args:
        what: what it is.
        values: the number that each run gave.
        reference: what is expected.
        source: where that comes from.
        of: the number of runs behind the reference, if it is sampled too; 0 if it is exact.
        rounding: half a unit of the last place in which the reference is written.
    """
    mean, se = mean_and_error(values)
    spread = se * math.sqrt(1.0 + (len(values) / of if of else 0.0))
    return Line(what, mean, reference, SIGMAS * spread + rounding, se, source)


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean and its standard error (0 of a single value)."""
    count = len(values)
    mean = math.fsum(values) / count
    if count < 2:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1) / count)
