"""The networks of the fitting environments: by hand, against PyTorch, and where numbers grow too large."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from mazefit.envs.fit_network import FitNetwork
from mazefit.errors import ConfigError
from tests.envs.fit_torch import torch_network


def test_a_line_by_hand():
    """y = 2 x + 1 at x = 0, 1 where 1 and 1 are asked: errors 0 and 2, mean square 2; ∂w = 2·2·1/2, ∂b = 2·(0 + 2)/2."""
    loss, gradient = FitNetwork((1, 1)).loss_and_gradient(np.array([2.0, 1.0]), np.array([[0.0], [1.0]]), np.ones((2, 1)))
    assert (loss, gradient.tolist()) == (2.0, [2.0, 2.0])
    loss, gradient = FitNetwork((1, 1), loss="l1").loss_and_gradient(
        np.array([2.0, 1.0]), np.array([[0.0], [1.0]]), np.ones((2, 1))
    )
    assert (loss, gradient.tolist()) == (1.0, [0.5, 0.5])


def test_two_layers_by_hand():
    """One hidden leaky-ReLU unit below zero: h = 0.2·(-2) = -0.4, prediction 3·(-0.4) + 1 = -0.2, error -0.2."""
    network = FitNetwork((1, 1, 1), "leaky-relu")
    loss, gradient = network.loss_and_gradient(np.array([-2.0, 0.0, 3.0, 1.0]), np.ones((1, 1)), np.zeros((1, 1)))
    assert loss == pytest.approx(0.04)
    assert gradient == pytest.approx([-0.4 * 3.0 * 0.2, -0.4 * 3.0 * 0.2, -0.4 * -0.4, -0.4])


def test_names_and_places():
    network = FitNetwork((2, 3, 1), "tanh")
    assert FitNetwork((1, 1)).names == ("w", "b")
    assert network.parameters == len(network.names) == 13
    assert network.names[:3] == ("W1[0,0]", "W1[0,1]", "W1[1,0]")
    assert network.names[6:10] == ("b1[0]", "b1[1]", "b1[2]", "W2[0,0]")
    (first, biases), (second, last) = network.layers(np.arange(13.0))
    assert first.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    assert (biases.tolist(), second.tolist(), last.tolist()) == ([6.0, 7.0, 8.0], [[9.0, 10.0, 11.0]], [12.0])


@pytest.mark.parametrize("loss", ["mse", "l1"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky-relu"])
@pytest.mark.parametrize("sizes", [(2, 2), (1, 4, 1), (3, 5, 4, 2)])
def test_gradients_are_pytorchs(sizes: tuple[int, ...], activation: str, loss: str):
    draw = np.random.default_rng(1)
    network = FitNetwork(sizes, activation, loss)
    w, x, y = draw.normal(size=network.parameters), draw.normal(size=(7, sizes[0])), draw.normal(size=(7, sizes[-1]))
    ours, gradient = network.loss_and_gradient(w, x, y)
    model = torch_network(network, w)
    theirs = (functional.mse_loss if loss == "mse" else functional.l1_loss)(model(torch.from_numpy(x)), torch.from_numpy(y))
    theirs.backward()
    assert ours == pytest.approx(theirs.item(), rel=1e-14)
    assert np.abs(gradient - np.concatenate([p.grad.reshape(-1) for p in model.parameters()])).max() < 1e-14
    assert network.predict(w, x) == pytest.approx(model(torch.from_numpy(x)).detach().numpy(), abs=1e-14)


def test_a_sigmoid_far_out_is_no_overflow():
    network = FitNetwork((1, 1, 1), "sigmoid")
    x = np.array([[-1.0], [1.0]])
    assert network.predict(np.array([1e4, 0.0, 1.0, 0.0]), x).tolist() == [[0.0], [1.0]]
    loss, _ = FitNetwork((1, 1)).loss_and_gradient(np.array([1e300, 1e300]), x, x)
    assert loss == np.inf


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (((1,),), "sizes: expected at least two layers"),
        (((1, 0, 1),), "sizes: expected an integer of at least 1, got 0"),
        (((1, 1), "tahn"), "activation: unknown 'tahn'; did you mean 'tanh'"),
        (((1, 1), "tanh", "mae"), "loss: unknown 'mae'"),
    ],
)
def test_what_is_no_network(arguments: tuple, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        FitNetwork(*arguments)


def test_the_torch_twin_has_the_same_layers():
    network = FitNetwork((1, 2, 1), "sigmoid")
    kinds = [type(part) for part in torch_network(network, np.zeros(7))]
    assert kinds == [nn.Linear, nn.Sigmoid, nn.Linear]
