"""The returns of the n-step rules, computed by hand; their parameters."""

from typing import Any

import numpy as np
import pytest

from mazefit.agents import (
    UCB,
    EpsilonGreedy,
    Exponential,
    Greedy,
    NStepExpectedSarsa,
    NStepSarsa,
    NStepTD,
    OffPolicyNStepSarsa,
    QSigma,
    Softmax,
    TreeBackup,
)
from mazefit.agents.episode_rule import Episode, fresh_episode
from mazefit.agents.learning import n_step_expected_sarsa as expected
from mazefit.agents.learning import n_step_sarsa as sarsa
from mazefit.agents.learning import n_step_td as td
from mazefit.agents.learning import off_policy_n_step_sarsa as off_policy
from mazefit.agents.learning import q_sigma as sigma
from mazefit.agents.learning import tree_backup as tree
from mazefit.agents.learning.n_step import first_due, last_due, n_step_updates
from mazefit.agents.learning.sigma import SigmaHow
from mazefit.agents.learning.target_policy import Rated, TargetHow
from mazefit.agents.step_rule import Memory, StateMemory
from mazefit.backup.one_step import SAMPLED, TERMINATED, TRUNCATED
from mazefit.errors import ConfigError

TWO = (0, 1)
BOTH = pytest.mark.parametrize("compiled", [False, True])
Q = (1.0, 0.5, 3.0, 4.0, -2.0, 6.0)  # three states, two actions
# S0 -a1-> S1 -a0-> S2 -a1-> S0 (a1 would follow): rewards -1, 2, 0.5; the actions that follow had b = 0.25, 0.5, 0.8
CELLS, FOLLOWING, REWARDS, CHANCES = (1, 2, 5), (2, 5, 1), (-1.0, 2.0, 0.5), (0.25, 0.5, 0.8)


def three_steps(flags: int = 0, *, pairs: bool = True) -> Episode:
    """Those steps; the last one with `flags`."""
    arrays = fresh_episode(4)
    arrays["cell"][:3] = CELLS
    arrays["cell"][2] += flags
    arrays["following"][:3] = FOLLOWING if pairs else [pair // 2 for pair in FOLLOWING]
    arrays["reward"][:3] = REWARDS
    arrays["extra"][:3] = CHANCES
    return Episode(**arrays)


@BOTH
def test_n_step_td_by_hand(compiled: bool) -> None:
    v = np.array([10.0, 20.0, 30.0])

    def target(flags: int, first: int, last: int) -> float:
        return td.n_step_td_target.run(compiled, v, three_steps(flags, pairs=False), first, last, 0.9)

    assert target(0, 0, 2) == -1.0 + 0.9 * (2.0 + 0.9 * (0.5 + 0.9 * 10.0))
    assert target(TRUNCATED, 0, 2) == target(0, 0, 2)  # cut, not ended
    assert target(TERMINATED, 0, 2) == -1.0 + 0.9 * (2.0 + 0.9 * 0.5)
    assert target(0, 1, 1) == 2.0 + 0.9 * 30.0


@BOTH
def test_n_step_sarsa_by_hand(compiled: bool) -> None:
    def target(flags: int, first: int, last: int) -> float:
        return sarsa.n_step_sarsa_target.run(compiled, np.array(Q), three_steps(flags), first, last, 0.9)

    assert target(0, 0, 2) == -1.0 + 0.9 * (2.0 + 0.9 * (0.5 + 0.9 * 0.5))
    assert target(TRUNCATED, 0, 2) == target(0, 0, 2)
    assert target(TERMINATED, 0, 2) == -1.0 + 0.9 * (2.0 + 0.9 * 0.5)
    assert target(0, 0, 1) == -1.0 + 0.9 * (2.0 + 0.9 * 6.0)


@BOTH
def test_n_step_expected_sarsa_by_hand(compiled: bool) -> None:
    def target(flags: int, epsilon: float) -> float:
        episode = three_steps(flags, pairs=False)
        return expected.n_step_expected_sarsa_target.run(
            compiled, np.array(Q), episode, 1, 2, 0.9, TWO, Rated((0.0, epsilon))
        )  # fmt: skip

    assert target(0, 0.0) == 2.0 + 0.9 * (0.5 + 0.9 * 1.0)
    assert target(0, 0.2) == pytest.approx(2.0 + 0.9 * (0.5 + 0.9 * (0.9 * 1.0 + 0.1 * 0.5)), rel=1e-15)
    assert target(TRUNCATED, 0.2) == target(0, 0.2)
    assert target(TERMINATED, 0.2) == 2.0 + 0.9 * 0.5


@BOTH
def test_the_ratio_by_hand(compiled: bool) -> None:
    def ratio(flags: int, first: int, last: int, epsilon: float) -> float:
        return off_policy.importance_ratio.run(compiled, np.array(Q), three_steps(flags), first, last, TWO, epsilon)

    # π of the actions that follow: a0 in S1 is not the best, a1 in S2 is, a1 in S0 is not
    assert ratio(0, 0, 2, 0.2) == pytest.approx(0.1 / 0.25 * 0.9 / 0.5 * 0.1 / 0.8, rel=1e-15)
    assert ratio(0, 1, 1, 0.2) == 0.9 / 0.5
    assert ratio(TERMINATED, 1, 2, 0.2) == 0.9 / 0.5  # no action follows the end
    assert ratio(TRUNCATED, 1, 2, 0.2) == ratio(0, 1, 2, 0.2)
    assert ratio(0, 0, 2, 0.0) == 0.0  # a greedy target never does this
    assert ratio(TERMINATED, 2, 2, 0.0) == 1.0


@BOTH
def test_tree_backup_by_hand(compiled: bool) -> None:
    def target(flags: int, first: int, epsilon: float) -> float:
        episode = three_steps(flags, pairs=False)
        return tree.tree_backup_target.run(compiled, np.array(Q), episode, first, 2, 0.9, TWO, epsilon)

    last = 0.5 + 0.9 * (0.9 * 1.0 + 0.1 * 0.5)
    middle = 2.0 + 0.9 * (0.1 * -2.0 + 0.9 * last)
    assert target(0, 0, 0.2) == pytest.approx(-1.0 + 0.9 * (0.1 * middle + 0.9 * 4.0), rel=1e-15)
    assert target(TRUNCATED, 0, 0.2) == target(0, 0, 0.2)
    assert target(TERMINATED, 1, 0.2) == pytest.approx(2.0 + 0.9 * (0.1 * -2.0 + 0.9 * 0.5), rel=1e-15)
    assert target(0, 1, 0.0) == 2.0 + 0.9 * (0.5 + 0.9 * 1.0)  # greedy: a1 in S2 is the best, the return goes on
    assert target(0, 0, 0.0) == -1.0 + 0.9 * 4.0  # a0 in S1 is not: the return is that of the best


def how(sigma_: float, *, control: bool, on_policy: bool, drawn: bool = False) -> SigmaHow:
    return SigmaHow(0.9, TWO, 2, on_policy, 0.2, sigma_, drawn, control)


@BOTH
def test_q_sigma_by_hand(compiled: bool) -> None:
    def target(flags: int, first: int, given: SigmaHow, marks: tuple[int, ...] = ()) -> float:
        episode = three_steps(flags)
        for step in marks:
            episode.cell[step] += SAMPLED
        return sigma.q_sigma_target.run(compiled, np.array(Q), episode, first, 2, 0.2, given)

    # off-policy, σ = 0.3: ρ = 0.1 / 0.8 at S0 and 0.9 / 0.5 at S2
    plain = how(0.3, control=False, on_policy=False)
    end = 0.3 * (0.1 / 0.8) * 0.5 + 0.7 * (0.9 * 1.0 + 0.1 * 0.5)
    last = 0.5 + 0.9 * end
    assert target(0, 2, plain) == pytest.approx(last, rel=1e-15)
    inner = 0.3 * (0.9 / 0.5) * last + 0.7 * (0.1 * -2.0 + 0.9 * last)
    assert target(0, 1, plain) == pytest.approx(2.0 + 0.9 * inner, rel=1e-15)
    assert target(TRUNCATED, 1, plain) == target(0, 1, plain)
    ended = 0.3 * (0.9 / 0.5) * 0.5 + 0.7 * (0.1 * -2.0 + 0.9 * 0.5)
    assert target(TERMINATED, 1, plain) == pytest.approx(2.0 + 0.9 * ended, rel=1e-15)
    # with the control variate of the book: at the last arrival G = Q(S', A'), so that only Σ π Q is left
    booked = how(0.3, control=True, on_policy=False)
    last = 0.5 + 0.9 * (0.9 * 1.0 + 0.1 * 0.5)
    assert target(0, 2, booked) == pytest.approx(last, rel=1e-15)
    inner = (0.3 * (0.9 / 0.5) + 0.7 * 0.9) * (last - 6.0) + (0.1 * -2.0 + 0.9 * 6.0)
    assert target(0, 1, booked) == pytest.approx(2.0 + 0.9 * inner, rel=1e-15)
    # on-policy ρ is 1, whatever b was noted
    inner = (0.3 + 0.7 * 0.9) * (last - 6.0) + (0.1 * -2.0 + 0.9 * 6.0)
    assert target(0, 1, how(0.3, control=True, on_policy=True)) == pytest.approx(2.0 + 0.9 * inner, rel=1e-15)
    # drawn: sampled after step 1, averaged over after step 2
    drawn = how(0.0, control=False, on_policy=True, drawn=True)
    assert target(0, 1, drawn, (1,)) == pytest.approx(2.0 + 0.9 * last, rel=1e-15)


def test_what_is_due_by_hand() -> None:
    def due(flags: int, t: int, n: int) -> list[int]:
        return list(range(first_due(t, n), last_due(flags, t, n) + 1))

    assert [due(0, t, 3) for t in range(5)] == [[], [], [0], [1], [2]]
    assert due(TERMINATED, 4, 3) == due(TRUNCATED, 4, 3) == [2, 3, 4]
    assert due(TERMINATED, 1, 3) == [0, 1]  # an episode shorter than n
    assert due(0, 0, 1) == due(TERMINATED, 0, 1) == [0]
    cells = np.array([0, 0, 0, 0, TERMINATED])
    assert n_step_updates({"n": 3}, {"cell": cells}).tolist() == [[0, 2], [1, 3], [2, 4], [3, 4], [4, 4]]
    assert n_step_updates({"n": 3}, {"cell": cells[:4]}).tolist() == [[0, 2], [1, 3]]
    assert n_step_updates({"n": 9}, {"cell": cells[:4]}).tolist() == []
    assert n_step_updates({"n": 9}, {"cell": cells}).tolist() == [[step, 4] for step in range(5)]
    assert n_step_updates({"n": 3}, {"cell": cells[:0]}).tolist() == []


@BOTH
def test_learn_by_hand(compiled: bool) -> None:
    """Two steps of an episode with n = 2: nothing is due, then its first pair; the end brings the second."""
    q, rates = np.array(Q), np.array([0.5, 0.0])
    episode = three_steps(TERMINATED)
    given = TargetHow(0.9, TWO, 2, False, 0.2)
    memory = Memory(q, np.zeros(1), rates)
    off_policy.learn.run(compiled, memory, episode, 0, given)
    assert q.tolist() == list(Q)
    off_policy.learn.run(compiled, memory, episode, 1, given)
    ratio = (0.1 / 0.25) * (0.9 / 0.5)
    new = 0.5 + 0.5 * ratio * (-1.0 + 0.9 * (2.0 + 0.9 * 6.0) - 0.5)
    assert q.tolist() == [1.0, pytest.approx(new, rel=1e-15), 3.0, 4.0, -2.0, 6.0]
    assert [episode.target[0], episode.old[0], episode.new[0]] == [-1.0 + 0.9 * (2.0 + 0.9 * 6.0), 0.5, q[1]]
    assert episode.step_size[0] == pytest.approx(0.5 * ratio, rel=1e-15)
    off_policy.learn.run(compiled, memory, episode, 2, given)
    middle = 3.0 + 0.5 * (0.9 / 0.5) * (2.0 + 0.9 * 0.5 - 3.0)
    assert q.tolist() == [1.0, q[1], pytest.approx(middle, rel=1e-15), 4.0, -2.0, 6.0 + 0.5 * (0.5 - 6.0)]


@BOTH
def test_visits_of_states_are_counted_and_flags_are_none(compiled: bool) -> None:
    places = {"visit": td.visit}
    from mazefit.agents.schedules import counted_visit

    places["visit"] = counted_visit
    memory = StateMemory(np.zeros(3), np.zeros(3), np.array([0.5, 0.0]))
    episode = three_steps(TERMINATED, pairs=False)
    for t in range(3):
        td.learn.using(**places).run(compiled, memory, episode, t, expected.n_step_how({"discount": 1.0, "actions": 2, "n": 1}))
    assert memory.counts.tolist() == [1.0, 1.0, 1.0]


KINDS: tuple[Any, ...] = (NStepTD, NStepSarsa, NStepExpectedSarsa, OffPolicyNStepSarsa, TreeBackup, QSigma)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [0, -1, 2.5, True, "3", None, 2**31])
def test_an_n_that_is_none(kind: Any, n: Any) -> None:
    with pytest.raises(ConfigError, match=r"n: expected an integer from 1 to 2147483647, got"):
        kind(n=n)
    assert kind(n=np.int64(7)).n == 7


@pytest.mark.parametrize("kind", KINDS)
def test_all_wrong_fields_at_once(kind: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        kind(step_size=0.0, discount=1.5, n=0)
    for name in ("step_size", "discount", "n: expected"):
        assert name in str(refused.value)


TARGETS: tuple[tuple[Any, dict[str, Any], str], ...] = (
    (
        OffPolicyNStepSarsa,
        {"target": None},
        "target: expected Greedy(), or EpsilonGreedy or Softmax with a constant rate, got None",
    ),
    (
        OffPolicyNStepSarsa,
        {"target": UCB()},
        "target: expected Greedy(), or EpsilonGreedy or Softmax with a constant rate, got UCB",
    ),
    (OffPolicyNStepSarsa, {"policy": UCB()}, "policy: expected one with probabilities π(a|s), got UCB"),
    (TreeBackup, {"target": "greedy"}, "target: expected None, Greedy(), or EpsilonGreedy or Softmax with a constant rate"),
    (TreeBackup, {"target": EpsilonGreedy(Exponential(0.5, 0.9))}, "target: expected None, Greedy()"),
    (TreeBackup, {"policy": UCB()}, "policy: expected one with probabilities π(a|s), got UCB"),
    (NStepExpectedSarsa, {"policy": UCB()}, "policy: expected one with probabilities π(a|s), got UCB"),
    (QSigma, {"policy": UCB(), "target": Greedy()}, "policy: expected one with probabilities π(a|s), got UCB"),
    (QSigma, {"target": 0.5}, "target: expected None, Greedy()"),
    (QSigma, {"sigma": 1.5}, "sigma: expected a number with 0 <= sigma <= 1, got 1.5"),
    (QSigma, {"sigma": "drawn"}, "sigma: expected a number from 0 to 1 or 'random', got 'drawn'"),
    (QSigma, {"sigma": None}, "sigma: expected a number with 0 <= sigma <= 1, got None"),
    (QSigma, {"control_variate": 1}, "control_variate: expected bool, got 1"),
)


@pytest.mark.parametrize(("kind", "arguments", "sentence"), TARGETS)
def test_targets_and_degrees_that_are_none(kind: Any, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        kind(**arguments)
    assert sentence in str(refused.value)


def test_what_is_taken() -> None:
    assert TreeBackup(policy=UCB(), target=Greedy()).target == Greedy()  # tree backup asks nothing of the behaviour
    assert QSigma(sigma=np.float32(0.5)).sigma == 0.5
    assert QSigma(sigma=1).sigma == 1.0
    assert OffPolicyNStepSarsa(target=Softmax(0.5)).target == Softmax(0.5)
