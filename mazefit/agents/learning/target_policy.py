"""The target policy π of an off-policy rule: what it is, and how its kernels are given π(a|s).

A rule whose `target` is None is on-policy: π is the policy that acts, as it stands. Else π is greedy, ε-greedy or softmax with
a constant rate, on the values as they stand; the policy that acts is the behaviour b.

Reference: Sutton & Barto, 2nd edition, sections 5.5 and 7.3.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mazefit.agents.policies import leaning as target_leaning
from mazefit.agents.policies import weight as target_weight
from mazefit.agents.schedules import POLICY
from mazefit.agents.step_rule import kernels_of
from mazefit.backup.rule import Tables
from mazefit.kernel import kernel


class Rated(NamedTuple):
    """As much of a memory as the kernels of a policy look at: its rate in the second place."""

    rates: tuple[float, float]


class TargetHow(NamedTuple):
    """γ, the actions, how many steps a return takes in; whether π is the policy that acts, and else its rate."""

    discount: float
    actions: tuple[int, ...]
    n: int
    on_policy: bool
    rate: float


def target_how(settings: Mapping[str, Any]) -> TargetHow:
    """The parameters as the kernels take them."""
    actions, rate = tuple(range(settings["actions"])), settings.get("target_rate", 0.0)
    return TargetHow(settings["discount"], actions, settings["n"], settings.get("target") is None, rate)


@kernel
def rate_of_target(memory: Any, how: Any) -> float:
    """ε or τ of π."""
    return memory.rates[POLICY] if how.on_policy else how.rate


@kernel
def target_probability(q: Any, cell: int, actions: tuple[int, ...], rate: float) -> float:
    """π(a|s) of one pair, on the values `q` [S * A]."""
    rated = Rated((0.0, rate))
    best, share = target_leaning(q, cell - cell % len(actions), actions, rated)
    return target_weight(q[cell], best, share, actions, rated)


def probabilities_of(settings: Mapping[str, Any], tables: Tables, state: int) -> list[float]:
    """π(·|s) on the tables, with the same bits as in the kernels."""
    how = target_how(settings)
    rate = float(tables["rates"][POLICY]) if how.on_policy else how.rate
    plain = target_probability.using(**kernels_of(settings))
    first = state * len(how.actions)
    return [plain.python(tables["q"], first + action, how.actions, rate) for action in how.actions]
