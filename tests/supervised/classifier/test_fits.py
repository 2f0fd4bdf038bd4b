"""Three ways to fit: their settings, what comes of them, resumed to the same bytes, and where a loss is no number."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mazefit.errors import ConfigError
from mazefit.supervised.classifier import fits
from mazefit.supervised.classifier.fits import Fitted, fit, one_hot, pixels
from mazefit.supervised.classifier.mistakes import losses
from mazefit.supervised.classifier.modes import AS_WRITTEN, CORRECTED, MODES, REPAIRED, Mode, mode_of
from mazefit.supervised.datasets import load
from mazefit.training import Event
from tests.supervised.classifier.small_images import bars

SHORT: dict[str, Any] = {"epochs": 4, "batch_size": 20, "seed": 3, "device": "cpu"}


def digest(fitted: Fitted) -> list[bytes]:
    course = [getattr(fitted.course, field.name).tobytes() for field in fields(fitted.course)]
    return [fitted.losses.tobytes(), fitted.logits.tobytes(), *course]


def test_the_modes_are_the_tutorials_and_what_differs():
    assert Mode("as written", False, True, None, 0.01, 5) == AS_WRITTEN
    assert Mode("repaired", True, False, None, 0.01, 5) == REPAIRED
    assert Mode("corrected", True, False, 60, 0.1, 5) == CORRECTED
    assert list(MODES) == ["as written", "repaired", "corrected"]
    assert mode_of("repaired", epochs=2, learning_rate=0.5) == replace(REPAIRED, epochs=2, learning_rate=0.5)


def test_pixels_and_labels():
    images = np.array([[[0, 51], [255, 1]]], dtype=np.uint8)
    assert pixels(images, scaled=True) == pytest.approx(np.array([[0, 0.2, 1, 1 / 255]]))
    assert pixels(images, scaled=False).tolist() == [[0, 51, 255, 1]]
    assert pixels(images, scaled=True).dtype == np.float32
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_what_comes_of_a_fit():
    images = bars()
    fitted = fit(images, **SHORT)
    assert fitted.sizes == (24, 100, 30, 3)
    assert fitted.parameters == (24 * 100 + 3_000 + 90, 133)
    assert fitted.losses.shape == (4,)
    assert (fitted.stopped, fitted.trouble, fitted.seed) == (False, "", 3)
    course = fitted.course
    assert {len(getattr(course, field.name)) for field in fields(course)} == {5}
    assert course.test_f1[-1] == fitted.test.micro[2] == fitted.test.accuracy
    assert course.test_f1[-1] == (fitted.predictions == images.test_labels).mean()
    assert course.test_loss[-1] == losses(fitted.logits, images.test_labels).mean()
    assert course.train_loss[0] > course.train_loss[-1]
    assert fitted.test.confusion.sum(axis=1).tolist() == np.bincount(images.test_labels).tolist()
    wrong = np.flatnonzero(fitted.predictions != images.test_labels)
    assert sorted(fitted.worst.images.tolist()) == wrong.tolist()
    assert fitted.probabilities.shape == (60, 3)
    assert 0 <= fitted.sample < 60
    assert fitted.seconds > 0
    assert fitted.choice.device.type == "cpu"


def test_bars_are_learned_and_two_fits_are_equal():
    fitted = fit(bars(), epochs=30, batch_size=10, seed=0)
    assert fitted.test.accuracy >= 0.95
    assert digest(fit(bars(), **SHORT)) == digest(fit(bars(), **SHORT))
    assert digest(fit(bars(), **SHORT)) != digest(fit(bars(), **SHORT | {"seed": 4}))


def test_sizes_that_are_not_square():
    fitted = fit(bars(5, 9, 70), epochs=1)
    assert fitted.sizes == (45, 100, 30, 3)
    assert fitted.test.confusion.shape == (3, 3)


def test_the_loss_of_all_modes_has_one_unit():
    images = bars()
    written, repaired = (fit(images, mode, epochs=1, learning_rate=1e-9) for mode in ("as written", "repaired"))
    for fitted in (written, repaired):  # the loss before the one update, which is nearly none
        assert fitted.losses[0] == pytest.approx(fitted.course.train_loss[0], rel=1e-5)
        assert fitted.course.train_loss[1] == pytest.approx(fitted.course.train_loss[0], rel=1e-3)


def test_full_batches_make_one_update_an_epoch():
    steps: list[int] = []
    fit(bars(), "repaired", callbacks=[lambda event: steps.append(event.step)])
    assert steps == [0, 1, 2, 3, 4, 5, 5]
    steps.clear()
    fit(bars(), "corrected", callbacks=[lambda event: steps.append(event.step)])
    assert steps == [0, 4, 8, 12, 16, 20, 20]


@pytest.mark.parametrize("seed", range(5))
def test_as_written_puts_the_digits_into_one_class(seed: int):
    fitted = fit(load("digits"), "as written", seed=seed)
    assert fitted.course.train_loss[1:].max() > 1e6 * fitted.course.train_loss[0]  # measured on 25 seeds: 3e9 and more
    assert np.bincount(fitted.predictions).max() > 0.95 * 360  # all 360 images, or all but three
    assert len(fitted.test.never_said) >= 8
    assert fitted.test.accuracy < 0.12


def test_as_it_should_be_it_learns_the_digits():
    assert fit(load("digits"), epochs=12, batch_size=20).test.accuracy > 0.85


# Where a loss is no number ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epochs", "sentence"),
    [
        (2, "logits: expected finite numbers of the test images, got others after step 2"),
        (9, "loss: expected a finite number, got nan in epoch 3, step 3"),
    ],
)
def test_a_fit_that_diverges_says_so_and_shows_what_is_left(epochs: int, sentence: str):
    fitted = fit(bars(), "as written", learning_rate=1e6, epochs=epochs)
    assert fitted.trouble.startswith(sentence)
    assert len(fitted.losses) == 2
    assert np.isfinite(fitted.course.test_loss).tolist() == [True, True, False]
    assert not np.isfinite(fitted.logits).all()
    assert set(fitted.predictions.tolist()) == {0}
    assert fitted.test.never_said == [1, 2]
    assert fitted.test.confusion.sum() == 60


def test_a_fit_that_diverges_in_its_first_epoch():
    fitted = fit(bars(), learning_rate=1e6, batch_size=10)
    assert fitted.trouble
    assert fitted.losses.tolist() == []
    assert len(fitted.course.train_loss) == 1


# Stopped, and taken up again -------------------------------------------------------------------------------------------------


class Fall:
    """A callback that raises after so many steps."""

    each_step = True

    def __init__(self, step: int) -> None:
        self.step = step

    def __call__(self, event: Event) -> None:
        if event.step == self.step and event.kind == "step":
            raise RuntimeError("the light went out")


@pytest.mark.parametrize(
    ("mode", "step"), [("corrected", 1), ("corrected", 12), ("corrected", 30), ("corrected", 47), ("repaired", 3)]
)
def test_resumed_it_ends_with_the_same_bytes(mode: str, step: int, tmp_path: Path):
    asked = SHORT if mode == "corrected" else {"epochs": 4, "seed": 3}
    whole = fit(bars(), mode, **asked)
    with pytest.raises(RuntimeError, match="the light"):
        fit(bars(), mode, **asked, checkpoint=tmp_path, every=1, callbacks=[Fall(step)])
    resumed = fit(bars(), mode, **asked, checkpoint=tmp_path, every=1)
    assert digest(resumed) == digest(whole)
    again = fit(bars(), mode, **asked, checkpoint=tmp_path, every=1)  # nothing is left to do
    assert digest(again) == digest(whole)


class Interrupt(Fall):
    """A callback that asks to stop after so many steps, as Ctrl-C does."""

    def __call__(self, event: Event) -> None:
        if event.step == self.step and event.kind == "step":
            import signal

            signal.raise_signal(signal.SIGINT)


def test_interrupted_it_tells_how_far_it_came_and_goes_on(tmp_path: Path):
    stopped = fit(bars(), **SHORT, checkpoint=tmp_path, callbacks=[Interrupt(18)])  # in the middle of the second epoch
    assert stopped.stopped
    assert stopped.losses.shape == (1,)
    assert len(stopped.course.test_f1) == 2
    assert digest(fit(bars(), **SHORT, checkpoint=tmp_path)) == digest(fit(bars(), **SHORT))


@pytest.mark.parametrize(
    "other", [{"learning_rate": 0.2}, {"seed": 4}, {"batch_size": 30}, {"mode": replace(CORRECTED, scaled=False)}]
)
def test_another_fit_is_not_taken_up(other: dict[str, Any], tmp_path: Path):
    fit(bars(), **SHORT, checkpoint=tmp_path)
    with pytest.raises(ConfigError, match="expected"):
        fit(bars(), **{**SHORT, **other}, checkpoint=tmp_path)


# At the door -----------------------------------------------------------------------------------------------------------------


def test_numbers_that_cannot_be_are_named_all_at_once():
    with pytest.raises(ConfigError, match=r"epochs: expected.*; learning_rate: expected.*; batch_size: expected"):
        fit(bars(), epochs=0, learning_rate=0.0, batch_size=0)
    with pytest.raises(ConfigError, match="mode: unknown 'correct'; did you mean 'corrected'"):
        fit(bars(), "correct")


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"images": np.zeros((240, 4, 6))}, r"images: images: expected uint8 \[N, H, W\] of at least one, got float64"),
        ({"images": np.zeros((240, 24), np.uint8)}, r"images: expected uint8 .* got uint8 of shape \[240, 24\]"),
        ({"labels": np.zeros(239, np.int64)}, r"labels: expected int64 \[N\], one for each image, got int64 of shape \[239\]"),
        ({"labels": np.full(240, 3)}, "labels: expected classes from 0 to 2, got 3 to 3"),
        ({"test_labels": np.full(60, -1)}, "test_labels: expected classes from 0 to 2, got -1 to -1"),
        ({"test_images": np.zeros((60, 6, 4), np.uint8)}, r"test_images: expected the size of images, \(4, 6\), got \(6, 4\)"),
        ({"test_images": np.zeros((0, 4, 6), np.uint8), "test_labels": np.zeros(0, np.int64)}, "test_images: expected uint8"),
        ({"classes": ("one",)}, "classes: expected the names of at least two"),
    ],
)
def test_images_that_do_not_fit_together(other: dict[str, Any], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        fit(bars()._replace(**other))


def test_global_generators_stay_as_they_were():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    fit(bars(), epochs=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_what_was_wrong_is_told():
    assert fits.__doc__ is not None
    assert "0.8631 ± 0.0044" in fits.__doc__
