"""The target policy π of an off-policy rule: what it is, how its kernels are given π(a|s), and what is refused.

A rule whose `target` is None is on-policy: π is the policy that acts, as it stands. Else π is greedy, ε-greedy or softmax with
a constant rate, on the values as they stand; the policy that acts is the behaviour b.

Reference: Sutton & Barto, 2nd edition, sections 5.5 and 7.3.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.policies import UCB, EpsilonGreedy, Greedy, Policy, Softmax
from mazefit.agents.policies import leaning as target_leaning
from mazefit.agents.policies import weight as target_weight
from mazefit.agents.schedules import POLICY
from mazefit.agents.step_rule import kernels_of
from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.rule import Tables
from mazefit.backup.tree import Edge, Node
from mazefit.errors import Problems
from mazefit.kernel import kernel

ROUNDING = 1e-9  # how far a logged probability may lie above 1


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


def expected_node(
    settings: Mapping[str, Any], tables: Tables, state: int, truncated: bool = False, taken: int = -1, below: Node | None = None
) -> Node:
    """A state averaged over by π: side leaves of `q`, and `below` in the place of the action that was `taken`."""
    q, first, edges = tables["q"], state * settings["actions"], list[Edge]()
    for action, chance in enumerate(probabilities_of(settings, tables, state)):
        leaf = Node("action", action_label(action), value=float(q[first + action]))
        node = below if action == taken and below is not None else leaf
        edges.append(Edge(node, weight=chance, chosen=action == taken))
    return Node("state", state_label(state), combine="expect", edges=tuple(edges), truncated=truncated)


# At the door -----------------------------------------------------------------------------------------------------------


def check_target(problems: Problems, target: object, policy: object, *, needed: bool = False) -> None:
    """Note a target that is none, and a policy without probabilities where it is the target.

    Args:
        problems: where it is noted.
        target, policy: π (None: the policy that acts), and the policy that acts.
        needed: whether None is refused, too.
    """
    fine = isinstance(target, EpsilonGreedy | Greedy | Softmax) and isinstance(target.rate, int | float)
    known = "Greedy(), or EpsilonGreedy or Softmax with a constant rate"
    expected = known if needed else f"None, {known}"
    problems.check(fine or (target is None and not needed), f"target: expected {expected}, got {target!r}")
    if target is None:
        problems.check(not isinstance(policy, UCB), "policy: expected one with probabilities π(a|s), got UCB")


def target_settings(target: Policy | None) -> dict[str, Any]:
    """What replay must know of the target."""
    rate: Any = 0.0 if target is None else target.rate
    return {"target": None if target is None else target.name, "target_rate": float(rate)}


def check_averages(settings: Mapping[str, Any]) -> None:
    """Refuse a loaded policy without probabilities.

    Raises:
        ValueError: it has none.
    """
    if settings["policy"] in (None, UCB.name):
        raise ValueError(f"settings: policy: expected one with probabilities, got {settings['policy']!r}")


def check_target_settings(settings: Mapping[str, Any], *, ratio: bool) -> None:
    """Refuse a loaded target that is none.

    Raises:
        ValueError: it is none.
    """
    target, rate = settings["target"], settings["target_rate"]
    names = [None, EpsilonGreedy.name, Greedy.name, Softmax.name]
    if target not in names:
        raise ValueError(f"settings: target: expected one of {names}, got {target!r}")
    low, high = (1e-300, 1e300) if target == Softmax.name else (0.0, 1.0)
    if not isinstance(rate, float) or not low <= rate <= high:
        raise ValueError(f"settings: target_rate: expected a number from {low:g} to {high:g}, got {rate!r}")
    if ratio or target is None:
        check_averages(settings)


def check_chances(extra: npt.NDArray[np.float64], where: str) -> None:
    """Refuse loaded probabilities with which an action cannot have been taken: ratios divide by them.

    Raises:
        ValueError: one is not above 0, or above 1.
    """
    if not ((extra > 0.0) & (extra <= 1.0 + ROUNDING)).all():
        raise ValueError(f"{where}: expected probabilities above 0 and at most 1, got others")
