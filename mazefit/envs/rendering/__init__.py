"""Pictures of a maze with its agent, values and arrows: as text, as pixels, as SVG. Each is made of NumPy and strings alone."""

from mazefit.envs.rendering.ansi import maze_text
from mazefit.envs.rendering.pixels import MazePicture
from mazefit.envs.rendering.svg import maze_svg

__all__ = ["MazePicture", "maze_svg", "maze_text"]
