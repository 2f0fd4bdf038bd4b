"""Scores of a classifier from its confusion matrix, in NumPy: per class and in all.

Of class c, with n[t, p] images of class t that were said to be p:

    TP = n[c, c]        FP = Σ_t n[t, c] - TP (said c, is another)        FN = Σ_p n[c, p] - TP (is c, said another)
    precision = TP / (TP + FP)        recall = TP / (TP + FN)        F1 = 2 TP / (2 TP + FP + FN)

Macro: the mean over the classes. Micro: the same formulas on the sums of TP, FP and FN over all classes. Where nothing was said
to be c, or nothing is c, the ratio is 0/0: it counts as 0 here, as in scikit-learn, and `never_said` and `never_there` tell of
which classes. Reference: van Rijsbergen (1979), Information Retrieval, chapter 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError
from mazefit.words import Language

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

WHY_MICRO: Mapping[Language, str] = {
    "en": (
        "Micro-F1, micro-precision, micro-recall and accuracy are one number here: an image has one label and gets one answer, "
        "so every wrong answer is one FP (of the class said) and one FN (of the true class), and FP = FN in all."
    ),
    "ko": (
        "여기서 마이크로 F1, 마이크로 정밀도, 마이크로 재현율, 정확도는 모두 같은 수입니다. 이미지마다 레이블도 하나, 답도 "
        "하나라서 틀린 답 하나는 답한 클래스의 FP 하나이자 참 클래스의 FN 하나이고, 전체로는 FP와 FN의 수가 같기 때문입니다."
    ),
}
"""Why micro-F1 equals accuracy where each image has one label."""


def confusion_matrix(true: npt.ArrayLike, said: npt.ArrayLike, classes: int) -> Counts:
    """How many images of each true class (row) were said to be of each class (column), [classes, classes].

    Raises:
        ConfigError: labels are no integers from 0 to classes - 1, or not as many of one as of the other.
    """
    rows, columns = np.asarray(true), np.asarray(said)
    for name, labels in (("true", rows), ("said", columns)):
        if labels.ndim != 1 or labels.dtype.kind not in "iu":
            raise ConfigError(f"{name}: expected integers [M], got {labels.dtype} of shape {list(labels.shape)}")
        if len(labels) and not (labels.min() >= 0 and labels.max() < classes):
            wrong = labels[(labels < 0) | (labels >= classes)][0]
            raise ConfigError(f"{name}: expected labels from 0 to {classes - 1}, got {wrong}")
    if len(rows) != len(columns) or not len(rows):
        raise ConfigError(f"said: expected as many labels as true, at least one, got {len(columns)} and {len(rows)}")
    cells = rows.astype(np.int64) * classes + columns.astype(np.int64)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


@dataclass(frozen=True, eq=False)
class Scores:
    """All scores of one confusion matrix [true, said], [K, K]; per class [K] each."""

    confusion: Counts

    @property
    def tp(self) -> Counts:
        """Of this class, and said so."""
        return np.diagonal(self.confusion).copy()

    @property
    def fp(self) -> Counts:
        """Said to be of this class, and are not."""
        return self.confusion.sum(axis=0) - self.tp

    @property
    def fn(self) -> Counts:
        """Of this class, and said to be of another."""
        return self.confusion.sum(axis=1) - self.tp

    @property
    def precision(self) -> Numbers:
        """TP / (TP + FP)."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Numbers:
        """TP / (TP + FN)."""
        return ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> Numbers:
        """2 TP / (2 TP + FP + FN)."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float(self.tp.sum() / self.confusion.sum())

    @property
    def micro(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of the sums over all classes: with one label an image all three are the accuracy."""
        tp, fp, fn = (np.atleast_1d(counts.sum()) for counts in (self.tp, self.fp, self.fn))
        return float(ratio(tp, tp + fp)[0]), float(ratio(tp, tp + fn)[0]), float(ratio(2 * tp, 2 * tp + fp + fn)[0])

    @property
    def macro(self) -> tuple[float, float, float]:
        """Precision, recall and F1, each the mean over the classes."""
        return float(self.precision.mean()), float(self.recall.mean()), float(self.f1.mean())

    @property
    def never_said(self) -> list[int]:
        """Classes that no image was said to be of: their precision is 0/0 and counts as 0."""
        return np.flatnonzero(self.confusion.sum(axis=0) == 0).tolist()

    @property
    def never_there(self) -> list[int]:
        """Classes that no image is of: their recall is 0/0 and counts as 0."""
        return np.flatnonzero(self.confusion.sum(axis=1) == 0).tolist()


def scores(true: npt.ArrayLike, said: npt.ArrayLike, classes: int) -> Scores:
    """The scores of answers.

    Args:
        true: the labels, integers [M].
        said: the answers, integers [M].
        classes: how many there are.

    Raises:
        ConfigError: as `confusion_matrix`.
    """
    return Scores(confusion_matrix(true, said, classes))


def ratio(part: Counts, whole: Counts) -> Numbers:
    """part / whole, [K]; 0 where both are 0."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
