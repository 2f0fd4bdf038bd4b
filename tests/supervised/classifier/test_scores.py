"""Scores: a table by hand, scikit-learn beside, 0/0, and why micro-F1 is accuracy."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from mazefit.errors import ConfigError
from mazefit.supervised.classifier.scores import WHY_MICRO, confusion_matrix, scores
from mazefit.words import LANGUAGES

TRUE = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
SAID = [0, 0, 1, 2, 1, 1, 0, 2, 2, 1]


def test_a_table_by_hand():
    found = scores(TRUE, SAID, 4)
    assert found.confusion.tolist() == [[2, 1, 1, 0], [1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]]
    assert found.tp.tolist() == [2, 2, 2, 0]
    assert found.fp.tolist() == [1, 2, 1, 0]
    assert found.fn.tolist() == [2, 1, 1, 0]
    assert found.precision == pytest.approx([2 / 3, 1 / 2, 2 / 3, 0])
    assert found.recall == pytest.approx([1 / 2, 2 / 3, 2 / 3, 0])
    assert found.f1 == pytest.approx([4 / 7, 4 / 7, 2 / 3, 0])
    assert found.micro == (0.6, 0.6, 0.6)
    assert found.macro == pytest.approx((11 / 24, 11 / 24, (8 / 7 + 2 / 3) / 4))
    assert found.accuracy == 0.6
    assert found.never_said == found.never_there == [3]


LABELS = st.integers(2, 7).flatmap(
    lambda classes: st.tuples(
        st.just(classes),
        st.lists(st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)), min_size=1, max_size=40),
    )
)


@settings(max_examples=25, deadline=None)
@given(LABELS)
def test_the_same_as_scikit_learn(case: tuple[int, list[tuple[int, int]]]):
    classes, pairs = case
    true, said = zip(*pairs, strict=True)
    found, all_of_them = scores(true, said, classes), list(range(classes))
    assert found.confusion.tolist() == metrics.confusion_matrix(true, said, labels=all_of_them).tolist()
    kept = {"labels": all_of_them, "zero_division": 0.0}
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(true, said, **kept)
    assert found.precision == pytest.approx(np.asarray(precision))
    assert found.recall == pytest.approx(np.asarray(recall))
    assert found.f1 == pytest.approx(np.asarray(f1))
    for average, ours in (("micro", found.micro), ("macro", found.macro)):
        theirs = metrics.precision_recall_fscore_support(true, said, average=average, **kept)[:3]
        assert ours == pytest.approx(theirs)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(true, said))
    assert found.micro == pytest.approx([found.accuracy] * 3)
    assert found.fp.sum() == found.fn.sum()


def test_one_class_for_all_is_what_it_looks_like():
    found = scores([0, 1, 2, 3], [1, 1, 1, 1], 4)
    assert found.never_said == [0, 2, 3]
    assert found.never_there == []
    assert found.precision.tolist() == [0, 0.25, 0, 0]
    assert found.macro[2] == pytest.approx(0.1)
    assert found.micro[2] == 0.25


@pytest.mark.parametrize(
    ("true", "said", "sentence"),
    [
        ([0, 1], [0], "said: expected as many labels as true, at least one, got 1 and 2"),
        (np.empty(0, np.int64), np.empty(0, np.int64), "at least one, got 0 and 0"),
        ([0, 3], [0, 1], "true: expected labels from 0 to 2, got 3"),
        ([0, 1], [0, -1], "said: expected labels from 0 to 2, got -1"),
        ([0.0, 1.0], [0, 1], r"true: expected integers \[M\], got float64 of shape \[2\]"),
        ([[0], [1]], [0, 1], r"true: expected integers \[M\], got int64 of shape \[2, 1\]"),
    ],
)
def test_labels_that_cannot_be_counted(true: list[int], said: list[int], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        confusion_matrix(true, said, 3)


def test_small_integers_do_not_overflow():
    assert confusion_matrix(np.full(3, 200, np.uint8), np.full(3, 199, np.uint8), 201)[200, 199] == 3


def test_the_reason_is_said_in_both_languages():
    assert set(WHY_MICRO) == set(LANGUAGES)
    assert "accuracy" in WHY_MICRO["en"]
    assert "정확도" in WHY_MICRO["ko"]


def test_scores_need_numpy_alone():
    code = "import sys, mazefit.supervised.classifier.scores; print({'torch', 'sklearn', 'matplotlib'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
