"""The line: Adam arrives at least squares from every start, and gradient descent diverges where the bowl says so."""

import math

import numpy as np
import pytest

from mazefit.supervised.regression import line
from mazefit.supervised.regression.bowl import bowl, roll
from mazefit.tasks import line as ten_points
from mazefit.training import SGD, Adam

TASK = ten_points()
VALLEY = bowl(TASK.x, TASK.y)


@pytest.mark.parametrize("seed", range(4))
def test_adam_arrives_at_least_squares(seed: int):
    fitted = line.fit(TASK, seed=seed)
    assert fitted.w[0] == pytest.approx(39 / 55, abs=0.0025)  # 0.7091 ± 0.0008 over starts
    assert fitted.b == pytest.approx(3.0, abs=0.016)  # 3.000 ± 0.005
    assert 39 / 275 <= fitted.mse <= 0.1420 + 0.004
    assert fitted.r2 == pytest.approx(0.96694, abs=0.001)
    assert len(fitted.losses) == 1_000
    assert fitted.losses[0] == pytest.approx(VALLEY.loss(fitted.start), rel=1e-5)


def test_the_same_seed_gives_the_same_bytes_and_another_one_another_start():
    one, again, other = (line.fit(TASK, seed=seed, steps=50) for seed in (5, 5, 6))
    assert one.losses.tobytes() == again.losses.tobytes()
    assert one.start.tolist() != other.start.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_many_starts(seed: int):
    starts = line.many_starts(VALLEY, 1_000, seed=seed)
    mean, spread = starts.ends.mean(axis=0), starts.ends.std(axis=0)
    assert mean == pytest.approx([0.7091, 3.000], abs=5e-4)
    assert spread[0] < 0.0009
    assert spread[1] < 0.006
    assert np.median(starts.losses) <= 0.1420
    assert starts.losses.max() < 0.1475  # 0.142 to 0.147 over twelve thousands of starts
    assert (starts.losses > 0.146).sum() <= 1
    low, middle, high = np.quantile(starts.drops, (0.05, 0.5, 0.95))
    assert middle == pytest.approx(7.0, abs=0.6)
    assert low == pytest.approx(0.55, abs=0.2)
    assert high == pytest.approx(17.0, abs=1.2)


@pytest.mark.slow
def test_twelve_thousand_starts():
    ends = [line.many_starts(VALLEY, 1_000, seed=seed) for seed in range(12)]
    spread = np.array([one.ends.std(axis=0) for one in ends])
    assert spread.max(axis=0).tolist() == pytest.approx([0.0008, 0.0054], abs=0.0004)
    assert sum(int((one.losses > 0.146).sum()) for one in ends) <= 2


def test_the_loss_does_not_fall_by_the_learning_rate_but_the_parameters_move_by_it():
    start = np.array([-0.5, 0.6])
    path = roll(VALLEY, start, Adam(learning_rate=0.07), 1)
    assert np.abs(path[1] - path[0]) == pytest.approx([0.07, 0.07], rel=1e-6)
    assert VALLEY.loss(path[0]) - VALLEY.loss(path[1]) > 1.0


def test_the_curvature_of_the_bowl():
    assert VALLEY.eigenvalues == pytest.approx([0.420, 78.58], rel=2e-4)
    assert VALLEY.largest_rate == pytest.approx(0.02545, abs=5e-6)
    assert VALLEY.gradient(VALLEY.bottom) == pytest.approx([0.0, 0.0], abs=1e-12)
    step = 1e-6
    for at in ([0.0, 0.0], [2.0, -1.0]):
        by_hand = [(VALLEY.loss(np.add(at, d)) - VALLEY.loss(np.subtract(at, d))) / (2 * step) for d in np.eye(2) * step]
        assert VALLEY.gradient(at) == pytest.approx(by_hand, rel=1e-6)
        w, b = at
        assert VALLEY.loss(at) == pytest.approx(((w * TASK.x + b - TASK.y) ** 2).mean())


@pytest.mark.parametrize(("rate", "arrives"), [(0.001, True), (0.02, True), (0.0254, True), (0.0255, False), (0.03, False)])
def test_gradient_descent_diverges_above_the_largest_rate(rate: float, arrives: bool):
    losses = VALLEY.loss(roll(VALLEY, [0.0, 0.0], SGD(learning_rate=rate), 1_000))
    assert bool(losses[-1] < losses[0]) == arrives
    assert bool(np.isfinite(losses[-1]) and losses[-1] < 50) == arrives


def test_the_ways_of_the_figure_begin_together():
    ways = line.paths(VALLEY, np.array([0.3, -0.2]), steps=200)
    assert list(ways) == ["gradient descent 0.001", "gradient descent 0.02", "gradient descent 0.03", "Adam 0.07"]
    assert all(way.shape == (201, 2) and way[0].tolist() == [0.3, -0.2] for way in ways.values())
    ends = {name: float(VALLEY.loss(way[-1])) for name, way in ways.items()}
    assert ends["gradient descent 0.03"] > 1e6
    assert ends["gradient descent 0.02"] < ends["gradient descent 0.001"] < 5.0


def test_the_end_alone_is_the_end_of_the_whole_way():
    one, whole = (roll(VALLEY, [0.0, 1.0], Adam(learning_rate=0.07), 30, whole=kept) for kept in (False, True))
    assert one.tolist() == whole[-1:].tolist()


def test_several_inputs():
    draw = np.random.default_rng(0)
    x = draw.standard_normal((40, 2))
    task = TASK._replace(x=x, y=x @ [[1.0], [-2.0]] + 0.5)
    fitted = line.fit(task, steps=1_500)
    assert [*fitted.w, fitted.b] == pytest.approx([1.0, -2.0, 0.5], abs=0.01)
    assert math.isclose(fitted.best_r2, 1.0)
