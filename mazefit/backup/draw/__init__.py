"""Backup diagrams in every format, drawn from the same tree.

    draw(backup, "svg")     str from `<svg` on          draw(backup, "dot")     str, Graphviz
    draw(backup, "text")    str for a terminal          draw(backup, "html")    str, one self-contained page
    draw(backup, "png")     bytes, through matplotlib

Time runs down; open circle = state, filled circle = action, square = end of the episode; arc = max; pi on the edge to an
action, p and r at the lower end of the edge to a state, touching the arrival; bold = taken or winner; doubled = tied;
dashed = cut, not ended (Sutton & Barto, 2nd edition, sections 3.5 and 7.5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mazefit.backup.draw.dot import to_dot
from mazefit.backup.draw.html import to_html
from mazefit.backup.draw.svg import to_svg
from mazefit.backup.draw.text import to_text
from mazefit.backup.tree import Backup
from mazefit.errors import ConfigError, did_you_mean

__all__ = ["FORMATS", "draw", "to_dot", "to_html", "to_png", "to_svg", "to_text"]


def to_png(backup: Backup, lang: str = "en", scale: float = 2.0) -> bytes:
    """The diagram as a PNG file's bytes, `scale` image pixels to a CSS pixel; brings matplotlib when first called."""
    from mazefit.backup.draw.png import paint

    return paint(backup, lang, scale)


FORMATS: dict[str, Callable[..., str | bytes]] = {
    "svg": to_svg,
    "text": to_text,
    "png": to_png,
    "dot": to_dot,
    "html": to_html,
}
"""The emitters by name."""


def draw(backup: Backup, format: str = "svg", **options: Any) -> str | bytes:
    """The diagram of a backup.

    Args:
        backup: the update, or a textbook picture from `BackupSpec.diagram`.
        format: "svg", "text", "dot" or "html" (str) or "png" (bytes).
        options: `lang` ("en" or "ko") for all; `width` for "text", `scale` for "png", `title` for "html".

    Raises:
        ConfigError: the format is not one of these.
    """
    if format not in FORMATS:
        raise ConfigError(f"format: unknown {format!r}{did_you_mean(format, FORMATS)}")
    return FORMATS[format](backup, **options)
