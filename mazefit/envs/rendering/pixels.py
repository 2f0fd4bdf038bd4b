"""A maze as pixels, uint8 [H, W, 3], in pure NumPy: the ground is drawn once, the agent on a copy of it each time."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.maze import ACTIONS, Maze
from mazefit.envs.rendering import palette, stencils

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

_SIDE = 960  # what the longer side is fitted to
_CELL = 64  # the largest cell
_LINES = 8  # the smallest cell with lines around it, and with arrows
_SIGN = 13  # the smallest sign, so that an agent is seen in the largest maze


class MazePicture:
    """A maze drawn once, to be shown with its agent anywhere.

    Args:
        maze: the maze.
        values: floats [S]; they colour the free cells.
        arrows: bools [S, 4]; an arrow is drawn for each true.
        cell: pixels a cell; chosen by the maze's size unless given (up to 64, and 960 for the longer side).
    """

    def __init__(
        self,
        maze: Maze,
        values: npt.NDArray[np.float64] | None = None,
        arrows: npt.NDArray[np.bool_] | None = None,
        cell: int | None = None,
    ) -> None:
        self.maze = maze
        self.cell = cell or max(1, min(_CELL, _SIDE // max(maze.rows, maze.columns)))
        self.frame = max(1, self.cell // 5)
        colours = palette.cell_colours(maze, values)
        blocks = self._blocks(colours)
        if arrows is not None and self.cell >= _LINES:
            self._draw_arrows(blocks, colours, palette.acting(maze, arrows).reshape(maze.rows, maze.columns, len(ACTIONS)))
        image = blocks.reshape(maze.rows * self.cell, maze.columns * self.cell, 3)
        height, width = (side + 2 * self.frame for side in image.shape[:2])
        self.ground: Image = np.full((height, width, 3), palette.WALL, dtype=np.uint8)
        self.ground[self.frame : -self.frame, self.frame : -self.frame] = image
        for radius, hole, colour in ((0.47, 0.35, palette.LIGHT), (0.45, 0.37, palette.START)):
            self._sign(self.ground, maze.start, stencils.disc(self._sign_size, radius, hole), colour)
        for goal in maze.goals:
            self._sign(self.ground, goal, stencils.polygon(self._sign_size, stencils.star()), palette.GOAL)

    def with_agent(self, state: int) -> Image:
        """A new picture with the agent in `state`."""
        image = self.ground.copy()
        self._sign(image, state, stencils.disc(self._sign_size, 0.40), palette.LIGHT)
        self._sign(image, state, stencils.disc(self._sign_size, 0.33), palette.AGENT)
        return image

    def _blocks(self, colours: Image) -> Image:
        """The cells as squares of their colours, [R, cell, C, cell, 3], free ones with a thin line below and to the right."""
        blocks = np.empty((self.maze.rows, self.cell, self.maze.columns, self.cell, 3), dtype=np.uint8)
        blocks[:] = colours[:, None, :, None]
        if self.cell >= _LINES:
            free = ~self.maze.walls[..., None]
            edge = np.where(free, palette.LINE, colours).astype(np.uint8)
            blocks[:, -1] = edge[:, :, None]
            blocks[:, :, :, -1] = edge[:, None]
        return blocks

    def _draw_arrows(self, blocks: Image, colours: Image, arrows: npt.NDArray[np.bool_]) -> None:
        dark = palette.is_dark(colours)
        for action in range(len(ACTIONS)):
            stencil = stencils.polygon(self.cell, stencils.turned(stencils.ARROW, action))
            for ground, ink in ((dark, palette.LIGHT), (~dark, palette.DARK)):
                rows, columns = np.nonzero(arrows[:, :, action] & ground)
                blocks[rows, :, columns] = _blend(blocks[rows, :, columns], stencil, ink)

    @property
    def _sign_size(self) -> int:
        return max(self.cell, _SIGN)

    def _sign(self, image: Image, state: int, stencil: stencils.Plane, colour: Colour) -> None:
        """Draw a stencil in the middle of a cell; one larger than the cell is cut at the picture's edge."""
        size = len(stencil)
        row, column = self.maze.position(state)
        top = self.frame + row * self.cell - (size - self.cell) // 2
        left = self.frame + column * self.cell - (size - self.cell) // 2
        part = image[max(0, top) : top + size, max(0, left) : left + size]
        cut = stencil[max(0, -top) :, max(0, -left) :][: part.shape[0], : part.shape[1]]
        part[:] = _blend(part, cut, colour)


def _blend(ground: npt.NDArray[Any], coverage: stencils.Plane, colour: Colour) -> Image:
    """`colour` over `ground` [..., h, w, 3] where `coverage` [h, w] says so."""
    share = coverage[..., None]
    return (ground * (1 - share) + np.array(colour) * share + 0.5).astype(np.uint8)
