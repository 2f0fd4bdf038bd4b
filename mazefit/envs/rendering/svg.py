"""A maze as SVG, for notebooks and pages: a string, the same for the same maze."""

import base64

import numpy as np
import numpy.typing as npt

from mazefit.envs.maze import Maze
from mazefit.envs.rendering import palette, stencils
from mazefit.envs.rendering.png import png_bytes
from mazefit.words import amount

_UNIT = 48  # a cell, in the SVG's units
_WIDTH = 640  # the longest side as shown
_NUMBERS = 450  # with more states than this, values are colours alone
_VECTOR = 40_000  # with more states than this, the ground is an embedded image
_SEEN = 60  # with more rows or columns than this, start, goal and agent grow beyond their cells
_RAISED = 0.72  # size of what shares its cell with a number: it keeps the upper part


def maze_svg(
    maze: Maze,
    values: npt.ArrayLike | None = None,
    optimal: npt.ArrayLike | None = None,
    agent: int | None = None,
) -> str:
    """The maze as an SVG picture.

    Args:
        maze: the maze.
        values: floats [S]; they colour the free cells, and are written into them where the maze is small.
        optimal: bools [S, 4]; an arrow is drawn for each true.
        agent: the state in which to draw the agent.
    """
    numbers = None if values is None else np.asarray(values, dtype=np.float64)
    arrows = None if optimal is None else np.asarray(optimal, dtype=np.bool_)
    colours = palette.cell_colours(maze, numbers)
    written = numbers is not None and maze.states <= _NUMBERS
    if maze.states > _VECTOR:
        parts = [_image(maze, colours)]
    else:
        parts = [_grounds(colours), _lines(maze), _walls(maze)]
        if arrows is not None:
            parts.append(_arrows(maze, colours, palette.acting(maze, arrows), _RAISED if written else 1.0))
        if numbers is not None and written:
            parts.append(_values(maze, colours, numbers))
        parts.append(_letters(maze))
    size = max(1.0, max(maze.rows, maze.columns) / _SEEN)
    parts += [_star(maze, goal, size) for goal in maze.goals]
    size *= _RAISED if written else 1.0
    parts += [_ring(maze, maze.start, size), "" if agent is None else _disc(maze, agent, size)]
    return _framed(maze, [part for part in parts if part])


def _framed(maze: Maze, parts: list[str]) -> str:
    """The parts in an SVG of the maze's size, with a wall around them."""
    margin = _UNIT // 5
    width, height = maze.columns * _UNIT + 2 * margin, maze.rows * _UNIT + 2 * margin
    scale = min(1.0, _WIDTH / max(width, height))
    size = f'width="{width * scale:.0f}" height="{height * scale:.0f}" viewBox="{-margin} {-margin} {width} {height}"'
    frame = f'<rect x="{-margin}" y="{-margin}" width="{width}" height="{height}" rx="{margin}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    title = f"<title>Maze of {maze.rows} rows and {maze.columns} columns</title>"
    return "\n".join([head, title, f'{frame} fill="{palette.hexadecimal(palette.WALL)}"/>', *parts, "</svg>"])


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Row, first column and length of every horizontal run of true cells."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    rows, first = np.nonzero(np.diff(padded, axis=1) == 1)
    _, end = np.nonzero(np.diff(padded, axis=1) == -1)
    return list(zip(rows.tolist(), first.tolist(), (end - first).tolist(), strict=True))


def _squares(mask: npt.NDArray[np.bool_], colour: str) -> str:
    """All true cells of a mask in one path."""
    steps = [f"M{c * _UNIT} {r * _UNIT}h{n * _UNIT}v{_UNIT}h{-n * _UNIT}z" for r, c, n in _runs(mask)]
    return f'<path fill="{colour}" d="{"".join(steps)}"/>' if steps else ""


def _grounds(colours: npt.NDArray[np.uint8]) -> str:
    codes = colours.astype(np.int64) @ np.array([65536, 256, 1])
    return "\n".join(_squares(codes == code, f"#{code:06x}") for code in np.unique(codes).tolist())


def _walls(maze: Maze) -> str:
    return _squares(maze.walls, palette.hexadecimal(palette.WALL))


def _lines(maze: Maze) -> str:
    across = [f"M0 {r * _UNIT}h{maze.columns * _UNIT}" for r in range(1, maze.rows)]
    down = [f"M{c * _UNIT} 0v{maze.rows * _UNIT}" for c in range(1, maze.columns)]
    return f'<path stroke="{palette.hexadecimal(palette.LINE)}" stroke-width="1" d="{"".join(across + down)}"/>'


def _arrows(maze: Maze, colours: npt.NDArray[np.uint8], arrows: npt.NDArray[np.bool_], size: float) -> str:
    """Every arrow, in two paths: light ones on dark ground, dark ones on light."""
    dark = palette.is_dark(colours).reshape(-1)
    paths: dict[bool, list[str]] = {True: [], False: []}
    for state, action in np.argwhere(arrows).tolist():
        across, down = _middle(maze, state, size)
        points = [(across + (x - 0.5) * size, down + (y - 0.5) * size) for x, y in stencils.turned(stencils.ARROW, action)]
        paths[bool(dark[state])].append("M" + "L".join(f"{x * _UNIT:.1f} {y * _UNIT:.1f}" for x, y in points) + "z")
    inks = ((True, palette.LIGHT), (False, palette.DARK))
    return "\n".join(f'<path fill="{palette.hexadecimal(ink)}" d="{"".join(paths[on])}"/>' for on, ink in inks if paths[on])


def _values(maze: Maze, colours: npt.NDArray[np.uint8], values: npt.NDArray[np.float64]) -> str:
    dark = palette.is_dark(colours).reshape(-1)
    shown = np.flatnonzero(palette.valued(maze, values)).tolist()
    return "\n".join(
        _word(maze, state, amount(float(values[state]), 3), palette.LIGHT if dark[state] else palette.DARK, 0.92, 0.22)
        for state in shown
    )


def _letters(maze: Maze) -> str:
    marked = np.flatnonzero(maze.marks).tolist()
    letters = maze.marks.reshape(-1)
    return "\n".join(_word(maze, state, chr(letters[state]), palette.DARK, 0.26, 0.24, 0.13) for state in marked)


def _word(maze: Maze, state: int, word: str, ink: tuple[int, ...], down: float, size: float, right: float = 0.5) -> str:
    row, column = maze.position(state)
    place = f'x="{(column + right) * _UNIT:.1f}" y="{(row + down) * _UNIT:.1f}"'
    font = f'font-family="sans-serif" font-size="{size * _UNIT:.1f}" text-anchor="middle"'
    return f'<text {place} {font} fill="{palette.hexadecimal(ink)}">{word}</text>'


def _middle(maze: Maze, state: int, size: float) -> tuple[float, float]:
    """The middle of a sign, in cells: that of its cell, or higher for one that leaves room for a number."""
    row, column = maze.position(state)
    return column + 0.5, row + min(0.5, size / 2)


def _ring(maze: Maze, state: int, size: float) -> str:
    return _circle(maze, state, size, 0.41, palette.LIGHT, 0.12) + _circle(maze, state, size, 0.41, palette.START, 0.08)


def _disc(maze: Maze, state: int, size: float) -> str:
    return _circle(maze, state, size, 0.35, palette.LIGHT, 0.06, palette.hexadecimal(palette.AGENT))


def _circle(
    maze: Maze, state: int, size: float, radius: float, stroke: tuple[int, ...], width: float, fill: str = "none"
) -> str:
    x, y = _middle(maze, state, size)
    place = f'cx="{x * _UNIT:.1f}" cy="{y * _UNIT:.1f}" r="{radius * size * _UNIT:.1f}"'
    line = f'stroke="{palette.hexadecimal(stroke)}" stroke-width="{width * size * _UNIT:.1f}"'
    return f'<circle {place} fill="{fill}" {line}/>'


def _star(maze: Maze, state: int, size: float) -> str:
    across, down = _middle(maze, state, 1.0)
    corners = [(across + (x - 0.5) * size, down + (y - 0.5) * size) for x, y in stencils.star()]
    points = " ".join(f"{x * _UNIT:.1f},{y * _UNIT:.1f}" for x, y in corners)
    return f'<polygon points="{points}" fill="{palette.hexadecimal(palette.GOAL)}"/>'


def _image(maze: Maze, colours: npt.NDArray[np.uint8]) -> str:
    """The ground of a large maze: one pixel a cell, embedded."""
    data = base64.b64encode(png_bytes(colours)).decode("ascii")
    size = f'width="{maze.columns * _UNIT}" height="{maze.rows * _UNIT}"'
    return f'<image {size} style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
