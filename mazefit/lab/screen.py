"""Where a walk is shown: a terminal that is drawn anew after every key, or plain lines one after the other."""

import os
import sys
from typing import Protocol

from mazefit.lab.frame import Frame
from mazefit.lab.map_view import Mark
from mazefit.lab.session import Session

_HOME, _REST_OF_LINE, _REST = "\x1b[H", "\x1b[K", "\x1b[J"
_PAINT = {"agent": "1;7;33", "start": "1;34", "goal": "1;32", "wall": "90"}
_LONGEST = 200  # lines of one answer where lines are printed one after the other


class Screen(Protocol):
    """Shows a walk."""

    def show(self, session: Session) -> None:
        """Show what the last key did."""
        ...

    def resized(self) -> bool:
        """Whether there is another size to show it in."""
        ...


class Redrawn:
    """A terminal, drawn anew from its upper left corner."""

    def __init__(self, coloured: bool) -> None:
        self.coloured = coloured
        self.size = (0, 0)

    def show(self, session: Session) -> None:
        """Draw the whole frame; the last line of the terminal stays free for the shell."""
        self.size = terminal_size()
        width, height = self.size
        frame = session.frame(width, max(1, height - 1))
        lines = paint(frame) if self.coloured else frame.lines
        sys.stdout.write(_HOME + "".join(f"{line}{_REST_OF_LINE}\n" for line in lines) + _REST)
        sys.stdout.flush()

    def resized(self) -> bool:
        """Whether the terminal has changed its size."""
        return terminal_size() != self.size


class Printed:
    """Plain lines without any codes, for pipes, simple terminals and screen readers."""

    def show(self, session: Session) -> None:
        """Print the answer to the last key."""
        lines = session.answer(terminal_size()[0], _LONGEST)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()

    def resized(self) -> bool:
        """What is printed stays."""
        return False


def open_screen(one_by_one: bool) -> Screen:
    """The screen for standard output: drawn anew only on a terminal that can, whose keys are read one by one."""
    if one_by_one and sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", ""):
        return Redrawn(coloured=not os.environ.get("NO_COLOR"))
    return Printed()


def terminal_size() -> tuple[int, int]:
    """Columns and lines of the terminal, 80 x 24 where there is none."""
    try:
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return 80, 24
    return (columns, lines) if columns and lines else (80, 24)


def paint(frame: Frame) -> list[str]:
    """The lines of a frame with its marks in colour."""
    by_row: dict[int, list[Mark]] = {}
    for mark in frame.marks:
        by_row.setdefault(mark.row, []).append(mark)
    return [_painted(line, by_row.get(row, [])) for row, line in enumerate(frame.lines)]


def _painted(line: str, marks: list[Mark]) -> str:
    pieces: list[str] = []
    done = 0
    for mark in sorted(marks, key=lambda mark: mark.column):
        end = mark.column + mark.width
        pieces += [line[done : mark.column], f"\x1b[{_PAINT[mark.kind]}m{line[mark.column : end]}\x1b[0m"]
        done = end
    return "".join([*pieces, line[done:]])
