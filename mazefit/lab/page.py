"""The page of text that a fit tells: headings, rows, tables and paragraphs that fit a terminal of 80 columns."""

from collections.abc import Sequence

import numpy as np

from mazefit.backup.draw.figure import columns
from mazefit.lab.compare_table import plain, table
from mazefit.lab.page_phrases import PAGES, Say, speaker
from mazefit.lab.text_fit import pad, wrap
from mazefit.tasks.points import Numbers
from mazefit.training import is_first_process, pick_device
from mazefit.words import Language

WIDTH = 79
SAY = speaker(PAGES)


class Page:
    """Lines, one after the other; what is said is a phrase in the page's language.

    Args:
        language: "en" or "ko".
        phrases: where phrases are found: a function of (key, language, **values).
    """

    def __init__(self, language: Language, phrases: Say = SAY) -> None:
        self.language: Language = language
        self.phrases = phrases
        self.lines: list[str] = []
        self.begun = False

    def say(self, key: str, **values: object) -> str:
        """A phrase."""
        return self.phrases(key, self.language, **values)

    def heading(self, key: str, **values: object) -> None:
        """A line that begins something, after an empty one."""
        self.lines += [""] if self.begun else []
        self.begun = True
        self.lines += wrap(self.say(key, **values), WIDTH)

    def text(self, key: str, **values: object) -> None:
        """A paragraph, indented."""
        self._paragraph(self.say(key, **values), "  ", "  ")

    def point(self, key: str, **values: object) -> None:
        """A paragraph that begins with a dash."""
        self._paragraph(self.say(key, **values), "  - ", "    ")

    def _paragraph(self, text: str, first: str, rest: str) -> None:
        """Lines of a text behind a beginning, which is as wide for the first line as for the rest."""
        lines = wrap(text, WIDTH - len(rest))
        self.lines += [(rest if i else first) + line for i, line in enumerate(lines)]

    def table(self, rows: Sequence[Sequence[str]], left: int = 1) -> None:
        """Rows of cells in aligned columns, the first `left` of them to the left."""
        self.lines += table(rows, left)

    def across(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows of equal length, each behind its name, cut into as many tables as the terminal's width asks for."""
        name = 2 + max(columns(row[0]) for row in rows)
        cell = 2 + max(columns(cell) for row in rows for cell in row[1:])
        count, fit = len(rows[0]) - 1, max(1, (WIDTH - name) // cell)
        each = -(-count // -(-count // fit))  # tables as even as can be
        for begin in range(1, 1 + count, each):
            self.table([[row[0], *row[begin : begin + each]] for row in rows])

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Two columns, both to the left; the second is wrapped."""
        width = max(columns(name) for name, _ in rows)
        for name, text in rows:
            self._paragraph(text, f"  {pad(name, width)}  ", " " * (width + 4))

    def row(self, cells: Sequence[str], head: Sequence[str]) -> None:
        """One row of a table that grows while it is computed: every cell as wide as its head, at least eight columns."""
        widths = [max(8, columns(name)) for name in head]
        self.lines.append("  " + "  ".join(" " * (w - columns(cell)) + cell for cell, w in zip(cells, widths, strict=True)))

    def losses(self, losses: Numbers, after: float, shown: int) -> None:
        """Some losses on the way, evenly spaced, each measured before its update, and that after the last one."""
        steps = np.unique(np.linspace(0, len(losses), shown + 1).round().astype(int))[:-1].tolist()
        head = [widened(self.say("epoch"), [f"{len(losses):,}"]), self.say("loss")]
        self.lines.append("")
        self.row(head, head)
        for step in steps:
            self.row([f"{step:,}", number(float(losses[step]), 5)], head)
        self.row([f"{len(losses):,}", number(after, 5)], head)

    def computed(self, device: str, precision: str, backend: str, asked: str) -> None:
        """What it was computed on, and why: `asked` is the device that was asked for."""
        if asked != "auto":
            why = self.say("device.asked")
        elif device == "cpu":
            why = self.say("device.no gpu" if pick_device().device.type == "cpu" else "device.small")
        else:
            why = self.say("device.gpu")
        self.text("computed", device=device, why=why, precision=precision, backend=self.say(f"backend.{backend}"))

    def stopped(self, done: int, asked: int) -> None:
        """That Ctrl-C ended a fit before its time."""
        self.text("stopped.after", epochs=f"{done:,}", full=f"{asked:,}")

    def print(self) -> None:
        """Say it all; of several processes that fit together the first one does."""
        if is_first_process():
            print("\n".join(self.lines), flush=True)
        self.lines = []


def widened(head: str, cells: Sequence[str]) -> str:
    """The head of a column as wide as the widest of its cells."""
    return " " * max(0, max(map(columns, cells)) - columns(head)) + head


def number(value: float, digits: int = 4) -> str:
    """A number between words that are typed."""
    return plain(value, digits)


def fixed(value: float, places: int) -> str:
    """A number with so many decimals; what rounds to nothing has no sign."""
    written = f"{value:,.{places}f}"
    return written.lstrip("-") if not any(digit in written for digit in "123456789") else written


def percent(share: float, places: int = 1) -> str:
    """A share in per cent, which no line end parts from its number."""
    return f"{100 * share:.{places}f}\N{NO-BREAK SPACE}%"
