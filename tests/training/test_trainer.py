import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from mazefit.training.batches import batch_order
from mazefit.training.dropout import Dropout
from mazefit.training.events import Event
from mazefit.training.optimizers import SGD, Adam, RMSprop
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, by_hand, curve, digest, line, same_weights

OPTIMIZERS: dict[str, tuple[Any, Any]] = {
    "sgd": (SGD(learning_rate=0.01), lambda p: torch.optim.SGD(p, lr=0.01)),
    "momentum": (SGD(learning_rate=0.003, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.003, momentum=0.9)),
    "rmsprop": (RMSprop(learning_rate=0.01), lambda p: torch.optim.RMSprop(p, lr=0.01)),
    "adam": (Adam(learning_rate=0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
    "a factory": (lambda p: torch.optim.AdamW(p, lr=0.01), lambda p: torch.optim.AdamW(p, lr=0.01)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("loss", ["mse", "l1"])
def test_it_is_the_loop_that_everybody_writes(name: str, loss: str) -> None:
    ours, theirs = OPTIMIZERS[name]
    torch.manual_seed(3)
    model = curve().double()
    function = nn.functional.mse_loss if loss == "mse" else nn.functional.l1_loss
    losses = by_hand(model, theirs(model.parameters()), 60, loss=function)
    trainer = Trainer(curve, optimizer=ours, loss=loss, seed=3, precision="float64", backend="torch")
    history = trainer.fit((X, Y), epochs=60)
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-11)
    assert (trainer.epochs, trainer.steps) == (60, 60)
    evaluated = trainer.evaluate((X, Y))["loss"]
    assert evaluated == pytest.approx(function(model(torch.tensor(X)), torch.tensor(Y)).item(), rel=1e-11)
    assert evaluated < history["loss"][-1] or loss == "l1"  # measured after the last update; the history's before it


def test_equal_bytes_with_the_same_optimizer_in_float32() -> None:
    torch.manual_seed(0)
    model = curve()
    losses = by_hand(model, torch.optim.Adam(model.parameters(), lr=0.01, fused=True), 50)
    trainer = Trainer(curve, optimizer=Adam(learning_rate=0.01), backend="torch")
    assert trainer.fit((X, Y), epochs=50)["loss"].tolist() == losses
    assert same_weights(trainer.model, model)


def test_a_factory_is_built_under_the_seed_and_nothing_global_moves() -> None:
    torch.manual_seed(11)
    expected = curve()
    torch.manual_seed(99)
    before, numpys = torch.get_rng_state(), np.random.get_state()[1]  # noqa: NPY002
    trainer = Trainer(lambda: nn.Sequential(curve(), nn.Dropout(0.5)), seed=11, backend="torch")
    assert same_weights(trainer.model[0], expected)  # pyright: ignore[reportIndexIssue, reportArgumentType]
    trainer.fit((X, Y), epochs=3, batch_size=4, validation=(X, Y))
    trainer.predict(X)
    trainer.summary()
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpys)  # noqa: NPY002


@pytest.mark.parametrize("batch_size", [None, 3])
def test_two_fits_are_one_and_seeds_differ(batch_size: int | None) -> None:
    def fitted(*epochs: int, seed: int = 1) -> Trainer:
        trainer = Trainer(curve, seed=seed, backend="torch")
        for count in epochs:
            history = trainer.fit((X, Y), epochs=count, batch_size=batch_size)
            assert history is trainer.history
        return trainer

    whole = fitted(7)
    assert whole.steps == (7 if batch_size is None else 28)
    assert digest(fitted(2, 4, 1)) == digest(whole)
    assert digest(fitted(7)) == digest(whole)
    assert digest(fitted(7, seed=2)) != digest(whole)


def test_mini_batches_follow_the_order_of_seed_and_epoch() -> None:
    torch.manual_seed(5)
    model = curve()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)
    means: list[float] = []
    for epoch in range(4):
        total = 0.0
        for part in torch.from_numpy(batch_order(5, epoch, 10)).split(4):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x[part]), y[part])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
        means.append(total / 10)
    trainer = Trainer(curve, optimizer=lambda p: torch.optim.SGD(p, lr=0.01), seed=5)
    history = trainer.fit((X, Y), epochs=4, batch_size=4)
    np.testing.assert_allclose(history["loss"], means, rtol=1e-12)  # the mean over rows, also where the last batch is smaller
    assert same_weights(trainer.model, model)


def test_accumulated_batches_are_one_large_batch() -> None:
    def fitted(**batches: Any) -> Trainer:
        trainer = Trainer(curve, optimizer=SGD(learning_rate=0.01), seed=2, precision="float64")
        trainer.fit((X, Y), epochs=5, shuffle=False, **batches)
        return trainer

    whole, parts = fitted(), fitted(batch_size=4, accumulate=3)
    assert parts.steps == whole.steps == 5
    np.testing.assert_allclose(parts.history["loss"], whole.history["loss"], rtol=1e-13)
    np.testing.assert_allclose(parts.predict(X), whole.predict(X), rtol=1e-12)
    assert fitted(batch_size=4, accumulate=2).steps == 10


def test_gradients_are_clipped_by_their_common_norm() -> None:
    model = line().double()
    seen: list[float] = []

    def update(parameters: list[Tensor], gradients: list[Tensor], step: int) -> None:
        seen.append(math.sqrt(sum(float((gradient**2).sum()) for gradient in gradients)))

    Trainer(model, update=update).fit((X, Y), epochs=1)
    Trainer(model, update=update).fit((X, Y), epochs=1, clip_norm=0.5)
    Trainer(model, update=update).fit((X, Y), epochs=1, clip_norm=1e6)
    assert seen[0] > 1
    assert seen[1] == pytest.approx(0.5, rel=1e-5)
    assert seen[2] == seen[0]


def test_an_update_by_hand_is_byte_equal_to_its_loop() -> None:
    torch.manual_seed(0)
    model = line()
    x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)
    for _ in range(30):
        loss = nn.functional.mse_loss(model(x), y)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                assert parameter.grad is not None
                parameter -= 0.01 * parameter.grad
    steps: list[int] = []

    def update(parameters: list[Tensor], gradients: list[Tensor], step: int) -> None:
        steps.append(step)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= 0.01 * gradient

    trainer = Trainer(line, update=update)
    trainer.fit((X, Y), epochs=30)
    assert same_weights(trainer.model, model)
    assert steps == list(range(1, 31))
    assert trainer.torch_optimizer is None


def test_metrics_and_their_twins() -> None:
    def largest(prediction: Tensor, target: Tensor) -> Tensor:
        return (prediction - target).abs().max()

    trainer = Trainer(curve, metrics={"largest error": largest, "two": lambda prediction, target: 2}, seed=1)
    before = Trainer(curve, seed=1).predict(X)
    history = trainer.fit((X, Y), epochs=3, validation=(X[:4], Y[:4]))
    assert set(history) == {"loss", "largest error", "two"} | {f"validation_{n}" for n in ("loss", "largest error", "two")}
    assert history["largest error"][0] == pytest.approx(np.abs(before - Y).max(), rel=1e-6)
    assert history["two"].tolist() == history["validation_two"].tolist() == [2, 2, 2]
    evaluated = trainer.evaluate((X[:4], Y[:4]))
    assert evaluated == {name: history[f"validation_{name}"][-1] for name in ("loss", "largest error", "two")}
    assert evaluated["largest error"] == pytest.approx(np.abs(trainer.predict(X[:4]) - Y[:4]).max(), rel=1e-6)


def test_class_labels_and_a_loss_of_ones_own() -> None:
    labels = (X[:, 0] > 5).astype(np.int64)

    def accuracy(prediction: Tensor, target: Tensor) -> Tensor:
        return (prediction.argmax(dim=1) == target).float().mean()

    trainer = Trainer(
        lambda: nn.Linear(1, 2),
        loss=nn.functional.cross_entropy,
        metrics={"accuracy": accuracy},
        optimizer=Adam(learning_rate=0.1),
    )
    history = trainer.fit((X, labels), epochs=300, batch_size=5)
    assert history["accuracy"][-1] == 1.0
    assert trainer.evaluate((X, labels))["accuracy"] == 1.0


def test_a_loader_and_a_dataset_fit_as_rows_do() -> None:
    x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)

    class Asked(Dataset[Any]):
        def __len__(self) -> int:
            return len(x)

        def __getitem__(self, index: int) -> Any:
            return x[index], y[index]

    def fitted(data: Any, **arguments: Any) -> Trainer:
        trainer = Trainer(curve, seed=4)
        trainer.fit(data, epochs=3, **arguments)
        return trainer

    in_memory = fitted((X, Y), batch_size=4)
    assert digest(fitted(Asked(), batch_size=4)) == digest(in_memory)
    assert digest(fitted(TensorDataset(x, y), batch_size=4)) == digest(in_memory)
    in_order = fitted((X, Y), batch_size=4, shuffle=False)
    loader = DataLoader(TensorDataset(x, y), batch_size=4)
    assert digest(fitted(loader, validation=loader)) != digest(in_order)  # validation is a column more
    assert digest(fitted(loader)) == digest(in_order)
    assert in_order.evaluate(loader)["loss"] == pytest.approx(in_order.evaluate((X, Y))["loss"], rel=1e-6)


def test_looking_changes_nothing() -> None:
    model = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), Dropout(0.5, seed=1), nn.Linear(4, 1))
    model[1].eval()  # frozen, as some people do
    trainer = Trainer(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    first = trainer.predict(X)
    assert np.array_equal(trainer.predict(X), first)
    trainer.evaluate((X, Y))
    assert [module.training for module in model] == [True, False, True, True]
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_predictions_come_as_what_was_given() -> None:
    trainer = Trainer(curve, precision="float64")
    assert isinstance(trainer.predict([[1], [2]]), np.ndarray)
    found = trainer.predict(torch.tensor(X))
    assert isinstance(found, Tensor)
    assert not found.requires_grad
    np.testing.assert_array_equal(found.numpy(), trainer.predict(X))

    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            return self.layer(x), x

    two = Trainer(Both(), loss=lambda prediction, target: nn.functional.mse_loss(prediction[0], target))
    two.fit((X, Y), epochs=2, validation=(X, Y))
    code = two.predict(X)
    assert isinstance(code, tuple)
    assert [part.shape for part in code] == [(10, 1), (10, 1)]


def test_many_rows_are_computed_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(curve, precision="float64", metrics={"bias": lambda p, y: (p - y).mean()})
    whole, measured = trainer.predict(X), trainer.evaluate((X, Y))
    monkeypatch.setattr("mazefit.training.evaluation.NUMBERS", 3)
    np.testing.assert_allclose(trainer.predict(X), whole, rtol=1e-14)
    parts = trainer.evaluate((X, Y))
    assert parts == {name: pytest.approx(value, rel=1e-13) for name, value in measured.items()}


def test_progress_does_not_change_the_fit(capsys: pytest.CaptureFixture[str]) -> None:
    quiet, loud = Trainer(curve), Trainer(curve)
    quiet.fit((X, Y), epochs=3)
    assert capsys.readouterr() == ("", "")  # nobody looks at a terminal here
    loud.fit((X, Y), epochs=3, progress=True)
    assert "epoch" in capsys.readouterr().err
    assert digest(quiet) == digest(loud)


def test_deterministic_mode_gives_the_same_numbers_here() -> None:
    ways = [Trainer(curve, deterministic=flag) for flag in (True, False)]
    inside: list[bool] = []

    def look(event: Event) -> None:
        inside.append(torch.are_deterministic_algorithms_enabled())

    for trainer in ways:
        trainer.fit((X, Y), epochs=3, callbacks=[look])
    assert inside == [True] * 5 + [False] * 5
    assert digest(ways[0]) == digest(ways[1])


def test_parameters_that_do_not_learn_stay() -> None:
    model = curve()
    model[0].requires_grad_(False)  # pyright: ignore[reportIndexIssue]
    before = [parameter.clone() for parameter in model.parameters()]
    Trainer(model).fit((X, Y), epochs=3)
    kept = [torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)]
    assert kept == [True, True, False, False]


def test_the_summary_counts_weights_and_biases_apart() -> None:
    trainer = Trainer(curve)
    assert trainer.summary().endswith("31 parameters: 20 weights, 11 biases")
    assert "[3, 10]" in trainer.summary(X[:3])
    trainer.fit((X, Y), epochs=1)
    assert "[1, 10]" in trainer.summary()


def test_a_loss_that_needs_no_parameter_of_some() -> None:
    class Spare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.spare = nn.Linear(1, 1), nn.Linear(1, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.used(x)

    seen: list[list[float]] = []
    Trainer(Spare(), update=lambda p, g, step: seen.append([float(one.abs().sum()) for one in g])).fit((X, Y), epochs=1)
    assert [value > 0 for value in seen[0]] == [True, True, False, False]
    Trainer(Spare()).fit((X, Y), epochs=2, clip_norm=1.0)
