"""The backup of a single state, outcomes added from left to right.

    v(s) ← max_a Σ p(s', r | s, a) [r + γ v(s')]

The process comes as its flat tables (`process.ARRAYS`); an outcome that ends the episode counts its reward alone.

Reference: Sutton & Barto, 2nd edition, equation 4.10.
"""

from typing import Any

from mazefit.kernel import kernel


@kernel
def value_backup(
    v: Any, state: int, next_state: Any, reward: Any, terminated: Any, probability: Any, offsets: Any,
    stochastic: bool, actions: int, discount: float,
) -> float:  # fmt: skip
    """max_a Σ p [r + γ v(s')] for one state."""
    best = 0.0
    for action in range(actions):
        cell = state * actions + action
        first, last = cell, cell + 1
        if stochastic:
            first, last = offsets[cell], offsets[cell + 1]
        total = 0.0
        for entry in range(first, last):
            value = reward[entry]
            if not terminated[entry]:
                value = value + discount * v[next_state[entry]]
            if stochastic:
                value = probability[entry] * value
            total += value
        if action == 0 or total > best:
            best = total
    return best
