"""The colours of a maze, told apart by every kind of colour vision: Okabe and Ito's for signs, viridis for values."""

import numpy as np
import numpy.typing as npt

from mazefit.envs.maze import Maze

WALL = (44, 51, 64)
FREE = (250, 248, 243)
LINE = (226, 222, 212)  # between free cells
AGENT = (213, 94, 0)
START = (0, 114, 178)
GOAL = (0, 158, 115)
GOAL_CELL = (214, 240, 231)
GAIN = (250, 236, 160)  # a cell whose own reward is not negative
LOSS = (242, 208, 224)  # a cell whose own reward is negative
DARK, LIGHT = (28, 32, 40), (255, 255, 255)  # arrows and numbers, on light and on dark ground

# Six stations of viridis (Smith and van der Walt, CC0), from the lowest value to the highest; its darkest fifth, which would be
# taken for a wall, is left out.
_VIRIDIS = np.array(
    [(65, 68, 135), (47, 108, 142), (33, 145, 140), (47, 180, 124), (147, 215, 65), (253, 231, 37)],
    dtype=np.float64,
)


def cell_colours(maze: Maze, values: npt.NDArray[np.float64] | None = None) -> npt.NDArray[np.uint8]:
    """The ground of every cell, uint8 [R, C, 3]; values colour the free cells in which they are finite."""
    colours = np.full((maze.rows, maze.columns, 3), FREE, dtype=np.uint8)
    flat = colours.reshape(-1, 3)
    if values is None:
        marks = maze.marks.reshape(-1)
        for letter, reward in maze.rewards.items():
            flat[marks == ord(letter)] = LOSS if reward < 0 else GAIN
    else:
        coloured = valued(maze, values)
        flat[coloured] = _viridis(values[coloured])
    colours[maze.walls] = WALL
    flat[list(maze.goals)] = GOAL_CELL
    return colours


def valued(maze: Maze, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """The states that show a value, bool [S]: free cells, goals excepted, where it is finite."""
    shown = np.isfinite(values) & ~maze.walls.reshape(-1)
    shown[list(maze.goals)] = False
    return shown


def acting(maze: Maze, arrows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The arrows that are drawn, bool [S, 4]: none in walls and goals, where there is nothing to choose."""
    drawn = arrows & ~maze.walls.reshape(-1, 1)
    drawn[list(maze.goals)] = False
    return drawn


def is_dark(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Whether light signs are read better on these colours [..., 3]."""
    return colours @ np.array([0.299, 0.587, 0.114]) < 125


def hexadecimal(colour: tuple[int, ...] | npt.NDArray[np.uint8]) -> str:
    """`#rrggbb`."""
    return "#" + "".join(f"{int(part):02x}" for part in colour)


def _viridis(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Colours [n, 3] of values [n], the lowest dark, the highest bright."""
    if not len(values):
        return np.zeros((0, 3), dtype=np.uint8)
    low, high = float(values.min()), float(values.max())
    # halves keep the span finite whatever the values
    place = (values / 2 - low / 2) / (high / 2 - low / 2) if high > low else np.ones(len(values))
    stations = np.linspace(0, 1, len(_VIRIDIS))
    return np.stack([np.interp(place, stations, _VIRIDIS[:, part]) for part in range(3)], axis=1).round().astype(np.uint8)
