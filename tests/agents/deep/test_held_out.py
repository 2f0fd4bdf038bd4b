"""Mazes to learn on and mazes never seen, and walks through them."""

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from mazefit.agents.deep import held_out
from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import HELD_OUT_FROM, all_values, greedy_path, greedy_walks, split_mazes
from mazefit.agents.deep.labels import label_mazes
from mazefit.agents.deep.networks import Convolutional
from mazefit.envs import Maze
from mazefit.errors import ConfigError


def test_no_held_out_maze_is_among_those_to_learn_on() -> None:
    split = split_mazes(3, 3, 100, 60)  # of the 192 that there are: seeds alone would not keep them apart
    digests = [maze.digest for maze in (*split.training, *split.held_out)]
    assert (len(split.training), len(split.held_out)) == (100, 60)
    assert len(set(digests)) == 160
    assert split.held_out[0] == Maze.generate(3, 3, "wilson", seed=HELD_OUT_FROM)
    other = split_mazes(3, 3, 100, 60, seed=1)
    assert other.held_out != split.held_out
    assert other.held_out[0] == Maze.generate(3, 3, "wilson", seed=HELD_OUT_FROM + 2**20)
    assert other.training != split.training
    assert split_mazes(3, 3, 100, 60).training == split.training


def test_there_must_be_as_many_mazes() -> None:
    with pytest.raises(ConfigError, match=r"expected enough different mazes of 2 x 2 cells, got 4 of them"):
        split_mazes(2, 2, 3, 2)
    with pytest.raises(ConfigError, match="training: expected an integer from 1 to 1048576, got 0; seed: expected"):
        split_mazes(3, 3, 0, 2, seed=-1)


def test_exact_values_walk_every_shortest_path_and_others_do_not() -> None:
    labelled = label_mazes(split_mazes(4, 4, 1, 50).held_out, 0.9)
    walks = greedy_walks(labelled.q, labelled)
    assert walks.share == 1.0
    assert np.array_equal(walks.lengths, [maze.distance(maze.start) for maze in labelled.mazes])
    away = greedy_walks(-labelled.q, labelled)
    assert away.share == 0.0
    assert (away.lengths == -1).all()


def test_a_detour_is_no_shortest_path() -> None:
    maze = Maze.from_text("S.\n..\n.G")  # three ways of three steps
    labelled = label_mazes([maze, maze], 0.9)
    table = labelled.q.copy()
    assert greedy_walks(table, labelled).lengths.tolist() == [3, 3]
    table[1, 0] = [1.0, 0.0, 0.0, 0.0]  # in the second one it bumps into the border for ever
    walks = greedy_walks(table, labelled)
    assert walks.lengths.tolist() == [3, -1]
    assert walks.share == 0.5
    assert (walks.shares(3, 3), walks.shares(1, 9)) == (0.5, 0.5)
    assert np.isnan(walks.shares(4, 9))
    assert greedy_path(table, labelled, 0) == maze.shortest_path()
    assert greedy_path(table, labelled, 1) == [0, 0]


def test_a_wrong_table_is_refused() -> None:
    labelled = label_mazes([Maze.named("tutorial")], 0.9)
    with pytest.raises(ConfigError, match=r"table: expected shape \[1, 9, 4\], got \[9, 4\]"):
        greedy_walks(labelled.q[0], labelled)


@pytest.mark.parametrize("factory", [RecurrentGrid(channels=4), Convolutional((4,), (8,))])
def test_all_values_are_those_of_each_observation(
    factory: RecurrentGrid | Convolutional, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out, "ROWS", 7)  # in parts
    labelled = label_mazes(split_mazes(3, 3, 1, 9).held_out, 0.9)
    module: nn.Module = factory(spaces.MultiBinary([4, 5, 5]), 4)
    which, states = labelled.rows()
    table = all_values(module, labelled)
    with torch.no_grad():
        each = module(torch.from_numpy(labelled.observations(which, states)).float()).numpy()
    np.testing.assert_allclose(table[which, states], each, atol=1e-5)
    assert not table[~labelled.inside].any()
