"""Models under a seed: the same weights every time, and nobody else's random numbers touched."""

import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.training.seeds import built, seeded


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(1, 2), nn.Sigmoid(), nn.Linear(2, 1))


def weights(model: nn.Module) -> list[float]:
    return torch.cat([parameter.flatten() for parameter in model.parameters()]).tolist()


def test_the_seed_alone_decides_the_weights():
    torch.manual_seed(5)
    first = weights(built(network, 3))
    torch.manual_seed(6)
    assert weights(built(network, 3)) == first != weights(built(network, 4))
    torch.manual_seed(3)
    assert weights(network()) == first  # what a reader gets by hand


def test_the_generator_goes_on_from_where_it_stood():
    torch.manual_seed(5)
    torch.rand(3)
    expected = torch.rand(4).tolist()
    torch.manual_seed(5)
    torch.rand(3)
    built(network, 1)
    assert torch.rand(4).tolist() == expected


def test_a_factory_that_breaks_leaves_the_generator_alone():
    def breaks() -> nn.Module:
        torch.rand(1)
        raise RuntimeError("in the factory")

    torch.manual_seed(5)
    before = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="in the factory"):
        built(breaks, 1)
    assert torch.equal(torch.get_rng_state(), before)


def test_seeded_is_manual_seed_inside():
    with seeded(7):
        inside = torch.rand(2).tolist()
    torch.manual_seed(7)
    assert torch.rand(2).tolist() == inside


@pytest.mark.parametrize(
    ("factory", "seed", "sentence"),
    [
        (network(), 0, "model: expected a function without arguments .* got a model that is built already"),
        (3, 0, "model: expected a function without arguments .* got 3"),
        (nn.Linear, 0, "model: expected a function without arguments, got one that asks for them .*in_features"),
        (lambda: 3, 0, "model: expected a function that returns a torch.nn.Module, got one that returns 3"),
        (lambda: nn.LazyLinear(2), 0, "model: expected parameters whose shapes are known, got a lazy module"),
        (network, -1, "seed: expected an integer from 0 to"),
        (network, 2**63, "seed: expected an integer from 0 to"),
        (network, True, "seed: expected an integer from 0 to"),
        (network, 1.0, "seed: expected an integer from 0 to"),
    ],
)
def test_what_is_refused(factory: object, seed: object, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        built(factory, seed, name="model")  # pyright: ignore
