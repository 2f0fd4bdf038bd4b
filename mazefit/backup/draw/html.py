"""Backups as one self-contained page: diagram, equation and table, with buttons and arrow keys to turn the pages.

Nothing is fetched: the page forbids itself the network by its own content security policy, and its one script is allowed
by its hash. Without JavaScript all diagrams simply stand one below the other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from mazefit.backup.draw.figure import number
from mazefit.backup.draw.labels import heading
from mazefit.backup.draw.page import LOOKS, SCRIPT
from mazefit.backup.draw.svg import STYLE, escape, to_svg
from mazefit.backup.draw.words import words as words_of
from mazefit.backup.tree import Backup

_LEGEND = (
    ("○", "state"),
    ("●", "action"),
    ("□", "terminal"),
    ("◌", "truncated"),
    ("╭─╮", "max"),
    ("┃", "winner"),
    ("║", "tie"),
    ("⋮", "omitted"),
    ("π", "policy"),
    ("p", "transition probability"),
    ("r", "reward"),
    ("γ", "discount"),
)


def to_html(backups: Backup | Sequence[Backup], lang: str = "en", title: str | None = None) -> str:
    """One page for one backup or a list of them, with its words in `lang` ("en" or "ko")."""
    words = words_of(lang)
    pages = [backups] if isinstance(backups, Backup) else list(backups)
    name = escape(title if title is not None else words["backup diagram"])
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    turning = _turning(words) if len(pages) > 1 else ""
    script = f"<script>{SCRIPT}</script>" if len(pages) > 1 else ""
    legend = "".join(f"<li><b>{sign}</b>{escape(words[word])}</li>" for sign, word in _LEGEND)
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{name}</title>\n<style>{LOOKS}</style>\n{STYLE}\n</head>\n<body>\n<h1>{name}</h1>",
            turning,
            *(_section(backup, lang, words) for backup in pages),
            f'<h2>{escape(words["legend"])}</h2>\n<ul class="legend">{legend}</ul>',
            f"{script}\n</body>\n</html>\n",
        ]
    )


def _turning(words: dict[str, str]) -> str:
    buttons = "".join(f'<button id="{b}">{escape(words[b])}</button>' for b in ("first", "previous", "next", "last"))
    return f'<nav id="turn" hidden>{buttons}<output id="place"></output> <small>{escape(words["keys"])}</small></nav>'


def _section(backup: Backup, lang: str, words: dict[str, str]) -> str:
    svg = to_svg(backup, lang).replace(STYLE, "")  # the page has the style once
    rows = [
        ("old", backup.old),
        ("target", backup.target),
        ("td error", backup.td_error),
        ("step size", backup.step_size),
        ("discount", backup.discount),
        ("new", backup.new),
        ("priority", backup.priority),
    ]
    cells = "".join(
        f'<tr><th scope="row">{escape(words[word])}</th><td title="{x!r}">{escape(number(x))}</td></tr>'
        for word, x in rows
        if x is not None
    )
    table = f"<table>{cells}</table>" if cells else ""
    return f'<section aria-label="{escape(heading(backup, words))}">\n{svg}\n{table}\n</section>'
