"""What a figure is: its setting, the book's sentence, numbers and what they are held against, whether it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field

from book.lines import Line

Kind = str
EXACT, EXPECTATION, STATISTICAL = "exact", "exact expectation", "statistical"


@dataclass(frozen=True)
class Claim:
    """One sentence of the book about the figure, and whether our numbers bear it out.

    Args:
        text: the sentence, in our words.
        holds: whether it holds of the numbers found.
        expected: whether it ought to, by what was established before (False where the book's picture shows one lucky run).
    """

    text: str
    holds: bool
    expected: bool = True


@dataclass
class Result:
    """What a figure's function hands back.

    Args:
        lines: its numbers.
        claims: the book's sentences.
        note: what else there is to say.
    """

    lines: list[Line] = field(default_factory=list[Line])
    claims: list[Claim] = field(default_factory=list[Claim])
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the book's sentences hold."""
        fallen = [claim for claim in self.claims if not claim.holds]
        if not fallen:
            return "holds"
        return "does not hold" if len(fallen) == len(self.claims) else "holds in part"

    @property
    def sound(self) -> bool:
        """Whether every number meets its reference and every sentence is as it ought to be."""
        return not self.faults()

    def faults(self) -> list[str]:
        """What does not meet its reference, in words."""
        lines = [f"{line.what}: {line.ours:.9g}, not {line.reference:.9g} ± {line.allowed:.3g}"
                 for line in self.lines if line.reference is not None and not line.holds]  # fmt: skip
        claims = [f"{claim.text}: {claim.holds}" for claim in self.claims if claim.holds != claim.expected]
        return lines + claims


@dataclass(frozen=True)
class Plan:
    """How much work a figure may do.

    Args:
        quick: the reduced form, as in CI.
    """

    quick: bool = False

    def runs(self, full: int, quick: int) -> int:
        """How many independent runs: seeds 0, 1, … in either form."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Figure:
    """An entry of the page.

    Args:
        name: how `--only` calls it.
        title: its heading.
        kind: exact, exact expectation or statistical.
        book: what the book says.
        setup: the setting, saying what is the book's and what is ours.
        compute: does the work.
    """

    name: str
    title: str
    kind: Kind
    book: str
    setup: str
    compute: Callable[[Plan], Result]


FIGURES: dict[str, Figure] = {}


def figure(name: str, title: str, kind: Kind, *, book: str, setup: str) -> Callable[[Callable[[Plan], Result]], Figure]:
    """Enter a function as a figure; the page lists them in the order in which they are entered."""

    def enter(compute: Callable[[Plan], Result]) -> Figure:
        if name in FIGURES:
            raise ValueError(f"figure {name}: expected a new name, got one twice")
        FIGURES[name] = Figure(name, title, kind, book, setup, compute)
        return FIGURES[name]

    return enter
