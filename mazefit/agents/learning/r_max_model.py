"""What R-max remembers, and what a row does to that."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mazefit.agents.learning.deterministic_model import sampled_target
from mazefit.agents.schedules import tick, visit
from mazefit.backup.one_step import CELL, PLANNING, TERMINATED
from mazefit.backup.rule import Tables
from mazefit.kernel import kernel

OUTCOMES = ("arrival", "reward", "ended")  # the tables with m entries a pair


class ModelMemory(NamedTuple):
    """What R-max remembers, float64: the values, and the first m outcomes of every pair."""

    q: Any  # [S * A]
    seen: Any  # [S * A], how many outcomes are remembered
    arrival: Any  # [S * A * m]
    reward: Any  # [S * A * m]
    ended: Any  # [S * A * m], 1 where the episode ended there
    counts: Any  # one unused entry
    rates: Any  # [12]


class Sweeping(NamedTuple):
    """Which pairs are known, and where planning stands; int64, `change` float64."""

    known: Any  # [S * A], the known pairs, the oldest first
    size: Any  # [1], how many those are
    at: Any  # [1], which of them is backed up next, -1 where no planning is due
    sweeps: Any  # [1], sweeps so far
    change: Any  # [1], the largest change in this sweep
    cause: Any  # [1], number of the row that made the newest pair known
    open: Any  # [1], whether a step is still being planned for
    flags: Any  # [1], how that step ended


class RMaxHow(NamedTuple):
    """γ, the actions, m; of the loop alone: when planning ends."""

    discount: float
    actions: tuple[int, ...]
    known_after: int
    tolerance: float
    max_sweeps: int


def r_max_how(settings: Mapping[str, Any]) -> RMaxHow:
    """The parameters as the kernels take them."""
    return RMaxHow(settings["discount"], tuple(range(settings["actions"])), settings["known_after"], 0.0, 1)


def nothing_seen(cells: int, known_after: int) -> Tables:
    """Of every pair 0 outcomes, and room for m."""
    return {"seen": np.zeros(cells), **{name: np.zeros(cells * known_after) for name in OUTCOMES}}


@kernel
def r_max_update(
    q: Any, arrival: Any, reward: Any, ended: Any, cell: int, known_after: int, discount: float, actions: tuple[int, ...]
) -> float:
    """Set the entry of a known pair in `q` [S * A] to the average over its outcomes; returns it.

    Args:
        q: action values, flat [S * A].
        arrival, reward, ended: the outcomes, flat [S * A * m].
        cell: the pair.
        known_after: m.
        discount: γ.
        actions: the actions.
    """
    total = 0.0
    weight = 1.0 / known_after
    for k in range(cell * known_after, (cell + 1) * known_after):
        total += weight * sampled_target(q, reward[k], int(arrival[k]), ended[k] != 0.0, discount, actions)
    q[cell] = total
    return total


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: a real one is remembered, a planned one backs up a known pair."""
    cell, m = row & CELL, how.known_after
    if row & PLANNING != 0:
        target = r_max_update(
            memory.q, memory.arrival, memory.reward, memory.ended, cell, m, how.discount, how.actions
        )  # fmt: skip
        return target, 1.0
    visit(memory, row)
    ended = row & TERMINATED != 0
    if memory.seen[cell] < m:
        k = cell * m + int(memory.seen[cell])
        memory.arrival[k], memory.reward[k], memory.ended[k] = float(arrival), reward, 1.0 if ended else 0.0
        memory.seen[cell] += 1.0
    tick(memory, row)
    return sampled_target(memory.q, reward, arrival, ended, how.discount, how.actions), 0.0


@kernel
def plan_anew(plan: Any, cell: int, number: int) -> None:
    """A pair is known from now on, as row `number` says: sweeps are due, beginning with it."""
    plan.known[plan.size[0]] = cell
    plan.at[0], plan.sweeps[0], plan.change[0] = plan.size[0], 0, 0.0
    plan.size[0] += 1
    plan.cause[0] = number


@kernel
def look_at_model(memory: Any, row: int, following: int, how: Any, leaves: Any, at: int) -> None:
    """Of a planned row for each outcome: arrival, reward, whether it ended, values [A]; of a real row the values [A] alone."""
    count, m = len(how.actions), how.known_after
    if row & PLANNING == 0:
        for action in range(count):
            leaves[at + action] = memory.q[following * count + action]
    else:
        for k in range((row & CELL) * m, (row & CELL) * m + m):
            leaves[at], leaves[at + 1], leaves[at + 2] = memory.arrival[k], memory.reward[k], memory.ended[k]
            for action in range(count):
                leaves[at + 3 + action] = memory.q[int(memory.arrival[k]) * count + action]
            at += 3 + count
