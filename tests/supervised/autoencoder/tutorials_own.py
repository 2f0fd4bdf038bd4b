"""The tutorial's autoencoder in PyTorch's own words, and its loop: what ours is held against."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from mazefit.training.batches import batch_order


class TutorialsOwn(nn.Module):
    """The tutorial's network in PyTorch's own words."""

    def __init__(self) -> None:
        super().__init__()
        self.there = nn.ModuleList([nn.Conv2d(1, 14, 5, padding=2), nn.Conv2d(14, 7, 5, padding=2), nn.Linear(5488, 28)])
        self.back = nn.ModuleList([nn.Linear(28, 5488), nn.Conv2d(7, 14, 5, padding=2), nn.Conv2d(14, 1, 5, padding=2)])

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        a, b, c = self.there
        code = torch.tanh(c(torch.tanh(b(torch.tanh(a(x.unsqueeze(1))))).flatten(1)))
        d, e, f = self.back
        y = torch.tanh(d(code)).view(-1, 7, 28, 28)
        return torch.tanh(f(torch.tanh(e(y)))).squeeze(1), code


def tutorials_loop(model: nn.Module, images: torch.Tensor, seed: int, batch_size: int = 60) -> list[float]:
    """One epoch as the tutorial fits it; the loss of each step. Only the order of the images is ours."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    losses: list[float] = []
    for index in np.split(batch_order(seed, 0, len(images)), range(batch_size, len(images), batch_size)):
        batch = images[torch.from_numpy(index)]
        optimizer.zero_grad()
        loss = functional.mse_loss(model(batch)[0], batch)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
