"""What a picture is made of: a handful of shapes at given places, which every emitter (SVG, PNG) draws the same way.

Lengths are CSS pixels, x runs right and y down. The y of a text is its middle. `style` names what a thing means, not how
it looks: "win" (winner, taken), "light" (p = 1), "dashed" (truncated); texts "name", "number", "muted", "title".
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, east_asian_width

_NARROW = {
    **dict.fromkeys("ijl'|", 0.23),
    **dict.fromkeys(" ftI.,:;/!\\[]·", 0.28),
    **dict.fromkeys("r()-`{}″′", 0.34),
    **dict.fromkeys("ckvxyzsJ", 0.5),
    **dict.fromkeys("=+−<>~", 0.59),
    **dict.fromkeys("ABEKPSVXYCDHNRUw&", 0.73),
    **dict.fromkeys("GOQmM", 0.84),
    **dict.fromkeys("→←…%@W∞", 1.02),
}
"""Widths over the size, of the letters that are not as wide as a digit (0.56) in the usual sans-serif fonts."""

_SLACK = 1.07  # bold letters and other fonts are a little wider


class Line(NamedTuple):
    """A stroke."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: str = ""


class Arc(NamedTuple):
    """Part of a circle about (x, y), from (x1, y1) on the left, below the centre, to (x2, y2) on the right."""

    x1: float
    y1: float
    x2: float
    y2: float
    radius: float
    x: float
    y: float


class Shape(NamedTuple):
    """A node: "state" (open circle), "action" (filled circle), "terminal" (square), "dot" (part of a gap)."""

    kind: str
    x: float
    y: float
    radius: float
    style: str = ""
    tip: str = ""


class Text(NamedTuple):
    """One line of text; `anchor` is "start", "middle" or "end"."""

    x: float
    y: float
    text: str
    size: float = 12
    anchor: str = "start"
    style: str = "number"

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the room that the text may need."""
        width = text_width(self.text, self.size)
        left = self.x - (width if self.anchor == "end" else width / 2 if self.anchor == "middle" else 0.0)
        return left, self.y - self.size / 2, left + width, self.y + self.size / 2


class Figure(NamedTuple):
    """A whole picture; strokes come first, so that nodes cover their ends."""

    width: float
    height: float
    title: str
    description: str
    strokes: list[Line | Arc]
    shapes: list[Shape]
    texts: list[Text]


@lru_cache(maxsize=4096)
def columns(text: str) -> int:
    """How many terminal columns a text takes: Korean letters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """An estimate of a text's width in pixels, rather too wide than too narrow."""
    total = 0.0
    for c in text:
        total += _NARROW.get(c, 0.56) if c < "\u1100" or c in _NARROW else 0.56 * columns(c) - 0.1 * (columns(c) > 1)
    return total * size * _SLACK


def number(x: float) -> str:
    """A number as it is written in a picture: six significant digits and a true minus sign.

    >>> number(-3.439), number(-123.45671), number(1.0), number(float("-inf"))
    ('−3.439', '−123.457', '1', '−∞')
    """
    if x == 0.0:
        return "0"
    text = f"{x:.6g}"
    if text in ("inf", "-inf"):
        text = text.replace("inf", "∞")
    return text.replace("-", "−")
