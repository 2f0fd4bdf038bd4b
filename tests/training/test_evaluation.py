"""Looking at a model: what it is computed in, and that it is left as it was."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from mazefit.errors import ConfigError
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def test_bfloat16_is_what_it_is_measured_in_too() -> None:
    rounded, exact = (Trainer(curve, precision=precision, seed=1) for precision in ("bfloat16", "float32"))
    assert not np.array_equal(rounded.predict(X), exact.predict(X))
    np.testing.assert_allclose(rounded.predict(X), exact.predict(X), atol=0.02)
    measured = rounded.evaluate((X, Y))["loss"]
    assert measured == rounded.fit((X, Y), epochs=1)["loss"][0] != exact.evaluate((X, Y))["loss"]


def test_a_metric_that_fails_leaves_every_layer_in_its_mode() -> None:
    model = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    trainer = Trainer(model, metrics={"odd": lambda prediction, target: 1 // 0})
    model[1].eval()
    with pytest.raises(ZeroDivisionError):
        trainer.evaluate((X, Y))
    assert [layer.training for layer in model] == [True, False, True]


def test_rows_wider_than_what_is_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(lambda: nn.Linear(2, 1), precision="float64")
    wide = np.hstack([X, Y])
    whole = trainer.predict(wide)
    monkeypatch.setattr("mazefit.training.evaluation.NUMBERS", 1)
    np.testing.assert_allclose(trainer.predict(wide), whole, rtol=1e-14)
    assert trainer.evaluate((wide, Y))["loss"] == pytest.approx(((whole - Y) ** 2).mean(), rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "got"), [(lambda p, y: (p - y) ** 2, r"a tensor of shape \[10, 1\]"), (lambda p, y: None, "None")]
)
def test_a_loss_that_is_no_number(loss: Any, got: str) -> None:
    with pytest.raises(ConfigError, match=f"loss: expected a function that returns one number, got {got}"):
        Trainer(curve, loss=loss).evaluate((X, Y))


def test_a_loader_whose_rows_the_model_does_not_take_and_an_empty_one() -> None:
    x = torch.tensor(X, dtype=torch.float32)
    trainer = Trainer(curve)
    with pytest.raises(ConfigError, match=r"data: x: expected rows that the model takes, got rows of shape \[2\]"):
        trainer.evaluate(DataLoader(TensorDataset(torch.hstack([x, x]), x), batch_size=5))
    with pytest.raises(ConfigError, match="data: expected at least one batch, got none"):
        trainer.evaluate(DataLoader(TensorDataset(x, x), batch_size=20, drop_last=True))


def test_one_batch_of_infinite_loss_makes_the_mean_infinite_wherever_it_stands() -> None:
    x = torch.zeros(4, 1)
    for place in range(4):
        y = torch.zeros(4, 1)
        y[place] = 1e30  # its square is beyond float32
        trainer = Trainer(lambda: nn.Linear(1, 1))
        assert trainer.evaluate(DataLoader(TensorDataset(x, y), batch_size=1))["loss"] == np.inf
