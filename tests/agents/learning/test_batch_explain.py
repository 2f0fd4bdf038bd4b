"""The account of a batch learner's value against changed rewards, done again; its history; the levels of its trace."""

from math import fsum
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import BatchTD, Run
from mazefit.backup import TraceOptions
from mazefit.backup.one_step import TERMINATED, TRUNCATED
from mazefit.errors import ConfigError
from tests.agents.learning.batch_cases import BOTH, MAZE, POLICY
from tests.agents.worlds import six_worlds

A, B = 0, 1
EXAMPLE: list[list[tuple[int, float, int | None]]] = [[(A, 4.0, B), (B, 2.0, None)], [(B, 8.0, None)]]
CUT = gymnasium.make("mazefit/Maze-v0", maze=MAZE, max_episode_steps=12)


def episodes_of(run: Run, rewards: Any) -> list[list[tuple[int, float, int | None]]]:
    """The batch of a run, with such rewards, as it would be given."""
    found: list[list[tuple[int, float, int | None]]] = [[]]
    columns = (run.model["state"], rewards, run.model["next"], run.model["over"])
    for state, reward, following, over in zip(*(column.tolist() for column in columns), strict=True):
        found[-1].append((state, reward, None if over == TERMINATED else following))
        found += [[]] if over else []
    return found[:-1]


@BOTH
@pytest.mark.parametrize("sweeps", [1, 2, 9, 16])
@pytest.mark.parametrize("step_size", [None, 0.05])
def test_a_weight_is_what_the_value_gains_per_unit_of_the_reward(kind: Any, sweeps: int, step_size: float | None) -> None:
    given = {"discount": 0.9, "max_sweeps": sweeps, "tolerance": 0.0} | ({"step_size": step_size} if step_size else {})
    learner = kind(**given)
    run = learner.predict(CUT, POLICY, episodes=8, seed=3, initial=0.25, trace=True)
    rewards, states = run.model["reward"], run.settings["states"]
    assert {TERMINATED, TRUNCATED} <= set(run.model["over"].tolist())
    again = learner.fit(episodes_of(run, rewards), states=states, initial=0.25)
    others = run.v != again.v  # where an episode ends, `predict` begins with 0
    assert not others[run.model["state"]].any()
    most = np.argsort(-np.bincount(run.model["state"], minlength=states))[:3].tolist()
    weights = {state: np.zeros(len(rewards)) for state in most}
    for state in most:
        found = run.explain(state).contributions
        weights[state][found["row"]] = found["weight"]
    chosen = np.random.default_rng(0).choice(len(rewards), size=25, replace=False).tolist()
    for k in [*chosen, int(np.argmax(run.model["over"] == TERMINATED)), int(np.argmax(run.model["over"] == TRUNCATED))]:
        changed = rewards.copy()
        changed[k] += 2.0**30  # so large that nothing of the difference is lost
        other = learner.fit(episodes_of(run, changed), states=states, initial=0.25)
        assert other.steps == run.steps  # so that both are the same sum
        for state in most:
            gain = float(other.v[state] - again.v[state]) / 2.0**30
            assert gain == pytest.approx(float(weights[state][k]), rel=1e-12, abs=1e-15)
    assert any(weights[state].any() for state in most)


@BOTH
def test_where_values_stand_still_a_weight_is_what_their_limit_gains(kind: Any) -> None:
    learner = kind(discount=0.9, tolerance=0.0)
    run = learner.predict(CUT, POLICY, episodes=8, seed=3, trace=True)
    state, rewards = int(run.model["state"][0]), run.model["reward"]
    found = run.explain(state).contributions
    assert abs(run.explain(state).initial_weight) < 1e-12
    for k, weight in list(zip(found["row"].tolist(), found["weight"].tolist(), strict=True))[::5]:
        changed = rewards.copy()
        changed[k] += 1.0
        other = learner.fit(episodes_of(run, changed), states=run.settings["states"])
        assert float(other.v[state] - run.v[state]) == pytest.approx(weight, abs=1e-12)


@BOTH
@pytest.mark.parametrize("discount", [0.9, 1.0])
@pytest.mark.parametrize("world", ["maze", "cut", "dyna", "slippery lake", "wilson"])
def test_rewards_and_initial_values_add_up_to_the_value(kind: Any, discount: float, world: str) -> None:
    env, policy = {"maze": (MAZE, POLICY), "cut": (CUT, POLICY)}.get(world) or (six_worlds()[world], None)
    run = kind(discount=discount, max_sweeps=2_000).predict(env, policy, episodes=3, seed=1, initial=0.25, trace=True)
    for state in np.unique(run.model["state"])[:8].tolist():
        found = run.explain(state)
        assert found.value == run.v[state]
        assert abs(found.residual) <= 1e-12 * max(1.0, abs(found.value))
        total = fsum(found.contributions["amount"].tolist()) + found.initial_share
        assert abs(total - found.value) <= 1e-12 * max(1.0, abs(found.value))
        for group in ("episode", "state", "step"):
            assert fsum(found.by(group).values()) + found.initial_share == pytest.approx(total, rel=1e-12, abs=1e-12)


@BOTH
def test_by_hand(kind: Any) -> None:
    run = kind(step_size=0.25, discount=0.5, max_sweeps=2).fit(EXAMPLE, initial=1.0, trace=True)
    found = run.explain(A)
    if kind is BatchTD:
        # V(B): 1, ½ · 1 + ¼ · (2 + 8); V(A): ¾ · (¾ + ¼ (4 + ½ · 1)) + ¼ (4 + ½ · (½ + ¼ (2 + 8)))
        assert found.contributions["weight"].tolist() == [0.75 * 0.25 + 0.25, 0.25 * 0.5 * 0.25, 0.25 * 0.5 * 0.25]
        assert found.initial_share == 0.75 * (0.75 + 0.25 * 0.5) + 0.25 * 0.5 * 0.5
        assert found.contributions["row"].tolist() == [0, 1, 2]
    else:
        # V(A): ¾ · (¾ + ¼ (4 + ½ · 2)) + ¼ (4 + ½ · 2)
        assert found.contributions["weight"].tolist() == [0.4375, 0.21875]
        assert found.initial_share == 0.75 * 0.75
        assert found.contributions["row"].tolist() == [0, 1]
    assert found.value == run.v[A]
    assert abs(found.residual) < 1e-15
    assert found.contributions["episode"].tolist() == [0, 0, 1][: len(found)]
    assert found.contributions["step"].tolist() == [0, 1, 0][: len(found)]
    assert found.contributions["state"].tolist() == [A, B, B][: len(found)]
    assert set(found.contributions["action"].tolist()) == {-1}
    assert found.contributions["arrival"].tolist() == [B, -1, -1][: len(found)]  # where a given episode ends is not known
    assert found.top(1)[0].row == 0
    assert str(found).startswith("V(s0) = ")
    with pytest.raises(ConfigError, match=r"state: expected an integer from 0 to 1, got 2; action: expected none"):
        run.explain(2, 0)


@BOTH
def test_when_and_where_a_reward_was_received(kind: Any) -> None:
    run = kind(discount=0.9).predict(CUT, POLICY, episodes=8, seed=3, trace=True)
    found, model = run.explain(int(run.model["state"][0])), run.model
    begun = np.concatenate([[0], np.cumsum(run.lengths)])
    for part in found.top(len(found)):
        assert begun[part.episode] + part.step == part.row < begun[part.episode + 1]
        assert (part.state, part.action) == (model["state"][part.row], model["action"][part.row])
        assert (part.arrival, part.reward) == (model["next"][part.row], model["reward"][part.row])
        assert part.amount == part.weight * part.reward
    assert set(found.by("state")) == set(found.contributions["arrival"].tolist())
    assert len(found.by("step")) == len(found)


@BOTH
def test_a_ring_explains_its_window_and_a_saved_run_the_same(kind: Any, tmp_path: Path) -> None:
    learner = kind(discount=0.9, max_sweeps=40, step_size=0.05)
    run = learner.predict(CUT, POLICY, episodes=8, seed=3, initial=0.25, trace=True)
    state, size = int(run.model["state"][0]), len(run.model["state"])
    ring = learner.predict(CUT, POLICY, episodes=8, seed=3, initial=0.25, trace=TraceOptions(ring=5 * size)).explain(state)
    short = kind(discount=0.9, max_sweeps=5, step_size=0.05).fit(
        episodes_of(run, run.model["reward"]), states=run.settings["states"], initial=0.0, trace=True
    )
    assert ring.contributions["weight"].tobytes() == short.explain(state).contributions["weight"].tobytes()
    assert abs(ring.residual) <= 1e-12
    assert ring.initial_weight > run.explain(state).initial_weight
    run.save(tmp_path)
    back = Run.load(tmp_path).explain(state)
    for name, column in run.explain(state).contributions.items():
        assert back.contributions[name].tobytes() == column.tobytes()
