"""The basic parts: their numbers by hand, the same in modules, and the visible loop byte for byte."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError
from mazefit.supervised.classifier import basic_parts
from mazefit.supervised.classifier.fits import fit, one_hot, pixels
from mazefit.supervised.classifier.mistakes import losses
from mazefit.supervised.classifier.visible_loop import Descent, by_hand
from mazefit.supervised.datasets import load
from mazefit.training import Trainer
from mazefit.training.seeds import built
from tests.supervised.classifier.small_images import bars


def start(seed: int = 0, *, inputs: int = 24, classes: int = 3, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    model = built(basic_parts.network(inputs, classes, dtype=dtype), seed)
    return [part.detach().clone() for part in model.parameters()]


def data(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    images = bars()
    x, y = pixels(images.images, scaled=True), one_hot(images.labels, 3)
    return torch.from_numpy(x).to(dtype), torch.from_numpy(y).to(dtype)


def test_the_first_weights():
    parts = start(3, inputs=784, classes=10, dtype=torch.float32)
    assert [list(part.shape) for part in parts] == [[784, 100], [100], [100, 30], [30], [30, 10], [10]]
    assert parts[0].std().item() == pytest.approx(0.1, abs=0.001)  # 78,400 of them: four standard errors
    assert parts[0].mean().item() == pytest.approx(0.0, abs=0.0015)
    assert parts[2].std().item() == pytest.approx(0.1, abs=0.006)
    assert parts[4].std().item() == pytest.approx(0.1, abs=0.017)
    assert not any(bias.any() for bias in parts[1::2])
    assert sum(part.numel() for part in parts) == 81_840
    model = basic_parts.network(784, 10)()
    assert not any(isinstance(module, nn.Linear) for module in model.modules())


def test_logits_and_loss_by_hand():
    w1, b1, w2, b2, w3, b3 = (part.numpy() for part in start(1))
    x, y = data()
    rows = x.numpy()
    hidden = np.maximum(np.maximum(rows @ w1 + b1 - 0.0, 0.0) @ w2 + b2, 0.0)
    expected = hidden @ w3 + b3
    logits = basic_parts.logits_of(x, *start(1))
    assert logits.numpy() == pytest.approx(expected, abs=1e-12)
    assert (logits < 0).any()  # none after the last layer
    p = 1 / (1 + np.exp(-expected))
    by_definition = -(y.numpy() * np.log(p) + (1 - y.numpy()) * np.log(1 - p))
    assert basic_parts.sigmoid_cross_entropy(logits, y).numpy() == pytest.approx(by_definition, rel=1e-10)
    assert basic_parts.summed(logits, y).item() == pytest.approx(by_definition.sum(), rel=1e-12)
    assert basic_parts.mean_over_images(logits, y).item() == pytest.approx(by_definition.sum(axis=1).mean(), rel=1e-12)
    assert losses(expected, bars().labels) == pytest.approx(by_definition.sum(axis=1), rel=1e-10)


def test_biases_of_all_layers_count():
    x, _ = data()
    parts = start(1)
    before = basic_parts.logits_of(x, *parts)
    for bias in (1, 3, 5):
        moved = [part + 0.5 if place == bias else part for place, part in enumerate(parts)]
        assert not torch.equal(basic_parts.logits_of(x, *moved), before)


def test_the_loss_is_finite_where_logits_are():
    logits = torch.tensor([[1e30, -1e30]])
    assert basic_parts.summed(logits, torch.tensor([[1.0, 0.0]])).item() == 0.0
    assert basic_parts.summed(logits, torch.tensor([[0.0, 1.0]])).item() == pytest.approx(2e30)
    assert losses(logits.numpy(), [1]) == pytest.approx([2e30])


def test_modules_have_the_same_numbers():
    x, y = data()
    basic, modules = (built(basic_parts.network(24, 3, form=form, dtype=torch.float64), 7) for form in ("basic", "modules"))
    kinds = [type(module).__name__ for module in modules.children()]
    assert kinds == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    gradients: list[list[Tensor]] = []
    for model in (basic, modules):
        model.zero_grad()
        basic_parts.mean_over_images(model(x), y).backward()
        gradients.append(
            [p.grad if p.ndim == 1 or model is basic else p.grad.T for p in model.parameters() if p.grad is not None]
        )
    assert basic(x).detach().numpy() == pytest.approx(modules(x).detach().numpy(), abs=1e-12)
    for one, other in zip(*gradients, strict=True):
        assert one.numpy() == pytest.approx(other.numpy(), abs=1e-12)


def test_fits_of_both_forms_agree():
    basic, modules = (fit(load("digits"), epochs=1, form=form, seed=2) for form in ("basic", "modules"))
    assert basic.losses == pytest.approx(modules.losses, rel=1e-4)
    assert basic.logits == pytest.approx(modules.logits, abs=1e-2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("batch_size", [None, 7, 60])
@pytest.mark.parametrize("loss_of", [basic_parts.summed, basic_parts.mean_over_images])
def test_the_trainer_goes_the_same_way_byte_for_byte(dtype: torch.dtype, batch_size: int | None, loss_of: basic_parts.Loss):
    x, y = data(dtype)
    rate = 0.1 if loss_of is basic_parts.mean_over_images else 1e-3
    trainer = Trainer(basic_parts.network(24, 3, dtype=dtype), update=Descent(rate), loss=loss_of, seed=4, device="cpu")
    history = trainer.fit((x, y), epochs=3, batch_size=batch_size)
    parts = start(4, dtype=dtype)
    steps = by_hand(parts, x, y, loss_of, learning_rate=rate, epochs=3, batch_size=batch_size, seed=4)
    for one, other in zip(trainer.model.parameters(), parts, strict=True):
        assert one.detach().numpy().tobytes() == other.detach().numpy().tobytes()
    if batch_size is None:
        assert history["loss"].tolist() == steps
    else:
        assert len(steps) == 3 * -(-240 // batch_size)


def test_one_step_by_hand():
    x, y = data()
    parts = start(5)
    for part in parts:
        part.requires_grad_()
    before = [part.detach().clone() for part in parts]
    basic_parts.mean_over_images(basic_parts.logits_of(x, *parts), y).backward()
    gradients = [part.grad.clone() for part in parts if part.grad is not None]
    moved = [part.clone() for part in before]
    by_hand(moved, x, y, basic_parts.mean_over_images, learning_rate=0.25, epochs=1)
    for old, gradient, new in zip(before, gradients, moved, strict=True):
        assert new.detach().numpy() == pytest.approx((old - 0.25 * gradient).numpy(), abs=1e-14)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((0, 3), "inputs: expected an integer of at least 1, got 0"),
        ((4, 1), "classes: expected an integer of at least 2, got 1"),
    ],
)
def test_sizes_that_cannot_be(arguments: tuple[int, int], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        basic_parts.network(*arguments)


def test_an_unknown_form():
    with pytest.raises(ConfigError, match="form: unknown 'module'; did you mean 'modules'"):
        basic_parts.network(4, 2, form="module")
