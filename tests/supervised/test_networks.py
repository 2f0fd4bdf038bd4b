"""Networks of the tutorials: how large they are, how they begin, and what cannot be built."""

import math

import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.supervised.networks import ACTIVATIONS, network, straight_line
from mazefit.training.seeds import built


@pytest.mark.parametrize(("sizes", "parameters"), [((1, 2, 1), 7), ((1, 10, 1), 31), ((1, 5, 10, 10, 10, 5, 1), 351)])
def test_parameter_counts(sizes: tuple[int, ...], parameters: int):
    assert sum(p.numel() for p in network(sizes)().parameters()) == parameters


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_stands_between_the_layers_and_none_after_the_last(activation: str):
    model = network((1, 3, 3, 1), activation)()
    assert isinstance(model[-1], nn.Linear)
    assert len(model) == (3 if activation == "none" else 5)


@pytest.mark.parametrize("seed", [0, 1])
def test_weights_begin_as_those_of_keras_or_of_pytorch(seed: int):
    layers = {name: built(network((20, 40, 1), constants=name), seed)[0] for name in ("keras", "torch")}  # pyright: ignore[reportIndexIssue]
    keras, plain = layers["keras"], layers["torch"]
    limit = math.sqrt(6 / 60)
    assert keras.weight.abs().max().item() == pytest.approx(limit, rel=0.02)
    assert keras.weight.std().item() == pytest.approx(limit / math.sqrt(3), rel=0.05)
    assert not keras.bias.any()
    assert plain.weight.abs().max().item() == pytest.approx(1 / math.sqrt(20), rel=0.02)
    assert plain.bias.abs().max().item() <= 1 / math.sqrt(20)


def test_a_factory_builds_a_new_model_under_its_seed():
    make = network((1, 4, 1), dtype=torch.float64)
    one, again, other = built(make, 3), built(make, 3), built(make, 4)
    assert one is not again
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), again.parameters(), strict=True))
    assert not torch.equal(next(one.parameters()), next(other.parameters()))
    assert next(one.parameters()).dtype == torch.float64


def test_the_first_w_and_b_of_a_line_are_standard_normal():
    drawn = torch.stack([torch.cat([p.flatten() for p in built(straight_line(), seed).parameters()]) for seed in range(400)])
    assert drawn.mean(dim=0).tolist() == pytest.approx([0.0, 0.0], abs=0.2)
    assert drawn.std(dim=0).tolist() == pytest.approx([1.0, 1.0], abs=0.12)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (((1,),), "sizes: expected at least two layers"),
        (((1, 0, 1),), "sizes: expected an integer of at least 1, got 0"),
        (((1, 1), "tahn"), "activation: unknown 'tahn'; did you mean 'tanh'?"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments: tuple[object, ...], sentence: str):
    with pytest.raises(ConfigError) as refused:
        network(*arguments)  # pyright: ignore[reportArgumentType]
    assert sentence in str(refused.value)
