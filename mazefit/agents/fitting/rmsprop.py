"""RMSprop: the gradient over the root of its running mean square, so that every parameter moves about equally far.

    u ← ρ u + (1 - ρ) g²,   g = ∂loss/∂w
    w ← w - α g / (√u + ε)      as a backup:   w ← w + α · (target - w),   target = w - g / (√u + ε)

The mean square u begins at 0. The numbers are those of `torch.optim.RMSprop(alpha=ρ)`, to rounding.

Reference: Tieleman & Hinton (2012), Lecture 6.5: rmsprop, COURSERA: Neural networks for machine learning.
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
    """What is kept for each parameter, [P] each: itself and its gradient's running mean square u."""

    w: Any
    square: Any


class How(NamedTuple):
    """The constants."""

    step_size: float  # α
    decay: float  # ρ
    epsilon: float  # ε


@kernel
def rmsprop_update(w: Any, square: Any, cell: int, gradient: float, step_size: float, decay: float, epsilon: float) -> float:
    """Back up one parameter of `w` [P] and its mean `square` [P], in place; returns the target w - g / (√u + ε)."""
    square[cell] = decay * square[cell] + (1.0 - decay) * gradient * gradient
    old = w[cell]
    target = old - gradient / (sqrt(square[cell]) + epsilon)
    w[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, cell: int, gradient: float, how: Any) -> tuple[float, float]:
    """What one gradient does, in the loop and in replay alike."""
    target = rmsprop_update(memory.w, memory.square, cell, gradient, how.step_size, how.decay, how.epsilon)
    return target, how.step_size


def rmsprop(fit: FitWalk) -> None:
    """The loop: until the target loss is reached, the budget is spent or something has left its range."""
    while fit.running:
        gradient = fit.gradient  # of the loss, where the parameters stand
        update = fit.back_up(
            gradient
        )  # every mean square takes its gradient in; every parameter goes α of the way to its target
        fit.apply(update)  # act, and arrive


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """RMSprop.

    Args:
        step_size: α, 0 or more.
        decay: ρ, from 0 to 1 (PyTorch's `alpha`, Keras' `rho`).
        epsilon: ε, above 0; added to the root.

    Raises:
        ConfigError: a constant is out of range; all of them are named.
    """

    name: ClassVar[str] = "rmsprop"
    reference: ClassVar[str] = "Tieleman & Hinton (2012)"
    rule: ClassVar[Rule] = parameter_rule("rmsprop", FITTING["RMSprop"], learn, Memory, How, ("decay",))
    learned_by: ClassVar[Kernel] = learn
    loop: ClassVar[Any] = rmsprop
    memory: ClassVar[type[Any]] = Memory
    how: ClassVar[type[Any]] = How

    step_size: float = 0.01
    decay: float = 0.99
    epsilon: float = 1e-8

    def check(self, problems: Problems) -> None:
        """Note constants that are out of range."""
        problems.number("decay", self.decay, 0.0, 1.0)
        problems.number("epsilon", self.epsilon, 0.0, 1e30, open_low=True)
