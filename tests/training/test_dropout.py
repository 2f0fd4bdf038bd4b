import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.training.dropout import Dropout
from mazefit.training.seeds import built


def test_it_drops_with_its_probability_and_keeps_the_mean() -> None:
    layer = Dropout(0.3, seed=4)
    x = torch.ones(200, 200)
    found = layer(x)
    assert float((found == 0).float().mean()) == pytest.approx(0.3, abs=0.01)  # standard error 0.0023
    assert found.unique().tolist() == [0.0, pytest.approx(1 / 0.7)]
    assert float(found.mean()) == pytest.approx(1.0, abs=0.02)


def test_in_eval_mode_it_does_nothing() -> None:
    layer = Dropout(0.9, seed=4).eval()
    x = torch.ones(5)
    assert layer(x) is x
    assert layer.calls == 0
    assert Dropout(0.0)(x) is x


def test_masks_are_a_function_of_seed_and_call() -> None:
    one, other = Dropout(0.5, seed=9), Dropout(0.5, seed=9)
    x = torch.ones(64)
    first, second = one(x), one(x)
    assert not torch.equal(first, second)
    assert not torch.equal(first, Dropout(0.5, seed=10)(x))
    assert torch.equal(other(x), first)
    third = one(x)
    other.load_state_dict(one.state_dict())
    other.calls -= 1
    assert torch.equal(other(x), third)


def test_its_state_brings_the_seed_along() -> None:
    one, other, x = Dropout(0.5, seed=9), Dropout(0.5, seed=10), torch.ones(64)
    other.load_state_dict(one.state_dict())
    assert torch.equal(other(x), one(x))


def test_nothing_global_is_drawn_while_fitting() -> None:
    layer = Dropout(0.5, seed=1)
    before = torch.get_rng_state()
    layer(torch.ones(10))
    assert torch.equal(torch.get_rng_state(), before)


def test_layers_of_a_model_drop_differently_and_by_the_models_seed() -> None:
    def make() -> nn.Module:
        return nn.Sequential(Dropout(0.5), Dropout(0.5))

    def seeds(seed: int) -> list[int]:
        return [layer.seed for layer in built(make, seed) if isinstance(layer, Dropout)]  # pyright: ignore[reportGeneralTypeIssues]

    assert len(set(seeds(0) + seeds(1))) == 4
    assert seeds(0) == seeds(0)


def test_gradients_pass_where_numbers_were_kept() -> None:
    x = torch.ones(100, requires_grad=True)
    found = Dropout(0.5, seed=2)(x)
    found.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, found.detach())


def test_at_the_door() -> None:
    with pytest.raises(ConfigError, match=r"probability: expected less than 1, which would drop everything, got 1.0"):
        Dropout(1.0)
    with pytest.raises(ConfigError, match=r"probability: expected a number.*; seed: expected an integer"):
        Dropout(-0.1, seed=-1)
    assert repr(Dropout(0.25, seed=1)) == "Dropout(probability=0.25)"
