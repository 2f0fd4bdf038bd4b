"""Lanes: the same bytes plain and compiled, and exponentials that are exact to a few units in the last place."""

from typing import Any

import numpy as np
import pytest

from mazefit.kernel import Kernel, kernel
from mazefit.training import lanes
from mazefit.training.exponentials import exp_minus_one, exp_minus_one_single, hyperbolic_tangent, logistic
from mazefit.training.lanes import fold, load, positive, root, spread, store, widen, width

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
RNG = np.random.default_rng(0)


def numbers(dtype: Any) -> Any:
    """Numbers of all sizes, whole lanes of them."""
    ends = [0.0, -0.0, 1e-30, -1e-30, 1e4, -1e4, np.inf, -np.inf, np.nan, 700.0, -700.0, 80.0, -80.0, 0.5, -0.5, 1.0]
    parts = (RNG.normal(size=512), RNG.normal(size=512) * 1e-5, RNG.uniform(-50, 50, 512), RNG.uniform(-700, 700, 512), ends)
    return np.concatenate(parts).astype(dtype)


@kernel
def everything(x: Any, y: Any, to: Any, sums: Any, number: float) -> None:
    step = width(x)
    for k in range(0, len(x), step):
        a, b = load(x, k), load(y, k)
        c = 1.0 - a * b + number / (a * a + 0.5) - (-b)
        c = positive(a, c, number * b) + spread(to, number) + root(abs(b)) - positive(b, 2.0, a)
        store(to, k, c)
        sums[k // step] = fold(c) + fold(widen(c))


@DTYPES
def test_operators_plain_and_compiled(dtype: Any) -> None:
    x, y = RNG.normal(size=(2, 256)).astype(dtype)
    step = 64 // x.itemsize
    found = [(np.zeros(256, dtype), np.zeros(256 // step)) for _ in range(2)]
    everything.python(x, y, *found[0], 0.3)
    everything.compiled(x, y, *found[1], 0.3)
    assert found[0][0].tobytes() == found[1][0].tobytes()
    assert found[0][1].tobytes() == found[1][1].tobytes()
    a, b = x.astype(float), y.astype(float)
    c = 1 - a * b + 0.3 / (a * a + 0.5) + b
    c = np.where(a > 0, c, 0.3 * b) + 0.3 + np.sqrt(np.abs(b)) - np.where(b > 0, 2.0, a)
    exact = 4 * np.finfo(dtype).eps
    np.testing.assert_allclose(found[1][0], c, rtol=20 * exact, atol=20 * exact)
    np.testing.assert_allclose(found[1][1], 2 * c.reshape(-1, step).sum(1), rtol=100 * exact, atol=100 * exact)


def test_a_fold_has_its_order() -> None:
    x = np.array([1e16, 1.0, 0.0, 0.0, -1e16, 1.0, 0.0, 0.0])  # upper half onto lower: 0 + 2; from left to right it is 1
    sums = np.zeros(1)

    @kernel
    def folded(x: Any, sums: Any) -> None:
        sums[0] = fold(load(x, 0))

    for run in (folded.python, folded.compiled):
        run(x, sums)
        assert sums[0] == 2.0


@kernel
def of_exp(x: Any, to: Any) -> None:
    for k in range(0, len(x), width(x)):
        store(to, k, exp_minus_one(load(x, k)))


@kernel
def of_tanh(x: Any, to: Any) -> None:
    for k in range(0, len(x), width(x)):
        store(to, k, hyperbolic_tangent(load(x, k)))


@kernel
def of_logistic(x: Any, to: Any) -> None:
    for k in range(0, len(x), width(x)):
        store(to, k, logistic(load(x, k)))


@DTYPES
@pytest.mark.parametrize(
    ("function", "exact"),
    [(of_exp, np.expm1), (of_tanh, np.tanh), (of_logistic, lambda x: 1 / (1 + np.exp(-x)))],
    ids=["exp", "tanh", "logistic"],
)
def test_exponentials(function: Kernel, exact: Any, dtype: Any) -> None:
    used = function if dtype is np.float64 else function.using(exp_minus_one=exp_minus_one_single)
    x = numbers(dtype)
    plain, compiled = np.zeros_like(x), np.zeros_like(x)
    with np.errstate(all="ignore"):
        used.python(x, plain)
        used.compiled(x, compiled)
        true = exact(x.astype(np.longdouble))
    assert plain.tobytes() == compiled.tobytes()
    within = np.abs(x) <= (700 if dtype is np.float64 else 80)
    off = np.abs(compiled[within] - true[within]) / np.spacing(np.abs(true[within]).astype(dtype))
    assert off.max() < 3.0  # units in the last place
    assert np.isnan(compiled[np.isnan(x)]).all()
    if function is not of_exp:
        assert np.abs(compiled[~np.isnan(x)] - true[~np.isnan(x)]).max() < 2 * np.finfo(dtype).eps


def test_every_primitive_has_its_compiled_form() -> None:
    pytest.importorskip("numba")
    from mazefit.training import lanes_compiled

    found = [name for name, thing in vars(lanes).items() if isinstance(thing, lanes.Primitive)]
    assert len(found) == 9
    assert all(getattr(lanes, name).dispatcher() is getattr(lanes_compiled, name) for name in found)
    assert len({getattr(lanes, name).source_digest() for name in found}) == 1
