"""The maze as text around the agent: a window of as many cells as there is room for, in a frame.

┌─────────┐     A agent, S start, G goal, █ wall, letters cells with a reward of their own;
│ A  s1 s2│     in a small maze every other cell shows the name of its state.
│ s3 s4 s5│     Where the maze goes on beyond the window, the frame is dotted.
│ s6 s7 G │
└─────────┘
"""

from dataclasses import dataclass

from mazefit.backup.draw.figure import number
from mazefit.envs.maze import Maze
from mazefit.lab.guide import Guide
from mazefit.lab.text_fit import cut, pad

ARROWS = "↑→↓←"
NAMED_STATES = 100
"""Mazes of at most so many states show the names of their states."""


@dataclass(frozen=True)
class Mark:
    """A piece of a line that a face may paint: where it stands, and what it is ("agent", "start", "goal" or "wall")."""

    row: int
    column: int
    width: int
    kind: str


@dataclass(frozen=True)
class MapView:
    """The window as lines of equal width, the marks in them, and how many cells are seen."""

    lines: list[str]
    marks: list[Mark]
    cells: int

    @property
    def width(self) -> int:
        """Columns of every line."""
        return len(self.lines[0])


def map_view(maze: Maze, agent: int, width: int, height: int, guide: Guide | None = None) -> MapView:
    """The maze around the agent.

    Args:
        maze: the maze.
        agent: the state in which the agent stands.
        width: columns that there are.
        height: lines that there are.
        guide: the policy whose best actions are written behind the signs, and whose values below them.
    """
    cells = _Cells(maze, agent, guide)
    row, column = maze.position(agent)
    tall = 1 if guide is None else 2
    rows = _window(row, maze.rows, max(1, (height - 2) // tall))
    widest = _window(column, maze.columns, max(1, (width - 2) // 2))
    room = cells.width(rows, widest)
    shown = _window(column, maze.columns, max(1, (width - 2) // room))
    lines, marks = [_edge("┌", "┐", rows.start == 0, room * len(shown))], list[Mark]()
    left, right = "│" if shown.start == 0 else "┊", "│" if shown.stop == maze.columns else "┊"
    for r in rows:
        states = range(r * maze.columns + shown.start, r * maze.columns + shown.stop)
        for i, state in enumerate(states):
            kind = cells.kind(state)
            if kind:
                marks.append(Mark(len(lines), 1 + i * room, room, kind))
                if kind == "wall" and tall == 2:
                    marks.append(Mark(len(lines) + 1, 1 + i * room, room, kind))
        lines.append(left + "".join(cells.sign(state, room) for state in states) + right)
        if tall == 2:
            lines.append(left + "".join(cells.value(state, room) for state in states) + right)
    lines.append(_edge("└", "┘", rows.stop == maze.rows, room * len(shown)))
    return MapView(lines, marks, len(rows) * len(shown))


def _window(at: int, size: int, shown: int) -> range:
    """`shown` numbers around `at` out of 0 to `size` - 1, all of them where they fit."""
    first = max(0, min(at - shown // 2, size - shown))
    return range(first, min(size, first + shown))


def _edge(left: str, right: str, whole: bool, width: int) -> str:
    return left + ("─" if whole else "┄") * width + right


class _Cells:
    """What is written into one cell."""

    def __init__(self, maze: Maze, agent: int, guide: Guide | None) -> None:
        self.maze, self.agent, self.guide = maze, agent, guide
        self.walls, self.letters = maze.walls.reshape(-1), maze.marks.reshape(-1)
        self.named = maze.states <= NAMED_STATES

    def kind(self, state: int) -> str:
        """What a face may paint here."""
        if state == self.agent:
            return "agent"
        if self.walls[state]:
            return "wall"
        return "start" if state == self.maze.start else "goal" if state in self.maze.goals else ""

    def word(self, state: int) -> str:
        """The sign of a cell, and the arrows of its best actions."""
        kind = self.kind(state)
        letter = chr(self.letters[state]) if self.letters[state] else ""
        plain = (f"s{state}{letter and ':'}{letter}" if self.named else letter) or "·"
        return {"agent": "A", "start": "S", "goal": "G"}.get(kind, plain) + self.arrows(state)

    def arrows(self, state: int) -> str:
        """The arrows of the best actions; none where there is nothing to choose."""
        if self.guide is None or self.walls[state] or state in self.maze.goals:
            return ""
        return "".join(ARROWS[action] for action in self.guide.best(state))

    def number(self, state: int) -> str:
        """The value of a cell, where it has one."""
        if self.guide is None or self.walls[state] or state in self.maze.goals:
            return ""
        return number(float(f"{self.guide.v[state]:.4g}"))

    def sign(self, state: int, room: int) -> str:
        """The first line of a cell."""
        return "█" * room if self.kind(state) == "wall" else pad(cut(f" {self.word(state)}", room), room)

    def value(self, state: int, room: int) -> str:
        """The second line of a cell."""
        return "█" * room if self.kind(state) == "wall" else pad(cut(f" {self.number(state)}", room), room)

    def width(self, rows: range, columns: range) -> int:
        """Columns that the longest word of a window needs."""
        states = [r * self.maze.columns + c for r in rows for c in columns]
        spare = 2 if self.named and self.maze.columns <= 5 else 1
        return spare + max(max(len(self.word(s)), len(self.number(s))) for s in states if not self.walls[s])
