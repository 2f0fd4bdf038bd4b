"""The table of a study: for each optimizer the median, the middle 80 %, its share of wins, and how many fits diverged."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf, isinf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.training.shares import Wins, percent, said

HEADINGS = ("optimizer", "median", "10 %", "90 %", "wins", "share of wins", "95 % interval", "diverged")


class Row(NamedTuple):
    """One optimizer over all seeds; a fit that diverged counts as infinitely bad, so a quantile may be inf.

    Args:
        name: the optimizer's.
        median, low, high: of the score: 50, 10 and 90 %.
        wins, share, share_low, share_high: how often it was lowest alone, and the 95 % interval of that share.
        diverged: how many of its fits came to a loss that is no finite number.
    """

    name: str
    median: float
    low: float
    high: float
    wins: int
    share: float
    share_low: float
    share_high: float
    diverged: int


@dataclass(frozen=True)
class Table:
    """Rows in the order of the optimizers, what their score is, and what must be known with them."""

    rows: tuple[Row, ...]
    score: str
    notes: tuple[str, ...] = ()

    def cells(self) -> list[tuple[str, ...]]:
        """The rows as words, under HEADINGS."""
        return [
            (
                row.name,
                *(number(value) for value in (row.median, row.low, row.high)),
                str(row.wins),
                f"{percent(row.share)} %",
                f"{percent(row.share_low)} to {percent(row.share_high)} %",
                str(row.diverged),
            )
            for row in self.rows
        ]

    def __str__(self) -> str:
        """A table for a terminal."""
        lines = [HEADINGS, *self.cells()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
        text = [
            "  ".join(
                [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
            )
            for line in lines
        ]
        return "\n".join([self.score, *text, *self.notes])

    def to_html(self) -> str:
        """A table for a page."""
        import html

        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in HEADINGS)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in self.cells())
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<table><caption>{html.escape(self.score)}</caption><tr>{head}</tr>{body}</table>{notes}"

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_csv(self) -> str:
        """The rows with all their digits."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["optimizer", "median", "q10", "q90", "wins", "share", "share_low", "share_high", "diverged"])
        writer.writerows(self.rows)
        return file.getvalue()


def number(value: float) -> str:
    """Four significant digits; what never arrived is `diverged`."""
    return "diverged" if isinf(value) else f"{value:.4g}"


def quantile(values: npt.NDArray[np.float64], share: float) -> float:
    """The quantile by linear interpolation between order statistics, NaN counted as infinity."""
    ordered = np.sort(np.where(np.isnan(values), inf, values))
    place = share * (len(ordered) - 1)
    below, part = floor(place), place - floor(place)
    low = float(ordered[below])
    return low if part == 0 or isinf(low) else low + part * (float(ordered[below + 1]) - low)


def make_table(
    names: Sequence[str],
    scores: npt.NDArray[np.float64],
    diverged: npt.NDArray[np.bool_],
    wins: Wins,
    score: str,
    notes: Sequence[str],
) -> Table:
    """The table of scores [optimizer, seed]."""
    rows: list[Row] = []
    for name, values, lost in zip(names, scores, diverged, strict=True):
        share = wins[name]
        median, low, high = (quantile(values, q) for q in (0.5, 0.1, 0.9))
        rows.append(Row(name, median, low, high, share.wins, share.share, share.low, share.high, int(lost.sum())))
    told = said(wins).removeprefix("; ")
    return Table(tuple(rows), score, (*([told] if told else []), *notes))
