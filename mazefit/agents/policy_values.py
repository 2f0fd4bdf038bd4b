"""Exact values of one fixed policy: along its only path where the process is deterministic, else by a linear solve."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.growth import SENTENCE
from mazefit.envs.tables import TabularMDP
from mazefit.errors import UnboundedValueError
from mazefit.kernel import kernel, worth_compiling


@kernel
def follow(policy: Any, next_state: Any, reward: Any, terminated: Any, states: int, actions: int, discount: float,
           v: Any, mark: Any, path: Any) -> None:  # fmt: skip
    """Values [S] of a deterministic policy on a deterministic process, below discount 1.

    Follow it from each state to the episode's end, to a known state, or round a cycle (whose first state is worth
    Σ γ^k r_k / (1 - γ^L)); then hand the values back along the path.
    """
    for begin in range(states):
        length = 0
        state = begin
        while mark[state] == 0:
            mark[state] = 1
            path[length] = state
            length += 1
            cell = state * actions + policy[state]
            if terminated[cell]:
                break
            state = next_state[cell]
        if length == 0:
            continue
        last = path[length - 1]
        cell = last * actions + policy[last]
        if terminated[cell]:
            v[last] = reward[cell]
            mark[last] = 2
            length -= 1
        elif mark[state] == 1:  # back on the path of this walk: a cycle
            total = 0.0
            weight = 1.0
            i = length - 1
            while path[i] != state:
                i -= 1
            for j in range(i, length):
                total += weight * reward[path[j] * actions + policy[path[j]]]
                weight *= discount
            v[state] = total / (1.0 - weight)
            mark[state] = 2
        for i in range(length - 1, -1, -1):
            here = path[i]
            if mark[here] != 2:
                cell = here * actions + policy[here]
                v[here] = reward[cell] + discount * v[next_state[cell]]
                mark[here] = 2


def follow_policy(mdp: TabularMDP, policy: npt.NDArray[np.int64], discount: float) -> npt.NDArray[np.float64]:
    """Values [S] of `policy` [S] on a deterministic process, below discount 1."""
    v = np.empty(mdp.states)
    flat = (mdp.next_state.reshape(-1), mdp.reward.reshape(-1), mdp.terminated.reshape(-1))
    scratch = (np.zeros(mdp.states, dtype=np.int8), np.empty(mdp.states, dtype=np.int32))
    policy = np.ascontiguousarray(policy, dtype=np.int64)
    follow.run(worth_compiling(mdp.states), policy, *flat, mdp.states, mdp.actions, discount, v, *scratch)
    return v


def policy_values(
    mdp: TabularMDP, policy: npt.NDArray[np.int64], discount: float, known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Values [S] of `policy` on a stochastic process: (I - γ P) v = r, with two rounds of refinement.

    Args:
        mdp: a stochastic process.
        policy: an action for each state, [S].
        discount: γ.
        known: bool [S]: states whose value is finite; the others get -inf.

    Raises:
        UnboundedValueError: at discount 1 the policy goes round for ever receiving something other than 0.
    """
    assert mdp.probability is not None
    assert mdp.offsets is not None
    states = np.flatnonzero(known)
    place = np.full(mdp.states, -1)
    place[states] = np.arange(len(states))
    moves, rewards = np.zeros((len(states), len(states))), np.zeros(len(states))
    quiet = np.zeros(len(states), dtype=np.bool_)  # goes on for sure, receiving 0
    for i, state in enumerate(states):
        cell = state * mdp.actions + policy[state]
        span = slice(int(mdp.offsets[cell]), int(mdp.offsets[cell + 1]))
        rewards[i] = np.dot(mdp.probability[span], mdp.reward[span])
        on = ~mdp.terminated[span]
        quiet[i] = bool((on & (mdp.reward[span] == 0.0)).all())
        np.add.at(moves[i], place[mdp.next_state[span][on]], mdp.probability[span][on])
    v = np.full(mdp.states, -np.inf)
    if discount == 1.0:
        moves[_rests(moves, quiet)] = 0.0  # what rests at reward 0 is worth 0
        if not _ends(moves).all():  # the policy was improved, yet it goes round for ever: the round must pay
            raise UnboundedValueError(f"solve: {SENTENCE}")
    system = np.eye(len(states)) - discount * moves
    found = np.linalg.solve(system, rewards)
    for _ in range(2):
        found += np.linalg.solve(system, rewards - system @ found)
    v[states] = found
    return v


def _rests(moves: npt.NDArray[np.float64], quiet: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The largest set of quiet states of a Markov chain that is never left."""
    resting = quiet
    while True:
        found = resting & ~((moves > 0) @ ~resting)
        if (found == resting).all():
            return resting
        resting = found


def _ends(moves: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """States of a Markov chain from which it can stop; `moves` [N, N] has rows that sum to less than 1 where it does."""
    ends = moves.sum(axis=1) < 1.0 - 1e-12
    while True:
        found = ends | ((moves > 0) @ ends)
        if (found == ends).all():
            return ends
        ends = found
