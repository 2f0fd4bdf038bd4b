"""Fast convolutions and tanh against PyTorch's own in double precision: the same numbers to rounding, whatever the sizes."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mazefit.supervised.autoencoder import one_channel
from mazefit.supervised.autoencoder.fast_conv import can_be_fast, convolved, paired
from mazefit.supervised.autoencoder.fast_tanh import fast_tanh
from mazefit.supervised.autoencoder.layers import ConvLayer
from mazefit.supervised.autoencoder.padded import filled, filled_weight, multiple, seen

SIZES = [(1, 14, 5), (14, 7, 5), (7, 14, 5), (14, 1, 5), (1, 1, 3), (3, 8, 3), (8, 16, 1), (16, 9, 7), (2, 2, 3)]


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("height", "width"), [(6, 8), (5, 7), (1, 4), (3, 1)])
@pytest.mark.parametrize(("inputs", "outputs", "size"), SIZES)
@pytest.mark.parametrize("tanh", [True, False])
def test_values_and_gradients_are_those_of_double_precision(
    inputs: int, outputs: int, size: int, height: int, width: int, tanh: bool
):
    given = [numbers(3, inputs, height, width), numbers(outputs, inputs, size, size, seed=1) / size, numbers(outputs, seed=2)]
    weights = numbers(3, outputs, height, width, seed=3)
    found = [one.clone().requires_grad_() for one in given]
    exact = [one.double().requires_grad_() for one in given]
    ours = convolved(found[0], found[1], found[2], tanh)
    theirs = torch.conv2d(exact[0], exact[1], exact[2], padding=size // 2)
    theirs = torch.tanh(theirs) if tanh else theirs
    assert ours.shape == theirs.shape
    torch.testing.assert_close(ours.double(), theirs, rtol=2e-6, atol=5e-6)
    (ours * weights).sum().backward()
    (theirs * weights).sum().backward()
    for one, other in zip(found, exact, strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert one.grad.shape == one.shape
        scale = float(other.grad.abs().max())
        torch.testing.assert_close(one.grad.double(), other.grad, rtol=0, atol=1e-5 * max(scale, 1.0))


def test_layers_in_a_row_copy_nothing_and_hide_the_channels_that_fill_up():
    x = convolved(numbers(2, 1, 6, 6), numbers(14, 1, 5, 5), None, True)
    assert x.shape == (2, 14, 6, 6)
    assert x.stride() == (6 * 6 * 16, 1, 6 * 16, 16)
    whole = filled(x)
    assert whole.shape == (2, 16, 6, 6)
    assert whole.data_ptr() == x.data_ptr()
    assert not whole[:, 14:].any()  # tanh 0 = 0, exactly


def test_what_lies_otherwise_is_copied_and_filled_with_zeros():
    x = numbers(2, 6, 4, 14).permute(0, 3, 1, 2)  # channels side by side, but not filled up
    assert torch.equal(filled(x)[:, :14], x)
    assert not filled(x)[:, 14:].any()
    last = seen(filled(x), 14)[1:]
    assert torch.equal(filled(last)[:, :14], last)


def test_a_tensor_that_lies_alike_but_ends_with_its_memory_is_copied():
    memory = numbers(2 * 3 * 16 - 2)
    x = memory.as_strided((2, 14, 1, 3), (48, 1, 48, 16))
    assert filled(x).data_ptr() != x.data_ptr()
    assert torch.equal(filled(x)[:, :14], x)


def test_what_stands_in_the_hidden_channels_changes_nothing():
    whole = numbers(2, 16, 6, 6).contiguous(memory_format=torch.channels_last)
    weight = numbers(7, 14, 5, 5, seed=1)
    part = whole[:, :14]
    assert torch.equal(convolved(part, weight, None, True), convolved(part.contiguous(), weight, None, True))


def test_many_pictures_are_computed_in_parts(monkeypatch: pytest.MonkeyPatch):
    results: list[list[Tensor]] = []
    for at_once in (64, 3):
        monkeypatch.setattr(one_channel, "AT_ONCE", at_once)
        given = [one.requires_grad_() for one in (numbers(8, 14, 6, 6), numbers(1, 14, 5, 5, seed=1) / 5, numbers(1, seed=2))]
        y = convolved(given[0], given[1], given[2], True)
        y.square().sum().backward()
        assert all(one.grad is not None for one in given)
        results.append([y.detach(), *(one.grad for one in given if one.grad is not None)])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_filled_weights():
    assert [multiple(n) for n in (1, 2, 7, 8, 9, 14, 16, 17)] == [1, 8, 8, 8, 16, 16, 16, 24]
    weight = numbers(7, 14, 5, 5)
    whole = filled_weight(weight, 16)
    assert whole.shape == (8, 16, 5, 5)
    assert torch.equal(whole[:7, :14], weight)
    assert float(whole.abs().sum()) == pytest.approx(float(weight.abs().sum()), rel=1e-5)
    two = paired(whole)
    assert two.shape == (16, 16, 5, 6)
    assert torch.equal(two[8:, :, :, 1:], two[:8, :, :, :5])


def test_no_gradient_is_made_for_what_needs_none():
    weight = numbers(14, 1, 5, 5).requires_grad_()
    convolved(numbers(2, 1, 6, 6), weight, None, True).sum().backward()
    assert weight.grad is not None
    assert weight.grad.shape == weight.shape


def test_where_it_is_used():
    layer: Any = nn.Conv2d(1, 2, 3, padding=1)
    x = numbers(1, 1, 4, 4)
    assert can_be_fast(layer, x)
    assert not can_be_fast(layer, x.double())
    assert not can_be_fast(nn.Conv2d(1, 2, 3, padding=1, stride=2), x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert not can_be_fast(layer, x)
    torch.manual_seed(0)
    fast, plain = ConvLayer(1, 2, 3, "tanh"), ConvLayer(1, 2, 3, "tanh", fast=False)
    plain.load_state_dict(fast.state_dict())
    assert fast(x).grad_fn.name() == "_PaddedBackward"
    assert plain(x).grad_fn.name() == "TanhBackward0"
    torch.testing.assert_close(fast(x), plain(x))


def test_tanh():
    z = torch.cat([torch.linspace(-100, 100, 4001), torch.linspace(-1, 1, 2001), torch.tensor([0.0, -0.0, 1e-20])])
    z = z.requires_grad_()
    value = fast_tanh(z)
    exact = torch.tanh(z.detach().double())
    assert float((value.detach().double() - exact).abs().max()) < 2.5e-7
    assert not value[z == 0].any()
    assert bool((value.abs() <= 1).all())
    value.sum().backward()
    assert z.grad is not None
    assert float((z.grad - (1 - exact**2)).abs().max()) < 5e-7
    assert torch.isnan(fast_tanh(torch.tensor([float("nan")]))).all()
    assert torch.equal(fast_tanh(z.detach().double()), exact)
