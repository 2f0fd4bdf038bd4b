"""A backup as PNG bytes, painted by matplotlib from the same shapes as the SVG (loaded when one is asked for)."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from mazefit.backup.draw.figure import Figure, Line, Shape, Text
from mazefit.backup.draw.layout import layout
from mazefit.backup.tree import Backup
from mazefit.plots.fonts import LATIN, drawable, korean_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, PAPER, BLUE, GREY, LIGHT = "#1b1b1b", "#ffffff", "#0072b2", "#5a5a5a", "#9a9a9a"
COLOURS = {"title": GREY, "muted": GREY, "light": LIGHT, "change": BLUE}
BOLD = ("name", "title", "change")
POINTS = 72 / 96  # of a CSS pixel


def paint(backup: Backup, lang: str = "en", scale: float = 2.0) -> bytes:
    """The diagram as a PNG file's bytes, `scale` image pixels to a CSS pixel.

    English words are used where no Korean font is found, with one warning.
    """
    return render(layout(backup, drawable(lang)), scale)


def render(figure: Figure, scale: float = 2.0) -> bytes:
    """A figure's PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    sheet = Sheet(figsize=(figure.width / 96, figure.height / 96), dpi=96 * scale, facecolor=PAPER)
    FigureCanvasAgg(sheet)
    axes = sheet.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, figure.width)
    axes.set_ylim(figure.height, 0)
    axes.set_axis_off()
    for stroke in figure.strokes:
        if isinstance(stroke, Line):
            _line(axes, stroke)
        else:
            _arc(axes, stroke.x, stroke.y, stroke.radius, (stroke.x1, stroke.y1), (stroke.x2, stroke.y2))
    for shape in figure.shapes:
        _shape(axes, shape)
    for text in figure.texts:
        _text(axes, text)
    file = BytesIO()
    sheet.savefig(file, format="png", dpi=96 * scale, metadata={"Software": None, "Title": figure.title})
    return file.getvalue()


@cache
def _fonts() -> list[str]:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    latin = [name for name in ("Helvetica Neue", "Arial", "Liberation Sans") if name in known]
    korean = korean_font()
    return [*latin[:1], *([korean] if korean else []), LATIN]


def _line(axes: Axes, line: Line) -> None:
    width = {"win": 3.0, "tie win": 1.7, "bar": 2.0}.get(line.style, 1.3)
    colour = BLUE if "win" in line.style else INK
    axes.plot([line.x1, line.x2], [line.y1, line.y2], color=colour, linewidth=width * POINTS, solid_capstyle="round", zorder=1)


def _arc(axes: Axes, x: float, y: float, radius: float, left: tuple[float, float], right: tuple[float, float]) -> None:
    from math import atan2, degrees

    from matplotlib.patches import Arc

    start = degrees(atan2(right[1] - y, right[0] - x))
    end = degrees(atan2(left[1] - y, left[0] - x))
    axes.add_patch(Arc((x, y), 2 * radius, 2 * radius, theta1=start, theta2=end, color=INK, linewidth=1.3 * POINTS))


def _shape(axes: Axes, shape: Shape) -> None:
    from matplotlib.patches import Circle, Rectangle

    kind, x, y, r = shape[:4]
    style = (0, (2.4, 2.0)) if shape.style == "dashed" else "solid"
    if kind == "terminal":
        patch = Rectangle((x - r, y - r), 2 * r, 2 * r, facecolor=PAPER, edgecolor=INK)
    elif kind == "state":
        patch = Circle((x, y), r, facecolor=PAPER, edgecolor=INK, linestyle=style)
    else:
        patch = Circle((x, y), r, facecolor=INK, edgecolor="none")
    patch.set_linewidth(1.5 * POINTS)
    patch.set_zorder(2)
    axes.add_patch(patch)


def _text(axes: Axes, text: Text) -> None:
    axes.text(
        text.x,
        text.y + text.size * 0.35,
        "".join(c if c.isprintable() else "�" for c in text.text),
        fontsize=text.size * POINTS,
        color=COLOURS.get(text.style, INK),
        ha={"start": "left", "middle": "center", "end": "right"}[text.anchor],
        va="baseline",
        weight="bold" if text.style in BOLD else "normal",
        family=_fonts(),
        parse_math=False,
        zorder=3,
    )
