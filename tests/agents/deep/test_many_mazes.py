"""Learning on many mazes at once, held against mazes that were never seen: small here, whole where there is time."""

import numpy as np
import pytest

from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import all_values, greedy_walks, split_mazes
from mazefit.agents.deep.labels import label_mazes
from mazefit.agents.deep.many_mazes import DISCOUNT, REWARDS, environments, labelled_held_out, learn_over_mazes, measure
from mazefit.agents.deep.supervised_bound import fit_exact_values, network_of


def test_the_environments_are_the_mazes_and_end_where_they_should() -> None:
    split = split_mazes(3, 3, 7, 2)
    envs = environments(split.training)
    seen, _ = envs.reset(seed=0)
    assert seen.shape == (7, 4, 5, 5)
    labelled = label_mazes(split.training, DISCOUNT, **REWARDS)
    states = seen[:, 1].reshape(7, -1).argmax(axis=1)
    assert np.array_equal(seen, labelled.observations(np.arange(7), states))
    actions = labelled.q[np.arange(7), states].argmax(axis=1)
    _, rewards, ended, _, _ = envs.step(actions)
    last = labelled.distances[np.arange(7), states] == 1
    assert np.array_equal(ended, last)
    assert np.array_equal(rewards, last.astype(float))


def test_what_is_measured() -> None:
    labelled = labelled_held_out(split_mazes(3, 3, 7, 20))
    module = RecurrentGrid(scale=1.0)(environments(labelled.mazes).single_observation_space, 4)
    point, walks = measure(module, labelled, 5, 6)
    table = all_values(module, labelled)
    apart = np.abs(table - labelled.q)[labelled.inside]
    assert (point.steps, point.updates, point.share) == (5, 6, greedy_walks(table, labelled).share)
    assert point.largest == pytest.approx(apart.max())
    assert point.error == pytest.approx(np.sqrt((apart**2).mean()))
    assert walks.share == point.share


def test_small_mazes_never_seen_are_walked_through() -> None:
    split = split_mazes(3, 3, 100, 60)
    run, course = learn_over_mazes(split, 100 * 90, seed=0, measurements=2)
    first, last = course.points[0], course.points[-1]
    assert (first.steps, last.steps, last.updates) == (0, run.steps, run.updates)
    assert first.share < 0.3
    assert last.share >= 0.8
    assert last.error < 0.5 * first.error


def test_the_bound_walks_through_them_too() -> None:
    split = split_mazes(3, 3, 100, 60)
    labelled = label_mazes(split.training, DISCOUNT, **REWARDS)
    trainer = fit_exact_values(labelled, RecurrentGrid(scale=1.0), epochs=100, batch_size=10)
    assert measure(network_of(trainer), labelled_held_out(split))[0].share >= 0.8


@pytest.mark.slow
def test_the_bound_on_5_x_5_cells() -> None:
    split = split_mazes(5, 5, 1000, 500)
    labelled = label_mazes(split.training, DISCOUNT, **REWARDS)
    trainer = fit_exact_values(labelled, RecurrentGrid(scale=1.0), epochs=100)
    assert measure(network_of(trainer), labelled_held_out(split))[0].share >= 0.9


@pytest.mark.slow
def test_a_thousand_mazes_of_5_x_5_cells() -> None:
    split = split_mazes(5, 5, 1000, 500)
    _, course = learn_over_mazes(split, 400_000, seed=0, measurements=20, device="cpu")
    assert course.points[-1].share >= 0.9
