"""The update in the open: gradient descent without an optimizer, as a Trainer takes it, and the whole loop without a Trainer.

Both give the same bytes, so whoever wants to see what a fit does can read `by_hand` from its first line to its last.
"""

import torch
from torch import Tensor

from mazefit.supervised.classifier.basic_parts import Loss, logits_of
from mazefit.training.batches import batch_order


class Descent:
    """w ← w - rate · ∂loss/∂w for every parameter: plain gradient descent, for `Trainer(update=...)`.

    Its name holds the rate, so that a checkpoint is not taken up with another one.
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.__qualname__ = f"Descent({learning_rate!r})"

    def __call__(self, parameters: list[Tensor], gradients: list[Tensor], step: int) -> None:
        """One step, in place."""
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(gradient, alpha=self.learning_rate)


def by_hand(
    parts: list[Tensor],
    x: Tensor,
    labels: Tensor,
    loss_of: Loss,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int | None = None,
    seed: int = 0,
) -> list[float]:
    """Fit the basic parts in place.

    Args:
        parts: W₁, b₁, W₂, b₂, W₃, b₃.
        x: images, [N, H·W].
        labels: zeros and a single one in each row, [N, classes].
        loss_of: of (logits, labels), one number.
        learning_rate: of every step.
        epochs: how often each image is seen.
        batch_size: images of a step; None = all of them, in their own order.
        seed: of the order of the images, which is another one in each epoch.

    Returns:
        the loss of every step, before its update.
    """
    losses: list[float] = []
    for part in parts:
        part.requires_grad_()
    for epoch in range(epochs):
        if batch_size is None:
            batches = [(x, labels)]
        else:
            order = torch.from_numpy(batch_order(seed, epoch, len(x)))
            batches = ((x[rows], labels[rows]) for rows in order.split(batch_size))
        for images, targets in batches:
            loss = loss_of(logits_of(images, *parts), targets)
            losses.append(loss.item())
            gradients = torch.autograd.grad(loss, parts)
            with torch.no_grad():
                for part, gradient in zip(parts, gradients, strict=True):
                    part.sub_(gradient, alpha=learning_rate)
    return losses
