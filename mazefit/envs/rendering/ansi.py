"""A maze as text for a terminal: its map with the agent in it, and on request values and arrows in every cell."""

import numpy as np
import numpy.typing as npt

from mazefit.envs.maze import ACTIONS, Maze
from mazefit.envs.rendering import palette

_ARROWS = "↑→↓←"


def maze_text(
    maze: Maze,
    agent: int | None = None,
    values: npt.NDArray[np.float64] | None = None,
    arrows: npt.NDArray[np.bool_] | None = None,
) -> str:
    """The maze as lines of text.

    Args:
        maze: the maze.
        agent: the state in which to write `A`.
        values: floats [S], written below each cell's sign.
        arrows: bools [S, 4], all those of a cell below that.
    """
    signs = _signs(maze, agent)
    layers = [signs]
    if values is not None:
        shown = palette.valued(maze, values).tolist()
        layers.append([f"{value + 0.0:.4g}" if show else "" for value, show in zip(values.tolist(), shown, strict=True)])
    if arrows is not None:
        drawn = palette.acting(maze, arrows).tolist()
        layers.append(["".join(_ARROWS[a] for a in range(len(ACTIONS)) if cell[a]) for cell in drawn])
    if len(layers) == 1:
        return "\n".join("".join(signs[first : first + maze.columns]) for first in _row_starts(maze))
    width = max(len(word) for layer in layers[1:] for word in layer) + 2
    blocks = [[_fitted(layer[state], signs[state], width) for state in range(maze.states)] for layer in layers]
    lines = ["".join(layer[first : first + maze.columns]) for first in _row_starts(maze) for layer in blocks]
    return "\n".join(line.rstrip() for line in lines)


def _signs(maze: Maze, agent: int | None) -> list[str]:
    """One character a cell: `#` wall, `S` start, `G` goal, `A` agent, a to z a cell with its own reward, `.` any other."""
    signs = ["#" if wall else chr(mark) if mark else "." for wall, mark in zip(maze.walls.flat, maze.marks.flat, strict=True)]
    signs[maze.start] = "S"
    for goal in maze.goals:
        signs[goal] = "G"
    if agent is not None:
        signs[agent] = "A"
    return signs


def _row_starts(maze: Maze) -> range:
    return range(0, maze.states, maze.columns)


def _fitted(word: str, sign: str, width: int) -> str:
    """The word in the middle of its cell; a wall fills it."""
    return "#" * width if sign == "#" else word.center(width)
