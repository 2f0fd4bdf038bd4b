"""One update: from the gradients as they stand to new parameters, by an optimizer of PyTorch or by hand."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from mazefit.training.door import Update


def make_update(
    parameters: list[nn.Parameter], optimizer: torch.optim.Optimizer | None, by_hand: Update | None, clip_norm: float | None
) -> Callable[[int], object]:
    """A function of the number of the update, from 1, that makes it and clears the gradients.

    Args:
        parameters: those that learn.
        optimizer: what makes the update; None where it is made by hand.
        by_hand: `by_hand(parameters, gradients, step)` changes the parameters in place, without being recorded.
        clip_norm: gradients are scaled down, all by one factor, where their Euclidean norm over all parameters is larger.
    """
    values: list[Tensor] = [parameter.data for parameter in parameters]
    move = None if optimizer is None else optimizer.step

    def update(step: int) -> None:
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip_norm)
        if move is not None:
            move()
        elif by_hand is not None:
            with torch.no_grad():
                by_hand(values, gradients(parameters), step)
        clear(parameters)

    return update


def gradients(parameters: list[nn.Parameter]) -> list[Tensor]:
    """The gradients as they stand; zeros where a parameter had no part in the loss."""
    return [torch.zeros_like(parameter) if parameter.grad is None else parameter.grad for parameter in parameters]


def clear(parameters: list[nn.Parameter]) -> None:
    """No gradients."""
    for parameter in parameters:
        parameter.grad = None
