"""The straight pieces of a network's curve: their corners by hand, and against the network itself."""

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.supervised.networks import network
from mazefit.supervised.regression.kinks import bends, kinks
from mazefit.training.seeds import built

ABSOLUTE = ([[[1.0], [-1.0]], [[1.0, 1.0]]], [[0.0, 0.0], [0.0]])  # relu(x) + relu(-x) = |x|


def test_the_absolute_value_has_one_kink():
    at, height = bends(*ABSOLUTE, 0.0, -2.0, 3.0)
    assert at.tolist() == [-2.0, 0.0, 3.0]
    assert height.tolist() == [2.0, 0.0, 3.0]
    assert kinks(*ABSOLUTE, 0.0, -2.0, 3.0).tolist() == [0.0]


def test_a_tent_of_two_layers_by_hand():
    weights = [[[1.0], [-1.0]], [[1.0, 1.0]], [[1.0]]]  # relu(|x| - 1)
    found = kinks(weights, [[0.0, 0.0], [-1.0], [0.5]], 0.0, -3.0, 3.0)
    assert found.tolist() == [-1.0, 1.0]  # at 0 the inner kink is hidden: the curve is flat there


def test_without_an_activation_there_is_none():
    assert kinks(*ABSOLUTE, 1.0, -2.0, 3.0).tolist() == []
    leaky = kinks(*ABSOLUTE, 0.2, -2.0, 3.0)
    assert leaky.tolist() == [0.0]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("activation", "slope"), [("relu", 0.0), ("leaky-relu", 0.2)])
def test_against_the_network_itself(seed: int, activation: str, slope: float):
    model = built(network((1, 5, 10, 10, 10, 5, 1), activation, dtype=torch.float64), seed)
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for layer in layers:  # steeper, so that there are many kinks
            layer.weight *= 3.0
            layer.bias *= 5.0
    weights, biases = [x.weight.detach().numpy() for x in layers], [x.bias.detach().numpy() for x in layers]
    at, height = bends(weights, biases, slope, -10.0, 10.0)
    x = np.linspace(-10.0, 10.0, 20_001)
    y = model(torch.from_numpy(x[:, None])).detach().numpy()[:, 0]
    assert np.interp(x, at, height) == pytest.approx(y, abs=1e-10 * np.abs(y).max())
    found = kinks(weights, biases, slope, -10.0, 10.0)
    bent = x[1:-1][np.abs(np.diff(y, 2)) > 1e-9 * np.abs(y).max()]
    assert len(found) > 5
    assert all(np.abs(found - place).min() <= 0.001 + 1e-9 for place in bent)  # the curve bends nowhere else
