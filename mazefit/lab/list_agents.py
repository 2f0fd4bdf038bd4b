"""The catalogue as lines: name, kind and reference of everything that learns or plans, by kind, in the order of the book."""

import re

from mazefit.agents.catalogue import Entry, catalogue
from mazefit.backup.draw.figure import columns
from mazefit.words import Language, word

KINDS = {
    "planning": ("kind.planning", "kinds.planning"),
    "prediction": ("kind.prediction", "kinds.prediction"),
    "control": ("kind.control", "kinds.control"),
}


def listed(language: Language) -> list[str]:
    """A line for every algorithm of this version, below one for its kind."""
    entries = catalogue()
    names = max(len(entry.name) for entry in entries)
    kinds = max(columns(word(short, language)) for short, _ in KINDS.values())
    lines: list[str] = []
    for kind, (short, long) in KINDS.items():
        found = sorted((entry for entry in entries if entry.kind == kind), key=_section)
        if found:
            said = word(short, language)
            lines += [*([""] if lines else []), word(long, language)]
            shown = said + " " * (kinds - columns(said))
            lines += [f"  {entry.name:{names}}  {shown}  {entry.reference}" for entry in found]
    return lines


def _section(entry: Entry) -> tuple[int, ...]:
    """Chapter and section of the book; what has none comes last."""
    return tuple(int(number) for number in re.findall(r"\d+", entry.reference.partition("section ")[2])[:2]) or (99,)
