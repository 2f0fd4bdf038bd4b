"""Many fits: each row is what the loop written by hand gives from the same seed, whatever is computed beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.training import many_batched, many_compiled
from mazefit.training.batches import batch_order
from mazefit.training.fits import Outcome
from mazefit.training.many import fit_many
from mazefit.training.trainer import Trainer
from tests.training.many import OURS, TORCH, X_TEST, Y_TEST, Residual, X, Y, by_hand, convolution, deep, sine

EPOCHS = 120
BACKENDS = ("compiled", "batched", "one by one")


def study(make: Callable[[], nn.Module] = sine, **how: Any) -> Any:
    given: dict[str, Any] = {
        "optimizers": OURS, "seeds": (0, 3), "epochs": EPOCHS, "dtype": "float64", "device": "cpu", "progress": False,
    }  # fmt: skip
    return fit_many(make, how.pop("data", (X, Y)), **(given | how))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss", ["mse", "l1"])
@pytest.mark.parametrize("make", [sine, deep])
def test_every_row_is_the_loop_written_by_hand(make: Callable[[], nn.Module], loss: str, backend: str):
    found = study(make, backend=backend, loss=loss)
    assert found.backend == backend
    assert found.losses.shape == (4, 2, EPOCHS)
    for name, make_optimizer in TORCH.items():
        for seed in (0, 3):
            alone = by_hand(make, make_optimizer, seed, EPOCHS, l1=loss == "l1")
            np.testing.assert_allclose(found.row(name, seed), alone, rtol=1e-5, err_msg=f"{name}, seed {seed}")


@pytest.mark.parametrize("backend", ["batched", "one by one"])
def test_any_module_goes_through_functions_of_its_parameters(backend: str):
    found = study(Residual, backend=backend)
    for name, make_optimizer in TORCH.items():
        np.testing.assert_allclose(found.row(name, 3), by_hand(Residual, make_optimizer, 3, EPOCHS), rtol=1e-5)


def test_images_and_several_outputs():
    generator = np.random.default_rng(0)
    data = generator.normal(size=(6, 1, 4, 4)), generator.normal(size=(6, 2))
    found = study(convolution, data=data, test=data, epochs=20)
    assert found.backend == "batched"
    assert found.predictions.shape == (4, 2, 6, 2)
    np.testing.assert_allclose(found.row("Adam", 3), by_hand(convolution, TORCH["Adam"], 3, 20, data), rtol=1e-5)
    np.testing.assert_allclose(found.test, ((found.predictions - data[1]) ** 2).mean((2, 3)), rtol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_batches_have_the_order_of_their_seed(backend: str):
    found = study(backend=backend, batch_size=4, epochs=30)
    for seed in (0, 3):
        orders = [[batch_order(seed, epoch, 10)[k : k + 4] for k in (0, 4, 8)] for epoch in range(30)]
        for name, make_optimizer in TORCH.items():
            alone = by_hand(sine, make_optimizer, seed, 30, orders=orders)
            np.testing.assert_allclose(found.row(name, seed), alone, rtol=1e-5)


def test_a_row_is_the_default_trainers_own_history_to_the_bit_where_both_are_compiled():
    found = study(epochs=1000, seeds=range(3), dtype=None)
    assert found.backend == "compiled"
    for name, optimizer in OURS.items():
        trainer = Trainer(sine, optimizer=optimizer, seed=2)
        history = trainer.fit((X, Y), epochs=1000, progress=False)
        assert trainer.choice.backend == "compiled"
        assert history["loss"].tobytes() == found.row(name, 2).tobytes()
        assert trainer.evaluate((X, Y))["loss"] == pytest.approx(found.final[found.optimizers.index(name), 2], rel=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_row_does_not_depend_on_what_is_fitted_beside_it(backend: str):
    together = study(seeds=range(5), backend=backend, test=(X_TEST, Y_TEST), epochs=60)
    alone = study(seeds=(4,), optimizers={"Adam": OURS["Adam"]}, backend=backend, test=(X_TEST, Y_TEST), epochs=60)
    if backend == "batched":
        np.testing.assert_allclose(alone.row("Adam", 4), together.row("Adam", 4), rtol=1e-12)
        return
    assert alone.row("Adam", 4).tobytes() == together.row("Adam", 4).tobytes()
    assert alone.test[0, 0] == together.test[3, 4]
    assert alone.predictions[0, 0].tobytes() == together.predictions[3, 4].tobytes()


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_comes_after_the_last_update(backend: str):
    found = study(backend=backend, test=(X_TEST, Y_TEST))
    longer = study(backend=backend, epochs=EPOCHS + 1)
    np.testing.assert_allclose(found.final, longer.losses[:, :, -1], rtol=1e-9)
    np.testing.assert_allclose(found.test, ((found.predictions - Y_TEST) ** 2).mean((2, 3)), rtol=1e-9)
    trainer = Trainer(sine, optimizer=OURS["SGD"], seed=3, precision="float64", backend="torch")
    trainer.fit((X, Y), epochs=EPOCHS, progress=False)
    np.testing.assert_allclose(found.predictions[0, 1], trainer.predict(X_TEST), rtol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_keeps_the_losses_of_some_epochs(backend: str):
    whole, some = study(backend=backend, seeds=[1]), study(backend=backend, seeds=[1], every=50)
    assert some.kept.tolist() == [0, 50, 100]
    assert some.losses.tobytes() == np.ascontiguousarray(whole.losses[:, :, ::50]).tobytes()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_fit_that_diverges_stops_neither_the_study_nor_the_others(backend: str):
    wild = {"wild": type(OURS["SGD"])(learning_rate=1e3), "Adam": OURS["Adam"]}
    line: Callable[[], nn.Module] = lambda: nn.Linear(1, 1)  # noqa: E731
    found = study(line, backend=backend, optimizers=wild, test=(X_TEST, Y_TEST), epochs=200)
    tame = study(line, backend=backend, optimizers={"Adam": OURS["Adam"]}, epochs=200)
    assert found.diverged.tolist() == [[True, True], [False, False]]
    for seed, row, at in zip(found.seeds, found.losses[0], found.diverged_at[0], strict=True):
        assert 2 < at < 200
        assert np.isfinite(row[:at]).all()
        assert np.isnan(row[at:]).all()
        np.testing.assert_allclose(row[:at], by_hand(line, lambda p: torch.optim.SGD(p, lr=1e3), seed, int(at)), rtol=1e-5)
    assert np.isnan(found.test[0]).all()
    assert np.isnan(found.final[0]).all()
    assert np.isnan(found.predictions[0]).all()
    np.testing.assert_allclose(found.losses[1], tame.losses[0], rtol=1e-12)
    assert [row.diverged for row in found.table().rows] == [2, 0]
    assert found.table().rows[1].wins == 2
    assert "diverged" in str(found)


def test_torch_optimizers_dropout_buffers_and_own_losses_go_through_a_way_that_can_do_them():
    factory = {"AdamW": lambda p: torch.optim.AdamW(p, lr=0.01)}
    one = study(optimizers=factory, epochs=10)
    assert (one.backend, "optimizer of torch.optim (AdamW)" in one.reason) == ("one by one", True)
    np.testing.assert_allclose(one.row("AdamW", 3), by_hand(sine, factory["AdamW"], 3, 10), rtol=1e-12)
    dropout = study(lambda: nn.Sequential(nn.Linear(1, 4), nn.Dropout(0.5), nn.Linear(4, 1)), epochs=5)
    assert (dropout.backend, "random numbers" in dropout.reason) == ("one by one", True)
    assert np.isfinite(dropout.losses).all()
    norm = study(lambda: nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)), epochs=5)
    assert (norm.backend, "buffers" in norm.reason) == ("one by one", True)

    def cubed(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return (prediction - target).abs().pow(3).mean()

    own = study(loss=cubed, epochs=10, test=(X_TEST, Y_TEST))
    assert (own.backend, own.loss, "loss of your own" in own.reason) == ("batched", "cubed", True)
    again = study(loss=cubed, epochs=10, backend="one by one")
    np.testing.assert_allclose(own.losses, again.losses, rtol=1e-9)

    def looked_at(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        error = (prediction - target).abs().mean()
        return error * 2 if error.item() > 1 else error

    branching = study(loss=looked_at, epochs=3)
    assert (branching.backend, "vmap" in branching.reason) == ("one by one", True)


def test_wide_layers_are_left_to_matrix_products():
    wide = study(lambda: nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 1)), epochs=3)
    assert (wide.backend, "64 neurons" in wide.reason) == ("batched", True)


def test_blocks_of_epochs_change_nothing(monkeypatch: pytest.MonkeyPatch):
    whole = study(backend="compiled", batch_size=4, epochs=30)
    monkeypatch.setattr(many_compiled, "ORDERS", 40)  # four epochs of ten rows
    assert study(backend="compiled", batch_size=4, epochs=30).losses.tobytes() == whole.losses.tobytes()


def test_what_diverged_keeps_no_number_even_where_it_came_back():
    outcome = Outcome(np.ones((1, 3, 5)), np.full((1, 3), -1), np.ones((1, 3)), np.ones((1, 3)), np.ones((1, 3, 2, 1)), 3, 5)
    block = np.ones((1, 3, 3))
    block[0, 1, 1] = np.inf
    outcome.note((slice(None), slice(0, 3)), 2, block, 1)
    outcome.note((0, 1), 0, np.ones(2), 1)  # what came before stays as it was noted
    outcome.final[0, 2] = np.inf
    outcome.close()
    assert outcome.diverged_at.tolist() == [[-1, 3, 5]]
    assert np.isnan(outcome.losses[0, 1]).tolist() == [False, False, False, True, True]
    for array in (outcome.final, outcome.test, outcome.predictions):
        assert array is not None
        assert np.isnan(array).reshape(3, -1).all(axis=1).tolist() == [False, True, True]


def test_groups_of_seeds_change_rounding_at_most(monkeypatch: pytest.MonkeyPatch):
    whole = study(seeds=range(5), backend="batched", test=(X_TEST, Y_TEST))
    monkeypatch.setitem(many_batched.ROOM, "cpu", 1)
    parts = study(seeds=range(5), backend="batched", test=(X_TEST, Y_TEST))
    np.testing.assert_allclose(parts.losses, whole.losses, rtol=1e-10)
    np.testing.assert_allclose(parts.predictions, whole.predictions, rtol=1e-10)


def test_single_precision_is_the_models_own():
    found = study(dtype=None, epochs=20)
    assert (found.dtype, found.losses.dtype) == ("float32", np.dtype(np.float64))
    np.testing.assert_allclose(found.losses, study(epochs=20).losses, rtol=1e-4)


def test_classes_are_integers_for_a_loss_that_takes_them():
    generator = np.random.default_rng(0)
    data = generator.normal(size=(12, 3)), generator.integers(0, 4, 12)
    found = study(lambda: nn.Linear(3, 4), data=data, test=data, loss=nn.functional.cross_entropy, epochs=30, batch_size=5)
    alone = study(
        lambda: nn.Linear(3, 4), data=data, test=data, loss=nn.functional.cross_entropy, epochs=30, batch_size=5,
        backend="one by one",
    )  # fmt: skip
    assert (found.backend, found.loss, found.predictions.shape) == ("batched", "cross_entropy", (4, 2, 12, 4))
    for mine, other in ((found.losses, alone.losses), (found.test, alone.test), (found.predictions, alone.predictions)):
        np.testing.assert_allclose(mine, other, rtol=1e-9)


def test_inputs_of_more_axes_are_not_for_the_compiled_loop():
    generator = np.random.default_rng(0)
    data = generator.normal(size=(5, 4, 3)), generator.normal(size=(5, 4, 2))
    found = study(lambda: nn.Linear(3, 2), data=data, test=data, epochs=20)
    assert (found.backend, "inputs of 3 axes" in found.reason) == ("batched", True)
    np.testing.assert_allclose(found.row("SGD", 3), by_hand(lambda: nn.Linear(3, 2), TORCH["SGD"], 3, 20, data), rtol=1e-9)
