"""What the Monte Carlo family equals: sample averages by definition, n-step rules with n beyond the end, off-line TD(λ)."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    EpsilonGreedy,
    MonteCarloControl,
    MonteCarloPrediction,
    NStepSarsa,
    NStepTD,
    OfflineLambdaReturn,
    OffPolicyMonteCarlo,
    OffPolicyMonteCarloControl,
    Run,
)
from mazefit.backup.one_step import CELL
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.learning.monte_carlo_cases import ends_soon, episodes_of, returns_of, trace_of
from tests.agents.learning.n_step_cases import dag
from tests.agents.worlds import coin, corridor

MAZES = [Maze.generate(3, 3, "wilson", seed=seed, loops=0.4) for seed in range(6)]
SEEDS = pytest.mark.parametrize("seed", range(6))


def averages(run: Run, *, first_visit: bool) -> dict[int, float]:
    """The plain average of the returns of each entry, by definition."""
    found: dict[int, list[float]] = {}
    for episode in episodes_of(run):
        assert episode["ended"]
        seen: set[int] = set()
        for entry, total in zip(
            episode["entry"].tolist(), returns_of(episode["reward"], run.settings["discount"]), strict=True
        ):
            if entry not in seen or not first_visit:
                found.setdefault(entry, []).append(total)
            seen.add(entry)
    return {entry: float(np.mean(totals)) for entry, totals in found.items()}


@SEEDS
@pytest.mark.parametrize("first_visit", [True, False])
@pytest.mark.parametrize("kind", [MonteCarloPrediction, MonteCarloControl])
def test_per_visit_is_the_average_of_returns(kind: Any, first_visit: bool, seed: int) -> None:
    maze = MAZES[seed]
    more = {"policy": EpsilonGreedy(0.6)} if kind is MonteCarloControl else {}
    learner = kind(discount=0.9, first_visit=first_visit, **more)
    if learner.kind == "prediction":
        run = learner.predict(maze, ends_soon(maze, seed), episodes=25, seed=seed, trace=True)
    else:
        run = learner.learn(maze, episodes=25, seed=seed, trace=True)
    table = run.q.reshape(-1) if learner.kind == "control" else run.v
    for entry, average in averages(run, first_visit=first_visit).items():
        assert table[entry] == pytest.approx(average, rel=1e-12)


@SEEDS
def test_first_visit_equals_every_visit_where_nothing_is_met_twice(seed: int) -> None:
    world = dag(seed)
    for kind in (MonteCarloPrediction, MonteCarloControl):
        runs = [kind(discount=0.9, first_visit=first) for first in (True, False)]
        tables = [
            (one.predict if one.kind == "prediction" else one.learn)(world, episodes=60, seed=seed).v.tobytes() for one in runs
        ]
        assert tables[0] == tables[1]
    off = [OffPolicyMonteCarlo(discount=0.9, first_visit=first) for first in (True, False)]
    policy = np.random.default_rng(seed).dirichlet(np.ones(3), 9)
    assert len({one.predict(world, policy, episodes=60, seed=seed).v.tobytes() for one in off}) == 1
    maze = MAZES[seed]  # and differs where something is
    both = [MonteCarloPrediction(first_visit=first).predict(maze, episodes=9, seed=seed).v.tobytes() for first in (True, False)]
    assert both[0] != both[1]


def targets(run: Run) -> dict[tuple[int, int], float]:
    """The target of each update by episode and step."""
    return {(int(b.episode or 0), int(b.step or 0)): float(b.target or 0.0) for b in trace_of(run)}


@SEEDS
def test_constant_alpha_monte_carlo_is_an_n_step_rule_with_n_beyond_the_end(seed: int) -> None:
    maze = MAZES[seed]
    policy = ends_soon(maze, seed)
    given: dict[str, Any] = {"episodes": 6, "seed": seed, "trace": True}
    monte = MonteCarloPrediction(first_visit=False, step_size=0.1, discount=0.9).predict(maze, policy, **given)
    steps = NStepTD(step_size=0.1, discount=0.9, n=10**6).predict(maze, policy, **given)
    assert targets(monte) == targets(steps)  # to the bit: every return of every episode
    uniform, world = EpsilonGreedy(1.0), corridor(4)  # an n-step return is summed anew at every step: short episodes
    sarsa = NStepSarsa(step_size=0.1, discount=0.9, n=10**6, policy=uniform).learn(world, **given)
    control = MonteCarloControl(step_size=0.1, discount=0.9, first_visit=False, policy=uniform).learn(world, **given)
    assert targets(control) == targets(sarsa)


@SEEDS
def test_and_writes_the_same_bytes_where_nothing_is_met_twice(seed: int) -> None:
    world = dag(seed)
    for discount in (1.0, 0.9):
        monte = MonteCarloPrediction(first_visit=False, step_size=0.1, discount=discount)
        steps = NStepTD(step_size=0.1, discount=discount, n=100)
        assert (
            monte.predict(world, episodes=80, seed=seed).v.tobytes() == steps.predict(world, episodes=80, seed=seed).v.tobytes()
        )


# Importance sampling ---------------------------------------------------------------------------------------------------------


@SEEDS
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("first_visit", [True, False])
def test_of_one_policy_importance_sampling_is_the_plain_average(weighted: bool, first_visit: bool, seed: int) -> None:
    maze = MAZES[seed]
    policy = ends_soon(maze, seed)
    off = OffPolicyMonteCarlo(weighted, 0.9, first_visit).predict(maze, policy, policy, episodes=20, seed=seed)
    plain = MonteCarloPrediction(discount=0.9, first_visit=first_visit).predict(maze, policy, episodes=20, seed=seed)
    assert off.v.tobytes() == plain.v.tobytes()


@SEEDS
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("first_visit", [True, False])
def test_importance_sampling_by_its_definition(weighted: bool, first_visit: bool, seed: int) -> None:
    maze = MAZES[seed]
    policy, behaviour = ends_soon(maze, seed), ends_soon(maze, seed + 100)
    policy[3] = [0.0, 0.0, 0.5, 0.5]  # never done, where the behaviour does it
    run = OffPolicyMonteCarlo(weighted, 0.9, first_visit).predict(maze, policy, behaviour, episodes=25, seed=seed, trace=True)
    scaled, total = np.zeros(len(policy)), np.zeros(len(policy))
    for episode in episodes_of(run):
        cells = episode["cell"].astype(np.int64) & CELL
        ratios = policy.reshape(-1)[cells] / behaviour.reshape(-1)[cells]
        for t, gained in enumerate(returns_of(episode["reward"], 0.9)):
            state = int(episode["entry"][t])
            if not first_visit or state not in episode["entry"][:t]:
                ratio = float(np.prod(ratios[t:]))  # equation 5.3: from step t to the end, t included
                scaled[state] += ratio * gained
                total[state] += ratio if weighted else 1.0
    met = total > 0.0
    assert met.any()
    assert run.v[met] == pytest.approx(scaled[met] / total[met], rel=1e-11)
    assert run.tables["weights"] == pytest.approx(total, rel=1e-11)


def test_ordinary_importance_sampling_is_unbiased_and_weighted_is_not() -> None:
    # the coin: π stays with 3/4, b with 1/2; after one episode E[V] is v_π for ordinary, and v_b for weighted sampling
    world, policy, behaviour = coin(), [[0.75, 0.25], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]]
    exact = 0.75 * (0.5 * 3.0 + 0.5 * -1.0) / (1.0 - 0.75 * 0.5)
    values = {
        weighted: np.array(
            [
                OffPolicyMonteCarlo(weighted).predict(world, policy, behaviour, episodes=1, seed=seed).v[0]
                for seed in range(1500)
            ]
        )
        for weighted in (False, True)
    }
    error = values[False].std() / np.sqrt(1500)
    assert abs(values[False].mean() - exact) < 4.0 * error
    assert abs(values[True].mean() - exact) > 4.0 * error  # one episode: its return alone, whatever its ratio
    many = [
        OffPolicyMonteCarlo(weighted).predict(world, policy, behaviour, episodes=40_000, seed=1).v[0] for weighted in values
    ]
    assert many == pytest.approx([exact, exact], abs=0.05)


def by_the_box(run: Run, epsilon: float) -> tuple[np.ndarray, np.ndarray, int]:
    """Q and C of off-policy Monte Carlo control, from the experience of a run; and the longest tail that was learned from."""
    actions, longest = run.settings["actions"], 0
    q = trace_of(run).base["q"].reshape(-1, actions).copy()
    weights = np.zeros_like(q)
    for episode in episodes_of(run):
        total, ratio = 0.0, 1.0
        greedy = q == q.max(axis=1, keepdims=True)
        behaviour = epsilon / actions + (1.0 - epsilon) * greedy / greedy.sum(axis=1, keepdims=True)
        count = len(episode["cell"])
        for t in range(count - 1, -1, -1):
            state, action = divmod(int(episode["entry"][t]), actions)
            total = run.settings["discount"] * total + episode["reward"][t]
            weights[state, action] += ratio
            q[state, action] += ratio / weights[state, action] * (total - q[state, action])
            longest = max(longest, count - t)
            if action != int(np.argmax(q[state])):  # the first of them
                break
            ratio /= behaviour[state, action]
    return q, weights, longest


@SEEDS
def test_off_policy_control_by_its_box(seed: int) -> None:
    learner = OffPolicyMonteCarloControl(discount=0.9, policy=EpsilonGreedy(0.6))
    run = learner.learn(MAZES[seed], episodes=30, seed=seed, trace=True, initial=-10.0)
    q, weights, longest = by_the_box(run, 0.6)
    assert run.q == pytest.approx(q, rel=1e-9)
    assert run.tables["weights"].reshape(q.shape) == pytest.approx(weights, rel=1e-9)
    assert longest > 3
    # two steps, nothing received: all actions tie, and π takes the first of them
    world = TabularMDP([[1, 1], [2, 2], [2, 2]], np.zeros((3, 2)), [[False, False], [True, True], [True, True]], start=0)
    run = learner.learn(world, episodes=30, seed=seed, trace=True)
    assert run.tables["weights"].reshape(3, 2) == pytest.approx(by_the_box(run, 0.6)[1], rel=1e-9)


# The off-line λ-return ----------------------------------------------------------------------------------------------------


def off_line_td(run: Run, lambda_: float, step_size: float) -> np.ndarray:
    """Off-line TD(λ): z ← γ λ z + 1 at S_t, and all of Σ_t α z δ_t from the values that the episode began with."""
    discount = run.settings["discount"]
    v = np.zeros(run.settings["states"])
    for episode in episodes_of(run):
        z, change = np.zeros_like(v), np.zeros_like(v)
        for t, state in enumerate(episode["entry"].tolist()):
            last = t == len(episode["entry"]) - 1
            beyond = 0.0 if last and episode["ended"] else v[int(episode["next"][t])]
            z *= discount * lambda_
            z[state] += 1.0
            change += step_size * (episode["reward"][t] + discount * beyond - v[state]) * z
        v = v + change
    return v


@SEEDS
@pytest.mark.parametrize("lambda_", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("limit", [None, 9])
def test_the_off_line_lambda_return_is_off_line_td_lambda(lambda_: float, limit: int | None, seed: int) -> None:
    maze = MAZES[seed]
    env = maze if limit is None else gymnasium.make("mazefit/Maze-v0", maze=maze, max_episode_steps=limit)
    run = OfflineLambdaReturn(lambda_, 0.02, 0.95).predict(env, ends_soon(maze, seed), episodes=15, seed=seed, trace=True)
    assert run.v == pytest.approx(off_line_td(run, lambda_, 0.02), rel=1e-12, abs=1e-12)


@SEEDS
def test_its_ends_are_monte_carlo_and_one_step(seed: int) -> None:
    world = dag(seed)
    given: dict[str, Any] = {"episodes": 50, "seed": seed}
    whole = OfflineLambdaReturn(1.0, 0.1, 0.9).predict(world, **given)
    monte = MonteCarloPrediction(first_visit=False, step_size=0.1, discount=0.9).predict(world, **given)
    assert whole.v == pytest.approx(monte.v, rel=1e-12)
    one = OfflineLambdaReturn(0.0, 0.1, 0.9).predict(world, trace=True, **given)
    v = np.zeros(9)
    for episode in episodes_of(one):
        old = v.copy()
        for t, state in enumerate(episode["entry"].tolist()):
            last = t == len(episode["entry"]) - 1
            v[state] += 0.1 * (episode["reward"][t] + (0.0 if last else 0.9 * old[int(episode["next"][t])]) - old[state])
    assert one.v == pytest.approx(v, rel=1e-12)


@SEEDS
def test_what_is_read_is_what_was_learned_from(seed: int) -> None:
    # the columns of every backup add up to the values themselves: V + Σ α (target - V) of the episode's steps
    run = OfflineLambdaReturn(0.6, 0.05, 0.9).predict(
        MAZES[seed], ends_soon(MAZES[seed], seed), episodes=5, seed=seed, trace=True
    )
    v = np.zeros(run.settings["states"])
    by_episode: dict[int, list[Any]] = {}
    for backup in trace_of(run):
        by_episode.setdefault(int(backup.episode or 0), []).append(backup)
    for backups in by_episode.values():
        for backup in backups:
            assert backup.old == pytest.approx(v[int(backup.root.label[1:])], rel=1e-12)
        for backup in backups:
            v[int(backup.root.label[1:])] += backup.step_size * backup.td_error
    assert run.v == pytest.approx(v, rel=1e-12)


def test_a_state_that_is_met_often_does_not_swing_with_one_over_n() -> None:
    run = OfflineLambdaReturn(0.9).predict(corridor(6), [[0.7, 0.3]] * 6, episodes=200, seed=0)
    assert np.abs(run.v).max() < 200.0
