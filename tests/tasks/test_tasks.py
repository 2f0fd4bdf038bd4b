"""The points of the five regressions: what they are, where they come from, and how noisy they are."""

import math

import numpy as np
import pytest

from mazefit.errors import ConfigError
from mazefit.tasks import L1_FLOOR, Task, curve, descent, line, sine, waves


def test_the_ten_points():
    for task in (line(), curve()):
        assert task.x.tolist() == [[x] for x in range(1, 11)]
        assert task.y[:, 0].tolist() == [3, 5, 5, 6, 7, 7, 8, 9, 9, 10]
        assert task.truth is task.x_test is task.floor is None
    line().x[:] = 0.0
    assert line().x[0, 0] == 1.0  # nobody can spoil another's points


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_noisy_line_is_3_x_plus_2(seed: int):
    task = descent(seed)
    assert task.x.shape == task.y.shape == (1_000, 1)
    assert task.x.mean() == pytest.approx(0.0, abs=0.12)
    assert task.x.std() == pytest.approx(1.0, abs=0.08)
    assert task.truth is not None
    assert task.truth(np.array([[2.0]])).tolist() == [[8.0]]
    assert (task.y - task.truth(task.x)).std() == pytest.approx(task.noise, abs=0.08)
    assert descent(seed).y.tobytes() == task.y.tobytes() != descent(seed + 1).y.tobytes()


def test_the_sine_is_learned_from_ten_points_and_tested_on_a_hundred():
    task = sine()
    assert (len(task.x), len(task.x_test if task.x_test is not None else ())) == (10, 100)
    assert (task.x[0, 0], task.x[-1, 0]) == (0.0, 2 * math.pi)
    assert task.y == pytest.approx(np.sin(task.x))
    assert task.floor == 0.0
    assert task.x_test is not None
    assert task.x_test[::11] == pytest.approx(task.x)  # the training points are among the test points


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("formula", ["code", "text"])
def test_the_wave_and_its_noise(seed: int, formula: str):
    task = waves(seed, formula)
    assert task.x.shape == (5_000, 1)
    assert task.x_test is not None
    assert task.y_test is not None
    assert task.truth is not None
    at = np.array([[1.5]])
    inner = 2 * 1.5 if formula == "code" else 1.5**2
    assert float(task.truth(at)[0, 0]) == pytest.approx(0.5 * 1.5**3 - 0.5 * 1.5**2 - 90 * math.sin(inner) + 1)
    assert np.abs(task.x).max() <= 10.0
    assert task.floor == pytest.approx(L1_FLOOR, abs=0.9)  # 24 ± 0.26 over samples
    assert (task.y_test - task.truth(task.x_test)).std() == pytest.approx(30.0, abs=1.5)
    assert not np.isin(task.x_test, task.x).any()


def test_the_noise_floor_is_30_times_the_mean_of_a_half_normal():
    assert pytest.approx(23.937, abs=5e-4) == L1_FLOOR


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: descent(-1), "seed: expected an integer of at least 0, got -1"),
        (lambda: descent(count=1), "count: expected an integer of at least 2, got 1"),
        (lambda: waves(formula="codes"), "formula: unknown 'codes'; did you mean 'code'?"),
        (lambda: waves(0.5), "seed: expected an integer"),  # pyright: ignore[reportArgumentType]
    ],
)
def test_what_cannot_be_is_refused(make: object, sentence: str):
    assert callable(make)
    with pytest.raises(ConfigError) as refused:
        make()
    assert sentence in str(refused.value)


def test_a_task_of_ones_own_needs_a_name_and_points_alone():
    own = Task("mine", np.ones((2, 3)), np.ones((2, 1)))
    assert (own.floor, own.formula, own.noise) == (None, "", 0.0)
