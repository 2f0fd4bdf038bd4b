"""The autoencoder and the classifier of the tutorials as people write them by hand: PyTorch's own layers and loop, no more."""

from itertools import pairwise
from time import perf_counter
from typing import Any

BATCH = 60


def source_autoencoder() -> Any:
    """The tutorial's network on [rows, 1, 28, 28], channels first."""
    from torch import nn

    def conv(inputs: int, outputs: int) -> list[Any]:
        return [nn.Conv2d(inputs, outputs, 5, padding=2), nn.Tanh()]

    encoder = [*conv(1, 14), *conv(14, 7), nn.Flatten(), nn.Linear(7 * 28 * 28, 28), nn.Tanh()]
    decoder = [nn.Linear(28, 7 * 28 * 28), nn.Tanh(), nn.Unflatten(1, (7, 28, 28)), *conv(7, 14), *conv(14, 1)]
    return nn.Sequential(*encoder, *decoder)


def started(seed: int = 0) -> Any:
    """It with the first weights that ours has under this seed."""
    import torch

    from mazefit.supervised.autoencoder.models import autoencoder

    torch.manual_seed(seed)
    ours, source = autoencoder("conv", (28, 28), 28, fast=False)(), source_autoencoder()
    with torch.no_grad():
        for theirs, given in zip(source.parameters(), ours.parameters(), strict=True):
            theirs.copy_(given)
    return source


def autoencoder_losses(images: Any, seed: int = 0) -> tuple[list[float], float]:
    """One epoch of the source's loop over float32 images [N, 28, 28]: its losses, and its seconds."""
    import torch

    from mazefit.training.batches import batch_order

    model = started(seed)
    x = images[:, None]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loss_function = torch.nn.MSELoss()
    losses = list[float]()
    start = perf_counter()
    order = torch.from_numpy(batch_order(seed, 0, len(x)))
    for rows in order.split(BATCH):
        batch = x[rows]
        optimizer.zero_grad()
        loss = loss_function(model(batch), batch)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, perf_counter() - start


def classifier_seconds(x: Any, y: Any, epochs: int, pick: str, seed: int = 0) -> float:
    """Seconds of the corrected classifier's loop by hand: three matrices, ReLU, sigmoid cross-entropy, plain descent.

    Args:
        x: images, float32 tensor [N, H·W], from 0 to 1.
        y: labels as rows of zeros with a one, float32 tensor [N, classes].
        epochs: how often each image is seen.
        pick: how the rows of a batch are taken: "x[rows]", as most people write it, or "index_select", which is faster.
        seed: of the weights and the order of images.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

    generator = torch.Generator().manual_seed(seed)
    sizes = (x.shape[1], 100, 30, y.shape[1])
    weights = [0.1 * torch.randn(a, b, generator=generator) for a, b in pairwise(sizes)]
    parts = [part.requires_grad_() for w in weights for part in (w, torch.zeros(w.shape[1]))]
    w1, b1, w2, b2, w3, b3 = parts
    start = perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(BATCH):
            images, labels = (x[rows], y[rows]) if pick == "x[rows]" else (x.index_select(0, rows), y.index_select(0, rows))
            logits = torch.relu(torch.relu(images @ w1 + b1) @ w2 + b2) @ w3 + b3
            loss = cross_entropy(logits, labels, reduction="sum") / len(images)
            loss.item()
            for part, gradient in zip(parts, torch.autograd.grad(loss, parts), strict=True):
                with torch.no_grad():
                    part.sub_(gradient, alpha=0.1)
    return perf_counter() - start
