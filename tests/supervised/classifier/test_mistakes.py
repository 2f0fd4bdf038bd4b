"""The worst mistakes: their order, by hand and by property."""

import numpy as np
import pytest

from mazefit.errors import ConfigError
from mazefit.supervised.classifier.mistakes import losses, probabilities, worst_mistakes

LOGITS = np.array([[2.0, -1.0, 0.0], [0.5, 3.0, 4.0], [-1.0, 5.0, 5.5], [1.0, 9.0, -9.0], [0.5, 3.0, 4.0]])
LABELS = np.array([0, 1, 0, 2, 0])


def test_by_hand():
    worst = worst_mistakes(LOGITS, LABELS)
    assert worst.images.tolist() == [3, 2, 1, 4]  # 0 is right; 1 and 4 are equal
    assert worst.true.tolist() == [2, 0, 1, 0]
    assert worst.said.tolist() == [1, 2, 2, 2]
    assert worst.probability == pytest.approx(1 / (1 + np.exp([-9.0, -5.5, -4.0, -4.0])))
    assert worst.loss == pytest.approx(losses(LOGITS, LABELS)[[3, 2, 1, 4]])


def test_by_loss():
    worst = worst_mistakes(LOGITS, LABELS, order="loss")
    assert worst.images.tolist() == [3, 2, 4, 1]
    assert (np.diff(worst.loss) <= 0).all()


def test_logits_order_what_probabilities_round_to_one():
    logits = np.zeros((3, 2), dtype=np.float32)
    logits[:, 1] = [40.0, 60.0, 50.0]
    worst = worst_mistakes(logits, [0, 0, 0])
    assert worst.probability.tolist() == [1.0, 1.0, 1.0]
    assert worst.images.tolist() == [1, 2, 0]


def test_probabilities_are_finite_and_of_each_class_for_itself():
    found = probabilities([[0.0, 1e4, -1e4, np.log(3.0)]])
    assert found[0] == pytest.approx([0.5, 1.0, 0.0, 0.75])


def test_numbers_that_are_none_say_the_first_class():
    worst = worst_mistakes(np.full((3, 4), np.nan), [0, 1, 2])
    assert worst.said.tolist() == [0, 0]
    assert np.isnan(worst.probability).all()


def test_no_mistakes():
    assert len(worst_mistakes([[1.0, 0.0]], [0]).images) == 0


def test_an_unknown_order():
    with pytest.raises(ConfigError, match="order: unknown 'size'"):
        worst_mistakes(LOGITS, LABELS, order="size")
