"""Discount 1: what has an exact value gets it, what grows for ever is refused, by solver and sweeps alike."""

import numpy as np
import pytest

from mazefit.agents import ValueIteration, solve
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, UnboundedValueError

GROWING = {
    "a bump that pays": Maze.from_text("SaG\n\na = 0.5"),
    "a self-loop that pays beside an end": TabularMDP([[0, 1], [1, 1]], [[1.0, 0], [0, 0]], [[0, 1], [1, 1]], 0),
    "a self-loop that pays, no end": TabularMDP([[0]], [[1.0]], [[0]], 0),
    "a closed round without an end": TabularMDP([[1], [2], [0]], [[2.0], [-1.0], [-0.5]], [[0], [0], [0]], 0),
    "a long round": TabularMDP(
        np.roll(np.arange(40), -1)[:, None], [[1.0], *[[0.0]] * 39], np.zeros((40, 1), dtype=bool), start=0
    ),
    "a random round without an end": TabularMDP(
        [0, 1, 0], [1.0, 0.5, -1.0], [0, 0, 0], 0, probability=[0.5, 0.5, 1.0], offsets=[0, 2, 3], actions=1
    ),
}


@pytest.mark.parametrize("world", GROWING.values(), ids=GROWING)
def test_rewards_that_grow_for_ever_are_refused(world: Maze | TabularMDP) -> None:
    for planner in (solve, ValueIteration().solve):
        with pytest.raises(UnboundedValueError, match="got such a cycle at discount 1"):
            planner(world)


@pytest.mark.parametrize(("reward", "value"), [(-1.0, -2.0), (1.0, 2.0)])
def test_on_the_way_to_a_rest_rewards_count(reward: float, value: float) -> None:
    mdp = TabularMDP([0, 1, 1], [reward, reward, 0], [0, 0, 0], 0, probability=[0.5, 0.5, 1], offsets=[0, 2, 3], actions=1)
    np.testing.assert_allclose(solve(mdp).v, [value, 0.0], atol=1e-12)
    np.testing.assert_allclose(ValueIteration().solve(mdp).v, [value, 0.0], atol=1e-9)


def test_a_positive_reward_that_comes_once_is_no_growth() -> None:
    once = TabularMDP([[1], [2], [2]], [[5.0], [-1.0], [0.0]], [[0], [0], [1]], 0)
    assert solve(once).v.tolist() == [4.0, -1.0, 0.0]


def test_what_cannot_happen_is_left_out_of_tables() -> None:
    with pytest.raises(ConfigError, match="probability: expected positive numbers"):
        TabularMDP([0, 1, 1], [-1.0, 0, 0], [0, 1, 1], 0, probability=[1.0, 0.0, 1.0], offsets=[0, 2, 3], actions=1)


def test_values_beyond_float64_are_refused() -> None:
    with pytest.raises(UnboundedValueError, match="scale the rewards down"):
        solve(TabularMDP([[0]], [[1e308]], [[0]], 0), 0.999)


def test_a_bump_that_pays_is_seen_in_the_first_round(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(following: np.ndarray) -> bool:
        raise AssertionError("sixteen rounds were done")

    monkeypatch.setattr("mazefit.agents.growth._has_cycle", too_late)
    with pytest.raises(UnboundedValueError):
        solve(Maze.from_text("S" + "." * 60 + "aG\n\na = 0.5"))
