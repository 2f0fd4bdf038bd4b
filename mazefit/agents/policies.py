"""Policies: how an agent chooses its action from the values it has.

Ties are part of a policy, not an accident of `argmax`: behaviour breaks them at random (taking the first would never leave
the start of a maze whose table is all zeros), pictures show every maximising action.

A policy is a small frozen dataclass for people, here, and kernels for the loops, in policy_kernels.py.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.policy_kernels import (
    choose,
    epsilon_greedy,
    expected_value,
    leaning,
    probability,
    softmax_choose,
    softmax_leaning,
    softmax_weight,
    ucb_choose,
    weight,
)
from mazefit.agents.schedules import Schedule, check_rate
from mazefit.errors import Problems, set_plain
from mazefit.kernel import Kernel

__all__ = [
    "POLICIES",
    "UCB",
    "EpsilonGreedy",
    "Greedy",
    "Policy",
    "Softmax",
    "choose",
    "epsilon_greedy",
    "expected_value",
    "leaning",
    "maximisers",
    "probability",
    "weight",
]


class _Memory:
    """Just as much memory as `choose` asks for."""

    def __init__(self, rate: float, counts: Any) -> None:
        self.rates, self.counts = (0.0, rate), counts


@dataclass(frozen=True)
class EpsilonGreedy:
    """With probability ε any action, otherwise one of the maximising ones, each with equal probability.

        π(a|s) = ε / A + (1 - ε) / M  for the M maximising actions,  ε / A  for the others

    Args:
        epsilon: the probability of exploring, from 0 to 1, or a schedule.

    Raises:
        ConfigError: epsilon is out of range.

    Reference: Sutton & Barto, 2nd edition, section 2.2 and 5.4.
    """

    name: ClassVar[str] = "epsilon-greedy"
    kernels: ClassVar[dict[str, Kernel]] = {}
    counted: ClassVar[bool] = False
    has_probabilities: ClassVar[bool] = True
    epsilon: float | Schedule = 0.1

    def __post_init__(self) -> None:
        problems = Problems("EpsilonGreedy")
        check_rate(problems, "epsilon", self.epsilon, 0.0, 1.0)
        problems.raise_if_any()
        set_plain(self)

    @property
    def rate(self) -> float | Schedule:
        """ε."""
        return self.epsilon

    def probabilities(self, q: npt.NDArray[np.float64], rate: float | None = None) -> npt.NDArray[np.float64]:
        """π(a|s) for one row of action values [A], or for all of them [S, A]; `rate` is ε as it stands, of a schedule."""
        epsilon = _rate(self, rate)
        best = q == q.max(axis=-1, keepdims=True)
        return epsilon / q.shape[-1] + (1 - epsilon) * best / best.sum(axis=-1, keepdims=True)

    def act(self, q: npt.NDArray[np.float64], uniform: float, rate: float | None = None, counts: Any = None) -> int:
        """The action for one row of values [A], out of one uniform number."""
        return _act(self, q, uniform, rate, counts)


@dataclass(frozen=True)
class Greedy:
    """Always one of the maximising actions, each with equal probability: ε-greedy with ε = 0."""

    name: ClassVar[str] = "greedy"
    kernels: ClassVar[dict[str, Kernel]] = {}
    counted: ClassVar[bool] = False
    has_probabilities: ClassVar[bool] = True
    rate: ClassVar[float] = 0.0

    def probabilities(self, q: npt.NDArray[np.float64], rate: float | None = None) -> npt.NDArray[np.float64]:
        """π(a|s) for one row of action values [A], or for all of them [S, A]."""
        return EpsilonGreedy(0.0).probabilities(q)

    def act(self, q: npt.NDArray[np.float64], uniform: float, rate: float | None = None, counts: Any = None) -> int:
        """The action for one row of values [A], out of one uniform number."""
        return _act(self, q, uniform, 0.0, counts)


@dataclass(frozen=True)
class Softmax:
    """Every action, the better ones more often.

        π(a|s) = exp(Q(s, a) / τ) / Σ_b exp(Q(s, b) / τ)

    Args:
        temperature: τ, above 0, in units of reward, or a schedule that stays above 0.

    Raises:
        ConfigError: temperature is out of range.

    Reference: Sutton & Barto, 2nd edition, equation 13.2; Boltzmann's distribution.
    """

    name: ClassVar[str] = "softmax"
    kernels: ClassVar[dict[str, Kernel]] = {"choose": softmax_choose, "leaning": softmax_leaning, "weight": softmax_weight}
    counted: ClassVar[bool] = False
    has_probabilities: ClassVar[bool] = True
    temperature: float | Schedule = 1.0

    def __post_init__(self) -> None:
        problems = Problems("Softmax")
        check_rate(problems, "temperature", self.temperature, 0.0, 1e300, open_low=True)
        problems.raise_if_any()
        set_plain(self)

    @property
    def rate(self) -> float | Schedule:
        """τ."""
        return self.temperature

    def probabilities(self, q: npt.NDArray[np.float64], rate: float | None = None) -> npt.NDArray[np.float64]:
        """π(a|s) for one row of action values [A], or for all of them [S, A]; `rate` is τ as it stands, of a schedule."""
        powers = np.exp((q - q.max(axis=-1, keepdims=True)) / _rate(self, rate))
        return powers / powers.sum(axis=-1, keepdims=True)

    def act(self, q: npt.NDArray[np.float64], uniform: float, rate: float | None = None, counts: Any = None) -> int:
        """The action for one row of values [A], out of one uniform number."""
        return _act(self, q, uniform, rate, counts)


@dataclass(frozen=True)
class UCB:
    """The action whose value could be largest: value plus uncertainty; ties at random, actions never taken first.

        A = argmax_a [Q(s, a) + c · √(ln N(s) / N(s, a))],  N(s) = 1 + Σ_a N(s, a)

    It follows from the counts of visits, not from probabilities: rules that average over π(a|s) cannot use it.

    Args:
        c: how much uncertainty counts, at least 0, in units of reward, or a schedule.

    Raises:
        ConfigError: c is out of range.

    Reference: Sutton & Barto, 2nd edition, equation 2.10; Auer, Cesa-Bianchi and Fischer (2002).
    """

    name: ClassVar[str] = "ucb"
    kernels: ClassVar[dict[str, Kernel]] = {"choose": ucb_choose}
    counted: ClassVar[bool] = True
    has_probabilities: ClassVar[bool] = False
    c: float | Schedule = 1.0

    def __post_init__(self) -> None:
        problems = Problems("UCB")
        check_rate(problems, "c", self.c, 0.0, 1e300)
        problems.raise_if_any()
        set_plain(self)

    @property
    def rate(self) -> float | Schedule:
        """c."""
        return self.c

    def act(self, q: npt.NDArray[np.float64], uniform: float, rate: float | None = None, counts: Any = None) -> int:
        """The action for one row of values [A] and of counts of visits [A], out of one uniform number."""
        return _act(self, q, uniform, rate, np.zeros(len(q)) if counts is None else counts)


Policy = EpsilonGreedy | Greedy | Softmax | UCB
POLICIES: tuple[Any, ...] = (EpsilonGreedy, Greedy, Softmax, UCB)


def _rate(policy: Policy, rate: float | None) -> float:
    found = policy.rate if rate is None else rate
    return found if isinstance(found, float | int) else found.start


def _act(policy: Policy, q: npt.NDArray[np.float64], uniform: float, rate: float | None, counts: Any) -> int:
    chooser = policy.kernels.get("choose", choose)
    return chooser.python(q, 0, tuple(range(len(q))), _Memory(_rate(policy, rate), counts), uniform)


def maximisers(q: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """All maximising actions of one row [A] or of all rows [S, A]: those within 1e-12 (relative) of the best."""
    best = q.max(axis=-1, keepdims=True)
    finite = np.where(np.isfinite(best), best, 0.0)
    return (q == best) | (q >= best - 1e-12 * np.maximum(1.0, np.abs(finite)))
