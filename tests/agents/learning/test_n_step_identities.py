"""What the n-step rules are at their ends: the one-step rules, Monte Carlo, each other; and the boxes of the book."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mazefit.agents import (
    TD0,
    EpsilonGreedy,
    ExpectedSarsa,
    Greedy,
    NStepExpectedSarsa,
    NStepSarsa,
    NStepTD,
    OffPolicyNStepSarsa,
    QLearning,
    QSigma,
    Run,
    Sarsa,
    Softmax,
    TreeBackup,
)
from mazefit.agents.learning.monte_carlo_control import MonteCarloControl
from mazefit.agents.learning.monte_carlo_prediction import MonteCarloPrediction
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.learning.n_step_cases import LEARNERS, OTHER_PARTS, by_the_book, columns, dag, fed, start
from tests.agents.worlds import six_worlds

WORLDS = six_worlds()
ON = {"step_size": 0.3, "discount": 0.95}
many = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10**6)
mazes = st.builds(
    lambda seed, rows, width, loops: Maze.generate(rows, width, "wilson", seed=seed, loops=loops),
    seeds, st.integers(2, 4), st.integers(2, 4), st.sampled_from([0.0, 0.4]),
)  # fmt: skip
policies = st.sampled_from([EpsilonGreedy(0.1), EpsilonGreedy(0.5), Softmax(1.0)])


def ran(learner: Any, env: Any, seed: int, steps: int = 400) -> Run:
    return start(learner, env, steps=steps, seed=seed, trace=True, backend="python")


def alike(one: Run, other: Run) -> bool:
    """Whether two learners have done the same: values and experience, to the bit."""
    assert one.trace is not None
    assert other.trace is not None
    names = ("cell", "next", "reward")
    return one.v.tobytes() == other.v.tobytes() and all(
        one.trace.rows.column(name).tobytes() == other.trace.rows.column(name).tobytes() for name in names
    )


def near(one: Any, other: Any) -> bool:
    """Whether all values agree, relative to the largest."""
    return bool(np.abs(one - other).max() <= 1e-12 * max(1.0, np.abs(one).max()))


def test_one_step_of_each_is_the_one_step_rule_on_the_six_worlds() -> None:
    for world in WORLDS.values():
        acts = {**ON, "policy": EpsilonGreedy(0.2)}
        assert alike(ran(NStepSarsa(**acts, n=1), world, 1), ran(Sarsa(**acts), world, 1))
        assert alike(ran(NStepTD(**ON, n=1), world, 1), ran(TD0(**ON), world, 1))
        assert alike(ran(NStepExpectedSarsa(**acts, n=1), world, 1), ran(ExpectedSarsa(**acts), world, 1))
        assert alike(ran(TreeBackup(**acts, n=1), world, 1), ran(ExpectedSarsa(**acts), world, 1))


@many
@given(mazes, seeds, policies)
def test_one_step_of_each_is_the_one_step_rule(maze: Maze, seed: int, policy: Any) -> None:
    acts = {**ON, "policy": policy}
    assert alike(ran(NStepSarsa(**acts, n=1), maze, seed), ran(Sarsa(**acts), maze, seed))
    assert alike(ran(NStepTD(**ON, n=1), maze, seed), ran(TD0(**ON), maze, seed))
    one_step = ran(ExpectedSarsa(**acts), maze, seed)
    assert alike(ran(NStepExpectedSarsa(**acts, n=1), maze, seed), one_step)
    assert alike(ran(TreeBackup(**acts, n=1), maze, seed), one_step)
    assert alike(ran(OffPolicyNStepSarsa(**acts, n=1, target=policy), maze, seed), ran(Sarsa(**acts), maze, seed))


@many
@given(mazes, seeds)
def test_one_step_tree_backup_with_a_greedy_target_is_q_learning(maze: Maze, seed: int) -> None:
    run = ran(QLearning(**ON), maze, seed)
    assert run.trace is not None
    # Σ over the tied maximisers may differ from their maximum in the last bit; so on the same experience
    assert near(run.q.reshape(-1), fed(TreeBackup(**ON, n=1, target=Greedy()), maze, columns(run.trace)))


@many
@given(mazes, seeds, policies, st.integers(1, 6))
def test_q_sigma_at_its_ends(maze: Maze, seed: int, policy: Any, n: int) -> None:
    acts = {**ON, "policy": policy, "n": n}
    assert alike(ran(QSigma(**acts, sigma=1.0, control_variate=False), maze, seed), ran(NStepSarsa(**acts), maze, seed))
    for target in (None, Greedy(), EpsilonGreedy(0.3)):
        for control in (False, True):
            run = ran(QSigma(**acts, sigma=0.0, control_variate=control, target=target), maze, seed)
            assert run.trace is not None
            rows = {**columns(run.trace), "next": run.trace.rows.column("next") // 4}
            assert near(run.q.reshape(-1), fed(TreeBackup(**acts, target=target), maze, rows))


@many
@given(mazes, seeds, st.integers(1, 6))
def test_off_policy_with_the_behaviour_as_target_is_n_step_sarsa(maze: Maze, seed: int, n: int) -> None:
    # with policies that do not look at Q every ratio is 1; else it is π now over π then
    acts = {**ON, "policy": EpsilonGreedy(1.0), "n": n}
    plain = ran(NStepSarsa(**acts), maze, seed)
    assert alike(ran(OffPolicyNStepSarsa(**acts, target=EpsilonGreedy(1.0)), maze, seed), plain)
    sampled = QSigma(**acts, sigma=1.0, control_variate=False, target=EpsilonGreedy(1.0))
    assert alike(ran(sampled, maze, seed), plain)


@many
@given(seeds)
def test_an_n_as_long_as_the_episode_is_monte_carlo(seed: int) -> None:
    # where no state comes twice; else the two do the same updates in another order
    world = dag(seed)
    plain = ran(MonteCarloPrediction(**ON, first_visit=False), world, seed)
    assert plain.episodes > 50
    assert alike(ran(NStepTD(**ON, n=8), world, seed), plain)
    assert alike(ran(NStepTD(**ON, n=1000), world, seed), plain)
    control = ran(MonteCarloControl(**ON, policy=EpsilonGreedy(0.1), first_visit=False), world, seed)
    assert control.trace is not None
    assert alike(ran(NStepExpectedSarsa(**ON, n=8), world, seed), control)


def test_a_shorter_n_is_not() -> None:
    assert not alike(ran(NStepTD(**ON, n=2), dag(1), 0), ran(MonteCarloPrediction(**ON, first_visit=False), dag(1), 0))


@many
@given(mazes, seeds)
def test_an_n_as_long_as_the_episode_is_every_visit_monte_carlo_with_constant_step_size(maze: Maze, seed: int) -> None:
    run = ran(NStepSarsa(**ON, n=10**6), maze, seed)
    assert run.trace is not None
    rows, q, begun = columns(run.trace), np.zeros(len(run.q.reshape(-1))), 0
    for end in np.flatnonzero(rows["cell"] & TERMINATED) + 1:
        cells, rewards = rows["cell"][begun:end] & CELL, rows["reward"][begun:end]
        for t, cell in enumerate(cells):
            discounted = sum(float(r) * ON["discount"] ** k for k, r in enumerate(rewards[t:]))
            q[cell] += ON["step_size"] * (discounted - q[cell])
        begun = int(end)
    assert run.episodes > 0 or not q.any()
    assert near(q, run.q.reshape(-1))


CONSTANT = [
    learner
    for learner in (*LEARNERS, *OTHER_PARTS)
    if isinstance(learner.step_size, float)
    and (learner.kind == "prediction" or (isinstance(learner.policy.rate, float) and learner.policy.has_probabilities))
]


@pytest.mark.parametrize("learner", CONSTANT, ids=lambda learner: f"{learner.name}-{learner.n}")
def test_the_boxes_of_the_book_on_the_six_worlds(learner: Any) -> None:
    for world in WORLDS.values():
        run = ran(learner, world, seed=2, steps=300)
        assert run.trace is not None
        assert near(by_the_book(learner, run.trace), run.tables["v" if learner.kind == "prediction" else "q"])
    assert len(CONSTANT) >= 10


@many
@given(mazes, seeds, st.integers(1, 7), st.floats(0.0, 1.0), st.booleans(), st.sampled_from([None, Greedy(), Softmax(2.0)]))
def test_the_boxes_of_the_book(maze: Maze, seed: int, n: int, sigma: float, control: bool, target: Any) -> None:
    acts: dict[str, Any] = {"step_size": 0.02, "discount": 0.9, "policy": EpsilonGreedy(0.7), "n": n}
    learners: list[Any] = [
        NStepSarsa(**acts), NStepExpectedSarsa(**acts), TreeBackup(**acts, target=target),
        QSigma(**acts, sigma=sigma, control_variate=control, target=target),
        QSigma(**acts, sigma="random", control_variate=control, target=target),
        OffPolicyNStepSarsa(**acts, target=target or EpsilonGreedy(0.2)), NStepTD(step_size=0.2, discount=0.9, n=n),
    ]  # fmt: skip
    for learner in learners:
        run = ran(learner, maze, seed, steps=200)
        assert run.trace is not None
        assert near(by_the_book(learner, run.trace), run.tables["v" if learner.kind == "prediction" else "q"])


def test_off_policy_values_are_those_of_the_target() -> None:
    """A behaviour that does anything; π is ε-greedy on values that stand still: on average Q is that of π, not that of b."""
    next_state = np.array([[1, 2], [3, 3], [3, 3], [3, 3]])  # S0 -> S1 or S2 -> the end
    reward = np.array([[0.0, 0.0], [4.0, -4.0], [1.0, 1.0], [0.0, 0.0]])
    world = TabularMDP(next_state, reward, next_state == 3, start=0)
    initial = np.array([[0.0, 0.0], [4.0, -4.0], [1.0, 1.0], [0.0, 0.0]])
    learner = OffPolicyNStepSarsa(step_size=0.002, policy=EpsilonGreedy(1.0), target=EpsilonGreedy(0.5), n=5)
    q = learner.learn(world, episodes=60_000, seed=0, initial=initial).q
    assert q[0, 0] == pytest.approx(0.75 * 4.0 - 0.25 * 4.0, abs=0.15)  # b would give 0
    assert q[0, 1] == pytest.approx(1.0, abs=0.02)
