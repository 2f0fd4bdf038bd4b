"""The recurrent network of planes: what it reads, how far it reaches, and what gradients see of it."""

import numpy as np
import pytest
import torch
from gymnasium import spaces

from mazefit.agents.deep.grid_network import AGENT, GridValues, RecurrentGrid
from mazefit.envs import Maze, MazeEnv
from mazefit.errors import ConfigError

SPACE = spaces.MultiBinary([4, 5, 5])


def planes_of(maze: Maze, states: list[int]) -> torch.Tensor:
    env = MazeEnv(maze, observation="grid")
    return torch.from_numpy(np.stack([np.asarray(env.reset(options={"state": s})[0]) for s in states])).float()


def network(**numbers: object) -> GridValues:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        found = RecurrentGrid(**numbers)(SPACE, 4)  # pyright: ignore[reportArgumentType]
    assert isinstance(found, GridValues)
    return found


def test_the_answer_is_that_of_everywhere_at_the_agents_cell() -> None:
    maze = Maze.generate(3, 3, "wilson", seed=1)
    states = [s for s in range(maze.states) if maze.distances()[s] > 0]
    planes = planes_of(maze, states)
    net = network()
    everywhere = net.everywhere(planes).flatten(2)  # [B, 4, S]
    assert net(planes).shape == (len(states), 4)
    torch.testing.assert_close(net(planes), everywhere[torch.arange(len(states)), :, states])
    # where the agent stands changes where is read, never what is there
    torch.testing.assert_close(everywhere, everywhere[:1].expand_as(everywhere))
    assert len(set(net(planes)[:, 0].tolist())) > 1
    assert torch.equal(net(torch.zeros(2, 4, 5, 5)), torch.zeros(2, 4))  # nobody there


def test_a_change_is_seen_as_far_as_there_are_iterations() -> None:
    near, far = torch.zeros(2, 1, 4, 1, 31, dtype=torch.float64)
    far[0, 3, 0, 30] = 1.0
    for iterations in (3, 9):
        net = network(iterations=iterations).double()
        apart = (net.everywhere(near) - net.everywhere(far)).abs().amax((0, 1, 2)) > 0
        reach = 30 - int(apart.nonzero()[0])
        assert reach <= iterations + 2  # a cell an iteration, one where x is taken in, one where h is read
        assert reach >= iterations  # and not less


def test_gradients_go_through_the_last_iterations_and_values_through_all() -> None:
    planes = planes_of(Maze.generate(3, 3, "wilson", seed=1), [0, 2])
    short, whole, one = network(iterations=6, learned=2), network(iterations=6, learned=60), network(iterations=1)
    torch.testing.assert_close(short(planes), whole(planes))
    assert not torch.allclose(one(planes), whole(planes))
    for net in (short, whole):
        net(planes).square().sum().backward()
        assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in net.parameters())
    assert not torch.allclose(short.rule.weight.grad, whole.rule.weight.grad)  # pyright: ignore[reportArgumentType]


def test_one_network_takes_mazes_of_any_size() -> None:
    net = network()
    assert net.iterations == 3 * (5 + 5) // 2
    assert net.everywhere(torch.zeros(1, 4, 19, 19)).shape == (1, 4, 19, 19)


def test_the_border_is_no_free_cell() -> None:
    walled, bare = torch.zeros(2, 1, 4, 7, 7)
    net = network(iterations=1)
    inner = net.everywhere(bare)[0, :, 3, 3]
    assert not torch.allclose(inner, net.everywhere(walled)[0, :, 0, 0])


def test_scale_multiplies() -> None:
    planes = planes_of(Maze.generate(3, 3, "wilson", seed=1), [0])
    torch.testing.assert_close(network(scale=10.0)(planes), 10.0 * network(scale=1.0)(planes))


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"channels": 0}, "channels: expected an integer of at least 1, got 0"),
        ({"iterations": 0}, "iterations: expected an integer of at least 1, got 0"),
        ({"learned": 1.5}, "learned: expected an integer of at least 1, got 1.5"),
        ({"scale": 0.0}, "scale: expected a number with 0 < scale"),
    ],
)
def test_bad_numbers(numbers: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        RecurrentGrid(**numbers)  # pyright: ignore[reportArgumentType]


def test_other_observations_are_refused() -> None:
    for space in (spaces.Discrete(9), spaces.MultiBinary([3, 5, 5]), spaces.MultiDiscrete([5, 5])):
        with pytest.raises(ConfigError, match=r"expected observations \[4, rows, columns\] for RecurrentGrid"):
            RecurrentGrid()(space, 4)


def test_the_agents_plane_is_the_second() -> None:
    planes = planes_of(Maze.generate(3, 3, "wilson", seed=1), [4])
    assert planes[0, AGENT].flatten().nonzero().tolist() == [[4]]


def test_it_reaches_as_far_as_most_ways_are_long() -> None:
    assert RecurrentGrid.reach((9, 5)) == RecurrentGrid.reach((5, 9)) == 21
    module = RecurrentGrid()(spaces.MultiBinary([4, 9, 5]), 4)
    assert isinstance(module, GridValues)
    assert module.iterations == 21
