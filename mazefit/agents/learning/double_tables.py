"""The two tables of Double Q-learning, and what is looked at in them when a row is read.

Reference: Sutton & Barto, 2nd edition, section 6.7.
"""

from typing import Any, NamedTuple

from mazefit.backup.one_step import CELL, SECOND
from mazefit.kernel import kernel


class DoubleMemory(NamedTuple):
    """Q₁ `q`, Q₂ `second` and their `mean`, flat [S * A]; `counts` of visits (or one unused entry); `rates` [12]."""

    q: Any
    second: Any
    mean: Any
    counts: Any
    rates: Any


@kernel
def value_of_either(memory: Any, row: int, how: Any) -> float:
    """The entry that a row updates, in the table of its coin."""
    return memory.second[row & CELL] if row & SECOND != 0 else memory.q[row & CELL]


@kernel
def look_at_both(memory: Any, row: int, following: int, how: Any, leaves: Any, at: int) -> None:
    """The action values of the arrival [A] in the table that values, then in the one that selects [A]."""
    count = len(how.actions)
    for action in range(count):
        one, other = memory.q[following * count + action], memory.second[following * count + action]
        second = row & SECOND != 0
        leaves[at + action] = one if second else other
        leaves[at + count + action] = other if second else one
