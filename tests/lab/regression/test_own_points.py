"""Your own points: brought to a scale for the models, and everything brought back."""

from pathlib import Path

import numpy as np
import pytest

from mazefit.errors import DataError
from mazefit.lab.regression.own_points import given, read
from mazefit.tasks import line


def test_columns_are_scaled_and_come_back(tmp_path: Path):
    file = tmp_path / "houses.csv"
    file.write_text("size;price\n50,5;120\n72;155,25\n80;170\n")
    points = read(file)
    assert points.task.x.mean() == pytest.approx(0.0, abs=1e-12)
    assert points.task.y.std() == pytest.approx(1.0)
    assert (points.columns, points.own, points.flat, points.count) == (("size", "price"), True, True, 3)
    assert points.across(points.task.x[:, 0]) == pytest.approx([50.5, 72.0, 80.0])
    assert points.y(points.task.y[:, 0]) == pytest.approx([120.0, 155.25, 170.0])
    assert points.x(points.task.x) == pytest.approx(np.array([[50.5], [72.0], [80.0]]))


def test_the_tutorials_points_stay_as_they_are():
    points = given(line())
    assert points.across([1.5]).tolist() == [1.5]
    assert (points.y_scale, points.own) == (1.0, False)


def test_a_column_that_is_the_same_everywhere_is_refused(tmp_path: Path):
    file = tmp_path / "flat.csv"
    file.write_text("a,b,c\n1,2,3\n1,4,5\n")
    with pytest.raises(DataError, match="got the same value in every row of 'a'"):
        read(file)
