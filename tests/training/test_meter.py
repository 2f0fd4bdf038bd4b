"""What is measured of a step: shares of accumulated batches, read at once or late, and what is no number."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from mazefit.errors import ConfigError
from mazefit.training.meter import Meter
from mazefit.training.optimizers import SGD
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("metrics", [{}, {"bias": lambda p, y: (p - y).mean(), "three": lambda p, y: 3}])
def test_accumulated_batches_are_measured_as_one_large_batch(
    monkeypatch: pytest.MonkeyPatch, late: bool, metrics: dict[str, Any]
) -> None:
    """Batches of 4, 4 and 2 rows; late is how a GPU's numbers are read."""
    monkeypatch.setattr("mazefit.training.fitting.Meter", lambda metrics, _, together: Meter(metrics, late, together))

    def fitted(**batches: Any) -> Trainer:
        trainer = Trainer(curve, optimizer=SGD(learning_rate=0.01), metrics=metrics, precision="float64", backend="torch")
        trainer.fit((X, Y), epochs=4, shuffle=False, **batches)
        return trainer

    whole, parts = fitted(), fitted(batch_size=4, accumulate=3)
    assert set(parts.history) == {"loss", *metrics}
    for name in parts.history:
        np.testing.assert_allclose(parts.history[name], whole.history[name], rtol=1e-12)


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (torch.ones(3, 1), r"a tensor of shape \[3, 1\]"),
        ("3.5", "'3.5'"),
        (None, "None"),
        (np.ones(1), "array"),
        ([1.0], r"\[1.0\]"),
    ],
)
def test_metrics_that_are_no_number(value: Any, got: str) -> None:
    trainer = Trainer(curve, metrics={"fine": lambda p, y: 1, "odd": lambda p, y: value})
    for act in (lambda: trainer.fit((X, Y), epochs=1), lambda: trainer.evaluate((X, Y))):
        with pytest.raises(ConfigError, match=f"metrics: 'odd': expected a function that returns one number, got {got}"):
            act()
    assert trainer.steps == 0


def test_one_number_of_any_make() -> None:
    numbers: dict[str, Any] = {
        "tensor": torch.tensor([[2.0]]), "array": np.array(2.0), "NumPy's": np.float32(2), "integer": 2, "part": Fraction(4, 2),
    }  # fmt: skip
    metrics: dict[str, Any] = {name: lambda p, y, value=value: value for name, value in numbers.items()}
    history = Trainer(curve, metrics=metrics).fit((X, Y), epochs=1, validation=(X, Y))
    assert all(history[name].tolist() == history[f"validation_{name}"].tolist() == [2.0] for name in numbers)
