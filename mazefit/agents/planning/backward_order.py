"""From where episodes end, backward: the order in which a sweep in place carries values farthest, and values to begin with.

Level 1 holds the states from which some action may end the episode, level k + 1 those that may lead to level k. Where all
steps cost the same and nothing is left to chance, the first sweep in this order already is exact.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.process import flat, model_of
from mazefit.agents.reachable import can_rest
from mazefit.envs.tables import TabularMDP
from mazefit.kernel import kernel


@kernel
def list_predecessors(
    next_state: Any, terminated: Any, offsets: Any, stochastic: bool, wanted: Any, actions: int, seen: Any, first: Any,
    sources: Any,
) -> None:  # fmt: skip
    """The wanted states that may lead on to s are sources[first[s]] to sources[first[s + 1]], each once, in rising order."""
    states = len(wanted)
    for state in range(states):
        if wanted[state]:
            low, high = state * actions, (state + 1) * actions
            if stochastic:
                low, high = offsets[low], offsets[high]
            for entry in range(low, high):
                if not terminated[entry] and seen[next_state[entry]] != state:
                    seen[next_state[entry]] = state
                    first[next_state[entry] + 2] += 1
    for state in range(states):
        first[state + 2] += first[state + 1]
        seen[state] = -1
    for state in range(states):
        if wanted[state]:
            low, high = state * actions, (state + 1) * actions
            if stochastic:
                low, high = offsets[low], offsets[high]
            for entry in range(low, high):
                arrival = next_state[entry]
                if not terminated[entry] and seen[arrival] != state:
                    seen[arrival] = state
                    sources[first[arrival + 1]] = state
                    first[arrival + 1] += 1


@kernel
def by_level(
    terminated: Any, offsets: Any, stochastic: bool, wanted: Any, rest: Any, actions: int, first: Any, sources: Any, order: Any
) -> int:
    """Fill `order` level by level; clears `wanted` of what was reached and returns how many states that are."""
    tail = 0
    for state in range(len(wanted)):
        if wanted[state]:
            low, high = state * actions, (state + 1) * actions
            if stochastic:
                low, high = offsets[low], offsets[high]
            ends = rest[state]
            for entry in range(low, high):
                ends = ends or terminated[entry]
            if ends:
                order[tail] = state
                tail += 1
                wanted[state] = False
    head = 0
    while head < tail:
        state = order[head]
        head += 1
        for i in range(first[state], first[state + 1]):
            if wanted[sources[i]]:
                wanted[sources[i]] = False
                order[tail] = sources[i]
                tail += 1
    return tail


def predecessors(mdp: TabularMDP, states: npt.NDArray[Any], compiled: bool) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Where the predecessors of each state begin, [S + 2], and the list of them, `states` alone."""
    wanted = np.zeros(mdp.states, dtype=np.bool_)
    wanted[states] = True
    next_state, _, terminated, _, offsets, stochastic = flat(model_of(mdp))
    first, sources = np.zeros(mdp.states + 2, dtype=np.int64), np.empty(len(next_state), dtype=np.int32)
    seen = np.full(mdp.states, -1, dtype=np.int32)
    list_predecessors.run(compiled, next_state, terminated, offsets, stochastic, wanted, mdp.actions, seen, first, sources)
    return first, sources[: first[mdp.states]]


def backward_order(mdp: TabularMDP, states: npt.NDArray[np.int32], discount: float, compiled: bool) -> npt.NDArray[np.int32]:
    """These states by level, those from which no episode can end last."""
    wanted = np.zeros(mdp.states, dtype=np.bool_)
    wanted[states] = True
    first, sources = predecessors(mdp, states, compiled)
    _, _, terminated, _, offsets, stochastic = flat(model_of(mdp))
    rest = can_rest(mdp) if discount == 1.0 else np.zeros(mdp.states, dtype=np.bool_)
    order = np.empty(len(states), dtype=np.int32)
    reached = by_level.run(compiled, terminated, offsets, stochastic, wanted, rest, mdp.actions, first, sources, order)
    order[reached:] = np.flatnonzero(wanted)
    return order


def low_values(mdp: TabularMDP, v: npt.NDArray[np.float64], discount: float) -> npt.NDArray[np.float64]:
    """Values [S] that no optimal value is below, so that sweeps only raise them: the least reward for ever, or for S steps.

    At discount 1, where outcomes are random or a state can rest at no cost, they are those of `v`.
    """
    least = min(0.0, float(mdp.reward.min()))
    if discount < 1.0:
        return np.where(mdp.absorbing, v, least / (1.0 - discount))
    if not mdp.deterministic:
        return v
    return np.where(mdp.absorbing | can_rest(mdp) | np.isneginf(v), v, least * mdp.states)
