"""Policies as kernels: the places that a loop leaves open, and what softmax and UCB put there.

`choose` takes an action out of one uniform number; `leaning` and `weight` give π(a|s), for the rules that average over it. All
see the learner's `memory`, whose `rates[POLICY]` is ε, τ or c as it stands. Without `Kernel.using` they are those of an
ε-greedy agent. The policies themselves, for people, stand in policies.py.
"""

from typing import Any

from mazefit.agents.elementary import exponential, logarithm, square_root
from mazefit.agents.schedules import POLICY
from mazefit.kernel import kernel


@kernel
def epsilon_greedy(q: Any, first: int, actions: tuple[int, ...], epsilon: float, uniform: float) -> int:
    """The action that an ε-greedy agent takes, out of one uniform number: explore or not, which action, which of the ties.

    Args:
        q: action values, flat [S * A].
        first: where the state's row begins in `q`.
        actions: the actions (0, 1, …, A - 1).
        epsilon: probability of exploring.
        uniform: a number drawn from [0, 1).
    """
    if uniform < epsilon:
        return min(int(uniform / epsilon * len(actions)), len(actions) - 1)
    best = q[first]
    chosen = 0
    ties = 1
    for action in range(1, len(actions)):
        value = q[first + action]
        if value > best:
            best = value
            chosen = action
            ties = 1
        elif value == best:
            ties += 1
    if ties > 1:  # the number is uniform on [ε, 1) here: stretched over the ties, it picks one of them
        left = int((uniform - epsilon) / (1.0 - epsilon) * ties)
        for action in range(len(actions)):
            if q[first + action] == best:
                if left >= 0:
                    chosen = action
                left -= 1
    return chosen


# The places that a loop leaves open: without `using`, they are those of an ε-greedy agent ----------------------------------


@kernel
def choose(values: Any, first: int, actions: tuple[int, ...], memory: Any, uniform: float) -> int:
    """The action taken in the state whose row of `values` begins at `first`: here ε-greedy."""
    return epsilon_greedy(values, first, actions, memory.rates[POLICY], uniform)


@kernel
def leaning(values: Any, first: int, actions: tuple[int, ...], memory: Any) -> tuple[float, float]:
    """What `weight` must know of the row: here its best value, and the share (1 - ε) / M of each of the M maximisers."""
    best = values[first]
    ties = 1
    for action in range(1, len(actions)):
        value = values[first + action]
        if value > best:
            best = value
            ties = 1
        elif value == best:
            ties += 1
    return best, (1.0 - memory.rates[POLICY]) / ties


@kernel
def weight(value: float, best: float, share: float, actions: tuple[int, ...], memory: Any) -> float:
    """π(a|s) of an action of that value: here ε / A, and the share on top for a maximiser."""
    explored = memory.rates[POLICY] / len(actions)
    return explored + share if value == best else explored


@kernel
def expected_value(values: Any, first: int, actions: tuple[int, ...], memory: Any) -> float:
    """Σ_a π(a|s) Q(s, a), added from left to right."""
    best, share = leaning(values, first, actions, memory)
    total = 0.0
    for action in range(len(actions)):
        value = values[first + action]
        total += weight(value, best, share, actions, memory) * value
    return total


@kernel
def probability(values: Any, first: int, action: int, actions: tuple[int, ...], memory: Any) -> float:
    """π(a|s) of one action."""
    best, share = leaning(values, first, actions, memory)
    return weight(values[first + action], best, share, actions, memory)


# Softmax ------------------------------------------------------------------------------------------------------------------


@kernel
def softmax_leaning(values: Any, first: int, actions: tuple[int, ...], memory: Any) -> tuple[float, float]:
    """The best value, and Σ_a exp((Q(s, a) - best) / τ)."""
    best = values[first]
    for action in range(1, len(actions)):
        best = max(best, values[first + action])
    total = 0.0
    for action in range(len(actions)):
        total += exponential((values[first + action] - best) / memory.rates[POLICY])
    return best, total


@kernel
def softmax_weight(value: float, best: float, total: float, actions: tuple[int, ...], memory: Any) -> float:
    """exp((Q(s, a) - best) / τ) over that sum."""
    return exponential((value - best) / memory.rates[POLICY]) / total


@kernel
def softmax_choose(values: Any, first: int, actions: tuple[int, ...], memory: Any, uniform: float) -> int:
    """The first action at which the cumulative probability passes the uniform number."""
    best, total = softmax_leaning(values, first, actions, memory)
    below = 0.0
    for action in range(len(actions) - 1):
        below += softmax_weight(values[first + action], best, total, actions, memory)
        if uniform < below:
            return action
    for action in range(len(actions) - 1, 0, -1):  # the last one that has any probability at all
        if softmax_weight(values[first + action], best, total, actions, memory) > 0.0:
            return action
    return 0


# Upper confidence bounds ----------------------------------------------------------------------------------------------------


@kernel
def ucb_score(value: float, count: float, log_total: float, c: float) -> float:
    """Q(s, a) + c · √(ln N(s) / N(s, a)); an action never taken comes before all others."""
    if count == 0.0:
        return 1e308
    return value + c * square_root(log_total / count)


@kernel
def ucb_choose(values: Any, first: int, actions: tuple[int, ...], memory: Any, uniform: float) -> int:
    """The action of the largest upper confidence bound, ties at random."""
    total = 1.0
    for action in range(len(actions)):
        total += memory.counts[first + action]
    log_total = logarithm(total)
    c = memory.rates[POLICY]
    best = ucb_score(values[first], memory.counts[first], log_total, c)
    ties = 1
    for action in range(1, len(actions)):
        score = ucb_score(values[first + action], memory.counts[first + action], log_total, c)
        if score > best:
            best = score
            ties = 1
        elif score == best:
            ties += 1
    left = int(uniform * ties)
    chosen = 0
    for action in range(len(actions)):
        if ucb_score(values[first + action], memory.counts[first + action], log_total, c) == best:
            if left >= 0:
                chosen = action
            left -= 1
    return chosen
