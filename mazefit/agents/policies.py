"""Policies: how an agent chooses its action from the values it has.

Ties are part of a policy, not an accident of `argmax`: behaviour breaks them at random (taking the first would never leave
the start of a maze whose table is all zeros), pictures show every maximising action.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems, set_plain
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


@dataclass(frozen=True)
class EpsilonGreedy:
    """With probability ε any action, otherwise one of the maximising ones, each with equal probability.

        π(a|s) = ε / A + (1 - ε) / M  for the M maximising actions,  ε / A  for the others

    Args:
        epsilon: the probability of exploring, from 0 to 1.

    Raises:
        ConfigError: epsilon is out of range.

    Reference: Sutton & Barto, 2nd edition, section 2.2 and 5.4.
    """

    name: ClassVar[str] = "epsilon-greedy"
    epsilon: float = 0.1

    def __post_init__(self) -> None:
        problems = Problems("EpsilonGreedy")
        problems.number("epsilon", self.epsilon, 0.0, 1.0)
        problems.raise_if_any()
        set_plain(self)

    def probabilities(self, q: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """π(a|s) for one row of action values [A], or for all of them [S, A]."""
        best = q == q.max(axis=-1, keepdims=True)
        return self.epsilon / q.shape[-1] + (1 - self.epsilon) * best / best.sum(axis=-1, keepdims=True)

    def act(self, q: npt.NDArray[np.float64], uniform: float) -> int:
        """The action for one row of values [A], out of one uniform number."""
        return epsilon_greedy.python(q, 0, tuple(range(len(q))), self.epsilon, uniform)


def maximisers(q: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """All maximising actions of one row [A] or of all rows [S, A]: those within 1e-12 (relative) of the best."""
    best = q.max(axis=-1, keepdims=True)
    finite = np.where(np.isfinite(best), best, 0.0)
    return (q == best) | (q >= best - 1e-12 * np.maximum(1.0, np.abs(finite)))
