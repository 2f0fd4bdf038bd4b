"""Everything that learns or plans takes the loss surface as it takes a maze: tables, traces, diagrams, certificates, files."""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, QLearning, Run, catalogue, certify, solve
from mazefit.agents.catalogue import Entry
from mazefit.envs import Landscape

PLANNERS = ("exact", "policy-iteration", "value-iteration", "gauss-seidel-value-iteration", "modified-policy-iteration",
            "prioritized-sweeping")  # fmt: skip
BATCH = ("batch-td", "batch-monte-carlo")
LIMIT = 500  # moves in an episode


@cache
def small() -> gymnasium.Env:
    """The ten points' surface, 6 x 7 nodes."""
    return gymnasium.make("mazefit/Landscape-v0", w=(-0.3, 1.7, 6), b=(-2.0, 8.0, 7), max_episode_steps=LIMIT)


def start(entry: Entry, **given: Any) -> Run:
    """A run of a planner or learner with its defaults, but for a discount of 0.9."""
    made = entry.factory(**({"discount": 0.9} if "discount" in {field.name for field in fields(entry.factory)} else {}))
    if entry.kind == "planning":
        return made.solve(small(), trace=True)
    given = {"episodes": 3} if entry.name in BATCH else given
    return (made.predict if entry.kind == "prediction" else made.learn)(small(), seed=0, trace=True, **given)


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.name)
def test_every_algorithm_learns_traces_replays_draws_and_saves(entry: Entry, tmp_path: Path):
    run = start(entry, steps=200 if entry.name == "off-line-lambda-return" else 600)  # whose work grows with the square
    assert run.trace is not None
    replayed = run.trace.replay()
    values, again = (run.v, replayed.v) if replayed.q is None else (run.q, replayed.q)
    assert values.tobytes() == again.tobytes()
    for index in {0, len(run.trace) // 2, len(run.trace) - 1}:
        backup = run.trace[index]
        entry.spec.check(backup)
        for kind in ("text", "svg", "dot", "html"):
            assert backup.draw(kind)
    run.save(tmp_path / "run")
    loaded = Run.load(tmp_path / "run")
    assert loaded.v.tobytes() == run.v.tobytes()
    if entry.kind == "control":
        state = small().unwrapped.landscape.start
        assert certify(small(), run.q, 0.9).states == 41
        assert str(run.explain(state, run.act(state)))


@pytest.mark.parametrize("name", PLANNERS)
def test_every_planner_finds_the_exact_values(name: str):
    run = start(next(entry for entry in catalogue() if entry.name == name))
    exact = solve(small(), 0.9)
    assert np.abs(run.v - exact.v).max() < 1e-5
    assert certify(small(), run.q, 0.9).optimal


@pytest.mark.parametrize("backend", ["python", "compiled"])
def test_q_learning_finds_the_best_way_down(backend: str):
    """On the 21 x 21 nodes of the ten points, from one start: the 22 moves of the exact answer, and their values."""
    env = gymnasium.make("mazefit/Landscape-v0", max_episode_steps=10_000)
    agent = QLearning(step_size=0.5, discount=0.9, policy=EpsilonGreedy(0.3))
    run = agent.learn(env, episodes=2_000, seed=0, trace=True, backend=backend)
    certificate = certify(env, run.q, 0.9)
    assert certificate.optimal
    assert certificate.greedy_length == certificate.shortest_length == 22
    assert certificate.error_visited < 1e-9
    landscape = env.unwrapped.landscape
    removed = landscape.loss(landscape.start) - landscape.loss(landscape.goals[0])
    assert (run.returns == removed).all()  # of every whole episode, whatever way it took


def test_a_wrapper_that_changes_it_is_not_taken_for_its_tables():
    """A time limit truncates; a reward wrapper is driven through its steps, and has no tables to plan with."""
    env = gymnasium.make("mazefit/Landscape-v0", w=(-0.3, 1.7, 6), b=(-2.0, 8.0, 7), max_episode_steps=5)
    run = QLearning(discount=0.9).learn(env, episodes=20, seed=0)
    assert run.lengths.max() == 5
    doubled = gymnasium.wrappers.TransformReward(small(), lambda reward: 2.0 * reward)
    run = QLearning(discount=0.9, policy=EpsilonGreedy(0.3)).learn(doubled, episodes=5, seed=0)
    landscape = small().unwrapped.landscape
    whole = run.returns[run.lengths < LIMIT]
    assert len(whole)
    assert np.allclose(whole, 2.0 * (landscape.loss(landscape.start) - landscape.loss(landscape.goals[0])))


def test_at_discount_1_planners_and_learners_are_told_the_loss_that_is_left():
    """v*(s) = loss(s) - least loss, exactly, for planners that sweep as for the exact answer: no rounding, no false cycle."""
    landscape = Landscape.of()
    left = landscape.losses.reshape(-1) - landscape.losses.min()
    for name in PLANNERS:
        factory = next(entry.factory for entry in catalogue() if entry.name == name)
        assert (factory(discount=1.0).solve(landscape.mdp()).v == left).all(), name
