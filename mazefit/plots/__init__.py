"""Figures from plain arrays: each function returns a matplotlib Figure and knows no class of ours."""

from mazefit.plots.comparison import Level, Line, plot_comparison
from mazefit.plots.curves import plot_curves
from mazefit.plots.maze import plot_maze
from mazefit.plots.network import draw_network, network
from mazefit.plots.sheet import png_bytes, svg_bytes

__all__ = [
    "Level", "Line", "draw_network", "network", "plot_comparison", "plot_curves", "plot_maze", "png_bytes", "svg_bytes",
]  # fmt: skip
