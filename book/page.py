"""The page: what each figure says, in Markdown."""

import re
from collections.abc import Sequence

from book.entry import Figure, Result
from book.lines import Line

HEAD = """# The book, figure by figure

Figures and examples of Sutton & Barto, *Reinforcement Learning: An Introduction* (2nd edition), computed with mazefit's
planners and learners and held against closed forms, linear algebra, or the mean of many runs. This page is written by
`python -m book --out docs/book.md`{quick}; the seeds of n runs are 0 to n - 1. *Exact* numbers must agree to rounding, *exact
expectations* are solved for rather than sampled, and *statistical* ones are means of independent runs, each with its standard
error (s.e.), held to three of them. A curve printed in the book is never tuned to: where its sentence does not hold on
average, that is said; its sentences are paraphrased. References marked "earlier" are numbers noted in an earlier run, and those
of "an independent program" come from one that shares no code with mazefit and is not in this repository.
"""


def page(found: Sequence[tuple[Figure, Result]], *, quick: bool = False) -> str:
    """The whole page."""
    parts = [HEAD.format(quick=" in its `--quick` form" if quick else "").rstrip(), ""]
    parts += ["| Figure | Kind | Numbers held | The book's statement |", "|---|---|---|---|"]
    for entry, result in found:
        parts.append(f"| [{entry.title}](#{anchor(entry.title)}) | {entry.kind} | {score(result)} | {result.verdict} |")
    for entry, result in found:
        parts += ["", *section(entry, result)]
    return "\n".join(parts) + "\n"


def anchor(title: str) -> str:
    """A heading's anchor as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def score(result: Result) -> str:
    """How many of the numbers with a reference meet it."""
    held = [line.holds for line in result.lines if line.reference is not None]
    return f"{sum(held)} of {len(held)}" if held else "-"


def section(entry: Figure, result: Result) -> list[str]:
    """One figure."""
    parts = [f"## {entry.title}", "", f"**Setting.** {entry.setup}", "", f"**The book.** {entry.book}", ""]
    parts += [f"- {'Holds' if claim.holds else 'Does not hold'}: {claim.text}" for claim in result.claims]
    if result.claims:
        parts.append("")
    sources = any(line.source for line in result.lines)
    parts.append("| Quantity | Ours | s.e. | Reference | Allowed |" + (" Reference from |" if sources else ""))
    parts.append("|---|---:|---:|---:|---:|" + ("---|" if sources else ""))
    parts += [row(line, sources) for line in result.lines]
    if result.note:
        parts += ["", result.note]
    return parts


def row(line: Line, sources: bool) -> str:
    """One number."""
    mark = "" if line.holds else " **missed**"
    cells = [line.what, number(line.ours, line.se) + mark, number(line.se, line.se) if line.se else ""]
    cells += ["", ""] if line.reference is None else [number(line.reference, line.se), f"{line.allowed:.1g}"]
    return "| " + " | ".join(cells + ([line.source] if sources else [])) + " |"


def number(value: float, se: float) -> str:
    """A number to the places that its standard error leaves, or to six."""
    if se <= 0:
        return f"{value:.6g}"
    places = 0
    while places < 6 and se * 10**places < 1.95:
        places += 1
    return f"{value:.{places}f}"
