"""Exact values of a deterministic process: one pass backward from where episodes end, instead of sweeps.

Every state is settled from the states its actions lead to, along the reversed table: v(s) = max_a r(s, a) + γ v(s'), begun at
the transitions that end. With equal step rewards each state is settled once, nearest first; with other rewards a state whose
value rises again is taken up again (the queue of Bellman, Ford and Moore).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.tables import TabularMDP
from mazefit.kernel import kernel, worth_compiling


@kernel
def reverse_table(next_state: Any, terminated: Any, states: int, actions: tuple[int, ...], first: Any, cells: Any) -> None:
    """The reversed table: the cells that lead on to state s are cells[first[s]] to cells[first[s + 1]]."""
    for cell in range(states * len(actions)):
        if not terminated[cell] and next_state[cell] != cell // len(actions):
            first[next_state[cell] + 2] += 1
    for state in range(states):
        first[state + 2] += first[state + 1]
    for cell in range(states * len(actions)):
        arrival = next_state[cell]
        if not terminated[cell] and arrival != cell // len(actions):
            cells[first[arrival + 1]] = cell
            first[arrival + 1] += 1


@kernel
def settle(v: Any, reward: Any, first: Any, cells: Any, states: int, actions: tuple[int, ...], discount: float,
           queue: Any, queued: Any, waiting: int, most: int) -> None:  # fmt: skip
    """Settle values backward from the `waiting` states in `queue` (circular, [S]), taking up at most `most` states."""
    head = 0
    tail = waiting % states
    while waiting > 0 and most > 0:
        state = queue[head]
        head = head + 1 if head + 1 < states else 0
        waiting -= 1
        most -= 1
        queued[state] = False
        value = v[state]
        for i in range(first[state], first[state + 1]):
            cell = cells[i]
            before = cell // len(actions)
            candidate = reward[cell] + discount * value
            if candidate > v[before]:
                v[before] = candidate
                if not queued[before]:
                    queued[before] = True
                    queue[tail] = before
                    tail = tail + 1 if tail + 1 < states else 0
                    waiting += 1


@kernel
def seed_values(
    reward: Any, terminated: Any, rest: Any, states: int, actions: tuple[int, ...], v: Any, queue: Any, queued: Any
) -> int:
    """Values of the transitions that end, and 0 where one can rest; returns how many states stand in the queue."""
    waiting = 0
    for state in range(states):
        found = rest[state]
        best = 0.0
        for cell in range(state * len(actions), (state + 1) * len(actions)):
            if terminated[cell] and (not found or reward[cell] > best):
                best = reward[cell]
                found = True
        if found:
            v[state] = best
            queue[waiting] = state
            queued[state] = True
            waiting += 1
    return waiting


@kernel
def look_ahead(v: Any, next_state: Any, reward: Any, terminated: Any, actions: tuple[int, ...], discount: float,
               q: Any, best: Any) -> None:  # fmt: skip
    """q(s, a) = r + γ v(s'), or r alone where the transition ends; and the best of each state."""
    for state in range(len(v)):
        for action in range(len(actions)):
            cell = state * len(actions) + action
            value = reward[cell]
            if not terminated[cell]:
                value = value + discount * v[next_state[cell]]
            q[cell] = value
            if action == 0 or value > best[state]:
                best[state] = value


def backward_values(
    mdp: TabularMDP, discount: float, rest: npt.NDArray[np.bool_], *, complete: bool
) -> npt.NDArray[np.float64]:
    """Values of the best way to end (or to rest), [S]; -inf where there is none.

    Args:
        mdp: a deterministic process.
        discount: γ.
        rest: states in which one can rest for ever at reward 0.
        complete: go on until all is settled (which it will be without cycles of positive reward), else give up after 20 S
            steps (below discount 1 policy iteration takes up what is left).
    """
    states, actions = mdp.states, tuple(range(mdp.actions))
    compiled = worth_compiling(states * len(actions))
    reward, terminated = mdp.reward.reshape(-1), mdp.terminated.reshape(-1)
    first = np.zeros(states + 2, dtype=np.int64)
    cells = np.empty(states * mdp.actions, dtype=np.int32)
    reverse_table.run(compiled, mdp.next_state.reshape(-1), terminated, states, actions, first, cells)
    v = np.full(states, -np.inf)
    queue = np.empty(states, dtype=np.int32)
    queued = np.zeros(states, dtype=np.bool_)
    waiting = seed_values.run(compiled, reward, terminated, rest, states, actions, v, queue, queued)
    most = 2**62 if complete else 20 * states
    settle.run(compiled, v, reward, first, cells, states, actions, discount, queue, queued, waiting, most)
    return v
