"""The way into a fit and out of it: what the model was left in, what is looked at first, and what counts over all fits."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, Sampler, TensorDataset

from mazefit.errors import ConfigError
from mazefit.training.dropout import Dropout
from mazefit.training.events import Event
from mazefit.training.optimizers import SGD
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, digest, same_weights

TENSORS = (torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32))


def test_a_model_in_eval_mode_is_fitted_in_train_mode() -> None:
    layer = Dropout(0.5, seed=1)
    trainer = Trainer(nn.Sequential(nn.Linear(1, 4), layer, nn.Linear(4, 1)).eval())
    trainer.fit((X, Y), epochs=3, validation=(X, Y))
    assert layer.calls == 3


def test_gradients_from_before_count_for_nothing() -> None:
    torch.manual_seed(0)
    fresh, used = curve(), curve()
    used.load_state_dict(fresh.state_dict())
    for parameter in used.parameters():
        parameter.grad = torch.ones_like(parameter)
    for model in (fresh, used):
        Trainer(model, optimizer=SGD(learning_rate=0.01), backend="torch").fit((X, Y), epochs=1)
    assert same_weights(fresh, used)


def test_validation_data_are_looked_at_before_the_first_update() -> None:
    trainer = Trainer(curve)
    with pytest.raises(ConfigError, match=r"y: expected the shape of the predictions, \[10, 1\], got \[10\]"):
        trainer.fit((X, Y), validation=(X, Y[:, 0]), epochs=1)
    assert trainer.steps == 0


class Noisy(nn.Module):
    """Draws in eval mode, too, as a variational autoencoder may."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x + 0.1 * torch.randn_like(x))


@pytest.mark.parametrize("make", [lambda: (X, Y), lambda: DataLoader(TensorDataset(*TENSORS), batch_size=4)])
def test_looking_first_draws_nothing_from_the_fit(make: Any) -> None:
    whole, parts = Trainer(Noisy, seed=1), Trainer(Noisy, seed=1)
    whole.fit(make(), epochs=5)
    for epochs in (2, 3):
        parts.fit(make(), epochs=epochs)
    assert digest(parts) == digest(whole)


def test_seconds_are_those_of_all_fits() -> None:
    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=1)
    trainer.history.seconds = 100.0
    assert 100.0 < trainer.fit((X, Y), epochs=1).seconds < 200.0


def test_a_stop_at_the_last_step_of_an_epoch_is_a_stop_after_it() -> None:
    class AtStep:
        each_step = True

        def __call__(self, event: Event) -> bool:
            return event.kind == "step" and event.step == 3

    whole, parts = Trainer(curve), Trainer(curve)
    whole.fit((X, Y), epochs=4, batch_size=4)
    parts.fit((X, Y), epochs=4, batch_size=4, callbacks=[AtStep()])
    assert (parts.epochs, parts.steps, parts.history.epochs) == (1, 3, 1)
    parts.fit((X, Y), epochs=3, batch_size=4)
    assert digest(parts) == digest(whole)


# Loaders ---------------------------------------------------------------------------------------------------------------


def test_a_loader_whose_rows_the_model_does_not_take() -> None:
    x, y = TENSORS
    trainer = Trainer(curve)
    with pytest.raises(ConfigError, match=r"Trainer.fit: x: expected rows that the model takes, got rows of shape \[2\]"):
        trainer.fit(DataLoader(TensorDataset(torch.hstack([x, x]), y), batch_size=5), epochs=1)
    assert trainer.steps == 0


def test_a_loader_without_a_batch() -> None:
    class Once(IterableDataset[Any]):
        rows = iter(zip(*TENSORS, strict=True))

        def __iter__(self) -> Iterator[Any]:
            return self.rows

    with pytest.raises(ConfigError, match="data: expected at least one batch in epoch 1, got none"):
        Trainer(curve).fit(DataLoader(TensorDataset(*TENSORS), batch_size=20, drop_last=True), epochs=1)
    trainer = Trainer(curve)
    with pytest.raises(ConfigError, match="data: expected at least one batch in epoch 2, got none"):
        trainer.fit(Once(), batch_size=5, epochs=2)
    assert (trainer.epochs, trainer.steps) == (1, 2)


def test_a_sampler_without_a_length() -> None:
    class Turns(Sampler[int]):
        def __iter__(self) -> Iterator[int]:
            return iter(range(len(X)))

    known, unknown = Trainer(curve), Trainer(curve)
    known.fit((X, Y), epochs=2, batch_size=4, shuffle=False)
    unknown.fit(DataLoader(TensorDataset(*TENSORS), batch_size=4, sampler=Turns()), epochs=2)
    assert digest(unknown) == digest(known)


def test_a_stream_needs_a_batch_size() -> None:
    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Iterator[Any]:
            return iter(zip(*TENSORS, strict=True))

    with pytest.raises(ConfigError, match=r"batch_size: expected the rows of an update beside .* got None"):
        Trainer(curve).fit(Stream(), epochs=1)
    assert Trainer(curve).fit(Stream(), epochs=2, batch_size=4).epochs == 2


def test_numbers_of_numpy_are_numbers(tmp_path: Any) -> None:
    plain, numpys = Trainer(curve), Trainer(curve)
    plain.fit((X, Y), epochs=3, batch_size=3, accumulate=2, clip_norm=1.0)
    numbers: dict[str, Any] = {
        "epochs": np.int64(3),
        "batch_size": np.int32(3),
        "accumulate": np.int64(2),
        "every": np.int64(2),
    }
    numpys.fit((X, Y), clip_norm=np.float64(1.0), checkpoint=tmp_path, **numbers)
    assert digest(numpys) == digest(plain) == digest(Trainer.load(tmp_path, curve))
