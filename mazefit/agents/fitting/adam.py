"""Adam: the running mean of the gradient over the root of its running mean square, both corrected for their start at zero.

    m ← m + (1 - β₁) (g - m),   g = ∂loss/∂w
    u ← β₂ u + (1 - β₂) g²
    w ← w - α m̂ / (√û + ε)      m̂ = m / (1 - β₁ᵗ),   û = u / (1 - β₂ᵗ);   target = w - m̂ / (√û + ε)

The powers β₁ᵗ and β₂ᵗ are kept for every parameter and multiplied on, so that replay needs neither a clock nor a power. The
numbers are those of `torch.optim.Adam`, to rounding.

Reference: Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar, NamedTuple

from mazefit.agents.fitting.optimizer import Optimizer
from mazefit.agents.fitting.parameter_rule import parameter_rule
from mazefit.agents.fitting.walk import FitWalk
from mazefit.backup.parameter import FITTING
from mazefit.backup.rule import Rule
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


class Memory(NamedTuple):
    """What is kept for each parameter, [P] each: itself, mean m and mean square u of its gradient, and β₁ᵗ and β₂ᵗ."""

    w: Any
    mean: Any
    square: Any
    power1: Any
    power2: Any


class How(NamedTuple):
    """The constants."""

    step_size: float  # α
    beta1: float  # β₁
    beta2: float  # β₂
    epsilon: float  # ε


@kernel
def adam_update(memory: Any, cell: int, gradient: float, step_size: float, beta1: float, beta2: float, epsilon: float) -> float:
    """Back up one parameter of `memory` and all that is kept for it, in place; returns the target w - m̂ / (√û + ε)."""
    w, mean, square, power1, power2 = memory
    mean[cell] = mean[cell] + (1.0 - beta1) * (gradient - mean[cell])
    square[cell] = beta2 * square[cell] + (1.0 - beta2) * gradient * gradient
    power1[cell] = beta1 * power1[cell]
    power2[cell] = beta2 * power2[cell]
    corrected = mean[cell] / (1.0 - power1[cell])
    old = w[cell]
    target = old - corrected / (sqrt(square[cell] / (1.0 - power2[cell])) + epsilon)
    w[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, cell: int, gradient: float, how: Any) -> tuple[float, float]:
    """What one gradient does, in the loop and in replay alike."""
    return adam_update(memory, cell, gradient, how.step_size, how.beta1, how.beta2, how.epsilon), how.step_size


def adam(fit: FitWalk) -> None:
    """The loop: until the target loss is reached, the budget is spent or something has left its range."""
    while fit.running:
        gradient = fit.gradient  # of the loss, where the parameters stand
        update = fit.back_up(gradient)  # both means take the gradient in; every parameter goes α of the way to its target
        fit.apply(update)  # act, and arrive


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam.

    Args:
        step_size: α, 0 or more.
        beta1: β₁, from 0 to below 1.
        beta2: β₂, from 0 to below 1.
        epsilon: ε, above 0; added to the root.

    Raises:
        ConfigError: a constant is out of range; all of them are named.
    """

    name: ClassVar[str] = "adam"
    reference: ClassVar[str] = "Kingma & Ba (2015)"
    rule: ClassVar[Rule] = parameter_rule("adam", FITTING["Adam"], learn, Memory, How, ("beta1", "beta2"))
    learned_by: ClassVar[Kernel] = learn
    loop: ClassVar[Any] = adam
    memory: ClassVar[type[Any]] = Memory
    how: ClassVar[type[Any]] = How
    ones: ClassVar[tuple[str, ...]] = ("power1", "power2")

    step_size: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def check(self, problems: Problems) -> None:
        """Note constants that are out of range."""
        for name, beta in (("beta1", self.beta1), ("beta2", self.beta2)):
            problems.number(name, beta, 0.0, 1.0)
            problems.check(beta != 1, f"{name}: expected a number with 0 <= {name} < 1, got {beta!r}")
        problems.number("epsilon", self.epsilon, 0.0, 1e30, open_low=True)
