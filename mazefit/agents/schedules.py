"""Schedules: step sizes and exploration rates that change while an agent learns.

    constant      x
    Linear        x_t = start + (end - start) · min(1, t / span)
    Exponential   x_t = max(end, start · decay^t)
    PerVisit      α = 1 / N(s, a), the sample average; N counts the visits in real experience

t counts steps or whole episodes. The values in force are part of the learner's memory (`rates`), moved on by the four
operations alone after each step: so they are replayed with it, to the bit.

Reference: Sutton & Barto, 2nd edition, sections 2.4, 2.5 (when a step size converges) and 5.4 (greedy in the limit).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.backup.one_step import CELL, PLANNING, TERMINATED, TRUNCATED
from mazefit.errors import Problems, set_plain
from mazefit.kernel import Kernel, kernel

STEP_SIZE, POLICY = 0, 1  # places in `rates` of the values in force
STEPS, EPISODES = 2, 3  # how many steps and whole episodes they have seen
SETTINGS = 4  # four numbers each: kind, start, end, span or decay
SIZE = 12
BY_EPISODE = 10.0  # added to the kind of a schedule that counts episodes
CONSTANT, LINEAR, EXPONENTIAL = 0.0, 1.0, 2.0


@dataclass(frozen=True)
class Linear:
    """From `start` to `end` in equal parts, over so many steps or whole episodes; `end` from then on.

    Args:
        start: the first value.
        end: the last one.
        steps: how many steps it takes,
        episodes: or how many episodes.

    Raises:
        ConfigError: not exactly one of the two is given, or a number is out of range.
    """

    name: ClassVar[str] = "linear"
    start: float
    end: float
    steps: int | None = None
    episodes: int | None = None

    def __post_init__(self) -> None:
        problems = Problems("Linear")
        problems.number("start", self.start, 0.0, 1e300)
        problems.number("end", self.end, 0.0, 1e300)
        one = (self.steps is None) != (self.episodes is None)
        problems.check(one, f"steps and episodes: expected one of the two, got {'both' if self.steps else 'neither'}")
        for name, count in (("steps", self.steps), ("episodes", self.episodes)):
            if count is not None:
                problems.integer(name, count, 1)
        problems.raise_if_any()
        set_plain(self)

    def numbers(self) -> tuple[float, float, float, float]:
        """Kind, start, end and span, as `rates` holds them."""
        kind = LINEAR if self.episodes is None else LINEAR + BY_EPISODE
        return kind, self.start, self.end, float(self.steps or self.episodes or 1)

    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return min(self.start, self.end), max(self.start, self.end)


@dataclass(frozen=True)
class Exponential:
    """`start`, multiplied by `decay` after each step or whole episode, but never below `end`.

    Args:
        start: the first value.
        decay: the factor, from 0 to 1.
        end: the floor.
        per: "step" or "episode".

    Raises:
        ConfigError: arguments are out of range.
    """

    name: ClassVar[str] = "exponential"
    start: float
    decay: float
    end: float = 0.0
    per: str = "episode"

    def __post_init__(self) -> None:
        problems = Problems("Exponential")
        problems.number("start", self.start, 0.0, 1e300)
        problems.number("decay", self.decay, 0.0, 1.0)
        problems.number("end", self.end, 0.0, 1e300)
        problems.choice("per", self.per, ("step", "episode"))
        problems.raise_if_any()
        set_plain(self)

    def numbers(self) -> tuple[float, float, float, float]:
        """Kind, start, end and decay, as `rates` holds them."""
        return EXPONENTIAL + BY_EPISODE * (self.per == "episode"), self.start, self.end, self.decay

    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return min(self.start, self.end), max(self.start, self.end)


@dataclass(frozen=True)
class PerVisit:
    """The step size 1 / N(s, a): every cell becomes the plain average of its targets."""

    name: ClassVar[str] = "per-visit"


Schedule = Linear | Exponential


def first_rates(step_size: "float | Schedule | PerVisit", policy: "float | Schedule") -> npt.NDArray[np.float64]:
    """The `rates` [12] with which a run begins."""
    rates = np.zeros(SIZE)
    for place, value in ((STEP_SIZE, step_size), (POLICY, policy)):
        if isinstance(value, Linear | Exponential):
            numbers = value.numbers()
        else:
            numbers = (CONSTANT, 1.0 if isinstance(value, PerVisit) else float(value), 0.0, 0.0)
        rates[SETTINGS + 4 * place : SETTINGS + 4 * place + 4] = numbers
        rates[place] = numbers[1]
    return rates


def moves(*values: object) -> bool:
    """Whether one of these values changes by a schedule."""
    return any(isinstance(value, Linear | Exponential) for value in values)


def check_rate(problems: Problems, name: str, value: object, low: float, high: float, *, open_low: bool = False) -> None:
    """Note a rate that is neither a number in the range nor a schedule that stays in it."""
    if isinstance(value, Linear | Exponential):
        smallest, largest = value.ends()
        inside = (low < smallest if open_low else low <= smallest) and largest <= high
        sign = "<" if open_low else "<="
        problems.check(inside, f"{name}: expected a schedule within {low:g} {sign} {name} <= {high:g}, got {value!r}")
    else:
        problems.number(name, value, low, high, open_low=open_low)


# What one row of experience does to the clock, in the loops and in replay alike -------------------------------------------


@kernel
def tick(memory: Any, row: int) -> None:
    """Nothing moves: step size and exploration are constant."""


@kernel
def moving_tick(memory: Any, row: int) -> None:
    """One step more, and an episode more where the row ends one; planned updates take no time."""
    rates = memory.rates
    if row & PLANNING == 0:
        over = row & (TERMINATED + TRUNCATED) != 0
        rates[STEPS] += 1.0
        if over:
            rates[EPISODES] += 1.0
        for place in range(2):
            at = SETTINGS + 4 * place
            kind = rates[at]
            count = rates[STEPS]
            due = True
            if kind >= BY_EPISODE:
                kind -= BY_EPISODE
                count = rates[EPISODES]
                due = over
            if kind == LINEAR:
                rates[place] = rates[at + 1] + (rates[at + 2] - rates[at + 1]) * min(1.0, count / rates[at + 3])
            elif kind == EXPONENTIAL and due:
                rates[place] = max(rates[at + 2], rates[place] * rates[at + 3])


@kernel
def visit(memory: Any, row: int) -> None:
    """Visits are not counted: nothing asks for them."""


@kernel
def counted_visit(memory: Any, row: int) -> None:
    """N(s, a), or N(s), grows by one; planned updates are no visits."""
    if row & PLANNING == 0:
        memory.counts[row & CELL] += 1.0


@kernel
def step_size_at(memory: Any, cell: int) -> float:
    """α as it stands."""
    return memory.rates[STEP_SIZE]


@kernel
def per_visit_step_size(memory: Any, cell: int) -> float:
    """α = 1 / N(s, a), after the visit has been counted (a cell known only from a model counts as visited once)."""
    return 1.0 / max(1.0, memory.counts[cell])


def clock_kernels(*, moving: bool, counted: bool, per_visit: bool) -> dict[str, Kernel]:
    """The kernels in the places `tick`, `visit` and `step_size_at`."""
    found: dict[str, Kernel] = {}
    if moving:
        found["tick"] = moving_tick
    if counted:
        found["visit"] = counted_visit
    if per_visit:
        found["step_size_at"] = per_visit_step_size
    return found
