"""A binary heap of states on flat arrays: the state of the largest priority on top, of equal ones the lowest number.

`heap` holds the waiting states, `place` where each stands in it (-1 outside), `priority` what each is worth.

Reference: Williams (1964), Algorithm 232: Heapsort.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.kernel import kernel


def nothing_waits(states: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Heap, place and priority of so many states, none of which waits."""
    return np.empty(states, dtype=np.int32), np.full(states, -1, dtype=np.int32), np.zeros(states)


@kernel
def comes_before(priority: Any, one: int, other: int) -> bool:
    """Whether state `one` stands above state `other`."""
    return priority[one] > priority[other] or (priority[one] == priority[other] and one < other)


@kernel
def rise(heap: Any, place: Any, priority: Any, at: int) -> int:
    """Move the state at `at` up to where it belongs; returns where that is."""
    state = heap[at]
    while at > 0:
        above = (at - 1) // 2
        if comes_before(priority, heap[above], state):
            break
        heap[at] = heap[above]
        place[heap[at]] = at
        at = above
    heap[at] = state
    place[state] = at
    return at


@kernel
def sink(heap: Any, place: Any, priority: Any, size: int, at: int) -> int:
    """Move the state at `at` down to where it belongs; returns where that is."""
    state = heap[at]
    while 2 * at + 1 < size:
        below = 2 * at + 1
        if below + 1 < size and comes_before(priority, heap[below + 1], heap[below]):
            below += 1
        if comes_before(priority, state, heap[below]):
            break
        heap[at] = heap[below]
        place[heap[at]] = at
        at = below
    heap[at] = state
    place[state] = at
    return at


@kernel
def put(heap: Any, place: Any, priority: Any, size: int, state: int, worth: float) -> int:
    """Let a state wait with that priority, or change the priority with which it waits; returns the heap's new size."""
    priority[state] = worth
    if place[state] < 0:
        heap[size] = state
        place[state] = size
        size += 1
    at = rise(heap, place, priority, place[state])
    sink(heap, place, priority, size, at)
    return size


@kernel
def take_out(heap: Any, place: Any, priority: Any, size: int, state: int) -> int:
    """Let a state wait no longer, wherever it stands; returns the heap's new size."""
    at = place[state]
    size -= 1
    place[state] = -1
    if at < size:
        last = heap[size]
        heap[at] = last
        place[last] = at
        at = rise(heap, place, priority, at)
        sink(heap, place, priority, size, at)
    return size
