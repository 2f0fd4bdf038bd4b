"""Optimizers: numbers by hand, numbers of torch.optim, and what may go in."""

import math
import subprocess
import sys
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mazefit.errors import ConfigError
from mazefit.training import SGD, Adam, RMSprop
from mazefit.training.optimizers import can_be_fused

OPTIMIZERS: list[tuple[Any, Any, dict[str, Any]]] = [
    (SGD(0.03), torch.optim.SGD, {"lr": 0.03}),
    (SGD(0.03, weight_decay=0.1), torch.optim.SGD, {"lr": 0.03, "weight_decay": 0.1}),
    (SGD(0.03, momentum=0.9), torch.optim.SGD, {"lr": 0.03, "momentum": 0.9}),
    (SGD(0.03, 0.9, True), torch.optim.SGD, {"lr": 0.03, "momentum": 0.9, "nesterov": True}),
    (SGD(0.03, 0.5, True, 0.1), torch.optim.SGD, {"lr": 0.03, "momentum": 0.5, "nesterov": True, "weight_decay": 0.1}),
    (RMSprop(), torch.optim.RMSprop, {}),
    (RMSprop(0.02, 0.9, 1e-7), torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-7}),
    (RMSprop(momentum=0.8, weight_decay=0.1), torch.optim.RMSprop, {"momentum": 0.8, "weight_decay": 0.1}),
    (Adam(), torch.optim.Adam, {}),
    (Adam(0.02, 0.8, 0.99, 1e-3), torch.optim.Adam, {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-3}),
    (Adam(weight_decay=0.1), torch.optim.Adam, {"weight_decay": 0.1}),
]
NAMES = [f"{one.name} {options}" for one, _, options in OPTIMIZERS]
RNG = np.random.default_rng(0)
GRADIENTS = RNG.normal(size=(1000, 7)) * np.exp(RNG.normal(size=(1000, 1)))


def steps(optimizer: Any, parameter: Any, gradients: Any) -> list[Any]:
    """The parameters after each of these gradients."""
    moments, found = (0.0, 0.0), list[Any]()
    for step, gradient in enumerate(gradients, 1):
        parameter, moments = optimizer.update(parameter, gradient, moments, step)
        found.append(parameter)
    return found


def of_torch(optimizer: torch.optim.Optimizer, parameter: torch.Tensor) -> np.ndarray:
    """What an optimizer of PyTorch makes of the same gradients, [step, parameter]."""
    found: list[np.ndarray] = []
    for gradient in GRADIENTS:
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        found.append(parameter.detach().numpy().copy())
    return np.array(found)


@pytest.mark.parametrize(
    ("optimizer", "gradients", "expected"),
    [
        (SGD(0.1), [0.5, 1.0], [0.95, 0.85]),
        (SGD(0.1, weight_decay=0.5), [0.5, 1.0], [0.9, 0.755]),  # g = 0.5 + 0.5, then 1 + 0.45
        (SGD(0.1, momentum=0.9), [0.5, 1.0], [0.95, 0.805]),  # v = 0.5, then 0.45 + 1
        (SGD(0.1, momentum=0.9, nesterov=True), [0.5, 1.0], [0.905, 0.6745]),  # 0.5 + 0.45, then 1 + 0.9 · 1.45
        (RMSprop(0.1, decay=0.75, epsilon=0.5), [2.0, 0.0], [1.0 - 0.2 / 1.5, 1.0 - 0.2 / 1.5]),  # s = 0.25 · 4
        (RMSprop(0.1, decay=0.75, epsilon=0.5, momentum=0.5), [2.0, 0.0], [1.0 - 0.2 / 1.5, 1.0 - 0.3 / 1.5]),
        (Adam(0.1, epsilon=0.0), [3.0], [0.9]),  # whatever the gradient: its sign
        (Adam(0.1, epsilon=1.0), [3.0], [1.0 - 0.1 * 3.0 / 4.0]),
        (Adam(0.5, beta1=0.5, beta2=0.5, epsilon=0.0), [1.0, 0.0], [0.5, 0.5 - 0.5 * (0.25 / 0.75) / math.sqrt(0.25 / 0.75)]),
    ],
)
def test_numbers_by_hand(optimizer: Any, gradients: list[float], expected: list[float]) -> None:
    assert steps(optimizer, 1.0, gradients) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("optimizer", "peer", "options"), OPTIMIZERS, ids=NAMES)
def test_equal_to_pytorch_over_a_thousand_steps(optimizer: Any, peer: Any, options: dict[str, Any]) -> None:
    begin = RNG.normal(size=7)
    found = np.array(steps(optimizer, begin, GRADIENTS))
    parameter = torch.tensor(begin)
    expected = of_torch(peer([parameter], **({"lr": 0.01} if peer is torch.optim.SGD else {}) | options), parameter)
    assert np.abs(found - begin).max() > 0.01
    assert np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize(("optimizer", "peer", "options"), OPTIMIZERS, ids=NAMES)
def test_pytorchs_own_from_ours(optimizer: Any, peer: Any, options: dict[str, Any]) -> None:
    begin = RNG.normal(size=7)
    parameter = torch.tensor(begin)
    made = optimizer.torch([parameter])
    assert type(made) is peer
    assert bool(made.defaults.get("fused")) == (peer is not torch.optim.RMSprop)
    expected = of_torch(made, parameter)
    assert np.abs(np.array(steps(optimizer, begin, GRADIENTS)) - expected).max() <= 1e-11 * np.abs(expected).max()


def test_what_can_be_fused() -> None:
    assert can_be_fused([torch.zeros(2), torch.zeros(2, dtype=torch.float64)])
    assert not can_be_fused([torch.zeros(2, dtype=torch.int64)])
    assert not can_be_fused([torch.zeros(2, device="meta")])


@pytest.mark.parametrize(("optimizer", "peer", "options"), OPTIMIZERS, ids=NAMES)
def test_numbers_arrays_and_tensors_alike(optimizer: Any, peer: Any, options: dict[str, Any]) -> None:
    begin, gradients = RNG.normal(size=7), GRADIENTS[:50]
    arrays = np.array(steps(optimizer, begin, gradients))
    tensors = torch.stack(steps(optimizer, torch.tensor(begin), torch.tensor(gradients))).numpy()
    numbers = [steps(optimizer, float(begin[k]), gradients[:, k].tolist()) for k in range(7)]
    assert isinstance(numbers[0][-1], float)
    np.testing.assert_allclose(tensors, arrays, rtol=1e-13)
    np.testing.assert_allclose(np.array(numbers).T, arrays, rtol=1e-13)
    single = steps(optimizer, torch.tensor(begin).float(), torch.tensor(gradients).float())[-1]
    assert single.dtype == torch.float32
    assert steps(optimizer, begin.astype(np.float32), gradients.astype(np.float32))[-1].dtype == np.float32


NUMBER = st.floats(-100, 100)


@given(NUMBER, NUMBER, st.floats(0, 1), st.floats(0, 1))
def test_without_momentum_it_is_gradient_descent(parameter: float, gradient: float, rate: float, decay: float) -> None:
    found, (velocity, spare) = SGD(rate, weight_decay=decay).update(parameter, gradient, (7.0, 8.0), 3)
    assert found == pytest.approx(parameter - rate * (gradient + decay * parameter), rel=1e-12, abs=1e-12)
    assert velocity == pytest.approx(gradient + decay * parameter)
    assert spare == 8.0


@given(NUMBER.filter(lambda g: abs(g) > 1e-3), st.integers(1, 10_000))
def test_adam_of_a_constant_gradient_goes_by_the_learning_rate(gradient: float, step: int) -> None:
    mean, square = gradient * (1 - 0.9 ** (step - 1)), gradient**2 * (1 - 0.999 ** (step - 1))
    found, _ = Adam(0.01, epsilon=0.0).update(1.0, gradient, (mean, square), step)
    assert found == pytest.approx(1.0 - math.copysign(0.01, gradient), rel=1e-12)


def test_rates() -> None:
    assert SGD(0.3).rates(5) == RMSprop(0.3).rates(1) == (0.3, 1.0)
    assert Adam(0.3, beta1=0.5, beta2=0.75).rates(1) == pytest.approx((0.6, 0.5))
    assert Adam(0.3, beta1=0.5, beta2=0.75).rates(2) == pytest.approx((0.4, math.sqrt(1 - 0.5625)))
    assert Adam(0.3).rates(10**6) == pytest.approx((0.3, 1.0))


def test_nothing_is_changed_in_place() -> None:
    parameter, gradient, moments = np.ones(3), np.ones(3), (np.ones(3), np.ones(3))
    for optimizer in (SGD(0.1, 0.9, True, 0.1), RMSprop(momentum=0.9), Adam(weight_decay=0.1)):
        optimizer.update(parameter, gradient, moments, 1)
    assert all((part == 1.0).all() for part in (parameter, gradient, *moments))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: SGD(-1.0, momentum=2.0), ["learning_rate: expected a number with 0 <=", "momentum: expected", "got 2.0"]),
        (lambda: SGD(nesterov=True), ["nesterov: expected a momentum above 0 beside it"]),
        (lambda: SGD(weight_decay=float("nan")), ["weight_decay"]),
        (lambda: RMSprop(decay=1.5, epsilon=-1.0, momentum=-0.1), ["decay", "epsilon", "momentum"]),
        (lambda: Adam(beta1=1.0, beta2=-0.1), ["beta1: expected a number with 0 <= beta1 < 1, got 1.0", "beta2"]),
        (lambda: Adam(learning_rate="fast"), ["Adam: learning_rate", "got 'fast'"]),
    ],
)
def test_bad_numbers_are_refused_together(make: Any, said: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert all(part in str(caught.value) for part in said)


def test_they_are_settings() -> None:
    assert Adam(learning_rate=np.float64(0.5)) == Adam(0.5)
    assert type(Adam(learning_rate=np.float64(0.5)).learning_rate) is float
    assert repr(SGD(0.1)) == "SGD(learning_rate=0.1, momentum=0.0, nesterov=False, weight_decay=0.0)"
    with pytest.raises(FrozenInstanceError):
        SGD().learning_rate = 1.0  # pyright: ignore[reportAttributeAccessIssue]


def test_no_torch_is_loaded() -> None:
    code = (
        "import sys\nfrom mazefit.training import SGD, Adam, RMSprop\nimport mazefit.training.optimizers\n"
        "Adam().update(1.0, 1.0, (0.0, 0.0), 1)\nprint([name for name in ('torch', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_room_knows_its_names() -> None:
    import mazefit.training

    assert {"SGD", "Adam", "RMSprop"} <= set(dir(mazefit.training))
    with pytest.raises(AttributeError, match="no attribute 'Sgd'"):
        _ = mazefit.training.Sgd  # pyright: ignore
