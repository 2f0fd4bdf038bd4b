"""The account of a value against a brute force that knows nothing of it: one reward changed, all logged rows done again."""

from dataclasses import replace
from math import fsum
from typing import Any

import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, PerVisit, QLearning, Run, Softmax, ValueIteration, catalogue
from mazefit.agents.catalogue import Entry
from mazefit.backup import Trace, TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError
from tests.agents.worlds import six_worlds

LEARNERS = [entry for entry in catalogue() if entry.kind != "planning" and not entry.name.startswith("batch")]


def traced(run: Run) -> Trace:
    """The trace of a run that has one."""
    assert run.trace is not None
    return run.trace


def learned(entry: Entry, world: Any, steps: int, **given: Any) -> Run:
    """A traced run of an algorithm with its defaults but for a discount below 1."""
    learner = replace(entry.factory(), discount=0.9)
    go = learner.learn if entry.kind == "control" else learner.predict
    if entry.name == "r-max":  # it begins with values of its own
        given = {}
    return go(world, steps=steps, seed=3, trace=True, **given)


def cells_of(run: Run) -> list[tuple[int, int | None]]:
    """A few cells that were learned: the most visited one first."""
    trace, actions = traced(run), run.settings["actions"]
    numbers, counts = np.unique(trace.rows.column("cell") & ((1 << 26) - 1), return_counts=True)
    found = [divmod(int(cell), actions) for cell in numbers[np.argsort(-counts, kind="stable")][:3]]
    states_only = run.algorithm.rule.spec.root == "state"
    return [(state, None if states_only else action) for state, action in found]


@pytest.mark.parametrize("entry", LEARNERS, ids=lambda entry: entry.name)
def test_rewards_and_initial_values_add_up_to_the_value(entry: Entry) -> None:
    for world in six_worlds().values():
        run = learned(entry, world, 700, initial=0.25)
        for state, action in cells_of(run):
            found = run.explain(state, action)
            value = run.v[state] if action is None else run.q[state, action]
            scale = max(1.0, abs(value), float(np.abs(found.contributions["amount"]).max(initial=0.0)))
            assert abs(found.value - value) <= 1e-12 * scale
            assert abs(found.residual) <= 1e-12 * scale
            total = fsum(found.contributions["amount"].tolist()) + found.initial_share
            assert abs(total - value) <= 1e-11 * scale


@pytest.mark.parametrize("entry", LEARNERS, ids=lambda entry: entry.name)
def test_a_weight_is_what_the_value_gains_per_unit_of_the_reward(entry: Entry) -> None:
    maze = Maze.generate(3, 3, "wilson", seed=1, loops=0.5)
    shape = (maze.mdp().states, 4) if entry.kind == "control" else maze.mdp().states
    untied = np.random.default_rng(5).normal(size=shape)  # where values tie, a nudge would choose
    run = learned(entry, maze, 220, initial=untied)
    trace = traced(run)
    (state, action), *_ = cells_of(run)
    found = run.explain(state, action)
    if "cause" in trace.rows.schema:
        return  # planned rows share their number with the step they rest on: the sums above speak for them
    weights = dict(zip(found.contributions["row"].tolist(), found.contributions["weight"].tolist(), strict=True))
    rng = np.random.default_rng(0)
    nudge = 1e-7  # small enough that no other action becomes the best
    for row in sorted(rng.choice(trace.rows.end, size=12, replace=False).tolist()):
        twin = trace.copy()
        block = twin.rows.blocks(row, row + 1)[0]
        block["reward"][0] += nudge
        twin.keyframes.clear()
        again = twin.replay()
        table = again.v if action is None else again.q
        assert table is not None
        now = table[state] if action is None else table[state, action]
        before = run.v[state] if action is None else run.q[state, action]
        assert (now - before) / nudge == pytest.approx(weights.get(row, 0.0), abs=2e-6)


def test_by_hand() -> None:
    from tests.agents.worlds import corridor

    learner = QLearning(step_size=0.5, discount=0.5, policy=EpsilonGreedy(0.0))
    table = [[0.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    run = learner.learn(corridor(), episodes=2, seed=0, initial=table, trace=True)
    # twice right, right: Q(s0, right) = ½ [1 + (-1 + ½ · 1)] = ¼, then ½ [¼ + (-1 + ½ · Q(s1, right))], which is ½ [1 + 1] = 1
    found = run.explain(0, 1)
    assert found.value == run.q[0, 1] == 0.5 * (0.25 + (-1.0 + 0.5 * 1.0))
    assert found.contributions["row"].tolist() == [0, 1, 2]
    assert found.contributions["weight"].tolist() == [0.25, 0.125, 0.5]
    assert found.contributions["reward"].tolist() == [-1.0, 1.0, -1.0]
    assert found.contributions["arrival"].tolist() == [1, 2, 1]
    assert found.contributions["episode"].tolist() == [0, 0, 1]
    assert found.contributions["step"].tolist() == [0, 1, 0]
    assert found.initial_share == 0.25 + 0.125 + 0.125
    assert found.by("episode") == {1: -0.5, 0: -0.125}
    assert found.by("state") == {1: -0.75, 2: 0.125}
    assert found.by("step") == {2: -0.5, 0: -0.25, 1: 0.125}
    assert [part.row for part in found.top(2)] == [2, 0]
    assert "linear credit" in str(found).lower()
    assert "not a re-run" in str(found)


def test_the_tape_and_the_quick_passes_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in LEARNERS:
        rule = entry.factory.rule
        if not rule.one_step and rule.credit is None:
            continue
        run = learned(entry, six_worlds()["slippery lake"], 900, initial=0.5)
        (state, action), *_ = cells_of(run)
        quick = run.explain(state, action)
        traced(run).rule = replace(rule, one_step=False, credit=None)
        slow = run.explain(state, action)
        assert len(quick) == len(slow)
        np.testing.assert_allclose(quick.contributions["weight"], slow.contributions["weight"], rtol=1e-9, atol=1e-15)
        assert abs(quick.initial_share - slow.initial_share) <= 1e-13


def test_several_keyframes_and_a_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    world, learner = Maze.named("dyna"), QLearning(step_size=0.2, discount=0.95)
    whole = learner.learn(world, steps=5000, seed=0, trace=True)
    monkeypatch.setattr("mazefit.backup.trace.CHUNK", 700)
    several = learner.learn(world, steps=5000, seed=0, trace=True)
    assert len(traced(several).keyframes) >= 5
    one, other = whole.explain(18, 1), several.explain(18, 1)
    assert one.contributions["weight"].tobytes() == other.contributions["weight"].tobytes()
    ring = learner.learn(world, steps=5000, seed=0, trace=TraceOptions(ring=1500))
    window = ring.explain(18, 1)
    late = one.contributions["row"] >= traced(ring).first
    assert window.contributions["row"].tolist() == one.contributions["row"][late].tolist()
    for name in ("episode", "step", "weight"):
        assert window.contributions[name].tolist() == one.contributions[name][late].tolist()
    assert abs(window.residual) < 1e-12


@pytest.mark.parametrize("learner", [QLearning(step_size=PerVisit(), discount=0.9), QLearning(0.3, 0.9, Softmax(0.5))])
def test_policies_and_schedules_are_facts_of_the_run(learner: QLearning) -> None:
    run = learner.learn(Maze.named("dyna"), steps=3000, seed=1, trace=True)
    assert abs(run.explain(18, 1).residual) < 1e-12


def test_what_was_never_updated_is_its_initial_value() -> None:
    run = QLearning().learn(Maze.named("dyna"), steps=3, seed=0, initial=2.5, trace=True)
    found = run.explain(0, 0)
    assert (len(found), found.initial_share, found.initial_weight, found.residual) == (0, 2.5, 1.0, 0.0)


def test_what_cannot_be_explained() -> None:
    maze = Maze.named("tutorial")
    with pytest.raises(ConfigError, match="expected a run with a trace, got one without"):
        QLearning().learn(maze, episodes=1, seed=0).explain(0, 0)
    run = QLearning().learn(maze, episodes=1, seed=0, trace=True)
    with pytest.raises(ConfigError, match=r"state: expected an integer from 0 to 8, got 9; action: .* from 0 to 3, got None"):
        run.explain(9)
    with pytest.raises(ConfigError, match="expected a run of a learner"):
        ValueIteration(discount=0.9).solve(maze, trace=True).explain(0)
    with pytest.raises(ConfigError, match="group: unknown 'episodes'; did you mean 'episode'"):
        run.explain(0, 0).by("episodes")
