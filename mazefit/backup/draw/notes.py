"""What stands below the equation of an update: what it rests on, and what else its TD error wrote.

rests on real step 37  ·  priority 0.52

written by this TD error, each by its eligibility e
s4, a1   e=1      −2 → −1.9
s3, a2   e=0.81   −1 → −0.92
+ 12 more
"""

from __future__ import annotations

from typing import NamedTuple

from mazefit.backup.draw.figure import number
from mazefit.backup.tree import Backup

MOST = 8
"""Writes that are listed; of more only how many there are."""


class Notes(NamedTuple):
    """The lines below an equation: `origin` (one line or none), then a list with its `title`, `rows` and `rest`."""

    origin: str
    title: str
    rows: list[tuple[str, str, str]]
    rest: str


def notes(backup: Backup, words: dict[str, str]) -> Notes:
    """The notes of a backup: writes by falling |eligibility|, those that tie in their own order."""
    parts: list[str] = []
    if backup.cause is not None:
        parts.append(f"{words['cause']} {backup.cause}")
    if backup.priority is not None:
        parts.append(f"{words['priority']} {number(backup.priority)}")
    if backup.bonus is not None:
        parts.append(f"{words['bonus']} {number(backup.bonus)}")
    writes = sorted(backup.writes, key=lambda write: -abs(write.eligibility))
    several = len({write.table for write in writes}) > 1
    rows = [
        (
            f"{write.cell} ({words['table']} {write.table + 1})" if several else write.cell,
            f"e={number(write.eligibility)}",
            f"{number(write.old)} → {number(write.new)}",
        )
        for write in writes[:MOST]
    ]
    left = len(writes) - len(rows)
    return Notes("  ·  ".join(parts), words["writes"] if rows else "", rows, words["more"].format(n=left) if left else "")


def note_lines(backup: Backup, words: dict[str, str]) -> list[str]:
    """The notes as plain lines."""
    found = notes(backup, words)
    return [line for line in (found.origin, found.title, *("   ".join(row) for row in found.rows), found.rest) if line]
