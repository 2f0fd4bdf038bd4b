"""Gradient descent: every parameter goes against its own gradient.

    w ← w - α ∂loss/∂w          as a backup:   w ← w + α · (target - w),   target = w - ∂loss/∂w

The loop: look at the gradient, back up every parameter, act; the reward on arrival is the loss that was removed.

Reference: Cauchy (1847); Robbins & Monro (1951), A stochastic approximation method; Sutton & Barto, 2nd edition, section 9.3.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from mazefit.agents.fitting.optimizer import Optimizer
from mazefit.agents.fitting.parameter_rule import parameter_rule
from mazefit.agents.fitting.walk import FitWalk
from mazefit.backup.parameter import FITTING
from mazefit.backup.rule import Rule
from mazefit.kernel import Kernel, kernel


class Memory(NamedTuple):
    """What is kept for each parameter: itself, `w` [P]."""

    w: Any


class How(NamedTuple):
    """The constants."""

    step_size: float  # α


@kernel
def gradient_descent_update(w: Any, cell: int, gradient: float, step_size: float) -> float:
    """Back up one parameter of `w` [P] by its gradient, in place; returns the target w - ∂loss/∂w."""
    old = w[cell]
    target = old - gradient
    w[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, cell: int, gradient: float, how: Any) -> tuple[float, float]:
    """What one gradient does, in the loop and in replay alike."""
    return gradient_descent_update(memory.w, cell, gradient, how.step_size), how.step_size


def gradient_descent(fit: FitWalk) -> None:
    """The loop: until the target loss is reached, the budget is spent or something has left its range."""
    while fit.running:
        gradient = fit.gradient  # of the loss, where the parameters stand
        update = fit.back_up(gradient)  # every parameter goes α of the way to its target
        fit.apply(update)  # act, and arrive


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Gradient descent.

    Args:
        step_size: α, 0 or more.

    Raises:
        ConfigError: the step size is out of range.
    """

    name: ClassVar[str] = "gradient-descent"
    reference: ClassVar[str] = "Robbins & Monro (1951)"
    rule: ClassVar[Rule] = parameter_rule("gradient-descent", FITTING["Gradient descent"], learn, Memory, How)
    learned_by: ClassVar[Kernel] = learn
    loop: ClassVar[Any] = gradient_descent
    memory: ClassVar[type[Any]] = Memory
    how: ClassVar[type[Any]] = How

    step_size: float = 0.01
