"""The barest breadth-first pass over a maze's own tables: what an exact solver is held against.

"The same arrays" are `next_state` and `terminated` [S, 4] as the maze's tables hold them. Two passes, both compiled, both
checked against `Maze.distances()`:

- `symmetric`: knows that moves of a grid can be undone, so it reads the tables *forward* and builds nothing: the
  predecessors of a cell are its own successors. Goals absorb, so theirs are looked up beside them. It needs the grid's
  width, fits mazes alone and gives distances alone; nothing that reads the tables can do much less. The goal counts this.
- `reversed_index`: knows nothing of grids: counts and lists the predecessors of every state, then searches. What a solver
  for any deterministic process has to do.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt


def _symmetric(next_state: Any, columns: int, goals: Any, distance: Any, queue: Any) -> None:
    tail = 0
    states = len(distance)
    for goal in goals:
        distance[goal] = 0
    for goal in goals:
        for action, beside in ((0, goal + columns), (1, goal - 1), (2, goal - columns), (3, goal + 1)):
            if 0 <= beside < states and distance[beside] < 0 and next_state[beside, action] == goal:
                distance[beside] = 1
                queue[tail] = beside
                tail += 1
    head = 0
    while head < tail:
        state = queue[head]
        head += 1
        further = distance[state] + 1
        for action in range(4):
            before = next_state[state, action]
            if distance[before] < 0:
                distance[before] = further
                queue[tail] = before
                tail += 1


def _reversed_index(next_state: Any, goals: Any, distance: Any, queue: Any, first: Any, sources: Any) -> None:
    states = len(distance)
    for state in range(states):
        for action in range(4):
            first[next_state[state, action] + 1] += 1
    for state in range(states):
        first[state + 1] += first[state]
    for state in range(states):
        for action in range(4):
            after = next_state[state, action]
            sources[first[after]] = state
            first[after] += 1
    tail = 0
    for goal in goals:
        distance[goal] = 0
        queue[tail] = goal
        tail += 1
    head = 0
    while head < tail:
        state = queue[head]
        head += 1
        further = distance[state] + 1
        begin = first[state - 1] if state > 0 else 0
        for i in range(begin, first[state]):
            before = sources[i]
            if distance[before] < 0:
                distance[before] = further
                queue[tail] = before
                tail += 1


@cache
def compiled(function: Callable[..., None]) -> Callable[..., None]:
    """`function` through Numba."""
    import numba

    return numba.njit(function)


def symmetric(next_state: npt.NDArray[np.int32], columns: int, goals: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Steps to the nearest goal, the tables read forward through moves that can be undone."""
    distance = np.full(len(next_state), -1, dtype=np.int32)
    compiled(_symmetric)(next_state, columns, goals, distance, np.empty(len(next_state), dtype=np.int32))
    return distance


def reversed_index(next_state: npt.NDArray[np.int32], goals: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Steps to the nearest goal by an index of predecessors."""
    states = len(next_state)
    distance = np.full(states, -1, dtype=np.int32)
    queue, sources = np.empty(states, dtype=np.int32), np.empty(4 * states, dtype=np.int32)
    compiled(_reversed_index)(next_state, goals, distance, queue, np.zeros(states + 1, dtype=np.int32), sources)
    return distance
