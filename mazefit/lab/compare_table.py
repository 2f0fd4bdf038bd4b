"""The numbers of a comparison: means over the seeds with their 95 % intervals, as a table for a terminal, CSV and Markdown."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mazefit.backup.draw.figure import columns
from mazefit.lab.compare_seeds import Trial
from mazefit.lab.compare_task import Comparison, Contestant
from mazefit.lab.interval import mean_and_half
from mazefit.words import Language, amount, word

LAST = 20  # episodes
NONE = "-"
Trials = Mapping[str, Sequence[Trial]]


@dataclass(frozen=True)
class Row:
    """One algorithm over all seeds; None where a number does not exist.

    Args:
        name, settings: the algorithm, and its parameters.
        seeds: how many runs.
        figures: mean and half of the 95 % interval (None of one seed) of return and steps, or of the RMS error.
        reached: how many seeds found the shortest path, and after how many episodes in the mean.
        seconds: of one run, in the mean.
    """

    name: str
    settings: str
    seeds: int
    figures: tuple[tuple[float, float | None] | None, ...]
    reached: tuple[int, float | None] | None
    seconds: float


def row(task: Comparison, one: Contestant, trials: Sequence[Trial]) -> Row:
    """The numbers of one algorithm."""
    if task.policy is not None:
        kinds = [[trial.errors[-1:] for trial in trials]]
    else:
        kinds = [[trial.returns[-LAST:] for trial in trials], [trial.lengths[-LAST:] for trial in trials]]
    figures = tuple(None if not len(kind[0]) else _interval([float(values.mean()) for values in kind]) for kind in kinds)
    reached = None
    if task.policy is None and not one.plans:
        found = [trial.reached for trial in trials if trial.reached is not None]
        reached = len(found), float(np.mean(found)) if found else None
    return Row(one.name, one.settings, len(trials), figures, reached, float(np.mean([trial.seconds for trial in trials])))


def _interval(values: Sequence[float]) -> tuple[float, float | None]:
    mean, half = mean_and_half(values)
    return float(mean), None if np.isnan(half) else float(half)


def headings(task: Comparison, language: Language) -> list[str]:
    """The heads of the columns."""
    if task.policy is not None:
        names = ["compare.algorithm", "curves.rms", "compare.seconds"]
    else:
        names = ["compare.algorithm", "return", "compare.steps", "compare.reached", "compare.seconds"]
    return [word(name, language) for name in names]


def cells(rows: Sequence[Row], language: Language) -> list[list[str]]:
    """The rows as words."""
    found: list[list[str]] = []
    for one in rows:
        line = [one.name, *(_figure(figure) for figure in one.figures)]
        if len(one.figures) == 2:
            line.append(_reached(one, language))
        found.append([*line, plain(one.seconds, 3)])
    return found


def plain(value: float, digits: int = 4) -> str:
    """A number between words that are typed: with a hyphen for its minus sign."""
    return amount(value, digits).replace("−", "-")


def _figure(figure: tuple[float, float | None] | None) -> str:
    if figure is None:
        return NONE
    mean, half = figure
    return plain(mean) if half is None else f"{plain(mean)} ± {plain(half, 2)}"


def _reached(one: Row, language: Language) -> str:
    if one.reached is None:
        return NONE
    count, mean = one.reached
    share = word("compare.share", language, count=count, seeds=one.seeds)
    return share if mean is None else f"{plain(mean, 3)} ({share})"


def table(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Rows as aligned columns, the first `left` of them to the left; Korean letters are two wide."""
    widths = [max(columns(line[i]) for line in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(_padded(text, widths[i], i < left) for i, text in enumerate(line)).rstrip() for line in rows]


def _padded(text: str, width: int, left: bool) -> str:
    blank = " " * (width - columns(text))
    return text + blank if left else blank + text


def markdown(task: Comparison, rows: Sequence[Row], note: str, language: Language) -> str:
    """The table as a Markdown page, the parameters in a column of their own."""
    heads = headings(task, language)
    heads.insert(1, word("compare.settings", language))
    lines = [f"| {' | '.join(heads)} |", "|---|---|" + "---:|" * (len(heads) - 2)]
    for one, line in zip(rows, cells(rows, language), strict=True):
        lines.append(f"| {' | '.join([line[0], f'`{one.settings}`', *line[1:]])} |")
    return "\n".join([*lines, "", note, ""])


def comma_separated(task: Comparison, rows: Sequence[Row]) -> str:
    """The table as CSV: full numbers, empty where there is none."""
    names = ("rms_error",) if task.policy is not None else ("return", "steps")
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    heads = [head for name in names for head in (name, f"{name}_95")]
    more = [] if task.policy is not None else ["seeds_that_reached_shortest", "episodes_until_shortest"]
    writer.writerow(["algorithm", "settings", "seeds", *heads, *more, "seconds"])
    for one in rows:
        numbers = [number for figure in one.figures for number in (figure or (None, None))]
        reached = [] if task.policy is not None else list(one.reached or (None, None))
        writer.writerow([one.name, one.settings, one.seeds, *numbers, *reached, f"{one.seconds:.4f}"])
    return file.getvalue()
