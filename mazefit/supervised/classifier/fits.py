"""Ten classes of small images by a network 784-100-30-10, three times: as the tutorial wrote it, repaired, and corrected.

What the tutorial does: raw levels of grey 0 to 255, sigmoid cross-entropy on one-hot labels, plain gradient descent 0.01, five
epochs, micro-averaged F1 on the training images; a sample image titled with its label.

What was wrong: a variable that is never defined. The loss is summed over 600,000 numbers and the pixels are unscaled, so the
first step throws the mean of those numbers from about 30 to 1e17 and more; then every image is put into one class. An epoch is
one update, so five epochs are five updates; `epoch % 10 == 0` prints once, after the first. Micro-F1 is called precision, and
printed as accuracy: with one label an image all three are the same number (`scores.WHY_MICRO`). The sigmoid of the output is
computed and dropped, test images are never asked, and it is said to be what `model.fit()` does, which batches and shuffles.

What is true, on Fashion-MNIST's test images over ten seeds: as written 0.100 (one class for all); repaired (pixels scaled, mean
over the images) 0.097 ± 0.030, for five steps are far too few; corrected (batches of 60, rate 0.1) 0.8631 ± 0.0044.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import TrainingError
from mazefit.supervised.classifier.basic_parts import HIDDEN, mean_over_images, network, summed
from mazefit.supervised.classifier.checks import check_images
from mazefit.supervised.classifier.looks import Course, Looks
from mazefit.supervised.classifier.mistakes import Mistakes, probabilities, worst_mistakes
from mazefit.supervised.classifier.modes import Mode, mode_of
from mazefit.supervised.classifier.scores import Scores, scores
from mazefit.supervised.classifier.visible_loop import Descent
from mazefit.tasks.images import Images
from mazefit.training import Choice, Trainer, TrainingInterrupted
from mazefit.training.events import Callback

Pixels = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A classifier as it was fitted.

    Args:
        mode: its settings.
        seed: of the first weights and of the order of images.
        sizes: units of each layer, inputs first.
        losses: of each whole epoch, the mean over its images, each measured before the update of its batch, [epochs].
        course: loss and micro-F1 on training and test images before the first epoch and after each.
        logits: of the test images after the last update, [M, K].
        predictions: the classes that they were given, [M].
        test: the scores of these predictions.
        worst: mistakes on the test images, the surest first.
        sample: a test image to show, by its index; a function of the seed.
        choice: what it was computed on, and why.
        seconds: that fitting took, looks at all images included.
        stopped: whether Ctrl-C ended it before its time.
        trouble: the sentence with which the trainer stopped, for a loss or a weight was no finite number, or the one that the
            logits are none after the last update; "" = nothing of that. The rest tells then of the weights as they were left.
    """

    mode: Mode
    seed: int
    sizes: tuple[int, ...]
    losses: npt.NDArray[np.float64]
    course: Course
    logits: Pixels
    predictions: npt.NDArray[np.int64]
    test: Scores
    worst: Mistakes
    sample: int
    choice: Choice
    seconds: float
    stopped: bool = False
    trouble: str = ""

    @property
    def parameters(self) -> tuple[int, int]:
        """How many weights there are, and how many biases."""
        return sum(a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False)), sum(self.sizes[1:])

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Of each class for each test image, [M, K]; they need not add up to 1."""
        return probabilities(self.logits)


def fit(
    images: Images,
    mode: str | Mode = "corrected",
    *,
    epochs: int | None = None,
    learning_rate: float | None = None,
    batch_size: int | None = None,
    form: str = "basic",
    seed: int = 0,
    device: str = "auto",
    callbacks: Sequence[Callback] = (),
    checkpoint: str | Path | None = None,
    every: int | None = None,
) -> Fitted:
    """Fit the classifier through the Trainer, by the visible update.

    Args:
        images: for training and for testing, of any size and number of classes.
        mode: "as written", "repaired", "corrected", or settings of one's own.
        epochs, learning_rate, batch_size: instead of the mode's.
        form: "basic" or "modules": the same network from the same start, see `basic_parts`.
        seed: of the first weights and of the order of images.
        device: "auto", "cpu", "cuda", …
        callbacks: told what happens on the way, such as a bar.
        checkpoint: a folder from which an interrupted fit goes on to the same bytes; see `Trainer.fit`.
        every: epochs between two checkpoints; None = some ten seconds.

    Raises:
        ConfigError: an argument is out of range, images and labels do not fit together, or the checkpoint is another fit's.
        DataError: the checkpoint is damaged.
    """
    asked = mode_of(mode, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size)
    check_images(images)
    x, x_test = (pixels(one, scaled=asked.scaled) for one in (images.images, images.test_images))
    classes = len(images.classes)
    build = network(x.shape[1], classes, form=form)
    loss = summed if asked.summed else mean_over_images
    settings: dict[str, Any] = {"update": Descent(asked.learning_rate), "loss": loss, "device": device, "seed": seed}
    trainer = Trainer(build, **settings) if checkpoint is None else Trainer.resume(checkpoint, build, **settings)
    looks = Looks((x, images.labels), (x_test, images.test_labels))
    stopped, trouble = False, ""
    try:
        trainer.fit(
            (x, one_hot(images.labels, classes)), epochs=asked.epochs, batch_size=asked.batch_size,
            callbacks=[looks, *callbacks], checkpoint=checkpoint, every=every, progress=False,
        )  # fmt: skip
    except TrainingInterrupted:
        stopped = True
    except TrainingError as error:
        trouble = str(error)
    logits = trainer.predict(x_test)
    if not (trouble or np.isfinite(logits).all()):
        trouble = f"logits: expected finite numbers of the test images, got others after step {trainer.steps}"
    said = logits.argmax(axis=1)
    course = trainer.history["loss"] if trainer.epochs else np.empty(0)
    return Fitted(
        mode=asked,
        seed=seed,
        sizes=(x.shape[1], *HIDDEN, classes),
        losses=course / (len(x) if asked.summed else 1),
        course=looks.course(),
        logits=logits,
        predictions=said,
        test=scores(images.test_labels, said, classes),
        worst=worst_mistakes(logits, images.test_labels),
        sample=int(np.random.default_rng(seed).integers(len(x_test))),
        choice=trainer.choice,
        seconds=trainer.history.seconds,
        stopped=stopped,
        trouble=trouble,
    )


def pixels(images: npt.NDArray[np.uint8], *, scaled: bool) -> Pixels:
    """Images [N, H, W] as rows of numbers [N, H·W], divided by 255 or as they are."""
    return np.divide(images.reshape(len(images), -1), np.float32(255 if scaled else 1), dtype=np.float32)


def one_hot(labels: npt.NDArray[np.int64], classes: int) -> Pixels:
    """A row of zeros with a one at the label, [N, classes]."""
    return np.eye(classes, dtype=np.float32)[labels]
