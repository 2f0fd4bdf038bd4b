"""What the tests of many fits share: networks, data, and the loop that people write by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mazefit.training.optimizers import SGD, Adam, RMSprop
from mazefit.training.seeds import built

X = np.linspace(0, 2 * np.pi, 10)[:, None]
Y = np.sin(X)
X_TEST = np.linspace(0, 2 * np.pi, 25)[:, None]
Y_TEST = np.sin(X_TEST)
OURS: dict[str, Any] = {
    "SGD": SGD(learning_rate=0.1),
    "Nesterov": SGD(learning_rate=0.05, momentum=0.9, nesterov=True, weight_decay=0.001),
    "RMSprop": RMSprop(learning_rate=0.003, momentum=0.5),
    "Adam": Adam(learning_rate=0.01),
}
TORCH: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.1),
    "Nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.001),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.003, momentum=0.5),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.01),
}


def sine() -> nn.Module:
    """1-2-1, sigmoid."""
    return nn.Sequential(nn.Linear(1, 2), nn.Sigmoid(), nn.Linear(2, 1))


def deep() -> nn.Module:
    """Every activation that a layout knows, and layers of several widths."""
    return nn.Sequential(
        nn.Linear(1, 5), nn.LeakyReLU(0.2), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 3),
        nn.Sigmoid(), nn.Linear(3, 1),
    )  # fmt: skip


class Residual(nn.Module):
    """No stack of layers: it has a layout of its own, and goes through torch.func."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(1, 6), nn.Linear(6, 1)
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(torch.nn.functional.softplus(self.inner(x))) + self.scale * x


def convolution() -> nn.Module:
    """Images in, two numbers out."""
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8, 2))


def by_hand(
    make: Callable[[], nn.Module],
    make_optimizer: Callable[..., torch.optim.Optimizer],
    seed: int,
    epochs: int,
    data: tuple[Any, Any] = (X, Y),
    *,
    l1: bool = False,
    orders: list[list[Any]] | None = None,
) -> np.ndarray[Any, Any]:
    """Losses of the loop as people write it, in float64; `orders` holds the batches of each epoch."""
    model = built(make, seed).double()
    optimizer = make_optimizer(model.parameters())
    loss_of = torch.nn.L1Loss() if l1 else torch.nn.MSELoss()
    x, y = (torch.as_tensor(part, dtype=torch.float64) for part in data)
    losses = list[float]()
    for epoch in range(epochs):
        total = 0.0
        for batch in [slice(None)] if orders is None else orders[epoch]:
            loss = loss_of(model(x[batch]), y[batch])
            total += loss.item() * len(x[batch]) / len(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(total)
    return np.array(losses)
