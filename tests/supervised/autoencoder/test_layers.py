"""The layers and the four models: shapes, what they are made of, and that the fast way gives the source's own numbers."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from mazefit.errors import ConfigError
from mazefit.supervised.autoencoder.layers import ConvLayer, DenseLayer
from mazefit.supervised.autoencoder.models import MODELS, autoencoder
from mazefit.training.dropout import Dropout
from mazefit.training.seeds import built, seeded
from mazefit.training.summary import describe_model
from tests.supervised.autoencoder.tutorials_own import TutorialsOwn

SHAPES = [(28, 28), (8, 8), (5, 9), (1, 7), (1, 1)]


def pictures(rows: int, height: int, width: int) -> torch.Tensor:
    return torch.rand(rows, height, width, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("model", MODELS)
def test_any_size_and_code(model: str, shape: tuple[int, int]):
    made: Any = built(autoencoder(model, shape, 3), 0)
    x = pictures(4, *shape)
    reconstruction, code = made(x)
    assert reconstruction.shape == x.shape
    assert code.shape == (4, 3)
    assert torch.equal(made.encode(x), code)
    assert torch.equal(made.decode(code), reconstruction)
    reconstruction.sum().backward()
    assert all(parameter.grad is not None for parameter in made.parameters())


def test_the_tutorials_network_with_its_weights_and_gradients():
    with seeded(5):
        theirs = TutorialsOwn()
    ours: Any = built(autoencoder("conv", (28, 28)), 5)
    assert sum(p.numel() for p in ours.parameters()) == 318_480
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)  # drawn in the same order
    x = pictures(12, 28, 28)
    exact = TutorialsOwn().double()
    exact.load_state_dict(theirs.state_dict())
    losses = []
    for model, given in ((ours, x), (theirs, x), (exact, x.double())):
        loss = functional.mse_loss(model(given)[0], given)
        loss.backward()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(losses[2], rel=3e-7)
    for one, other, true in zip(ours.parameters(), theirs.parameters(), exact.parameters(), strict=True):
        scale = true.grad.abs().max()
        far = float((one.grad - true.grad).abs().max() / scale)
        assert far < 2e-5
        assert far < 4 * max(1e-6, float((other.grad - true.grad).abs().max() / scale))  # as near as PyTorch's own


def test_some_steps_of_the_tutorials_optimizer_have_the_same_losses():
    fast: Any = built(autoencoder("conv", (28, 28)), 1)
    plain: Any = built(autoencoder("conv", (28, 28), fast=False), 1)
    x = pictures(20, 28, 28)
    losses: list[list[float]] = []
    for model in (fast, plain):
        optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
        losses.append([])
        for _ in range(8):
            optimizer.zero_grad()
            loss = functional.mse_loss(model(x)[0], x)
            loss.backward()
            optimizer.step()
            losses[-1].append(loss.item())
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    assert losses[0][-1] < losses[0][0]


def test_from_outside_it_is_the_plain_network():
    model: Any = built(autoencoder("conv", (28, 28)), 0)
    table = describe_model(model, pictures(1, 28, 28))
    assert "318,480 parameters" in table
    assert "[1, 14, 28, 28]" in table
    shapes = [list(value.shape) for value in model.state_dict().values()]
    assert shapes == [
        [14, 1, 5, 5], [14], [7, 14, 5, 5], [7], [28, 5488], [28], [5488, 28], [5488], [14, 7, 5, 5], [14], [1, 14, 5, 5], [1],
    ]  # fmt: skip


def test_the_linear_model_is_linear():
    model: Any = built(autoencoder("linear", (4, 5), 3), 0)
    a, b = pictures(2, 4, 5)[:, None]
    middle = model((a + b) / 2)[0]
    torch.testing.assert_close(middle, (model(a)[0] + model(b)[0]) / 2)


@pytest.mark.parametrize("fast", [True, False])
def test_drop_is_the_probability_of_dropping(fast: bool):
    with seeded(0):
        layer = ConvLayer(1, 4, 3, drop=0.25, flatten=True, fast=fast)
    nn.init.zeros_(layer.conv.weight)
    nn.init.ones_(layer.conv.bias)
    assert isinstance(layer.dropout, Dropout)
    found = layer(torch.zeros(50, 1, 10, 10))
    assert found.shape == (50, 400)
    assert float((found == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float(found.detach().max()) == pytest.approx(1 / 0.75)
    assert bool((layer.eval()(torch.zeros(2, 1, 10, 10)) == 1).all())


def test_drop_between_convolutions_leaves_gradients_right():
    fast: Any = built(autoencoder("conv", (6, 6), 3, drop=0.4), 2)
    plain: Any = built(autoencoder("conv", (6, 6), 3, drop=0.4, fast=False), 2)
    x = pictures(5, 6, 6)
    for model in (fast, plain):
        functional.mse_loss(model(x)[0], x).backward()
    for one, other in zip(fast.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6)


def test_layers_by_hand():
    with seeded(3):
        dense, conv = DenseLayer(3, 2, "relu"), ConvLayer(2, 3, 3, "leaky-relu", stride=2)
    x, y = torch.randn(4, 3), torch.randn(4, 2, 5, 7)
    assert torch.equal(dense(x), functional.linear(x, dense.linear.weight, dense.linear.bias).clamp(min=0))
    by_hand = functional.conv2d(y, conv.conv.weight, conv.conv.bias, stride=2, padding=1)
    assert torch.equal(conv(y), functional.leaky_relu(by_hand, 0.01))
    assert conv(y).shape == (4, 3, 3, 4)
    assert "relu" in repr(dense)


def test_what_is_refused():
    with pytest.raises(ConfigError, match=r"kernel: expected an odd number, got 4; activation: unknown 'tan'; did"):
        ConvLayer(1, 2, 4, "tan")
    with pytest.raises(ConfigError, match=r"inputs.*outputs.*drop: expected less than 1"):
        DenseLayer(0, 0, drop=1.0)
    with pytest.raises(ConfigError, match=r"model: unknown 'cnov'; did you mean 'conv'\?; width: .*; code: "):
        autoencoder("cnov", (3, 0), 0)
