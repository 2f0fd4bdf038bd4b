"""Exact answers of many mazes: equal to the closed form, to the environment, and to what walking finds."""

import numpy as np
import pytest

from mazefit.agents.deep.labels import label_mazes
from mazefit.envs import Maze, MazeEnv
from mazefit.errors import ConfigError

MAZES = [Maze.generate(3, 4, "wilson", seed=seed) for seed in range(6)] + [
    Maze.generate(3, 4, "wilson", seed=9, loops=0.5, start=2, goals=[0, 28])
]


def test_values_are_those_of_the_closed_form() -> None:
    labelled = label_mazes(MAZES, 0.9)
    assert len(labelled) == 7
    assert labelled.shape == (5, 7)
    distance = labelled.distances[labelled.inside]
    np.testing.assert_allclose(labelled.q.max(axis=2)[labelled.inside], -(1.0 - 0.9 ** (distance - 1)) / 0.1, atol=1e-12)
    assert not labelled.q[~labelled.inside].any()
    sparse = label_mazes(MAZES, 0.9, step_reward=0.0, goal_reward=1.0)
    np.testing.assert_allclose(sparse.q[labelled.inside], 1.0 + 0.1 * labelled.q[labelled.inside], atol=1e-12)


def test_rows_and_observations_are_the_environments_own() -> None:
    labelled = label_mazes(MAZES, 0.9)
    which, states = labelled.rows()
    seen = labelled.observations(which, states)
    expected = []
    for maze in MAZES:
        env = MazeEnv(maze, observation="grid")
        inside = [s for s in range(maze.states) if maze.distance(s) > 0]
        expected += [env.reset(options={"state": s})[0] for s in inside]
    assert np.array_equal(seen, np.stack(expected))
    assert not labelled.planes[:, 1].any()  # and they are copies


def test_tables_are_the_mazes_own() -> None:
    labelled = label_mazes(MAZES, 0.9)
    for number, maze in enumerate(MAZES):
        mdp = maze.mdp()
        assert np.array_equal(labelled.next_state[number], mdp.next_state)
        assert np.array_equal(labelled.terminated[number], mdp.terminated)
        assert labelled.starts[number] == maze.start


def test_what_cannot_be_labelled_is_refused() -> None:
    with pytest.raises(ConfigError, match="mazes: expected at least one, got none"):
        label_mazes([], 0.9)
    with pytest.raises(ConfigError, match=r"mazes: expected mazes of one size, got 2: \[\(3, 3\), \(5, 7\)\]"):
        label_mazes([MAZES[0], Maze.named("tutorial")], 0.9)
    with pytest.raises(ConfigError, match="discount: expected a number with 0 <= discount <= 1, got 2"):
        label_mazes(MAZES, 2.0)
