"""Dropout with a generator of its own: its masks are a function of its seed and of how often it was called.

So a fit that is taken up again goes on with the mask that was next, and nothing is drawn from PyTorch's global generator.
"""

import torch
from torch import Tensor, nn

from mazefit.errors import Problems


class Dropout(nn.Module):
    """Drops numbers at random while training: each becomes 0 with `probability`, the others are divided by 1 - probability.

    In eval mode it changes nothing. Its expectation is the same in both. A model's `state_dict` holds its seed and its count of
    calls. Reference: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.

    Args:
        probability: of dropping a number, 0 to 1 (1 excluded).
        seed: what the masks depend on; None draws it from PyTorch's generator when the layer is made, as weights are.

    Raises:
        ConfigError: the probability or the seed is out of range.
    """

    def __init__(self, probability: float = 0.5, *, seed: int | None = None) -> None:
        super().__init__()
        problems = Problems("Dropout")
        problems.number("probability", probability, 0.0, 1.0)
        problems.check(probability != 1.0, "probability: expected less than 1, which would drop everything, got 1.0")
        if seed is not None:
            problems.integer("seed", seed, 0, 2**63 - 1)
        problems.raise_if_any()
        self.probability = float(probability)
        self.seed = int(torch.randint(2**63 - 1, ()).item()) if seed is None else int(seed)
        self.calls = 0
        self._generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """[...] -> [...]."""
        if not self.training or self.probability == 0.0:
            return x
        if self._generator is None or self._generator.device != x.device:
            self._generator = torch.Generator(device=x.device)
        self._generator.manual_seed((self.seed + 0x9E3779B97F4A7C15 * self.calls) % 2**63)
        self.calls += 1
        kept = torch.rand(x.shape, generator=self._generator, device=x.device) >= self.probability
        return x * kept / (1.0 - self.probability)

    def get_extra_state(self) -> Tensor:
        """Seed and calls, int64 [2]: what `state_dict` keeps of this layer."""
        return torch.tensor([self.seed, self.calls], dtype=torch.int64)

    def set_extra_state(self, state: Tensor) -> None:
        """Go on from what `state_dict` kept."""
        self.seed, self.calls = (int(number) for number in state.tolist())

    def extra_repr(self) -> str:
        """What stands in the brackets of its name."""
        return f"probability={self.probability:g}"
