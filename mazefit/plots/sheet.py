"""A sheet to draw on and its bytes: the one place that knows matplotlib's settings.

Figures are made without pyplot, so that nothing is kept or shown behind one's back. The same figure gives the same bytes: no
date, no random identifiers.
"""

from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mazefit.plots.fonts import families
from mazefit.words import Language

INK, MUTED, RULE = "#1c2028", "#5a606b", "#d9d5ca"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"  # of Okabe and Ito, told apart by every kind of colour vision
DOTS = 200  # per inch, in PNG


def drawing(language: Language) -> AbstractContextManager[None]:
    """Matplotlib's settings while a figure in that language is made; whatever was set before comes back."""
    settings: Any = {
        "font.family": families(language),
        "font.size": 10.0,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "axes.unicode_minus": True,
        "text.parse_math": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "mazefit",
        "path.simplify": True,
    }
    return matplotlib.rc_context(settings)


def sheet(width: float, height: float) -> Figure:
    """An empty figure of so many inches."""
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def png_bytes(figure: Figure, dpi: float = DOTS) -> bytes:
    """A figure as a PNG file's bytes."""
    file = BytesIO()
    figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
    return file.getvalue()


def svg_bytes(figure: Figure) -> bytes:
    """A figure as an SVG file's bytes; letters are outlines, so that it looks the same on every machine."""
    file = BytesIO()
    with drawing("en"):
        figure.savefig(file, format="svg", dpi=DOTS, metadata={"Date": None, "Creator": None})
    return file.getvalue()
