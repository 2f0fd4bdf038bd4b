import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from mazefit.errors import TrainingError
from mazefit.training.meter import Meter
from mazefit.training.optimizers import SGD
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, line

FAR = SGD(learning_rate=0.2)  # beyond 2 / 78.58: the line's descent diverges


@pytest.mark.parametrize("backend", ["torch", "compiled"])
def test_a_fit_that_diverges_names_its_step(backend: str) -> None:
    trainer = Trainer(line, optimizer=FAR, backend=backend)
    with pytest.raises(
        TrainingError, match=r"loss: expected a finite number, got (inf|nan) in epoch (\d+), step \2;"
    ) as caught:
        trainer.fit((X, Y), epochs=5000)
    step = int(str(caught.value).partition("step ")[2].partition(";")[0])
    history = trainer.history["loss"]
    assert len(history) == trainer.epochs == trainer.steps == step - 1
    assert np.isfinite(history).all()
    assert caught.value.exit_code == 1
    assert not math.isfinite(trainer.evaluate((X, Y))["loss"])  # the weights that had that loss
    assert all(bool(torch.isfinite(parameter).all()) for parameter in trainer.model.parameters())


@pytest.mark.parametrize("backend", ["torch", "compiled"])
def test_a_step_inside_an_epoch_is_named(backend: str) -> None:
    trainer = Trainer(line, optimizer=FAR, backend=backend, seed=1)
    with pytest.raises(TrainingError) as caught:
        trainer.fit((X, Y), epochs=5000, batch_size=3)
    words = str(caught.value).replace(",", "").replace(";", "").split()
    epoch, step = int(words[words.index("epoch") + 1]), int(words[words.index("step") + 1])
    assert trainer.epochs == epoch - 1 == trainer.history.epochs
    assert trainer.steps == step - 1
    assert 4 * (epoch - 1) < step <= 4 * epoch


def test_both_loops_stop_at_the_same_step() -> None:
    steps: list[int] = []
    for backend in ("torch", "compiled"):
        trainer = Trainer(line, optimizer=FAR, backend=backend, precision="float64")
        with pytest.raises(TrainingError):
            trainer.fit((X, Y), epochs=5000)
        steps.append(trainer.steps)
    assert abs(steps[0] - steps[1]) <= 1


def bad_at(*steps: int) -> Any:
    """A loss that is not finite at these calls."""
    calls = iter(range(1, 10**9))

    def loss(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        value = nn.functional.mse_loss(prediction, target)
        return value * math.nan if next(calls) in steps else value

    return loss


def test_weights_stay_as_they_were_before_that_update() -> None:
    broken, whole = Trainer(curve, loss=bad_at(4)), Trainer(curve, loss=bad_at())
    with pytest.raises(TrainingError, match=r"got nan in epoch 4, step 4; a smaller learning rate or clip_norm may help"):
        broken.fit((X, Y), epochs=9)
    whole.fit((X, Y), epochs=3)
    np.testing.assert_array_equal(broken.predict(X), whole.predict(X))
    assert all(parameter.grad is None for parameter in broken.model.parameters())


@pytest.mark.parametrize("at", [1, 63, 64, 65, 70])
def test_losses_that_wait_on_a_gpu_name_the_same_step(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """The way a GPU's losses are read, tried on the CPU: tensors wait until 64 are there or the epoch ends."""

    def late(metrics: Any, late: bool, together: Any) -> Meter:
        return Meter(metrics, True, together)

    monkeypatch.setattr("mazefit.training.fitting.Meter", late)
    trainer = Trainer(curve, loss=bad_at(at), metrics={"one": lambda prediction, target: 1.0})
    rows = np.linspace(0, 1, 100)[:, None]
    with pytest.raises(TrainingError, match=rf"got nan in epoch 1, step {at};"):
        trainer.fit((rows, rows), epochs=2, batch_size=1)


def test_losses_that_wait_give_the_same_history(monkeypatch: pytest.MonkeyPatch) -> None:
    def fitted() -> Trainer:
        trainer = Trainer(curve, precision="float64", metrics={"bias": lambda p, y: (p - y).mean()})
        trainer.fit((X, Y), epochs=4, batch_size=3, validation=(X, Y))
        return trainer

    at_once = fitted()
    monkeypatch.setattr("mazefit.training.fitting.Meter", lambda metrics, late, together: Meter(metrics, True, together))
    late = fitted()
    for name in at_once.history:
        np.testing.assert_allclose(late.history[name], at_once.history[name], rtol=1e-13)


def test_data_of_a_loader_that_are_not_finite() -> None:
    """tanh(inf) is 1: the loss alone would not tell."""
    x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)
    x[7] = math.inf
    loader = DataLoader(TensorDataset(x, y), batch_size=2)
    trainer = Trainer(curve)
    with pytest.raises(TrainingError, match=r"x: expected finite numbers, got inf in row 1 of epoch 1, batch 4"):
        trainer.fit(loader, epochs=3)
    assert trainer.steps == 3
    with pytest.raises(TrainingError, match=r"x: expected finite numbers, got inf in row 1 of batch 4"):
        trainer.evaluate(loader)


def test_weights_that_are_not_finite_are_never_saved(tmp_path: Path) -> None:
    """The loss before the last update was finite; the weights after it are not."""

    def update(parameters: list[torch.Tensor], gradients: list[torch.Tensor], step: int) -> None:
        parameters[0] += math.nan if step == 4 else 0.1

    trainer = Trainer(curve, update=update)
    with pytest.raises(TrainingError, match=r"0.weight: expected finite weights, got others after step 4"):
        trainer.fit((X, Y), epochs=4, checkpoint=tmp_path, every=1)
    assert Trainer.load(tmp_path, curve).epochs == 3
    with pytest.raises(TrainingError, match="expected finite weights"):
        trainer.save(tmp_path)
    with pytest.raises(TrainingError, match="expected finite weights"):
        Trainer(curve, update=update).fit((X, Y), epochs=4)


@pytest.mark.parametrize("backend", ["torch", "compiled"])
def test_the_last_good_checkpoint_is_kept(tmp_path: Path, backend: str) -> None:
    trainer = Trainer(line, optimizer=FAR, backend=backend)
    with pytest.raises(TrainingError):
        trainer.fit((X, Y), epochs=5000, checkpoint=tmp_path, every=7)
    kept = Trainer.load(tmp_path, line)
    assert kept.epochs == trainer.epochs // 7 * 7 > 0
    assert np.array_equal(kept.history["loss"], trainer.history["loss"][: kept.epochs])


@pytest.mark.parametrize("shape", [(), (1,), (2, 2)])
def test_weights_of_every_shape_are_looked_at(shape: tuple[int, ...]) -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(shape))
            self.none = nn.Parameter(torch.ones(0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.scale.mean() * x

    def update(parameters: list[torch.Tensor], gradients: list[torch.Tensor], step: int) -> None:
        parameters[0] += 0.0 if step == 1 else math.inf

    trainer = Trainer(Scaled, update=update)
    trainer.fit((X, Y), epochs=1)
    with pytest.raises(TrainingError, match="scale: expected finite weights, got others after step 2"):
        trainer.fit((X, Y), epochs=1)
