"""What a deep value agent computes with: its two networks and the update; by PyTorch for any network on any device.

    δ = Q(S, A) - y;   loss = mean of the Huber loss (or of δ²) over the minibatch;   w ← w - step(∂ loss / ∂ w)

Q is the online network, y the target (targets.py). After every so many steps the target network becomes the online one, or
moves a share τ of the way.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from mazefit.agents.deep.flat_weights import FlatWeights
from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.replay_buffer import Batch
from mazefit.agents.deep.targets import (
    dueling_values,
    leaf_values,
    n_step_target,
    one_step_target,
    winners,
)
from mazefit.training.device import Choice
from mazefit.training.moments import Moments
from mazefit.training.settings import arithmetic


class Settings(NamedTuple):
    """What of an agent's parameters an update rests on."""

    actions: int
    discount: float
    double: bool
    dueling: bool
    n_step: int
    loss: str  # "huber" or "mse"
    clip_norm: float | None
    batch_size: int


class Outcome(NamedTuple):
    """What an update was: of each row of the minibatch its prediction, its target, and the values that it was made of."""

    prediction: Any  # [B]
    target: Any  # [B], float64 (float32 where the device has no other)
    valuing: Any  # [B, A], of the target network at the arrivals
    selecting: Any  # [B, A], of the online network there, with Double; else None


def make_target(settings: Settings, batch: Batch, valuing: Any, selecting: Any, rows: Any) -> Any:
    """y [B] of a minibatch, out of values at the arrivals [B, A] in the precision of the rewards."""
    leaf = leaf_values(valuing, winners(valuing if selecting is None else selecting), rows)
    if settings.n_step == 1:
        return one_step_target(batch.rewards[0], settings.discount, leaf, batch.live)
    return n_step_target(batch.rewards, batch.inside, settings.discount, leaf, batch.live)


class Core:
    """Networks and update in PyTorch.

    Args:
        module: the network, as its factory built it.
        observations: what it is given.
        settings: of the update.
        optimizer: `SGD`, `RMSprop` or `Adam` of mazefit.training, or a factory of PyTorch's.
        choice: device and precision.

    Attributes:
        online, target: the networks' weights.
        native: whether it computes with NumPy arrays (else with tensors).
    """

    native = False

    def __init__(
        self, module: nn.Module, observations: Observations, settings: Settings, optimizer: Any, choice: Choice
    ) -> None:
        self.settings, self.observations, self.choice, self.optimizer = settings, observations, choice, optimizer
        self.device = choice.device
        dtype = torch.float64 if choice.precision == "float64" else torch.float32
        observations.given = dtype
        self.dtype = dtype
        twin = deepcopy(module)
        for parameter in twin.parameters():
            parameter.requires_grad_(parameter.requires_grad)
        self.online = FlatWeights(module, self.device, dtype)
        self.target = FlatWeights(twin, self.device, dtype)
        self.precision: AbstractContextManager[Any] = arithmetic(self.device, choice.precision)
        self.rows: Any = torch.arange(settings.batch_size, device=self.device)
        self.loss: Callable[..., Tensor] = nn.functional.smooth_l1_loss if settings.loss == "huber" else _half_square
        self.make_optimizer()

    def make_optimizer(self) -> None:
        """The optimizer, over all parameters as one."""
        whole = nn.Parameter(self.online.values)
        whole.grad = self.online.gradient
        self.moments = Moments([whole], self.optimizer)
        self.move = self.moments.as_torch()

    # What the loop asks ----------------------------------------------------------------------------------------------------

    def take(self, kept: Any) -> Any:
        """Numbers as this core computes with them: tensors on its device."""
        return torch.as_tensor(kept, device=self.device)

    def greedy(self, observations: Any) -> Any:
        """The maximising actions [N] at kept observations [N, …]; of equally large values the first."""
        return winners(self.values(observations))

    def values(self, observations: Any) -> Tensor:
        """Q at kept observations, [N, A]."""
        with torch.no_grad():
            return self._q(self.online.module, torch.as_tensor(observations, device=self.device))

    def predictions(self, batch: Batch) -> Any:
        """Q(S, A) of a minibatch as the weights stand, [B]."""
        return leaf_values(self.values(batch.states), batch.actions, self.rows)

    def update(self, batch: Batch) -> Outcome:
        """One update from a minibatch of rows."""
        settings, online = self.settings, self.online
        with torch.no_grad():
            real = batch.rewards.dtype
            valuing = self._q(self.target.module, batch.arrivals)
            selecting = self._q(online.module, batch.arrivals) if settings.double else None
            target = make_target(settings, batch, valuing.to(real), selecting, self.rows)
        online.gradient.zero_()
        predicted = leaf_values(self._q(online.module, batch.states), batch.actions, self.rows)
        loss = self.loss(predicted, target.to(predicted.dtype))
        loss.backward()
        if settings.clip_norm is not None:
            online.clip(settings.clip_norm)
        assert self.move is not None
        self.move.step()
        return Outcome(predicted.detach(), target, valuing, selecting)

    def _q(self, module: nn.Module, observations: Tensor) -> Tensor:
        with self.precision:
            outputs: Tensor = module(self.observations.encoded(observations))
        outputs = outputs.to(self.dtype)
        return dueling_values(outputs) if self.settings.dueling else outputs

    def follow(self, share: float) -> None:
        """Move the target network to the online one, by a share of the way."""
        with torch.no_grad():
            self.target.follow(self.online, share)

    # Keeping -----------------------------------------------------------------------------------------------------------------

    def kept_moments(self) -> dict[str, Any]:
        """The optimizer's state for a checkpoint."""
        return self.moments.kept()

    def restore_moments(self, kept: dict[str, Any]) -> None:
        """Take up the optimizer's state.

        Raises:
            DataError: it does not fit.
        """
        self.moments.restore(kept)
        self.move = self.moments.as_torch()


def _half_square(predicted: Tensor, target: Tensor) -> Tensor:
    return 0.5 * nn.functional.mse_loss(predicted, target)


def as_numpy(numbers: Any) -> np.ndarray[Any, Any]:
    """Numbers of a core as a NumPy array."""
    return numbers.detach().cpu().numpy() if isinstance(numbers, Tensor) else np.asarray(numbers)
