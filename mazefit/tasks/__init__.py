"""What there is to fit: data and formulas of the regressions, and files of images; NumPy alone.

line().x, least_squares(line().x, line().y).loss        ten points [10, 1], and 39/275
"""

from mazefit.tasks.best_line import Line, least_absolute, least_squares
from mazefit.tasks.csv_points import Points, read_points
from mazefit.tasks.idx import read_idx
from mazefit.tasks.images import Images
from mazefit.tasks.noisy_line import descent
from mazefit.tasks.noisy_wave import L1_FLOOR, waves
from mazefit.tasks.one_period import sine
from mazefit.tasks.points import Task
from mazefit.tasks.ten_points import curve, line

__all__ = [
    "L1_FLOOR", "Images", "Line", "Points", "Task", "curve", "descent", "least_absolute", "least_squares", "line", "read_idx",
    "read_points", "sine", "waves",
]  # fmt: skip
