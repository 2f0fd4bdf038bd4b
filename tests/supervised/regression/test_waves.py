"""The wave: judged by its own noise, stuck starts shown, its curve straight between kinks, the text's formula too hard."""

import numpy as np
import pytest

from mazefit.supervised.regression import waves
from mazefit.tasks import waves as noisy_wave
from mazefit.training import SGD

TASK = noisy_wave(0)


@pytest.fixture(scope="module")
def arrived() -> waves.Fitted:
    """A start of fewer epochs that is on its way (a tenth of the tutorial's)."""
    return waves.fit(TASK, seed=0, epochs=2_000)


def test_what_is_told_of_a_start(arrived: waves.Fitted):
    assert len(arrived.losses) == 2_000
    assert 23.0 < (arrived.floor or 0.0) < 25.0
    assert arrived.ratio == arrived.train / (arrived.floor or 1.0)
    assert arrived.train < 65.0 < arrived.losses[0]
    assert arrived.test == pytest.approx(arrived.train, rel=0.05)
    assert 0.0 < arrived.rises < 1.0
    assert (arrived.stuck, arrived.stopped, arrived.diverged) == (True, False, False)  # far from the floor as yet
    assert sum(w.size for w in arrived.weights) + sum(b.size for b in arrived.biases) == 351
    assert arrived.after.units == 40


def test_every_error_is_measured_where_it_is_said(arrived: waves.Fitted):
    def said(x: np.ndarray) -> np.ndarray:
        for i, (w, b) in enumerate(zip(arrived.weights, arrived.biases, strict=True)):
            x = x @ w.T + b
            x = np.where(x > 0, x, 0.2 * x) if i < 5 else x
        return x

    assert TASK.x_test is not None
    assert TASK.y_test is not None
    assert TASK.truth is not None
    assert arrived.predictions == pytest.approx(said(TASK.x)[:, 0], rel=1e-3, abs=1e-3)
    assert arrived.train == pytest.approx(np.abs(said(TASK.x) - TASK.y).mean(), rel=1e-4)
    assert arrived.test == pytest.approx(np.abs(said(TASK.x_test) - TASK.y_test).mean(), rel=1e-4)
    assert arrived.distance == pytest.approx(np.abs(said(TASK.x_test) - TASK.truth(TASK.x_test)).mean(), rel=1e-4)
    rises = sum(after > before for before, after in zip(arrived.losses[:-1], arrived.losses[1:], strict=True))
    assert arrived.rises == pytest.approx(rises / 1_999)


def test_the_curve_that_is_drawn_is_the_network(arrived: waves.Fitted):
    assert arrived.kinks is not None
    value = arrived.grid[:, None]
    for i, (w, b) in enumerate(zip(arrived.weights, arrived.biases, strict=True)):
        value = value @ w.T + b
        value = np.where(value > 0, value, 0.2 * value) if i < 5 else value
    assert arrived.curve == pytest.approx(value[:, 0], abs=1e-8 * np.abs(value).max())
    assert np.isin(arrived.kinks, arrived.grid).all()
    assert 10 < len(arrived.kinks) < 300
    steep = np.diff(arrived.curve) / np.diff(arrived.grid)
    corner = np.isin(arrived.grid[1:-1], arrived.kinks)
    assert np.abs(np.diff(steep))[~corner].max() < 1e-4 * np.abs(steep).max()


def test_the_course_is_the_error_on_the_way(arrived: waves.Fitted):
    same = waves.fit(TASK, seed=0, epochs=200, looks=20)
    assert same.looked.tolist() == list(range(0, 201, 10))
    assert same.course[:-1].tolist() == same.losses[::10].tolist()
    assert same.course[-1] == same.train
    assert same.losses == pytest.approx(arrived.losses[:200], rel=1e-5)
    squares = waves.fit(TASK, seed=0, epochs=200, looks=20, loss="mse")
    assert squares.looked.tolist() == same.looked.tolist()
    assert squares.course[0] == pytest.approx(same.course[0], rel=1e-6)  # mean |error| of both, whatever is made small
    assert squares.losses[0] > 10 * squares.course[0]


def test_same_seed_same_bytes_and_starts_differ():
    one, again, other = (waves.fit(TASK, seed=seed, epochs=30) for seed in (3, 3, 4))
    assert one.losses.tobytes() == again.losses.tobytes()
    assert one.losses[0] != other.losses[0]


def test_what_diverges_is_told_and_not_hidden():
    lost = waves.fit(TASK, seed=0, epochs=400, optimizer=SGD(learning_rate=0.05, momentum=0.9), looks=10)
    assert lost.diverged
    assert lost.stuck
    assert np.isnan([lost.train, lost.test, lost.distance]).all()
    assert len(lost.looked) == len(lost.course) == 11
    assert np.isnan(lost.course[-1])


def test_several_starts_come_one_after_the_other():
    found = list(waves.fits(TASK, range(2), epochs=10))
    assert [one.seed for one in found] == [0, 1]


def test_several_inputs_have_no_curve():
    draw = np.random.default_rng(0)
    x = draw.standard_normal((30, 3))
    task = TASK._replace(x=x, y=x[:, :1], x_test=None, y_test=None, truth=None)
    found = waves.fit(task, epochs=20)
    assert (found.kinks, found.test, found.distance, found.ratio, found.stuck) == (None, None, None, None, False)
    assert len(found.grid) == 0


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 100])
def test_twelve_starts(first: int):
    task = noisy_wave(first)
    found = list(waves.fits(task, range(first, first + 12)))
    free = [one for one in found if not one.stuck]
    assert len(free) >= 4  # 24 of 72 starts were stuck
    ratios, distances = np.array([one.ratio for one in free]), np.array([one.distance for one in free])
    assert np.median(ratios) == pytest.approx(0.995, abs=0.015)  # 0.98 to 1.01
    assert 0.97 < ratios.min() <= ratios.max() <= waves.STUCK
    assert np.median(distances) == pytest.approx(5.0, abs=1.0)
    assert np.median([one.rises for one in found]) == pytest.approx(0.40, abs=0.06)
    held_out = np.median([(one.test or 0.0) / (one.test_floor or 1.0) for one in free])
    assert 1.0 < held_out < 1.06


@pytest.mark.slow
def test_the_formula_of_the_text_is_too_hard():
    ends = [one.train for one in waves.fits(noisy_wave(0, "text"), range(7))]
    assert min(ends) > 41.0
    assert np.median(ends) == pytest.approx(46.5, abs=2.5)  # 43 to 51 over these seven
    assert max(ends) < 53.0
