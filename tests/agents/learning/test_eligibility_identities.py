"""The two views of a trace, and what λ = 0 and λ = 1 are, over random mazes."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    UCB,
    EpsilonGreedy,
    QLearning,
    Sarsa,
    SarsaLambda,
    Softmax,
    TDLambda,
    TrueOnlineSarsaLambda,
    TrueOnlineTDLambda,
    WatkinsQLambda,
)
from mazefit.agents.learning.td0 import TD0
from mazefit.backup.one_step import CELL, EXPLORED, TERMINATED, TRUNCATED
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError
from tests.agents.learning.traced import (
    STILL,
    TRUE_ONLINE,
    backward_sums,
    forward_sums,
    near,
    online_lambda_return,
    small,
    start,
    still,
    traced,
    whole,
)
from tests.agents.worlds import coin, six_worlds

KINDS = [
    (TDLambda, False),
    (TDLambda, True),
    (SarsaLambda, False),
    (SarsaLambda, True),
    (WatkinsQLambda, False),
    (WatkinsQLambda, True),
]


def random_walk(states: int = 19) -> TabularMDP:
    """The book's chain: from the middle to either side; the left end pays -1, the right end 1."""
    places = np.arange(states + 2)
    next_state = np.stack([places - 1, places + 1], axis=1)
    next_state[0] = next_state[-1] = [0, states + 1]
    next_state[0, 1], next_state[-1, 0] = 0, states + 1
    ended = (next_state == 0) | (next_state == states + 1)
    reward = np.where(next_state == 0, -1.0, np.where(next_state == states + 1, 1.0, 0.0))
    reward[0] = reward[-1] = 0.0
    return TabularMDP(next_state, reward, ended, start=(states + 1) // 2)


@pytest.mark.parametrize(("kind", "replacing"), KINDS)
@pytest.mark.parametrize("lambda_", [0.0, 0.5, 0.9, 1.0])
def test_backward_is_forward_while_values_are_held_still(kind: Any, replacing: bool, lambda_: float) -> None:
    compared, ended = 0, 0
    for seed in range(2):
        trace = still(kind, seed, lambda_=lambda_, replacing=replacing, discount=0.9)
        rows = len(trace.rows)  # the last episode is unfinished: both views end where the run has come to
        ended += np.count_nonzero(trace.rows.column("cell") & TERMINATED)
        backward = backward_sums(trace, rows)
        assert near(backward, forward_sums(trace, rows))
        compared += len(backward)
    assert compared > 15
    assert ended


def test_backward_is_forward_where_the_time_limit_cuts_episodes() -> None:
    env = gymnasium.make("mazefit/Maze-v0", maze=small(1), max_episode_steps=9)
    for kind, replacing in KINDS:
        trace = still(kind, 3, env, steps=45, lambda_=0.7, replacing=replacing, discount=0.9)
        assert np.count_nonzero(trace.rows.column("cell") & TRUNCATED) >= 3
        assert near(backward_sums(trace, 45), forward_sums(trace, 45))


@pytest.mark.parametrize("kind", [TDLambda, SarsaLambda])
def test_lambda_1_is_every_visit_monte_carlo_while_values_are_held_still(kind: Any) -> None:
    for seed in range(6):
        trace = still(kind, seed, steps=200, lambda_=1.0, replacing=False, discount=0.95)
        rows = whole(trace)
        marks, rewards = trace.rows.column("cell")[:rows].astype(np.int64), trace.rows.column("reward")[:rows]
        expected: dict[str, float] = {}
        gathered = 0.0
        for i in range(rows - 1, -1, -1):
            gathered = rewards[i] + (0.0 if marks[i] & TERMINATED else 0.95 * gathered)
            backup = trace[i]
            expected[backup.root.label] = expected.get(backup.root.label, 0.0) + gathered - backup.old
        assert near(backward_sums(trace, rows), expected)


@pytest.mark.parametrize("policy", [EpsilonGreedy(0.2), Softmax(0.7), UCB(0.5)])
def test_lambda_0_is_sarsa_and_q_learning_to_the_bit(policy: Any) -> None:
    for seed in range(4):
        for env in (Maze.generate(3, 3, seed=seed, loops=0.4), gymnasium.make("FrozenLake-v1")):
            common = {"step_size": 0.3, "discount": 0.9, "policy": policy}
            for zero, one in (
                *((SarsaLambda(**common, lambda_=0.0, replacing=r), Sarsa(**common)) for r in (False, True)),
                *((WatkinsQLambda(**common, lambda_=0.0, replacing=r), QLearning(**common)) for r in (False, True)),
            ):
                ours = zero.learn(env, episodes=8, seed=seed)
                theirs = one.learn(env, episodes=8, seed=seed)
                assert ours.q.tobytes() == theirs.q.tobytes()
                assert (ours.lengths.tolist(), ours.drawn) == (theirs.lengths.tolist(), theirs.drawn)


def test_lambda_0_is_td_0_to_the_bit() -> None:
    for seed in range(4):
        for env in (small(seed), gymnasium.make("FrozenLake-v1"), random_walk()):
            expected = TD0(step_size=0.3, discount=0.9).predict(env, episodes=10, seed=seed).v.tobytes()
            for zero in (
                TDLambda(step_size=0.3, discount=0.9, lambda_=0.0),
                TDLambda(step_size=0.3, discount=0.9, lambda_=0.0, replacing=True),
                TrueOnlineTDLambda(step_size=0.3, discount=0.9, lambda_=0.0),
            ):
                assert zero.predict(env, episodes=10, seed=seed).v.tobytes() == expected


def test_true_online_sarsa_at_lambda_0_is_sarsa_to_the_bit() -> None:
    ours = TrueOnlineSarsaLambda(step_size=0.3, discount=0.9, lambda_=0.0).learn(Maze.named("dyna"), steps=3000, seed=0)
    assert ours.q.tobytes() == Sarsa(step_size=0.3, discount=0.9).learn(Maze.named("dyna"), steps=3000, seed=0).q.tobytes()


@pytest.mark.parametrize("kind", TRUE_ONLINE)
@pytest.mark.parametrize(("step_size", "lambda_"), [(0.4, 0.8), (0.9, 0.95), (0.2, 1.0), (1.0, 0.5)])
def test_true_online_is_the_online_lambda_return_algorithm(kind: Any, step_size: float, lambda_: float) -> None:
    worlds = [
        random_walk(),
        Maze.generate(3, 3, seed=5, loops=0.3),
        coin(),
        gymnasium.make("mazefit/Maze-v0", maze=small(2), max_episode_steps=25),
    ]
    for seed, env in enumerate(worlds):
        trace = traced(
            kind(step_size=step_size, discount=0.97, lambda_=lambda_), env, steps=260, seed=seed, initial=-1.0, backend="python"
        )
        expected = online_lambda_return(trace)
        for row in range(len(trace.rows) + 1):  # after every step, not only where episodes end
            found = trace.tables_at(row)["q" if trace.rule.pairs else "v"]
            assert np.abs(found - expected[row]).max() <= 1e-12 * max(1.0, np.abs(expected[row]).max())


def test_plain_traces_are_not_the_online_lambda_return_algorithm() -> None:
    # so the identity above says something: accumulating and replacing traces miss it by far more than rounding
    for replacing in (False, True):
        learner = TDLambda(step_size=0.4, discount=0.97, replacing=replacing)
        trace = traced(learner, random_walk(), steps=260, seed=0, backend="python")
        assert np.abs(trace.replay().v - online_lambda_return(trace)[-1]).max() > 1e-3


def test_watkins_cuts_just_where_the_next_action_is_not_greedy() -> None:
    cuts = 0
    for name, world in six_worlds().items():
        trace = traced(
            WatkinsQLambda(step_size=0.4, discount=0.9, policy=EpsilonGreedy(0.3)), world, steps=400, seed=2, backend="python"
        )
        marks = trace.rows.column("cell").astype(np.int64)
        for row in range(1, len(marks)):
            before = trace.tables_at(row)
            over = bool(marks[row - 1] & (TERMINATED | TRUNCATED))
            cell, actions = int(marks[row] & CELL), trace.settings["actions"]
            first = cell - cell % actions
            greedy = before["q"][cell] == before["q"][first : first + actions].max()
            assert bool(marks[row - 1] & EXPLORED) == (not over and not greedy), (name, row)
            assert (before["active"][0] == 0.0) == (over or not greedy)
            cuts += not over and not greedy
    assert cuts > 100


def test_ties_count_as_greedy() -> None:
    # no value ever moves, so that all actions tie for ever: whatever is taken, the trace lasts to the episode's end
    trace = traced(WatkinsQLambda(policy=EpsilonGreedy(1.0)), Maze.named("dyna").mdp(0.0, 0.0), steps=500, seed=0)
    assert not (trace.rows.column("cell") & EXPLORED).any()


def test_a_forward_view_stops_at_the_cut() -> None:
    trace = still(WatkinsQLambda, 0, steps=600, policy=EpsilonGreedy(0.5), replacing=False)
    marks = trace.rows.column("cell")
    lengths = set[int]()
    rows = whole(trace)
    assert rows > 100
    for i in range(rows):
        stop = i + int(np.flatnonzero(marks[i:] & (EXPLORED | TERMINATED))[0])
        assert len(trace.forward(i).components) == stop - i + 1
        lengths.add(stop - i + 1)
    assert len(lengths) > 3


def test_the_step_size_that_holds_values_still_does() -> None:
    trace = still(SarsaLambda, 0)
    assert trace.replay().q.tobytes() == trace.base["q"].tobytes()
    assert STILL > 0.0


def test_only_traces_have_a_forward_view() -> None:
    trace = traced(QLearning(), small(0), steps=9, seed=0)
    with pytest.raises(ConfigError, match="forward: expected a rule with eligibility traces, got q-learning"):
        trace.forward(3)


def test_td_lambda_finds_the_values_of_the_random_walk() -> None:
    true = np.arange(-9, 10) / 10
    for learner in (
        TDLambda(step_size=0.02, lambda_=0.8),
        TDLambda(step_size=0.02, replacing=True),
        TrueOnlineTDLambda(step_size=0.02),
    ):
        found = start(learner, random_walk(), episodes=3000, seed=1).v[1:-1]
        assert np.sqrt(np.mean((found - true) ** 2)) < 0.08
