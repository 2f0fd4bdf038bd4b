"""A maze as a figure: walls, start and goals, values as colours and numbers, and every action of largest value."""

from typing import Any, NamedTuple

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

from mazefit.plots.fonts import drawable, families
from mazefit.plots.legend import colour_bar, footnote, legend
from mazefit.plots.sheet import BLUE, GREEN, INK, RULE, drawing, sheet
from mazefit.plots.signs import arrows
from mazefit.words import Language, amount, word

WALL, FREE, UNKNOWN, GOAL = "#2c3340", "#faf8f3", "#d4d4d4", "#d6f0e7"
VALUES = ListedColormap(matplotlib.colormaps["viridis"](np.linspace(0.22, 1.0, 256)))  # its darkest part would look like wall

SIDE = 8.0  # inches along which a large maze is laid out
NARROWEST, LARGEST = 0.11, 0.9  # inches of a cell
LONGEST = 12.0  # inches
SMALLEST_LETTER = 4.8  # points
ARROWS_FROM = 0.05  # inches of a cell
LABELS_FROM = 0.55  # inches of a cell from which states carry their names
LABEL_ROOM = 0.29  # share of a cell's side for what is written in its upper right corner
NOTE = 0.18  # inches of a line below the legend
RING_FROM = 14  # points of a cell from which the start is a ring around it, not a dot upon it
CELLS_AS_SHAPES = 2_500  # more cells than this are painted as pixels, in SVG too


class Layout(NamedTuple):
    """Sizes, in inches (letters in points; 0 where there are none)."""

    cell: float
    width: float
    height: float
    numbers: float
    labels: float


def plot_maze(
    walls: npt.ArrayLike,
    start: int,
    goals: npt.ArrayLike,
    values: npt.ArrayLike | None = None,
    optimal: npt.ArrayLike | None = None,
    *,
    labels: npt.ArrayLike | None = None,
    title: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw a maze.

    Args:
        walls: bools [R, C], true where there is a wall.
        start: the start state, row * C + column.
        goals: the goal states.
        values: floats [S]; they colour the free cells, and are written where they fit. -inf and NaN are grey.
        optimal: bools [S, 4]; an arrow for each true: up, right, down, left.
        labels: texts [S] of cells with a reward of their own, such as "a −5", and "" of all others: written into the cell
            (the first word alone where there is no room for more), and below the maze.
        title: what stands above; None says what is seen.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Returns:
        A matplotlib Figure that pyplot does not know.
    """
    spoken = drawable(language)
    grid, ends = np.asarray(walls, dtype=np.bool_), np.asarray(goals, dtype=np.int64).reshape(-1)
    shown = None if values is None else np.asarray(values, dtype=np.float64).reshape(-1)
    choices = None if optimal is None else np.asarray(optimal, dtype=np.bool_)
    texts = [""] * grid.size if labels is None else [str(label) for label in np.asarray(labels).reshape(-1)]
    with drawing(spoken):
        return _Picture(grid, start, ends, shown, choices, texts, title, spoken).figure


class _Picture:
    """One maze on its sheet."""

    def __init__(
        self,
        walls: npt.NDArray[np.bool_],
        start: int,
        goals: npt.NDArray[np.int64],
        values: npt.NDArray[np.float64] | None,
        optimal: npt.NDArray[np.bool_] | None,
        labels: list[str],
        title: str | None,
        language: Language,
    ) -> None:
        self.walls, self.start, self.goals = walls, start, goals
        self.language: Language = language
        self.rows, self.columns = walls.shape
        self.inner = ~walls.reshape(-1)
        self.inner[goals] = False  # free cells in which there is something to choose
        self.values, self.optimal, self.labels = values, optimal, labels
        self.layout = _layout(walls.shape, None if values is None else [amount(v, 3) for v in set(values[self.inner].tolist())])
        bar = values is not None and bool(np.isfinite(values[self.inner]).any())
        width = max(self.layout.width + 0.5, 4.6)
        notes = footnote(sorted(set(labels) - {""}), width, language)
        above, below = 0.55, 0.55 + (0.75 if bar else 0.0) + NOTE * len(notes)
        height = self.layout.height + above + below
        self.figure = sheet(width, height)
        left = (width - self.layout.width) / 2
        box = (left / width, below / height, self.layout.width / width, self.layout.height / height)
        self.axes: Axes = self.figure.add_axes(box)
        self.axes.set(xlim=(0, self.columns), ylim=(self.rows, 0))
        self.axes.set_axis_off()
        heading = title if title is not None else word("maze.plain" if values is None else "maze.title", language)
        self.figure.text(0.5, 1 - 0.3 / height, heading, ha="center", va="center", fontsize=12, weight="bold")
        self.ground()
        if optimal is not None and self.layout.cell >= ARROWS_FROM:
            self.arrows(optimal)
        self.ends()
        self.words()
        entries = ["start", "goal", "wall"] if walls.any() else ["start", "goal"]
        entries += [] if optimal is None else ["action"]
        legend(self.figure, entries, (below - 0.3) / height, language, dot=72 * self.layout.cell < RING_FROM)
        for i, note in enumerate(notes):
            self.figure.text(0.5, (below - 0.3 - 0.22 - NOTE * i) / height, note, ha="center", va="center", fontsize=9)
        if bar and values is not None:
            colour_bar(self.figure, VALUES, self.scale(values), 0.62 / height, self.layout.width, language)

    def scale(self, values: npt.NDArray[np.float64]) -> Normalize:
        """From the smallest to the largest finite value of the free cells."""
        finite = values[self.inner & np.isfinite(values)]
        return Normalize(float(finite.min()), float(finite.max())) if len(finite) else Normalize(0.0, 1.0)

    def colours(self) -> npt.NDArray[np.float64]:
        """Red, green, blue of every cell, [R, C, 3], from 0 to 1."""
        flat = np.empty((self.walls.size, 3))
        flat[:] = _rgb(FREE)
        if self.values is not None:
            finite = np.isfinite(self.values)
            flat[self.inner & ~finite] = _rgb(UNKNOWN)
            at = self.inner & finite
            flat[at] = VALUES(self.scale(self.values)(self.values[at]))[:, :3]
        flat[self.walls.reshape(-1)] = _rgb(WALL)
        flat[self.goals] = _rgb(GOAL)
        return flat.reshape(self.rows, self.columns, 3)

    def inks(self) -> npt.NDArray[np.bool_]:
        """Bool [S]: where white is read better than black."""
        return self.colours().reshape(-1, 3) @ np.array([0.299, 0.587, 0.114]) < 0.5

    def ground(self) -> None:
        """Cells, lines between them, and the wall around."""
        many = self.walls.size > CELLS_AS_SHAPES
        lines: dict[str, Any] = {} if many else {"edgecolors": RULE, "linewidth": 0.5}
        self.axes.pcolormesh(
            np.arange(self.columns + 1), np.arange(self.rows + 1), self.colours(), rasterized=many, zorder=1, **lines
        )
        line = 3.0
        across, down = (
            line / 2 / 72 * n / size for n, size in ((self.columns, self.layout.width), (self.rows, self.layout.height))
        )
        corner, sides = (-across, -down), (self.columns + 2 * across, self.rows + 2 * down)
        frame = Rectangle(
            corner, *sides, fill=False, edgecolor=WALL, linewidth=line, clip_on=False, joinstyle="miter", zorder=6
        )
        self.axes.add_patch(frame)

    def arrows(self, optimal: npt.NDArray[np.bool_]) -> None:
        """All of them in two paths, white ones and black ones."""
        states, actions = np.nonzero(optimal & self.inner[:, None])
        size, raised = (0.63, 0.17) if self.layout.numbers else (0.9, 0.0)
        white = self.inks()[states]
        for chosen, ink in ((white, "white"), (~white, INK)):
            if chosen.any():
                path = arrows(states[chosen], actions[chosen], self.columns, size, raised)
                self.axes.add_patch(PathPatch(path, facecolor=ink, edgecolor="none", zorder=3))

    def ends(self) -> None:
        """Start and goals: a ring around the cell and a star in it; in large mazes a dot and a star that can be seen."""
        across, down = _middles(np.array([self.start]), self.columns)
        points = 72 * self.layout.cell
        if points >= RING_FROM:
            blue = min(2.6, 0.07 * points)
            for colour, line, inset in ((BLUE, blue, blue / 2), ("white", 0.8, blue + 0.4)):
                corner = (float(across[0]) - 0.5 + inset / points, float(down[0]) - 0.5 + inset / points)
                side = 1 - 2 * inset / points
                ring = Rectangle(corner, side, side, fill=False, edgecolor=colour, linewidth=line, zorder=2, joinstyle="miter")
                self.axes.add_patch(ring)
        else:
            self.axes.plot(across, down, "o", color=BLUE, markersize=7, markeredgecolor="white", clip_on=False, zorder=7)
        size = min(26.0, max(9.0, points * 0.6))
        star: dict[str, Any] = {"markeredgecolor": "white", "markeredgewidth": 0.6, "clip_on": False, "zorder": 7}
        self.axes.plot(*_middles(self.goals, self.columns), "*", color=GREEN, markersize=size, **star)

    def words(self) -> None:
        """Names of the states, their values, S and G: as far as they fit."""
        white = self.inks()
        common: dict[str, Any] = {"family": families(self.language), "zorder": 4}
        for state in np.flatnonzero(~self.walls.reshape(-1)).tolist():
            row, column = divmod(state, self.columns)
            ink = "white" if white[state] else INK
            if self.layout.labels:
                size = self.layout.labels
                self.axes.text(column + 0.11, row + 0.11, f"s{state}", fontsize=size, color=ink, va="top", **common)
            if self.layout.numbers and self.values is not None and self.inner[state]:
                written, size = amount(float(self.values[state]), 3), self.layout.numbers
                self.axes.text(column + 0.5, row + 0.9, written, fontsize=size, color=ink, ha="center", va="bottom", **common)
            if self.labels[state]:
                self.label(row, column, self.labels[state], ink, common)
        for letter, colour, states in (("S", BLUE, [self.start]), ("G", GREEN, self.goals.tolist())):
            for state in states if self.layout.labels else []:
                row, column = divmod(state, self.columns)
                mark: dict[str, Any] = {"fontsize": self.layout.labels + 2, "weight": "bold", "ha": "right", "va": "top"}
                ink = "white" if white[state] else colour
                self.axes.text(column + 0.89, row + 0.1, letter, color=ink, **mark, **common)

    def label(self, row: int, column: int, text: str, ink: str, common: dict[str, Any]) -> None:
        """What a cell's own reward is, in its upper right corner: the whole of it, or its first word, as it fits."""
        points = 72 * self.layout.cell
        for words in (text, text.split()[0]):
            size = min(0.17 * points, 9.0, LABEL_ROOM * points / (0.62 * len(words)))
            if size >= SMALLEST_LETTER:
                place = {"ha": "right", "va": "top", "weight": "bold"}
                self.axes.text(column + 0.91, row + 0.11, words, fontsize=size, color=ink, **place, **common)
                return


def _layout(shape: tuple[int, ...], written: list[str] | None) -> Layout:
    """Sizes for a grid of that shape, and for these numbers."""
    rows, columns = shape
    longest = max(rows, columns)
    cell = min(LARGEST, max(SIDE / longest, min(NARROWEST, LONGEST / longest)))
    points = 72 * cell
    letters = max((len(text) for text in written or []), default=0)
    numbers = min(10.0, 0.26 * points, 0.9 * points / (0.62 * letters)) if letters else 0.0
    labels = min(9.0, 0.17 * points) if cell >= LABELS_FROM else 0.0
    width, height = max(columns * cell, 0.3), max(rows * cell, 0.3)  # a strip of a thousand cells is still seen
    return Layout(cell, width, height, numbers if numbers >= SMALLEST_LETTER else 0.0, labels)


def _middles(states: npt.NDArray[np.int64], columns: int) -> tuple[Any, Any]:
    """Where the middles of the states' cells lie: right and down."""
    return states % columns + 0.5, states // columns + 0.5


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
