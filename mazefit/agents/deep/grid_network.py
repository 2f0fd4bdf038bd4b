"""A network for the planes of mazes [B, 4, R, C] that computes as value iteration does: one small rule, everywhere, many times.

    h ← max_p (W_p * h + U_p * x)        K times, from h = 0; x: walls, inside, start, goals; *: 3 x 3 convolution
    Q(s, ·) = c · (V relu(Y * h + Z * x))(s)        read where the agent stands

What is known in one cell comes to its neighbours with each iteration, so K must reach as far as paths are long. Nothing in it
depends on the maze's size but K, and h does not depend on the agent: Q of all states is one pass (`everywhere`).

The last iterations alone are learned through (truncated backpropagation): near a fixed point they say what all of them would.

Reference: Tamar et al. (2016), Value iteration networks; Bansal et al. (2022), End-to-end algorithm synthesis with recurrent
networks (the input again at each iteration, and the truncation).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from mazefit.agents.deep.observations import Observations
from mazefit.errors import ConfigError, Problems

PLANES = 4  # walls, agent, start, goals
AGENT = 1


class GridValues(nn.Module):
    """The network; built by `RecurrentGrid`, whose arguments it has.

    Args:
        outputs: numbers for each cell.
        channels: of h.
        pieces: p = 1 … P, of which the largest counts.
        iterations: K.
        learned: iterations that gradients go through, counted from the last.
        scale: c, about the size of a value.
    """

    def __init__(self, outputs: int, channels: int, pieces: int, iterations: int, learned: int, scale: float) -> None:
        super().__init__()
        self.channels, self.iterations, self.learned, self.scale = channels, iterations, learned, scale
        parts = channels * pieces
        self.seen = nn.Conv2d(PLANES, parts, 3, padding=1)  # U
        self.rule = nn.Conv2d(channels, parts, 3, padding=1, bias=False)  # W
        self.read = nn.Conv2d(channels, channels, 3, padding=1)  # Y
        self.around = nn.Conv2d(PLANES, channels, 3, padding=1, bias=False)  # Z
        self.answer = nn.Conv2d(channels, outputs, 1)  # V

    def everywhere(self, planes: Tensor) -> Tensor:
        """Outputs for an agent in each cell, [B, outputs, R, C], whatever the agent's plane says.

        Args:
            planes: walls, agent, start, goals, [B, 4, R, C].
        """
        x = planes.clone()
        x[:, AGENT] = 1.0  # the border is where this one ends
        given = self.seen(x)  # [B, P * H, R, C]
        h = torch.zeros_like(given[:, : self.channels])
        blind = max(0, self.iterations - self.learned)
        with torch.no_grad():
            for _ in range(blind):
                h = self.iterate(h, given)
        for _ in range(self.iterations - blind):
            h = self.iterate(h, given)
        return self.scale * self.answer(torch.relu(self.read(h) + self.around(x)))

    def iterate(self, h: Tensor, given: Tensor) -> Tensor:
        """The largest of the pieces, [B, H, R, C]."""
        first, *others = (self.rule(h) + given).split(self.channels, dim=1)
        for other in others:
            first = torch.maximum(first, other)
        return first

    def forward(self, planes: Tensor) -> Tensor:
        """Outputs where the agent stands, [B, outputs]; 0 where there is none.

        Args:
            planes: walls, agent, start, goals, [B, 4, R, C].
        """
        return (self.everywhere(planes) * planes[:, AGENT : AGENT + 1]).sum((2, 3))

    def extra_repr(self) -> str:
        """Its numbers, in the module's print."""
        return f"iterations={self.iterations}, learned={self.learned}, scale={self.scale:g}"


@dataclass(frozen=True)
class RecurrentGrid:
    """A factory of weight-tied recurrent convolutions for `observation="grid"`: mazes [4, R, C], walls, agent, start and goals.

    Args:
        channels: of the state h of each cell.
        pieces: the largest of so many becomes the next h, as the best action's does in value iteration; from 2.
        iterations: K; None = one and a half times R + C, as long as most ways between two corners. The module's
            `iterations` can be made larger once it has learned.
        learned: iterations that gradients go through, counted from the last.
        scale: what outputs are multiplied by, about the size of a value.

    Raises:
        ConfigError: a number is out of range.
    """

    name: ClassVar[str] = "recurrent-grid"
    channels: int = 16
    pieces: int = 2
    iterations: int | None = None
    learned: int = 8
    scale: float = 10.0

    def __post_init__(self) -> None:
        problems = Problems("RecurrentGrid")
        problems.integer("channels", self.channels, 1)
        problems.integer("pieces", self.pieces, 2)
        if self.iterations is not None:
            problems.integer("iterations", self.iterations, 1)
        problems.integer("learned", self.learned, 1)
        problems.number("scale", self.scale, 0.0, 1e300, open_low=True)
        problems.raise_if_any()

    @staticmethod
    def reach(shape: tuple[int, ...]) -> int:
        """The usual K, 3 (R + C) / 2.

        Args:
            shape: R rows and C columns of the grid.
        """
        return 3 * (shape[0] + shape[1]) // 2

    def __call__(self, observation_space: Any, outputs: int) -> nn.Module:
        """The network for these planes.

        Raises:
            ConfigError: observations are not the four planes of mazes.
        """
        shape = Observations(observation_space).shape
        if len(shape) != 3 or shape[0] != PLANES:
            raise ConfigError(f"network: expected observations [4, rows, columns] for RecurrentGrid, got {shape}")
        iterations = self.iterations or self.reach(shape[1:])
        return GridValues(outputs, self.channels, self.pieces, iterations, self.learned, self.scale)
