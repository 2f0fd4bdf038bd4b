"""Exact expectations by linear algebra of its own: what mazefit's answers are held against, and targets for noisy figures."""

import numpy as np
import numpy.typing as npt

from mazefit.agents import solve
from mazefit.envs import TabularMDP

Numbers = npt.NDArray[np.float64]


def epsilon_greedy(best: npt.NDArray[np.bool_], epsilon: float) -> Numbers:
    """π(a|s) [S, A] of an ε-greedy agent whose maximising actions are `best`, ties taken equally often."""
    return epsilon / best.shape[1] + (1.0 - epsilon) * best / best.sum(axis=1, keepdims=True)


def uniform(mdp: TabularMDP) -> Numbers:
    """Every action equally often, [S, A]."""
    return np.full((mdp.states, mdp.actions), 1.0 / mdp.actions)


def chain(mdp: TabularMDP, policy: Numbers) -> tuple[Numbers, Numbers]:
    """The Markov chain of a policy: chances to go on [S, S], and the expected next reward [S]."""
    moves, rewards = np.zeros((mdp.states, mdp.states)), np.zeros(mdp.states)
    for state in range(mdp.states):
        for action in np.flatnonzero(policy[state] > 0):
            for chance, there, reward, ended in mdp.outcomes(state, int(action)):
                weight = float(policy[state, action]) * chance
                rewards[state] += weight * reward
                if not ended:
                    moves[state, there] += weight
    return moves, rewards


def reached(mdp: TabularMDP, moves: Numbers) -> npt.NDArray[np.int64]:
    """The states that a chain visits from its starts."""
    seen = mdp.start_distribution() > 0
    while True:
        more = seen | (seen @ (moves > 0))
        if (more == seen).all():
            return np.flatnonzero(seen)
        seen = more


def policy_value(mdp: TabularMDP, policy: Numbers, discount: float = 1.0) -> Numbers:
    """v_π [S], by (I - γ P) v = r on the states that are visited; NaN elsewhere."""
    moves, rewards = chain(mdp, policy)
    states = reached(mdp, moves)
    v = np.full(mdp.states, np.nan)
    inside = np.ix_(states, states)
    v[states] = np.linalg.solve(np.eye(len(states)) - discount * moves[inside], rewards[states])
    return v


def expected_steps(mdp: TabularMDP, policy: Numbers) -> Numbers:
    """The expected number of steps to the episode's end, [S]; NaN where the policy never is."""
    moves, _ = chain(mdp, policy)
    states = reached(mdp, moves)
    steps = np.full(mdp.states, np.nan)
    steps[states] = np.linalg.solve(np.eye(len(states)) - moves[np.ix_(states, states)], np.ones(len(states)))
    return steps


def at_start(mdp: TabularMDP, values: Numbers) -> float:
    """The expectation of `values` over the start states."""
    start = mdp.start_distribution()
    return float(start[start > 0] @ values[start > 0])


def soft_world(mdp: TabularMDP, epsilon: float) -> TabularMDP:
    """The world in which exploring is the environment's doing (section 5.4): ε of the time a random action is taken.

    A deterministic policy there is an ε-soft policy here, so its optimum is the best that ε-soft policies can do.
    """
    tables: list[npt.NDArray[np.float64]] = []
    offsets = [0]
    for state in range(mdp.states):
        for action in range(mdp.actions):
            merged: dict[tuple[int, float, bool], float] = {}
            for other in range(mdp.actions):
                share = epsilon / mdp.actions + (1.0 - epsilon) * (other == action)
                for chance, *outcome in mdp.outcomes(state, other) if share > 0 else []:
                    key = (int(outcome[0]), float(outcome[1]), bool(outcome[2]))
                    merged[key] = merged.get(key, 0.0) + share * chance
            tables += [np.array([chance, *key], dtype=np.float64) for key, chance in merged.items()]
            offsets.append(offsets[-1] + len(merged))
    chance, arrival, reward, ended = np.array(tables).T
    return TabularMDP(
        arrival.astype(np.int32), reward, ended > 0, mdp.start, probability=chance, offsets=offsets, actions=mdp.actions
    )


def best_soft(mdp: TabularMDP, epsilon: float, discount: float = 1.0) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The values [S] of the best ε-soft policy, and its maximising actions [S, A]."""
    solution = solve(soft_world(mdp, epsilon), discount)
    return solution.v, solution.optimal_actions


def greedy_steps(mdp: TabularMDP, best: npt.NDArray[np.bool_], limit: int = 10_000) -> int | None:
    """Steps of the greedy path from the start state, first maximising action first; None where it does not end."""
    state = int(np.argmax(mdp.start_distribution()))
    for step in range(1, limit + 1):
        _, state, _, ended = mdp.outcomes(state, int(np.argmax(best[state])))[0]
        if ended:
            return step
    return None
