"""Momentum: every parameter keeps a velocity, to which each gradient adds and which fades.

    v ← μ v + ∂loss/∂w
    w ← w - α v                 as a backup:   w ← w + α · (target - w),   target = w - v

The velocity begins at 0. The numbers are those of `torch.optim.SGD(momentum=μ)`, to rounding.

Reference: Polyak (1964), Some methods of speeding up the convergence of iteration methods; in this form Sutskever et al.
(2013), On the importance of initialization and momentum in deep learning.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from mazefit.agents.fitting.optimizer import Optimizer
from mazefit.agents.fitting.parameter_rule import parameter_rule
from mazefit.agents.fitting.walk import FitWalk
from mazefit.backup.parameter import FITTING
from mazefit.backup.rule import Rule
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


class Memory(NamedTuple):
    """What is kept for each parameter, [P] each: itself and its velocity v."""

    w: Any
    velocity: Any


class How(NamedTuple):
    """The constants."""

    step_size: float  # α
    momentum: float  # μ


@kernel
def momentum_update(w: Any, velocity: Any, cell: int, gradient: float, step_size: float, momentum: float) -> float:
    """Back up one parameter of `w` [P] and its `velocity` [P], in place; returns the target w - v."""
    velocity[cell] = momentum * velocity[cell] + gradient
    old = w[cell]
    target = old - velocity[cell]
    w[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, cell: int, gradient: float, how: Any) -> tuple[float, float]:
    """What one gradient does, in the loop and in replay alike."""
    return momentum_update(memory.w, memory.velocity, cell, gradient, how.step_size, how.momentum), how.step_size


def momentum(fit: FitWalk) -> None:
    """The loop: until the target loss is reached, the budget is spent or something has left its range."""
    while fit.running:
        gradient = fit.gradient  # of the loss, where the parameters stand
        update = fit.back_up(gradient)  # every velocity takes its gradient in; every parameter goes α of the way to its target
        fit.apply(update)  # act, and arrive


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Gradient descent with momentum.

    Args:
        step_size: α, 0 or more.
        momentum: μ, from 0 to 1; at 0 it is gradient descent.

    Raises:
        ConfigError: a constant is out of range; all of them are named.
    """

    name: ClassVar[str] = "momentum"
    reference: ClassVar[str] = "Polyak (1964)"
    rule: ClassVar[Rule] = parameter_rule("momentum", FITTING["Momentum"], learn, Memory, How, ("momentum",))
    learned_by: ClassVar[Kernel] = learn
    loop: ClassVar[Any] = momentum
    memory: ClassVar[type[Any]] = Memory
    how: ClassVar[type[Any]] = How

    step_size: float = 0.01
    momentum: float = 0.9

    def check(self, problems: Problems) -> None:
        """Note a momentum that is out of range."""
        problems.number("momentum", self.momentum, 0.0, 1.0)
