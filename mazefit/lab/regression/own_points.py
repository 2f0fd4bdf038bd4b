"""Your own points for the tutorials' models: read, brought to a scale that these models learn on, and back.

The learning rates and starts of the tutorials suit numbers of about 1; house prices do not. So every column is fitted as
(value - mean) / deviation, and everything that is drawn or said is brought back to your units.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mazefit.errors import DataError
from mazefit.lab.page import Page
from mazefit.tasks.csv_points import read_points
from mazefit.tasks.points import Numbers, Task


@dataclass(frozen=True, eq=False)
class Points:
    """What is fitted, and how it is brought back.

    Args:
        task: the points as the model sees them.
        columns: what inputs and output are called.
        x_middle, x_scale: of each input, [d].
        y_middle, y_scale: of the output.
        own: whether they came from a file.
    """

    task: Task
    columns: tuple[str, ...]
    x_middle: Numbers
    x_scale: Numbers
    y_middle: float
    y_scale: float
    own: bool

    def x(self, values: npt.ArrayLike) -> Numbers:
        """Inputs [.., d] in their own units."""
        return np.asarray(values, dtype=np.float64) * self.x_scale + self.x_middle

    def across(self, values: npt.ArrayLike) -> Numbers:
        """The one input, [m], in its own units."""
        return np.asarray(values, dtype=np.float64) * self.x_scale[0] + self.x_middle[0]

    def y(self, values: npt.ArrayLike) -> Numbers:
        """Outputs in their own units."""
        return np.asarray(values, dtype=np.float64) * self.y_scale + self.y_middle

    @property
    def flat(self) -> bool:
        """Whether there is one input, so that a curve can be drawn."""
        return len(self.x_scale) == 1

    @property
    def count(self) -> int:
        """How many points there are."""
        return len(self.task.x)


def given(task: Task) -> Points:
    """The points of a tutorial, as they are."""
    inputs = task.x.shape[1]
    return Points(task, ("x", "y"), np.zeros(inputs), np.ones(inputs), 0.0, 1.0, own=False)


def read(path: str | Path) -> Points:
    """The points of a file, each column with mean 0 and deviation 1.

    Raises:
        DataError: the file is not one of points, or one of its columns is the same in every row.
    """
    found = read_points(path)
    if found.constant:
        names = ", ".join(map(repr, found.constant))
        raise DataError(f"{path}: expected columns whose values differ, got the same value in every row of {names}")
    x_middle, x_scale = found.x.mean(axis=0), found.x.std(axis=0)
    y_middle, y_scale = float(found.y.mean()), float(found.y.std())
    task = Task(found.name, (found.x - x_middle) / x_scale, (found.y - y_middle) / y_scale)
    return Points(task, found.columns, x_middle, x_scale, y_middle, y_scale, own=True)


def tell_own(page: Page, points: Points, units: str = "own units") -> None:
    """Of points from a file: what they are, and how they are fitted."""
    if points.own:
        names = ", ".join(points.columns[:-1])
        page.text("own points", name=points.task.name, inputs=names, output=points.columns[-1])
        page.text(units)
