"""Mistakes that have been made in n-step code, each planted by itself: at least one of the checks sees it."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, NStepExpectedSarsa, NStepSarsa, NStepTD, OffPolicyNStepSarsa, QSigma, TreeBackup
from mazefit.agents.learning import n_step_expected_sarsa as expected
from mazefit.agents.learning import n_step_sarsa as sarsa
from mazefit.agents.learning import n_step_td as td
from mazefit.agents.learning import off_policy_n_step_sarsa as off_policy
from mazefit.agents.learning import q_sigma as sigma
from mazefit.agents.learning import tree_backup as tree
from mazefit.agents.learning.target_policy import target_probability
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED
from mazefit.errors import SpecError
from mazefit.kernel import kernel
from tests.agents.learning.n_step_cases import by_the_book, dag, traced

ACTS: dict[str, Any] = {"discount": 0.8, "policy": EpsilonGreedy(0.5), "n": 3}
LEARNERS: dict[Any, Any] = {
    td: NStepTD(step_size=0.3, discount=0.8, n=3),
    sarsa: NStepSarsa(step_size=0.3, **ACTS),
    expected: NStepExpectedSarsa(step_size=0.3, **ACTS),
    off_policy: OffPolicyNStepSarsa(step_size=0.05, **ACTS, target=EpsilonGreedy(0.3)),
    tree: TreeBackup(step_size=0.3, **ACTS),
    sigma: QSigma(step_size=0.05, **ACTS, sigma=0.5, target=EpsilonGreedy(0.3)),
}


def faults(learner: Any) -> set[str]:
    """Which of the checks fall: "spec" (every update's tree) and "book" (the values, by other code)."""
    found: set[str] = set()
    lake = [gymnasium.make("FrozenLake-v1", is_slippery=False, max_episode_steps=limit) for limit in (4, 50)]
    for env in (*lake, dag(1)):  # cut, ended, and with rewards of all sizes
        trace = traced(learner, env, steps=90, seed=0, backend="python", initial=0.5)
        values = trace.tables_at(trace.rows.end)["v" if learner.kind == "prediction" else "q"]
        if not np.abs(by_the_book(learner, trace) - values).max() <= 1e-12:
            found.add("book")
        try:
            for backup in trace:
                learner.rule.spec.check(backup, n=learner.n)
        except SpecError:
            found.add("spec")
    return found


@pytest.mark.parametrize("module", LEARNERS, ids=lambda module: module.RULE.name)
def test_as_they_are_no_check_falls(module: Any) -> None:
    assert faults(LEARNERS[module]) == set()


@kernel
def one_step_early(t: int, n: int) -> int:
    return max(0, t - n + 2)


@kernel
def one_step_early_at_last(row: int, t: int, n: int) -> int:
    return t if row & (TERMINATED | TRUNCATED) != 0 else t - n + 2


@kernel
def nothing_left_at_the_end(row: int, t: int, n: int) -> int:
    return t - n + 1


@pytest.mark.parametrize("module", LEARNERS, ids=lambda module: module.RULE.name)
@pytest.mark.parametrize("name", ["first_due", "last_due", "the end"])
def test_an_n_off_by_one(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = {"first_due": one_step_early, "last_due": one_step_early_at_last, "the end": nothing_left_at_the_end}[name]
    monkeypatch.setattr(module, "last_due" if name == "the end" else name, bug)
    assert faults(LEARNERS[module])


# ρ ------------------------------------------------------------------------------------------------------------------------


@kernel
def ratio_one_step_late(q: Any, episode: Any, first: int, last: int, actions: tuple[int, ...], rate: float) -> float:
    ratio = 1.0
    for step in range(first + 1, last + 1):
        if episode.cell[step] & TERMINATED == 0:
            ratio = ratio * (target_probability(q, episode.following[step], actions, rate) / episode.extra[step])
    return ratio


@kernel
def ratio_one_step_short(q: Any, episode: Any, first: int, last: int, actions: tuple[int, ...], rate: float) -> float:
    ratio = 1.0
    for step in range(first, last):
        ratio = ratio * (target_probability(q, episode.following[step], actions, rate) / episode.extra[step])
    return ratio


@kernel
def ratio_with_the_first_action(q: Any, episode: Any, first: int, last: int, actions: tuple[int, ...], rate: float) -> float:
    ratio = 1.0
    for step in range(max(first - 1, 0), last + 1):
        if episode.cell[step] & TERMINATED == 0:
            ratio = ratio * (target_probability(q, episode.following[step], actions, rate) / episode.extra[step])
    return ratio


@kernel
def ratio_of_the_pair_itself(q: Any, episode: Any, first: int, last: int, actions: tuple[int, ...], rate: float) -> float:
    ratio = 1.0
    for step in range(first, last + 1):
        if episode.cell[step] & TERMINATED == 0:
            ratio = ratio * (target_probability(q, episode.cell[step] & CELL, actions, rate) / episode.extra[step])
    return ratio


@kernel
def ratio_upside_down(q: Any, episode: Any, first: int, last: int, actions: tuple[int, ...], rate: float) -> float:
    ratio = 1.0
    for step in range(first, last + 1):
        if episode.cell[step] & TERMINATED == 0:
            ratio = ratio * (episode.extra[step] / target_probability(q, episode.following[step], actions, rate))
    return ratio


RATIOS = [
    ratio_one_step_late, ratio_one_step_short, ratio_with_the_first_action, ratio_of_the_pair_itself, ratio_upside_down,
]  # fmt: skip


@pytest.mark.parametrize("bug", RATIOS, ids=lambda bug: bug.__name__)
def test_a_wrong_ratio(bug: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(off_policy, "importance_ratio", bug)
    assert "book" in faults(LEARNERS[off_policy])


# γ, terminals, truncations: wrong returns of n-step Sarsa, TD, Expected Sarsa -----------------------------------------------


@kernel
def lost_discount(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + values[episode.following[last]]
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def lost_discount_on_the_way(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * values[episode.following[last]]
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + total
    return total


@kernel
def bootstrap_at_a_terminal(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = episode.reward[last] + discount * (values[episode.following[last]] + 0.1)
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def no_bootstrap_at_a_truncation(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = episode.reward[last]
    if episode.cell[last] & (TERMINATED | TRUNCATED) == 0:
        total = total + discount * values[episode.following[last]]
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def one_reward_lost(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = discount * values[episode.following[last]] if episode.cell[last] & TERMINATED == 0 else 0.0
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def rewards_one_step_late(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * values[episode.following[last]]
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step + 1] + discount * total
    return total


@kernel
def the_value_of_the_pair_before(values: Any, episode: Any, first: int, last: int, discount: float) -> float:
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * values[episode.following[max(first, last - 1)]]
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


RETURNS = [
    lost_discount, lost_discount_on_the_way, bootstrap_at_a_terminal, no_bootstrap_at_a_truncation, one_reward_lost,
    rewards_one_step_late, the_value_of_the_pair_before,
]  # fmt: skip
PLACES = {td: "n_step_td_target", sarsa: "n_step_sarsa_target", off_policy: "n_step_sarsa_target"}


@pytest.mark.parametrize("bug", RETURNS, ids=lambda bug: bug.__name__)
@pytest.mark.parametrize("module", PLACES, ids=lambda module: module.RULE.name)
def test_a_wrong_return(module: Any, bug: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, PLACES[module], bug)
    assert faults(LEARNERS[module]) == {"spec", "book"}


# Rules that average over actions --------------------------------------------------------------------------------------------


branching, mixed = tree.branching_value.function, sigma.mixed_value.function  # as they are, whatever is planted


@kernel
def expected_everywhere(
    q: Any, episode: Any, first: int, last: int, discount: float, actions: tuple[int, ...], memory: Any
) -> float:
    total = episode.reward[last] + discount * (0.1 + expected.expected_value(q, episode.following[last], actions, memory))
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def best_value(values: Any, first: int, actions: tuple[int, ...], memory: Any) -> float:
    best = values[first]
    for action in range(1, len(actions)):
        best = max(best, values[first + action])
    return best


@kernel
def all_side_leaves(q: Any, first: int, taken: int, below: float, actions: tuple[int, ...], rate: float) -> float:
    return branching(q, first, -1, below, actions, rate)


@kernel
def the_taken_branch_alone(q: Any, first: int, taken: int, below: float, actions: tuple[int, ...], rate: float) -> float:
    return below if taken >= 0 else branching(q, first, taken, below, actions, rate)


@kernel
def the_branch_beside(q: Any, first: int, taken: int, below: float, actions: tuple[int, ...], rate: float) -> float:
    beside = (taken + 1) % len(actions) if taken >= 0 else taken
    return branching(q, first, beside, below, actions, rate)


@kernel
def no_ratio(q: Any, cell: int, below: float, sigma_: float, chance: float, rate: float, how: Any) -> float:
    return mixed(q, cell, below, sigma_, chance, rate, how._replace(on_policy=True))


@kernel
def upside_down(q: Any, cell: int, below: float, sigma_: float, chance: float, rate: float, how: Any) -> float:
    return mixed(q, cell, below, 0.9 - sigma_, chance, rate, how)


@kernel
def no_control(q: Any, cell: int, below: float, sigma_: float, chance: float, rate: float, how: Any) -> float:
    return mixed(q, cell, below, sigma_, chance, rate, how._replace(control_variate=False))


@kernel
def sampled_everywhere(row: int, how: Any) -> float:
    return 1.0


PLANTED = [
    (expected, "n_step_expected_sarsa_target", expected_everywhere),
    (expected, "expected_value", best_value),
    (tree, "branching_value", all_side_leaves),
    (tree, "branching_value", the_taken_branch_alone),
    (tree, "branching_value", the_branch_beside),
    (sigma, "mixed_value", no_ratio),
    (sigma, "mixed_value", upside_down),
    (sigma, "mixed_value", no_control),
    (sigma, "degree", sampled_everywhere),
]


@pytest.mark.parametrize(("module", "name", "bug"), PLANTED, ids=lambda part: getattr(part, "__name__", ""))
def test_a_wrong_average(module: Any, name: str, bug: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, name, bug)
    assert "book" in faults(LEARNERS[module])
