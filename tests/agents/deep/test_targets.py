import numpy as np
import pytest
import torch

from mazefit.agents.deep.targets import (
    dueling_values,
    huber_slope,
    leaf_values,
    n_step_target,
    one_step_target,
    winners,
)

KINDS = [np.array, torch.tensor]
VALUING = [[1.0, 4.0, 2.0], [-3.0, -1.0, -2.0], [0.0, 0.5, 8.0]]
SELECTING = [[5.0, 0.0, 1.0], [-3.0, -1.0, -2.0], [0.1, 0.2, 0.0]]


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_targets_by_hand(kind) -> None:
    valuing, rows = kind(VALUING), kind([0, 1, 2])
    leaf = leaf_values(valuing, winners(valuing), rows)
    assert leaf.tolist() == [4.0, -1.0, 8.0]
    target = one_step_target(kind([-1.0, -1.0, 2.0]), 0.5, leaf, kind([1.0, 0.0, 1.0]))
    assert target.tolist() == [1.0, -1.0, 6.0]  # -1 + 0.5 · 4;  ended: the reward alone;  2 + 0.5 · 8


@pytest.mark.parametrize("kind", KINDS)
def test_double_values_by_one_network_what_the_other_chooses(kind) -> None:
    leaf = leaf_values(kind(VALUING), winners(kind(SELECTING)), kind([0, 1, 2]))
    assert leaf.tolist() == [1.0, -1.0, 0.5]


@pytest.mark.parametrize("kind", KINDS)
def test_of_equal_values_the_first_wins(kind) -> None:
    assert winners(kind([[2.0, 7.0, 7.0], [3.0, 3.0, 3.0]])).tolist() == [1, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_n_step_targets_by_hand(kind) -> None:
    rewards = kind([[1.0, 1.0, 1.0], [2.0, 2.0, 0.0], [4.0, 0.0, 0.0]])  # [n, B]
    inside = kind([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    target = n_step_target(rewards, inside, 0.5, kind([8.0, 8.0, 8.0]), kind([1.0, 0.0, 1.0]))
    # 1 + ½ (2 + ½ (4 + ½ · 8)) = 4;   two rewards, ended: 1 + ½ · 2 = 2;   one reward, cut: 1 + ½ · 8 = 5
    assert target.tolist() == [4.0, 2.0, 5.0]


def test_one_step_is_an_n_step_of_one() -> None:
    numbers = np.random.default_rng(0)
    rewards, leaf, live = numbers.normal(size=(1, 9)), numbers.normal(size=9), (numbers.random(9) < 0.5) * 1.0
    one = one_step_target(rewards[0], 0.97, leaf, live)
    assert one.tobytes() == n_step_target(rewards, np.ones((1, 9)), 0.97, leaf, live).tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_dueling_takes_the_mean_advantage_away(kind) -> None:
    assert dueling_values(kind([[10.0, 1.0, 2.0, 6.0]])).tolist() == [[8.0, 9.0, 13.0]]  # mean advantage 3


@pytest.mark.parametrize("kind", KINDS)
def test_huber_slopes_are_cut(kind) -> None:
    assert huber_slope(kind([-3.0, -0.5, 0.0, 0.25, 7.0])).tolist() == [-1.0, -0.5, 0.0, 0.25, 1.0]
