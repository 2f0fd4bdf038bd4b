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
from mazefit.backup.draw.svg import STYLE, escape, to_svg
from mazefit.backup.draw.words import words as words_of
from mazefit.backup.tree import Backup

_SCRIPT = """
const pages = [...document.querySelectorAll("section")];
const place = document.getElementById("place");
let at = 0;
function show(i) {
  at = Math.min(Math.max(i, 0), pages.length - 1);
  pages.forEach((page, j) => { page.hidden = j !== at; });
  place.textContent = `${at + 1} / ${pages.length}`;
  for (const [id, off] of [["first", !at], ["previous", !at], ["next", at === pages.length - 1], ["last", at === pages.length - 1]])
    document.getElementById(id).disabled = off;
}
const go = { first: () => 0, previous: () => at - 1, next: () => at + 1, last: () => pages.length - 1 };
for (const id in go) document.getElementById(id).addEventListener("click", () => show(go[id]()));
const keys = { Home: "first", ArrowLeft: "previous", ArrowUp: "previous", ArrowRight: "next", ArrowDown: "next", End: "last" };
document.addEventListener("keydown", (event) => {
  const id = keys[event.key];
  if (id && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); show(go[id]()); }
});
document.getElementById("turn").hidden = false;
show(0);
"""

_LOOKS = """
:root{color-scheme:light dark}body{font:16px/1.5 'Helvetica Neue',Arial,'Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',sans-serif;
max-width:70rem;margin:1.5rem auto;padding:0 1rem;background:#f4f4f2;color:#1b1b1b}h1{font-size:1.3rem}h2{font-size:1rem;margin:.5rem 0}
section{background:#fff;border-radius:8px;padding:1rem;margin:1rem 0;overflow-x:auto}section svg{max-width:100%;height:auto;display:block;margin:auto}
table{border-collapse:collapse;margin:1rem auto 0;font-variant-numeric:tabular-nums}th{text-align:left;font-weight:normal;color:#5a5a5a}
td,th{padding:.15rem .8rem;border-bottom:1px solid #ddd}td{text-align:right}nav button{font:inherit;padding:.3rem .9rem;margin-right:.3rem}
.legend{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:.2rem 1rem;padding:0;list-style:none;font-size:.9rem}
.legend b{display:inline-block;min-width:3.2rem;text-align:center;margin-right:.5rem}
@media (prefers-color-scheme:dark){body{background:#111;color:#eee}section{background:#1b1d20}td,th{border-color:#444}th{color:#b5b5b5}}
"""

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
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    turning = _turning(words) if len(pages) > 1 else ""
    script = f"<script>{_SCRIPT}</script>" if len(pages) > 1 else ""
    legend = "".join(f"<li><b>{sign}</b>{escape(words[word])}</li>" for sign, word in _LEGEND)
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{name}</title>\n<style>{_LOOKS}</style>\n{STYLE}\n</head>\n<body>\n<h1>{name}</h1>",
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
    ]
    cells = "".join(
        f'<tr><th scope="row">{escape(words[word])}</th><td title="{x!r}">{escape(number(x))}</td></tr>'
        for word, x in rows
        if x is not None
    )
    table = f"<table>{cells}</table>" if cells else ""
    return f'<section aria-label="{escape(heading(backup, words))}">\n{svg}\n{table}\n</section>'
