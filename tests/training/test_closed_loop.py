"""The closed loop: numbers by hand and of PyTorch, the same bytes however it is run, and where it stops."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.training import SGD, Adam, RMSprop
from mazefit.training.closed_arrays import chunk_rows, make_chunk
from mazefit.training.closed_loop import ClosedLoop
from mazefit.training.layout import Layout, layout_of, read_parameters, write_parameters

pytest.importorskip("numba")

ACTIVATIONS: dict[str, Any] = {
    "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "leaky": lambda: nn.LeakyReLU(0.2), "none": nn.Identity
}  # fmt: skip
OPTIMIZERS: dict[str, Any] = {
    "descent": (SGD(0.05), lambda p: torch.optim.SGD(p, 0.05)),
    "momentum": (SGD(0.02, momentum=0.9), lambda p: torch.optim.SGD(p, 0.02, momentum=0.9)),
    "nesterov": (
        SGD(0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: torch.optim.SGD(p, 0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    "rmsprop": (RMSprop(0.001), lambda p: torch.optim.RMSprop(p, 0.001)),
    "rmsprop, momentum": (
        RMSprop(3e-4, decay=0.9, epsilon=1e-7, momentum=0.5, weight_decay=0.01),
        lambda p: torch.optim.RMSprop(p, 3e-4, alpha=0.9, eps=1e-7, momentum=0.5, weight_decay=0.01),
    ),
    "adam": (Adam(0.01, weight_decay=0.01), lambda p: torch.optim.Adam(p, 0.01, weight_decay=0.01)),
}
LOSSES = {"mse": nn.functional.mse_loss, "l1": nn.functional.l1_loss}


def network(sizes: tuple[int, ...], activation: Any, dtype: torch.dtype = torch.float64, seed: int = 0) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), activation()]
        return nn.Sequential(*layers[:-1]).to(dtype)


def points(sizes: tuple[int, ...], rows: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (rows, sizes[0]))
    return x, np.sin(x.sum(1, keepdims=True)) + 0.1 * rng.normal(size=(rows, sizes[-1]))


def plain(model: nn.Module, make: Any, loss: str, x: Any, y: Any, epochs: int, batches: Any = None) -> Any:
    """The losses of the loop as one writes it in PyTorch."""
    dtype = next(model.parameters()).dtype
    x, y, optimizer, found = torch.tensor(x, dtype=dtype), torch.tensor(y, dtype=dtype), make(model.parameters()), []
    for epoch in range(epochs):
        total = rows = 0.0
        for batch in [slice(None)] if batches is None else batches(epoch):
            optimizer.zero_grad()
            error = LOSSES[loss](model(x[batch]), y[batch])
            error.backward()
            optimizer.step()
            total, rows = total + error.item() * len(x[batch]), rows + len(x[batch])
        found.append(total / rows)
    return np.array(found)


def loop(model: nn.Module, optimizer: Any, loss: str, x: Any, y: Any, **more: Any) -> ClosedLoop:
    layout = layout_of(model, loss)
    assert layout is not None
    return ClosedLoop(layout, optimizer, x, y, read_parameters(model, layout), **more)


def tiny(dtype: str = "float64", loss: str = "mse", optimizer: Any = None, **more: Any) -> ClosedLoop:
    layout = Layout((2, 3, 4, 2), ("tanh", "sigmoid", "leaky_relu"), loss, dtype, (0.0, 0.0, 0.2))
    rng = np.random.default_rng(1)
    parameters = rng.normal(size=layout.parameters)
    return ClosedLoop(layout, optimizer or Adam(0.01), *points(layout.sizes, 21), parameters, **more)


# What it computes ----------------------------------------------------------------------------------------------------------


def test_two_steps_by_hand() -> None:
    layout = Layout((1, 1), ("identity",), "mse", "float64")  # w = 2, b = 1; one point (3, 4): prediction 7, error 3
    found = ClosedLoop(layout, SGD(0.01), np.array([[3.0]]), np.array([[4.0]]), np.array([2.0, 1.0]))
    assert found.run(1).tolist() == [9.0]
    assert found.parameters.tolist() == pytest.approx([2 - 0.01 * 18, 1 - 0.01 * 6])  # ∂w = 2 · 3 · 3, ∂b = 2 · 3
    assert found.run(1)[0] == pytest.approx((1.82 * 3 + 0.94 - 4) ** 2)
    assert found.step == 2


def test_a_hidden_layer_by_hand() -> None:
    layout = Layout((1, 1, 1), ("leaky_relu", "identity"), "l1", "float64", (0.5, 0.0))
    found = ClosedLoop(layout, SGD(0.1), np.array([[1.0]]), np.array([[0.0]]), np.array([-2.0, 0.0, 3.0, 0.5]))
    assert found.run(1).tolist() == [2.5]  # z = -2, f = -1, prediction -2.5; sign -1
    assert found.parameters.tolist() == pytest.approx([-2 + 0.1 * 3 * 0.5, 0.1 * 3 * 0.5, 3 - 0.1, 0.5 + 0.1])


@pytest.mark.parametrize("loss", ["mse", "l1"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_losses_are_pytorchs(optimizer: str, activation: str, loss: str) -> None:
    ours, make = OPTIMIZERS[optimizer]
    model = network((1, 10, 1), ACTIVATIONS[activation])
    x, y = points((1, 1), 10)
    found, expected = loop(model, ours, loss, x, y).run(200), plain(model, make, loss, x, y, 200)
    assert expected[-1] < 0.9 * expected[0]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("ours", "make"),
    [
        (SGD(0.05, momentum=0.9), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
        (RMSprop(0.01, epsilon=0.1), lambda p: torch.optim.RMSprop(p, 0.01, eps=0.1)),
        (Adam(0.01), lambda p: torch.optim.Adam(p, 0.01)),
    ],
)
def test_a_thousand_epochs(ours: Any, make: Any) -> None:
    x, y = points((1, 1), 10)
    model = network((1, 10, 1), nn.Tanh)
    found, expected = loop(model, ours, "mse", x, y).run(1000), plain(model, make, "mse", x, y, 1000)
    np.testing.assert_allclose(found, expected, rtol=1e-11)


@pytest.mark.parametrize("rows", [1, 7, 16, 17, 100, 600, 1111])
@pytest.mark.parametrize("sizes", [(1, 1), (3, 8, 2), (5, 1, 6, 7, 3), (2, 130, 90, 1)])
def test_any_number_of_rows_and_layers(sizes: tuple[int, ...], rows: int) -> None:
    model = network(sizes, nn.Tanh)
    x, y = points(sizes, rows)
    found, expected = loop(model, Adam(0.003), "mse", x, y), plain(model, lambda p: torch.optim.Adam(p, 0.003), "mse", x, y, 5)
    np.testing.assert_allclose(found.run(5), expected, rtol=1e-11)
    np.testing.assert_allclose(found.predict(x[:33]), model(torch.tensor(x[:33])).detach().numpy(), rtol=1e-8, atol=1e-10)
    assert found.loss() == pytest.approx(found.run(1)[0], rel=1e-12)


def test_the_deep_network_of_the_waves() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-10, 10, (5000, 1))
    y = 0.5 * x**3 - 0.5 * x**2 - 90 * np.sin(2 * x) + 1 + 30 * rng.normal(size=x.shape)
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-5)):
        model = network((1, 5, 10, 10, 10, 5, 1), ACTIVATIONS["leaky"], dtype)
        found = loop(model, Adam(0.002), "l1", x, y).run(40)
        np.testing.assert_allclose(found, plain(model, lambda p: torch.optim.Adam(p, 0.002), "l1", x, y, 40), rtol=tolerance)


@pytest.mark.parametrize("size", [1, 8, 20, 33, 50])
def test_batches_are_pytorchs(size: int) -> None:
    model, (x, y) = network((2, 6, 1), nn.Tanh), points((2, 1), 33)
    rng = np.random.default_rng(3)
    order = np.stack([rng.permutation(33) for _ in range(20)])
    expected = plain(model, lambda p: torch.optim.Adam(p, 0.01), "mse", x, y, 20, lambda e: torch.tensor(order[e]).split(size))
    found = loop(network((2, 6, 1), nn.Tanh), Adam(0.01), "mse", x, y)
    np.testing.assert_allclose(found.run(20, order=order, batch_size=size), expected, rtol=1e-11)
    assert found.step == 20 * -(-33 // size)
    again = loop(network((2, 6, 1), nn.Tanh), Adam(0.01), "mse", x, y)  # without an order: rows as they stand
    expected = again.run(3, batch_size=size)
    other = loop(network((2, 6, 1), nn.Tanh), Adam(0.01), "mse", x, y)
    assert other.run(3, order=np.tile(np.arange(33), (3, 1)), batch_size=size).tolist() == expected.tolist()


# The same bytes ------------------------------------------------------------------------------------------------------------


def state(found: ClosedLoop) -> bytes:
    return b"".join(part.tobytes() for part in (found.parameters, *found.moments))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [None, 5])
def test_in_pieces_or_at_once(dtype: str, batch_size: int | None) -> None:
    order = np.stack([np.random.default_rng(epoch).permutation(21) for epoch in range(60)])
    once, pieces, parts = tiny(dtype), tiny(dtype), list[Any]()
    whole = once.run(60, order=order if batch_size else None, batch_size=batch_size)
    for first, last in ((0, 1), (1, 1), (1, 30), (30, 60)):
        parts.append(pieces.run(last - first, order=order[first:last] if batch_size else None, batch_size=batch_size))
        pieces = resumed(pieces)
    assert np.concatenate(parts).tobytes() == whole.tobytes()
    assert state(pieces) == state(once)
    assert pieces.step == once.step == 60 * (5 if batch_size else 1)
    assert once.parameters.dtype == dtype
    assert whole.dtype == np.float64


def resumed(found: ClosedLoop) -> ClosedLoop:
    """A new loop from what is kept of another."""
    return ClosedLoop(
        found.layout, found.optimizer, found.x, found.y, found.parameters.copy(), moments=found.moments, step=found.step
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", ["mse", "l1"])
@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9, True, 0.1), RMSprop(momentum=0.5), Adam(0.1)])
def test_plain_and_compiled(optimizer: Any, loss: str, dtype: str) -> None:
    order = np.stack([np.random.default_rng(epoch).permutation(21) for epoch in range(2)])
    found = [tiny(dtype, loss, optimizer, compiled=compiled) for compiled in (True, False)]
    losses = [one.run(2, order=order, batch_size=18) for one in found]
    assert losses[0].tobytes() == losses[1].tobytes()
    assert state(found[0]) == state(found[1])
    assert found[0].predict(found[0].x).tobytes() == found[1].predict(found[1].x).tobytes()


def test_where_memory_lies_changes_nothing() -> None:
    losses = {tiny("float32").run(20).tobytes() for _ in range(20)}
    assert len(losses) == 1
    assert make_chunk(tiny().layout, 24).values.ctypes.data % 64 == 0


# Where it stops ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_loss_that_is_no_number_ends_the_run_before_its_update(dtype: str) -> None:
    layout = Layout((1, 1), ("identity",), "mse", dtype)
    x = np.array([[1.0], [30.0]])
    diverging = ClosedLoop(layout, SGD(1.0), x, x, np.zeros(2))
    losses = diverging.run(500)
    assert len(losses) < 500
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])
    assert diverging.step == len(losses) - 1
    before = diverging.parameters.copy()
    assert len(diverging.run(3)) == 1  # still not
    assert diverging.parameters.tobytes() == before.tobytes()


def test_a_batch_that_is_no_number_ends_the_run_in_its_epoch() -> None:
    x, y = np.ones((10, 1)), np.ones((10, 1))
    y[7] = np.nan
    found = ClosedLoop(Layout((1, 1), ("identity",), "l1", "float64"), SGD(0.1), x, y, np.zeros(2))
    losses = found.run(5, batch_size=3)
    assert losses.shape == (1,)
    assert np.isnan(losses[0])
    assert found.step == 2
    assert found.parameters.tolist() == pytest.approx([0.2, 0.2])
    order = np.array([[0, 1, 2, 3], [4, 5, 7, 6], [0, 1, 2, 3]])
    losses = found.run(3, order=order, batch_size=2)
    assert np.isfinite(losses).tolist() == [True, False]
    assert found.step == 2 + 3


def test_the_learning_rate_may_change_between_runs() -> None:
    found, model, (x, y) = tiny(), network((1, 4, 1), nn.Tanh), points((1, 1), 9)
    assert found.run(0).shape == (0,)
    found = loop(model, SGD(0.1, 0.9), "mse", x, y)
    found.run(5)
    found.optimizer = replace(found.optimizer, learning_rate=0.01)
    made = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    plain(model, lambda _: made, "mse", x, y, 5)
    made.param_groups[0]["lr"] = 0.01
    np.testing.assert_allclose(found.run(5), plain(model, lambda _: made, "mse", x, y, 5), rtol=1e-12)
    assert found.layout.parameters == 13
    write_parameters(model, found.layout, found.parameters)
    assert read_parameters(model, found.layout).tolist() == found.parameters.tolist()


# What is refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"x": np.zeros((21, 3))}, "x: expected an array [rows, 2], got one of shape (21, 3)"),
        ({"x": np.zeros((0, 2)), "y": np.zeros((0, 2))}, "x: expected an array [rows, 2], got one of shape (0, 2)"),
        ({"x": "points"}, "x: expected an array [rows, 2], got 'points'"),
        ({"y": np.zeros((20, 2))}, "y: expected an array [21, 2], got one of shape (20, 2)"),
        ({"y": np.zeros(21)}, "y: expected an array [21, 2], got one of shape (21,)"),
        ({"parameters": np.zeros(4)}, "expected an array [35], got one of shape (4,)"),
        ({"moments": (np.zeros(35), np.zeros(34))}, "expected an array [35], got one of shape (34,)"),
        ({"optimizer": torch.optim.Adam}, "optimizer: expected SGD, RMSprop or Adam"),
        ({"step": -1}, "step: expected an integer of at least 0, got -1"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], said: str) -> None:
    fine = tiny()
    given = {"layout": fine.layout, "optimizer": Adam(), "x": fine.x, "y": fine.y, "parameters": fine.parameters.copy()}
    with pytest.raises(ConfigError) as caught:
        ClosedLoop(**(given | changed))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"count": -1}, "count: expected an integer of at least 0"),
        ({"count": 1, "batch_size": 0}, "batch_size: expected an integer of at least 1"),
        ({"count": 2, "order": np.zeros((1, 4), int)}, "order: expected an array [2, rows taken], got the shape (1, 4)"),
        ({"count": 1, "order": np.zeros(4, int)}, "order: expected an array [1, rows taken], got the shape (4,)"),
        ({"count": 1, "order": np.array([[0, 21]])}, "order: expected integers from 0 to 20"),
        ({"count": 1, "order": np.array([[0, -1]])}, "order: expected integers from 0 to 20"),
        ({"count": 1, "order": np.array([[0.0, 1.0]])}, "order: expected integers from 0 to 20"),
    ],
)
def test_runs_that_are_refused(given: dict[str, Any], said: str) -> None:
    found = tiny()
    before = state(found)
    with pytest.raises(ConfigError) as caught:
        found.run(**given)
    assert said in str(caught.value)
    assert state(found) == before
    with pytest.raises(ConfigError, match=r"x: expected an array \[rows, 2\]"):
        found.predict(np.zeros((3, 1)))


def test_without_numba_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.training.closed_loop.numba_available", lambda: False)
    with pytest.raises(ConfigError, match="compiled: expected an installed numba, got none"):
        tiny()
    assert len(tiny(compiled=False).run(1)) == 1


def test_chunks_are_whole_lanes() -> None:
    wide, narrow = Layout((1, 2000, 1), ("tanh", "identity")), Layout((1, 2, 1), ("tanh", "identity"))
    for batch in (1, 10, 16, 17, 500, 513, 5000):
        for layout in (wide, narrow, replace(wide, dtype="float64")):
            rows, lanes = chunk_rows(layout, batch), 64 // np.dtype(layout.dtype).itemsize
            assert rows % lanes == 0
            assert lanes <= rows <= 512
            assert rows * -(-batch // rows) - batch < lanes * -(-batch // rows)
    assert chunk_rows(wide, 5000) == 64


def test_blocks_are_short() -> None:
    assert tiny().block() > 1000
    rows = np.zeros((5000, 1))
    waves = Layout((1, 5, 10, 10, 10, 5, 1), ("leaky_relu",) * 5 + ("identity",))
    found = ClosedLoop(waves, Adam(), rows, rows, np.zeros(waves.parameters))
    assert 10 < found.block() < 100
    assert found.block(batch_size=1) <= found.block()
    large = Layout((1000, 1000), ("identity",))
    assert ClosedLoop(large, Adam(), np.zeros((5000, 1000)), np.zeros((5000, 1000)), np.zeros(large.parameters)).block() == 1
