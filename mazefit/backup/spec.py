"""A rule in the grammar of its own diagram: root, half-steps down, leaf.

    Q-learning = root (s, a) . sample s' . max a' . leaf Q(s', a')

One `BackupSpec` draws the textbook picture (`diagram`) and checks every traced update (`violations`, in check.py).
Half-steps alternate: from a state to an action, from an action to the state in which one arrives.

Reference: Sutton & Barto, 2nd edition: the diagrams of sections 3.5, 6.1-6.7, 7.1-7.6 and 12.1-12.10; the two axes of
figure 8.6 (state or action values; expected, sampled or optimal) are the half-steps of this grammar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mazefit.backup.tree import Backup, Combine, Kind
from mazefit.errors import ConfigError


@dataclass(frozen=True, slots=True)
class HalfStep:
    """From a state to its actions or from an action to the arrivals.

    Args:
        op: one branch is sampled, all are averaged, the best is taken, or sigma mixes sample and average.
        ratio: the sampled branch carries an importance ratio (off-policy).
    """

    op: Combine
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """Half-steps that are done again and again: `times` is a number, or "n", "n-1", "T" or "T-1" where the run decides."""

    steps: tuple[HalfStep, ...]
    times: int | str


def sample(ratio: bool = False) -> HalfStep:
    """One branch, as it was experienced."""
    return HalfStep("sample", ratio)


def expect() -> HalfStep:
    """All branches, averaged by pi or by p."""
    return HalfStep("expect")


def maximum() -> HalfStep:
    """All branches, the best counts (drawn with an arc)."""
    return HalfStep("max")


def sigma(ratio: bool = False) -> HalfStep:
    """Sampling to the degree sigma, averaging to the degree 1 - sigma (S&B 7.6)."""
    return HalfStep("sigma", ratio)


@dataclass(frozen=True, slots=True)
class BackupSpec:
    """What every update of an algorithm looks like.

    Args:
        name: the algorithm's name, such as "Q-learning".
        root: what is updated, a "state" or a "state-action" pair.
        steps: the half-steps from the root down.
        leaf: what is bootstrapped from: "v", "q", or None where only the episode's end closes the tree (Monte Carlo).
        compound: "lambda" where the update is a weighted row of columns, n = 1, 2, ...; a trace holds it either so (the
            forward view) or as the TD error of one step and all that it wrote (the backward view).
        side_leaves: branches not taken end at once in table entries, the taken one goes on (tree backup).
        tables: 2 where one table selects and the other values (Double Q-learning).
        formula: the rule in symbols, written below its picture.
        section: where Sutton & Barto, 2nd edition, have it; what is not in the book names its paper.
        true_online: the last column of the compound ends where experience does so far, not only where the episode ends, and
            each write holds the correction that makes the learner equal to that view (S&B 12.5).
        planning: what an update from a learned model says of itself: of "cause", "priority" and "bonus" those needed.
    """

    name: str
    root: Literal["state", "state-action"]
    steps: tuple[HalfStep | Repeat, ...]
    leaf: Literal["v", "q"] | None
    compound: Literal["lambda"] | None = None
    side_leaves: bool = False
    tables: int = 1
    formula: str = ""
    section: str = ""
    true_online: bool = False
    planning: tuple[Literal["cause", "priority", "bonus"], ...] = ()

    def __post_init__(self) -> None:
        for step in self.steps:
            if isinstance(step, Repeat) and len(step.steps) % 2:
                raise ConfigError(
                    f"BackupSpec {self.name!r}: a Repeat must hold an even number of half-steps, so that it ends at "
                    f"the kind of node at which it began; got {len(step.steps)}"
                )
        end = "action" if self.leaf == "q" else "state"
        if self.kind_at(len(self.expand(1))) != end:
            raise ConfigError(
                f"BackupSpec {self.name!r}: leaf {self.leaf!r} needs half-steps that end at a node of kind {end!r}, "
                f"these end at {self.kind_at(len(self.expand(1)))!r}"
            )

    @property
    def root_kind(self) -> Kind:
        """The kind of the root node."""
        return "state" if self.root == "state" else "action"

    def kind_at(self, depth: int) -> Kind:
        """The kind of the nodes `depth` half-steps below the root."""
        return "state" if (self.root == "state") == (depth % 2 == 0) else "action"

    def expand(self, n: int) -> list[HalfStep]:
        """The half-steps in a row, where n and T stand for n, n-1 and T-1 for n - 1."""
        row: list[HalfStep] = []
        for step in self.steps:
            if isinstance(step, HalfStep):
                row.append(step)
            else:
                row.extend(step.steps * repetitions(step, n))
        return row

    def fit(self, depth: int) -> list[HalfStep]:
        """The shortest row of half-steps that reaches `depth`: how a traced tree says its own n."""
        n = 1
        while len(self.expand(n)) < depth and len(self.expand(n + 1)) > len(self.expand(n)):
            shortfall = depth - len(self.expand(n))
            n += max(1, shortfall // (len(self.expand(n + 1)) - len(self.expand(n))))
        return self.expand(n)

    def diagram(self) -> Backup:
        """The textbook picture: symbols instead of numbers, three branches where a half-step branches."""
        from mazefit.backup.diagram import diagram

        return diagram(self)

    def violations(self, backup: Backup, *, n: int | None = None, lambda_: float | None = None) -> list[str]:
        """Everything in which a traced update breaks this rule, one sentence each; empty where it keeps it.

        Args:
            backup: the update.
            n: the n of an n-step rule, where it is known; else the tree says its own.
            lambda_: the trace decay of a compound, where it is known; else the weight of its first column says it.
        """
        from mazefit.backup.check import violations

        return violations(self, backup, n, lambda_)

    def check(self, backup: Backup, *, n: int | None = None, lambda_: float | None = None) -> None:
        """Raise where a traced update breaks this rule; arguments as of `violations`.

        Raises:
            SpecError: the backup breaks the rule; the message names every violation.
        """
        from mazefit.backup.check import SpecError

        sentences = self.violations(backup, n=n, lambda_=lambda_)
        if sentences:
            raise SpecError(f"{self.name}, backup {backup.index}: {'; '.join(sentences)}")


def repetitions(step: Repeat, n: int) -> int:
    """How often a Repeat is done where the run's n is `n`."""
    if isinstance(step.times, int):
        return step.times
    return n - 1 if step.times in ("n-1", "T-1") else n
