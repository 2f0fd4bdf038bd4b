"""The upper bound: the same network, taught the exact values instead of having to find them by walking.

    w ← w - step(∂ mean (Q(s, a; w) - q*(s, a))² / ∂ w)        over all actions of all inside states of some mazes

What a network cannot do with the answers before it, no learning from rewards will make it do.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn

from mazefit.agents.deep.fading_adam import FadingAdam
from mazefit.agents.deep.labels import LabelledMazes
from mazefit.agents.deep.networks import Factory
from mazefit.training.events import Callback
from mazefit.training.trainer import Trainer

CLIP = 1.0
"""Gradients longer than this are scaled down: those that came through many iterations can be long."""


class Everywhere(nn.Module):
    """A network that is asked for every cell at once, as a model for the trainer.

    Args:
        network: one with `everywhere`, such as `GridValues`.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, planes: Tensor) -> Tensor:
        """Values [B, A, R, C]."""
        return self.network.everywhere(planes)


def masked_mse(prediction: Tensor, target: Tensor) -> Tensor:
    """The mean square over what counts: target [B, A + 1, R, C], its last plane 1 where a cell counts, else 0."""
    counts = target[:, -1:]
    return ((prediction - target[:, :-1]).square() * counts).sum() / (counts.sum() * prediction.shape[1]).clamp(min=1.0)


def fit_exact_values(
    labelled: LabelledMazes,
    network: Factory,
    *,
    epochs: int,
    batch_size: int = 32,
    learning_rate: float = 0.006,
    seed: int = 0,
    device: str = "auto",
    callbacks: Sequence[Callback] = (),
    progress: bool | None = False,
) -> Trainer:
    """Fit a network to the exact action values of mazes.

    Args:
        labelled: the mazes to learn on.
        network: a factory, as the deep agent takes it.
        epochs: over all mazes.
        batch_size: mazes of an update, for a network with `everywhere`; for any other one, as many times the mean number of
            states: rows of an update are then single states.
        learning_rate: of Adam at the beginning; it fades.
        seed: of weights and order.
        device: as the trainer takes it.
        callbacks: of the trainer.
        progress: of the trainer.

    Returns:
        the trainer; `network_of` gives its network.

    Raises:
        ConfigError: an argument is out of range, or the network is not one for such planes.
    """
    (rows, columns), actions = labelled.shape, labelled.q.shape[2]
    space = spaces.MultiBinary([4, rows, columns])
    make: Callable[[], nn.Module] = lambda: network(space, actions)  # noqa: E731
    loss: Any = "mse"
    if hasattr(network(space, actions), "everywhere"):
        make, loss = lambda: Everywhere(network(space, actions)), masked_mse
        planes = labelled.q.reshape(len(labelled), rows, columns, actions).transpose(0, 3, 1, 2)
        counts = labelled.inside.reshape(len(labelled), 1, rows, columns)
        data = labelled.planes.astype(np.float32), np.concatenate([planes, counts], axis=1).astype(np.float32)
        size = min(batch_size, len(labelled))
    else:
        which, states = labelled.rows()
        data = labelled.observations(which, states).astype(np.float32), labelled.q[which, states].astype(np.float32)
        size = min(batch_size * max(1, len(which) // len(labelled)), len(which))
    optimizer = FadingAdam(learning_rate, epochs * -(-len(data[0]) // size))
    trainer = Trainer(make, optimizer=optimizer, loss=loss, seed=seed, device=device)
    trainer.fit(data, epochs=epochs, batch_size=size, clip_norm=CLIP, callbacks=callbacks, progress=progress)
    return trainer


def network_of(trainer: Trainer) -> nn.Module:
    """The network in a trainer of `fit_exact_values`."""
    model: Any = trainer.model
    network = model.network if isinstance(model, Everywhere) else model
    assert isinstance(network, torch.nn.Module)
    return network
