"""Dead units and vanishing gradients, counted in networks where both are known."""

import pytest
import torch
from torch import nn
from torch.nn.functional import mse_loss

from mazefit.supervised.networks import network
from mazefit.supervised.regression.health import health
from mazefit.tasks import waves
from mazefit.training.seeds import built

TASK = waves(0, count=200)


def small(activation: type[nn.Module], biases: list[float]) -> nn.Sequential:
    model = nn.Sequential(nn.Linear(1, len(biases)), activation(), nn.Linear(len(biases), 1)).double()
    with torch.no_grad():
        model[0].weight.fill_(1.0)
        model[0].bias.copy_(torch.tensor(biases))
    return model


def test_a_unit_that_no_point_reaches_is_dead():
    found = health(small(nn.ReLU, [0.0, -9.0, -11.0, 20.0]), TASK, mse_loss)  # x is between -10 and 10
    assert (found.units, found.dead) == (4, 1)


def test_a_sigmoid_far_out_is_saturated_not_dead_by_its_sum():
    found = health(small(nn.Sigmoid, [0.0, 30.0, -30.0]), TASK, mse_loss)
    assert (found.units, found.saturated, found.dead) == (3, 2, 1)


def test_gradients_are_those_of_autograd_and_stay_where_they_were():
    model = small(nn.ReLU, [0.0, 1.0])
    found = health(model, TASK, mse_loss)
    assert all(parameter.grad is None for parameter in model.parameters())
    mse_loss(model(torch.from_numpy(TASK.x)), torch.from_numpy(TASK.y)).backward()
    first, last = (float(model[i].weight.grad.abs().mean()) for i in (0, 2))  # pyright: ignore
    assert found.gradients == pytest.approx((first, last))
    assert found.vanishing == pytest.approx(first / last)


@pytest.mark.parametrize("seed", range(3))
def test_through_five_layers_of_sigmoids_hardly_anything_arrives(seed: int):
    sizes = (1, 5, 10, 10, 10, 5, 1)
    kinds = {name: health(built(network(sizes, name), seed), TASK, mse_loss) for name in ("sigmoid", "leaky-relu")}  # pyright: ignore
    assert kinds["sigmoid"].vanishing < 0.02
    assert kinds["leaky-relu"].vanishing > 10 * kinds["sigmoid"].vanishing
