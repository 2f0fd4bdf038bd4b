"""Adam whose learning rate falls in a straight line: large steps while there is much to learn, small ones at the end.

    rate after t of T updates = rate · max(end, 1 - t / T)

Where every step of a long path must be right, the noise of a constant rate alone makes walks go astray.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch

from mazefit.errors import Problems


class Fading(torch.optim.Adam):
    """PyTorch's Adam, its rate set before each step; how many there were is in its own state, so it is taken up with that.

    Args:
        parameters: to be fitted.
        rate: at the beginning.
        updates: T.
        end: the share of the rate that is left in the end.
        beta2: of Adam.
    """

    def __init__(self, parameters: Iterable[torch.nn.Parameter], rate: float, updates: int, end: float, beta2: float) -> None:
        super().__init__(parameters, lr=rate, betas=(0.9, beta2))
        self.rate, self.updates, self.end = rate, updates, end

    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """One update."""
        for group in self.param_groups:
            known: dict[str, Any] = self.state.get(group["params"][0], {})
            group["lr"] = self.rate * max(self.end, 1.0 - float(known.get("step", 0.0)) / self.updates)
        return super().step(closure)  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class FadingAdam:
    """A factory of such optimizers, as the deep agent and the trainer take them.

    Args:
        learning_rate: at the beginning.
        updates: until it is at its end.
        end: the share of it that is left then.
        beta2: of Adam.

    Raises:
        ConfigError: a number is out of range.
    """

    learning_rate: float
    updates: int
    end: float = 0.03
    beta2: float = 0.99

    def __post_init__(self) -> None:
        problems = Problems("FadingAdam")
        problems.number("learning_rate", self.learning_rate, 0.0, 1e6, open_low=True)
        problems.integer("updates", self.updates, 1)
        problems.number("end", self.end, 0.0, 1.0)
        problems.number("beta2", self.beta2, 0.0, 1.0 - 1e-12)
        problems.raise_if_any()

    def __call__(self, parameters: Iterable[torch.nn.Parameter]) -> Fading:
        """The optimizer of these parameters."""
        return Fading(parameters, self.learning_rate, self.updates, self.end, self.beta2)
