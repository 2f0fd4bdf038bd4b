"""Small models, points and digests for the tests of the trainer."""

import hashlib
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

X = np.arange(1.0, 11.0)[:, None]
Y = np.array([3.0, 5, 5, 6, 7, 7, 8, 9, 9, 10])[:, None]


def curve() -> nn.Module:
    """1-10-1 with tanh."""
    return nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))


def line() -> nn.Module:
    return nn.Linear(1, 1)


def by_hand(
    model: nn.Module, optimizer: torch.optim.Optimizer, epochs: int, x: Any = X, y: Any = Y, loss: Any = nn.functional.mse_loss
) -> list[float]:
    """The loop as everybody writes it, full batch, in the model's own dtype."""
    dtype = next(model.parameters()).dtype
    inputs, targets = torch.tensor(x, dtype=dtype), torch.tensor(y, dtype=dtype)
    losses: list[float] = []
    for _ in range(epochs):
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


def tensors_in(tree: Any) -> list[Tensor]:
    """All tensors and arrays of a nested state, in its own order."""
    if isinstance(tree, Tensor):
        return [tree]
    if isinstance(tree, np.ndarray):
        return [torch.from_numpy(tree.copy())]
    if isinstance(tree, dict):
        return [tensor for value in tree.values() for tensor in tensors_in(value)]
    if isinstance(tree, list | tuple):
        return [tensor for value in tree for tensor in tensors_in(value)]
    return []


def digest(trainer: Any, x: Any = X) -> str:
    """SHA-256 of weights, the optimizer's state, history and predictions."""
    found = hashlib.sha256()
    state = [dict(trainer.model.state_dict()), trainer.moments()]
    for tensor in tensors_in(state):
        found.update(tensor.detach().contiguous().cpu().numpy().tobytes())
    found.update(repr([trainer.epochs, trainer.steps, list(trainer.history)]).encode())
    for name in trainer.history:
        found.update(trainer.history[name].tobytes())
    found.update(trainer.predict(x).tobytes())
    return found.hexdigest()


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
