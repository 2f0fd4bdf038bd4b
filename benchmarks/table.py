"""Lines of the benchmark table, and the table as Markdown and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.timing import Estimate

HEADINGS = ("row", "ours", "peer", "ratio", "goal", "met")


@dataclass(frozen=True)
class Goal:
    """A bound on a line's value, in the line's unit; what the value is held against is its median."""

    bound: float
    at_least: bool
    unit: str = "x"
    stretch: float | None = None

    def met(self, value: float) -> bool:
        """Whether `value` is on the right side of the bound."""
        return value >= self.bound if self.at_least else value <= self.bound

    def text(self) -> str:
        """As written in the table: `≥ 32 x (stretch 45 x)`."""
        sign = "≥" if self.at_least else "≤"
        stretch = f" (stretch {self.stretch:g} {self.unit})" if self.stretch is not None else ""
        return f"{sign} {self.bound:g} {self.unit}{stretch}"


def at_least(bound: float, unit: str = "x", stretch: float | None = None) -> Goal:
    """A goal that is met from `bound` upwards."""
    return Goal(bound, True, unit, stretch)


def at_most(bound: float, unit: str = "x") -> Goal:
    """A goal that is met up to `bound`."""
    return Goal(bound, False, unit)


@dataclass(frozen=True)
class Line:
    """One line: what was measured, both sides as text, the value that the goal is about, and what must be known with it."""

    what: str
    ours: str = ""
    peer: str = ""
    value: Estimate | None = None
    unit: str = "x"
    goal: Goal | None = None
    note: str = ""
    error: str = ""
    row: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is no goal or no value."""
        if self.goal is None or self.value is None:
            return None
        return self.goal.met(self.value.median)

    def cells(self) -> tuple[str, ...]:
        """The line under HEADINGS."""
        if self.error:
            return (self.what, self.error, "", "", self.goal.text() if self.goal else "", "broken")
        value = "" if self.value is None else estimate_text(self.value, self.unit)
        goal = self.goal.text() if self.goal else "for information"
        return (self.what, self.ours, self.peer, value, goal, {True: "yes", False: "**no**", None: ""}[self.met])

    def record(self) -> dict[str, Any]:
        """The line as JSON holds it."""
        value = None if self.value is None else self.value._asdict()
        goal = None if self.goal is None else self.goal.text()
        return {
            "row": self.row,
            "what": self.what,
            "ours": self.ours,
            "peer": self.peer,
            "value": value,
            "unit": self.unit,
            "goal": goal,
            "met": self.met,
            "note": self.note,
            "error": self.error,
        }


def number(value: float) -> str:
    """Three significant digits, never in powers of ten: 0.0123, 1.23, 45.6, 1230."""
    if value == 0:
        return "0"
    digits = max(0, 3 - len(str(int(abs(value))))) if abs(value) >= 1 else 3
    return f"{value:.{digits}f}" if abs(value) >= 0.1 else f"{value:.3g}"


def estimate_text(value: Estimate, unit: str) -> str:
    """`1.04 x (1.02 to 1.07)`, the interval where there is one."""
    interval = "" if value.low is None or value.high is None else f" ({number(value.low)} to {number(value.high)})"
    return f"{number(value.median)} {unit}{interval}"


def rate(seconds: float, thing: str = "steps") -> str:
    """Seconds per thing as things a second: `4.31 M steps/s`."""
    speed = 1 / seconds
    for scale, letter in ((1e6, "M "), (1e3, "k ")):
        if speed >= scale:
            return f"{number(speed / scale)} {letter}{thing}/s"
    return f"{number(speed)} {thing}/s"


def duration(seconds: float) -> str:
    """Seconds in the unit that suits: `88.1 ms`."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale:
            return f"{number(seconds / scale)} {unit}"
    return f"{number(seconds * 1e9)} ns"


def markdown(lines: Sequence[Line], machine: dict[str, str]) -> str:
    """The table, the notes that its lines point to, and the machine it was measured on."""
    notes = list(dict.fromkeys(line.note for line in lines if line.note))
    rows = [HEADINGS, tuple("---" for _ in HEADINGS)]
    for line in lines:
        what, *others = line.cells()
        rows.append((f"{what} ({notes.index(line.note) + 1})" if line.note else what, *others))
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    counted = [line.met for line in lines if line.met is not None]
    score = f"{sum(counted)} of {len(counted)} goals met."
    numbered = "\n".join(f"{number}. {note}" for number, note in enumerate(notes, start=1))
    about = "; ".join(f"{name} {value}" for name, value in machine.items())
    return "\n\n".join(part for part in (table, score, numbered, about) if part) + "\n"


def as_json(lines: Sequence[Line], machine: dict[str, str]) -> str:
    """The same for programs."""
    return json.dumps({"machine": machine, "lines": [line.record() for line in lines]}, indent=2, ensure_ascii=False) + "\n"
