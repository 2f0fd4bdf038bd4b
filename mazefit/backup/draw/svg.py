"""A backup as SVG: a deterministic string, readable on light and dark pages, in notebooks and in documents.

It brings its own background, so that it is legible anywhere, and turns dark with the reader's system. Blue and orange
are those of Okabe and Ito, which colour-blind readers can tell apart; nothing is said by colour alone.
"""

from __future__ import annotations

import re

from mazefit.backup.draw.figure import Arc, Figure, Line, Shape, Text
from mazefit.backup.draw.layout import layout
from mazefit.backup.tree import Backup

FONTS = "'Helvetica Neue',Arial,'Noto Sans KR','Noto Sans CJK KR','Apple SD Gothic Neo','Malgun Gothic',NanumGothic,sans-serif"

STYLE = (
    f"<style>.mzb text{{font-family:{FONTS};fill:#1b1b1b;white-space:pre}}"
    ".mzb .bg{fill:#fff}.mzb .l{stroke:#1b1b1b;stroke-width:1.3;fill:none;stroke-linecap:round}"
    ".mzb .win{stroke:#0072b2;stroke-width:3}.mzb .tie{stroke-width:1.7}.mzb .bar{stroke-width:2}"
    ".mzb .state,.mzb .terminal{fill:#fff;stroke:#1b1b1b;stroke-width:1.5}"
    ".mzb .action,.mzb .dot{fill:#1b1b1b}.mzb .dashed{stroke-dasharray:3.2 2.6}"
    ".mzb .name,.mzb .title,.mzb .change{font-weight:bold}.mzb .light{fill:#9a9a9a}.mzb .muted{fill:#5a5a5a}"
    ".mzb .title{fill:#5a5a5a}.mzb .change{fill:#0072b2}"
    "@media (prefers-color-scheme:dark){.mzb text{fill:#eee}.mzb .bg{fill:#1b1d20}.mzb .l{stroke:#eee}"
    ".mzb .win{stroke:#56b4e9}.mzb .state,.mzb .terminal{fill:#1b1d20;stroke:#eee}.mzb .action,.mzb .dot{fill:#eee}"
    ".mzb .light{fill:#7d7d7d}.mzb .muted,.mzb .title{fill:#b5b5b5}.mzb .change{fill:#56b4e9}}</style>"
)

_UNSAFE = re.compile("[&<>\"'\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\n": " ", "\t": " "}

_LOW, _HIGH = "₀₁₂₃₄₅₆₇₈₉ₙ₋ₕₖ", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻ᵀᵗʰ"
_INDEX = re.compile(f"[{_LOW}]+|[{_HIGH}]+")
_PLAIN = str.maketrans(_LOW + _HIGH, "0123456789n−hk0123456789n−Tth")


def escape(text: str) -> str:
    """Text that is safe inside XML and HTML; letters that XML does not know become U+FFFD."""
    return _UNSAFE.sub(lambda match: _NAMES.get(match.group(), "\ufffd"), text)


def to_svg(backup: Backup, lang: str = "en") -> str:
    """The backup diagram as an SVG string, from `<svg` on."""
    return render(layout(backup, lang))


def render(figure: Figure) -> str:
    """A figure's SVG."""
    width, height = f"{figure.width:.1f}", f"{figure.height:.1f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mzb" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img"><title>{escape(figure.title)}</title><desc>{escape(figure.description)}</desc>'
        f'{STYLE}<rect class="bg" width="100%" height="100%" rx="6"/>'
    ]
    parts.extend([_stroke(stroke) for stroke in figure.strokes])
    parts.extend([_shape(shape) for shape in figure.shapes])
    parts.extend([_text(text) for text in figure.texts])
    parts.append("</svg>")
    return "\n".join(parts)


def _stroke(stroke: Line | Arc) -> str:
    if isinstance(stroke, Line):
        x1, y1, x2, y2, style = stroke
        return f'<path class="l {style}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'
    x1, y1, x2, y2, r = stroke[:5]
    return f'<path class="l arc" d="M{x1:.1f} {y1:.1f}A{r:.1f} {r:.1f} 0 0 0 {x2:.1f} {y2:.1f}"/>'


def _shape(shape: Shape) -> str:
    kind, x, y, r, style, tip = shape
    tip = f"<title>{escape(tip)}</title>" if tip else ""
    if kind == "terminal":
        return f'<rect class="{kind}" x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r:.1f}" height="{2 * r:.1f}">{tip}</rect>'
    return f'<circle class="{kind} {style}" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}">{tip}</circle>'


def _text(text: Text) -> str:
    x, y, words, size, anchor, style = text
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    words = escape(words)
    if not words.isascii():
        words = _INDEX.sub(lambda run: _index(run.group(), size), words)
    return f'<text class="{style}" x="{x:.1f}" y="{y + size * 0.35:.1f}" font-size="{size:g}"{at}>{words}</text>'


def _index(run: str, size: float) -> str:
    """Raised or lowered small letters: many fonts lack those of Unicode."""
    down = size * (0.22 if run[0] in _LOW else -0.34)
    plain = run.translate(_PLAIN)
    back = f'<tspan dy="{-down:.1f}">\u200b</tspan>'
    return f'<tspan dy="{down:.1f}" font-size="{size * 0.72:.1f}">{plain}</tspan>{back}'
