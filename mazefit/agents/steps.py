"""The words in which every learner's loop is written: begin an episode, take a step, note it, end an episode, leave.

A loop is called in blocks. It takes up where `walk.place` says, goes on for `walk.budget` steps or until `walk.episodes`
more episodes have ended, and leaves its place behind. Random numbers come from `walk.uniforms`, one after the other.
"""

from typing import Any, NamedTuple

from mazefit.agents.world import draw_outcome, draw_start
from mazefit.backup.one_step import TERMINATED, TRUNCATED
from mazefit.kernel import kernel

STATE, ACTION, LENGTH, USED, STEPS, FINISHED, ROWS, ROWS_BEFORE = range(8)


class Walk(NamedTuple):
    """Where a run stands, and what a block may use.

    `place`, int64: state (-1 between episodes), action (-1 where none is chosen yet), length of the episode; then, counted in
    this block, uniform numbers used, steps taken, episodes ended and rows logged; last, rows logged before this block.
    """

    place: Any
    gain: Any  # [1] return of the episode so far
    returns: Any  # of the episodes that end in this block
    lengths: Any
    ends: Any  # rows logged in this block when each ended
    uniforms: Any
    budget: int  # steps
    episodes: int
    rows: int  # that may be logged, where a step may bring any number of them


class Log(NamedTuple):
    """The columns of a trace from index `at` on; where `at` is -1 nothing is logged. The last two are for rules that ask."""

    cell: Any  # cell and flags
    next: Any  # arrival: a state, or the cell of state and next action
    reward: Any
    extra: Any  # behaviour's probability, bonus, priority or degree of sampling
    cause: Any  # number of the row that a planned update rests on
    at: int


@kernel
def begin(world: Any, uniforms: Any, used: int) -> tuple[int, int]:
    """The state in which an episode begins, and how many uniform numbers are used by then."""
    if world.random_start:
        return world.starts[draw_start(world.cumulative, uniforms[used])], used + 1
    return world.starts[0], used


@kernel
def take(world: Any, cell: int, length: int, uniforms: Any, used: int) -> tuple[int, float, int, int]:
    """Take the action of `cell` as step number `length`: arrival, reward, flags (0, TERMINATED or TRUNCATED), numbers used."""
    entry = cell
    if world.stochastic:
        entry = draw_outcome(world.offsets, world.probability, cell, uniforms[used])
        used += 1
    arrival = world.next_state[entry]
    reward = world.reward[entry]
    flags = 0
    if world.terminated[entry]:
        flags = TERMINATED
    elif world.cut[0] or length + 1 >= world.limit:
        flags = TRUNCATED
    return arrival, reward, flags, used


@kernel
def note(log: Any, rows: int, row: int, following: int, reward: float) -> None:
    """Log row number `rows` of this block."""
    if log.at >= 0:
        log.cell[log.at + rows] = row
        log.next[log.at + rows] = following
        log.reward[log.at + rows] = reward


@kernel
def note_extra(log: Any, rows: int, extra: float) -> None:
    """Log what else row number `rows` of this block holds, of rules that ask."""
    if log.at >= 0:
        log.extra[log.at + rows] = extra


@kernel
def finish(walk: Any, finished: int, gain: float, length: int, rows: int) -> int:
    """An episode has ended; how many have in this block."""
    walk.returns[finished] = gain
    walk.lengths[finished] = length
    walk.ends[finished] = rows
    return finished + 1


@kernel
def leave(
    walk: Any, state: int, action: int, length: int, gain: float, used: int, steps: int, finished: int, rows: int
) -> None:
    """Put down where the block has come to."""
    place = walk.place
    place[STATE], place[ACTION], place[LENGTH] = state, action, length
    place[USED], place[STEPS], place[FINISHED], place[ROWS] = used, steps, finished, rows
    walk.gain[0] = gain
