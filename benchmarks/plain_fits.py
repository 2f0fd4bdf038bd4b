"""The fits of the tutorials as people write them by hand: PyTorch's own loop, its default optimizers, nothing else."""

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

Make = Callable[[], Any]


def sine_network() -> Any:
    """1-2-1, sigmoid."""
    from torch import nn

    return nn.Sequential(nn.Linear(1, 2), nn.Sigmoid(), nn.Linear(2, 1))


def curve_network() -> Any:
    """1-10-1, tanh."""
    from torch import nn

    return nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))


def waves_network() -> Any:
    """1-5-10-10-10-5-1, leaky ReLU of slope 0.2."""
    from torch import nn

    sizes, layers = (1, 5, 10, 10, 10, 5, 1), list[Any]()
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1])


def sine_data() -> tuple[Any, Any]:
    """10 points of sin x on [0, 2π], float32 [10, 1]."""
    import numpy as np

    x = np.linspace(0, 2 * np.pi, 10, dtype=np.float32)[:, None]
    return x, np.sin(x)


def curve_data() -> tuple[Any, Any]:
    """The ten points of the line, float32 [10, 1]."""
    import numpy as np

    x = np.arange(1, 11, dtype=np.float32)[:, None]
    return x, np.array([3, 5, 5, 6, 7, 7, 8, 9, 9, 10], dtype=np.float32)[:, None]


def waves_data() -> tuple[Any, Any]:
    """5000 noisy points, float32 [5000, 1]."""
    import numpy as np

    generator = np.random.default_rng(0)
    x = generator.uniform(-10, 10, (5000, 1))
    y = 0.5 * x**3 - 0.5 * x**2 - 90 * np.sin(2 * x) + 1 + generator.normal(0, 30, x.shape)
    return x.astype(np.float32), y.astype(np.float32)


def torch_optimizers() -> dict[str, Callable[[Any], Any]]:
    """The four of the sine, as PyTorch has them."""
    import torch

    return {
        "SGD": lambda p: torch.optim.SGD(p, lr=0.1),
        "Momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
        "Adam": lambda p: torch.optim.Adam(p, lr=0.01),
    }


def our_optimizers() -> dict[str, Any]:
    """The same four as mazefit has them."""
    from mazefit.training import SGD, Adam, RMSprop

    return {
        "SGD": SGD(learning_rate=0.1),
        "Momentum": SGD(learning_rate=0.1, momentum=0.9),
        "RMSprop": RMSprop(learning_rate=0.01),
        "Adam": Adam(learning_rate=0.01),
    }


def plain_seconds(make: Make, data: tuple[Any, Any], make_optimizer: Any, epochs: int, *, l1: bool = False) -> float:
    """Seconds of one epoch of the hand-written loop, full batch; building the model is not counted."""
    import torch

    x, y = (torch.from_numpy(part) for part in data)
    torch.manual_seed(0)
    model = make()
    optimizer = make_optimizer(model.parameters())
    loss_function = torch.nn.L1Loss() if l1 else torch.nn.MSELoss()
    start = perf_counter()
    for _ in range(epochs):
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return (perf_counter() - start) / epochs


def plain_losses(make: Make, data: tuple[Any, Any], make_optimizer: Any, epochs: int, *, l1: bool = False) -> list[float]:
    """The losses of the same loop, each before its update, in double precision, from the weights of seed 0."""
    import torch

    x, y = (torch.from_numpy(part).double() for part in data)
    torch.manual_seed(0)
    model = make().double()
    optimizer = make_optimizer(model.parameters())
    loss_function = torch.nn.L1Loss() if l1 else torch.nn.MSELoss()
    losses = list[float]()
    for _ in range(epochs):
        loss = loss_function(model(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
