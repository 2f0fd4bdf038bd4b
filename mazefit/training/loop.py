"""The loop: what every fit does with PyTorch, whatever the model. Nothing else happens between two updates.

For each batch: the prediction, the loss, its gradient by every parameter, the update. Reference: Rumelhart, Hinton & Williams
(1986), Learning representations by back-propagating errors.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from torch import nn

from mazefit.training.batches import Batches
from mazefit.training.course import Course
from mazefit.training.losses import LossFunction
from mazefit.training.meter import Meter


def train(
    model: nn.Module,
    loss_of: LossFunction,
    batches: Batches,
    update: Callable[[int], object],
    meter: Meter,
    course: Course,
    precision: AbstractContextManager[Any],
) -> None:
    """Fit until the course says that it is done.

    Args:
        model: its parameters are fitted.
        loss_of: of (prediction, target), the mean over the rows.
        batches: the steps of an epoch; each part of a step comes with its share in the step's mean (1.0 where it is whole).
        update: one update from the gradients, which it clears; is given the number of the update, from 1.
        meter: takes loss and metrics of a step.
        course: where the fit is; says when to stop.
        precision: what predictions and losses are computed under.

    Raises:
        TrainingError: a loss is no finite number; on a CPU before the update that it would have made.
    """
    for epoch in course.epochs():
        for rows, parts in batches.steps(epoch, course.place.position):
            for x, y, share in parts:
                with precision:
                    prediction = model(x)
                    loss = loss_of(prediction, y)
                meter.add(loss, prediction, y, share)
                mean = loss if share == 1.0 else loss * share
                mean.backward()
            course.note(meter.take(), rows)
            update(course.place.step + 1)
            if course.step_done():
                return
        course.epoch_done()
