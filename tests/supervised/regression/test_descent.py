"""The descent by hand: its path, the law of its path, where it leads, and the same through the Trainer, byte for byte."""

import numpy as np
import pytest

from mazefit.errors import TrainingError
from mazefit.supervised.regression import descent
from mazefit.tasks import descent as noisy_line


@pytest.mark.parametrize("seed", range(5))
def test_the_first_rows_by_hand(seed: int):
    task = noisy_line(seed)
    path = descent.descend(task)
    assert (path.w[0], path.b[0], path.model_at_3) == (5.0, 0.0, 15.0)
    error = 5.0 * task.x - task.y
    assert path.loss[0] == pytest.approx((error**2).mean(), rel=1e-13)
    assert path.loss[0] == pytest.approx(9.0, abs=0.9)
    assert path.w[1] == pytest.approx(5.0 - 0.1 * 2 * (error * task.x).mean(), rel=1e-13)
    assert path.b[1] == pytest.approx(-0.1 * 2 * error.mean(), rel=1e-13)
    assert len(path.w) == len(path.b) == len(path.loss) == 11  # the tenth update is seen


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("steps", [1, 10, 60])
def test_the_trainer_goes_the_same_way_byte_for_byte(seed: int, steps: int):
    task = noisy_line(seed)
    by_hand = descent.descend(task, steps=steps)
    by_trainer = descent.descend_with_trainer(task, steps=steps)
    for name in ("w", "b", "loss"):
        assert getattr(by_hand, name).tobytes() == getattr(by_trainer, name).tobytes(), name


@pytest.mark.parametrize("seed", range(8))
def test_a_hundred_steps_agree_with_least_squares(seed: int):
    path = descent.descend(noisy_line(seed), steps=100)
    assert path.distance < 1e-7
    assert path.loss[-1] == pytest.approx(path.best.loss, rel=1e-12)


def test_the_law():
    law = descent.law(10)
    k = np.arange(11)
    assert law.w == pytest.approx(3 + 2 * 0.8**k)
    assert law.b == pytest.approx(2 - 2 * 0.8**k)
    assert law.loss == pytest.approx(1 + 8 * 0.64**k)
    assert (law.w[10], law.b[10], law.loss[10]) == pytest.approx((3.215, 1.785, 1.092), abs=5e-4)


def near(spread: descent.Spread, sets: int) -> None:
    """The numbers over data sets, to four standard errors of their means and some 10 % of their deviations."""
    known = {9: ((3.2705, 0.044), (1.7308, 0.032), (1.144, 0.048)), 10: ((3.217, 0.042), (1.784, 0.032), (1.092, 0.047))}
    for k, columns in known.items():
        for i, (mean, deviation) in enumerate(columns):
            assert spread.mean[k, i] == pytest.approx(mean, abs=4 * deviation * (1 / sets + 1 / 2_000) ** 0.5 + 5e-4)
            assert spread.deviation[k, i] == pytest.approx(deviation, rel=4 / (2 * sets) ** 0.5 + 0.03)
    assert spread.best_mean[:2] == pytest.approx([2.9995, 1.9997], abs=4 * 0.032 * (1 / sets + 1 / 2_000) ** 0.5)
    assert spread.best_deviation[:2] == pytest.approx([0.032, 0.031], rel=4 / (2 * sets) ** 0.5 + 0.03)
    assert spread.mean[0] == pytest.approx([5.0, 0.0, 9.0], abs=0.06)


def test_over_data_sets():
    near(descent.spread(300, seed=7), 300)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 10_000])
def test_over_two_thousand_data_sets(seed: int):
    near(descent.spread(2_000, seed=seed), 2_000)


def test_one_of_the_data_sets_is_the_descent_itself():
    spread = descent.spread(2, seed=3)
    one, other = (descent.descend(noisy_line(seed)) for seed in (3, 4))
    assert spread.mean[:, 0] == pytest.approx((one.w + other.w) / 2, rel=1e-12)
    assert spread.mean[:, 2] == pytest.approx((one.loss + other.loss) / 2, rel=1e-12)
    assert spread.best_mean[2] == pytest.approx((one.best.loss + other.best.loss) / 2, rel=1e-12)


def test_the_rows_of_the_tutorial_are_near_the_law():
    law = descent.law(9)
    assert np.abs(np.array(descent.TUTORIAL_LOSSES) - law.loss).max() < 0.09  # 0.08 at k = 1; one data set


def test_a_descent_that_diverges_says_so():
    with pytest.raises(TrainingError, match=r"expected a finite loss, got inf after \d+ updates"):
        descent.descend(noisy_line(0), learning_rate=3.0, steps=1_000)
