"""One classifier computed three ways, held against one another: by the Trainer, by a loop without it, and in PyTorch's modules.

agree(load("digits")).same_bytes, .before, .after        True, and how far logits of basic parts and modules are apart
"""

from typing import NamedTuple

import numpy as np
import torch

from mazefit.supervised.classifier.basic_parts import mean_over_images, network
from mazefit.supervised.classifier.fits import one_hot, pixels
from mazefit.supervised.classifier.modes import CORRECTED
from mazefit.supervised.classifier.visible_loop import Descent, by_hand
from mazefit.tasks.images import Images
from mazefit.training import Trainer
from mazefit.training.seeds import built
from mazefit.training.settings import arranged

ROWS = 6_000  # images that are fitted to, and at most a sixth as many that are asked


class Agreement(NamedTuple):
    """What came of it.

    Args:
        updates: how many each of the three made, with the corrected settings.
        images: of how many test images the logits were compared.
        before: the largest difference between logits of basic parts and of modules at their common start.
        after: the same after the updates; sums in another order are rounded otherwise.
        same_bytes: whether the loop by hand left the very weights that the Trainer left.
    """

    updates: int
    images: int
    before: float
    after: float
    same_bytes: bool


def agree(images: Images, *, seed: int = 0) -> Agreement:
    """Fit one epoch of the first images in three ways from one start, on the CPU.

    Args:
        images: for training and for testing.
        seed: of the first weights and of the order of images.

    Raises:
        TrainingInterrupted: Ctrl-C.
    """
    x, asked = (pixels(one, scaled=True) for one in (images.images[:ROWS], images.test_images[: ROWS // 6]))
    labels, classes = one_hot(images.labels[:ROWS], len(images.classes)), len(images.classes)
    rate, size = CORRECTED.learning_rate, CORRECTED.batch_size
    trainers = [
        Trainer(
            network(x.shape[1], classes, form=form), update=Descent(rate), loss=mean_over_images, device="cpu", seed=seed,
        )
        for form in ("basic", "modules")
    ]  # fmt: skip
    before = _apart(*(trainer.predict(asked) for trainer in trainers))
    for trainer in trainers:
        trainer.fit((x, labels), epochs=1, batch_size=size, progress=False)
    parts = [part.detach().clone() for part in built(network(x.shape[1], classes), seed).parameters()]
    basic = trainers[0]
    with arranged(basic.choice.device, basic.choice.threads, False):
        by_hand(
            parts, torch.from_numpy(x), torch.from_numpy(labels), mean_over_images, learning_rate=rate, epochs=1,
            batch_size=size, seed=seed,
        )  # fmt: skip
    same = all(
        one.detach().numpy().tobytes() == other.detach().numpy().tobytes()
        for one, other in zip(basic.model.parameters(), parts, strict=True)
    )
    after = _apart(*(trainer.predict(asked) for trainer in trainers))
    return Agreement(basic.steps, len(asked), before, after, same)


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())
