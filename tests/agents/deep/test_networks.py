"""What networks are given of observations, and spaces that come back from JSON."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces

from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.networks import Convolutional, Dense, build_network, default_network, describe_network
from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.spaces import build_space, describe_space
from mazefit.errors import ConfigError, DataError, UnsupportedEnvError

SPACES: list[Any] = [
    spaces.Discrete(5, start=2),
    spaces.MultiDiscrete([3, 5]),
    spaces.MultiBinary([4, 3, 2]),
    spaces.Box(0, 255, (2, 3), np.uint8),
    spaces.Box(np.array([-1.0, -np.inf], np.float32), np.array([1.0, np.inf], np.float32)),
]


@pytest.mark.parametrize(
    ("space", "given", "encoded"),
    [
        (SPACES[0], [2, 6], [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]),
        (SPACES[1], [[2, 1]], [[1.0, 0.25]]),
        (SPACES[3], [[[0, 51, 255], [0, 0, 102]]], [[[0.0, 0.2, 1.0], [0.0, 0.0, 0.4]]]),
        (SPACES[4], [[0.5, 7.0]], [[0.5, 7.0]]),
    ],
)
def test_what_a_network_is_given(space: Any, given: Any, encoded: Any) -> None:
    seen = Observations(space)
    rows = seen.rows(given)
    assert torch.equal(seen.tensor_rows(torch.tensor(given)), torch.from_numpy(rows))
    torch.testing.assert_close(seen.encoded(torch.from_numpy(rows)), torch.tensor(encoded, dtype=torch.float32))
    if not seen.numbered:
        np.testing.assert_allclose(seen.scaled(rows), encoded, rtol=1e-6)


@pytest.mark.parametrize("space", SPACES)
def test_spaces_come_back_from_json(space: Any) -> None:
    assert build_space(json.loads(json.dumps(describe_space(space)))) == space


def test_what_a_diagram_calls_an_observation() -> None:
    assert Observations(SPACES[0]).named(3, None) == "s3"
    assert Observations(SPACES[4]).named(None, np.array([0.5, -7.0])) == "(0.5, -7)"
    assert Observations(SPACES[2]).named(12, None) == "o12"


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("network", [Dense((7,), "tanh"), Dense(()), None])
def test_every_kind_of_observation_has_a_network(space: Any, network: Any) -> None:
    module = (network or default_network(space))(space, 3)
    seen = Observations(space)
    rows = torch.from_numpy(seen.rows(np.stack([np.asarray(space.sample()) for _ in range(4)])))
    assert module(seen.encoded(rows)).shape == (4, 3)


@pytest.mark.parametrize(
    "network", [Dense((7,), "tanh"), Convolutional((2, 3), ()), RecurrentGrid(channels=3), RecurrentGrid(iterations=9)]
)
def test_networks_of_ours_are_built_again(network: Any) -> None:
    assert build_network(json.loads(json.dumps(describe_network(network))), None, "here") == network


def test_other_networks_are_asked_for() -> None:
    def own(space: Any, outputs: int) -> Any:
        return Dense()(space, outputs)

    about = describe_network(own)
    assert build_network(about, own, "here") is own
    with pytest.raises(ConfigError, match=r"network: expected the function .*own again, which here was learned with, got none"):
        build_network(about, None, "here")
    with pytest.raises(DataError, match="expected a network as mazefit describes it"):
        build_network({"name": "sparse"}, None, "here")


@pytest.mark.parametrize("space", [spaces.Dict({"a": spaces.Discrete(2)}), spaces.Text(3), spaces.Box(0, 1, (0,))])
def test_other_spaces_are_refused(space: Any) -> None:
    with pytest.raises(UnsupportedEnvError, match="env: expected observations"):
        Observations(space)
