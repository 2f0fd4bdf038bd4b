"""Update rules: what one step of an optimizer does to a parameter, element by element.

Each is a pure function of a parameter w, its gradient g, two moments, and the numbers of `Rates` and `How`; what goes in may
be a number, a NumPy array, a torch tensor, or lanes of a compiled loop. All share one shape, also where a moment is not used.
"""

from typing import Any, NamedTuple

from mazefit.kernel import kernel
from mazefit.training.lanes import root


class Rates(NamedTuple):
    """What depends on the number of the step alone."""

    step_size: float  # α, with Adam's correction of the first moment in it
    correction: float  # by which the root of the second moment is divided


class How(NamedTuple):
    """An optimizer's constants."""

    learning_rate: float  # α
    momentum: float  # μ, or β₁
    fresh: float  # 1 - β₁
    decay: float  # ρ, or β₂
    fresh_square: float  # 1 - ρ, or 1 - β₂
    epsilon: float  # ε
    weight_decay: float  # λ
    nesterov: bool


@kernel
def sgd(parameter: Any, gradient: Any, velocity: Any, spare: Any, rates: Rates, how: How) -> tuple[Any, Any, Any]:
    """g ← g + λw, v ← μv + g, w ← w - α v, or w ← w - α (g + μv) with Nesterov's look ahead."""
    if how.weight_decay:
        gradient = gradient + how.weight_decay * parameter
    velocity = how.momentum * velocity + gradient
    ahead = gradient + how.momentum * velocity if how.nesterov else velocity
    return parameter - rates.step_size * ahead, velocity, spare


@kernel
def rmsprop(parameter: Any, gradient: Any, velocity: Any, square: Any, rates: Rates, how: How) -> tuple[Any, Any, Any]:
    """g ← g + λw, s ← ρs + (1 - ρ) g², v ← μv + g / (√s + ε), w ← w - α v."""
    if how.weight_decay:
        gradient = gradient + how.weight_decay * parameter
    square = how.decay * square + how.fresh_square * gradient * gradient
    velocity = how.momentum * velocity + gradient / (root(square) + how.epsilon)
    return parameter - rates.step_size * velocity, velocity, square


@kernel
def adam(parameter: Any, gradient: Any, mean: Any, square: Any, rates: Rates, how: How) -> tuple[Any, Any, Any]:
    """g ← g + λw, m ← m + (1 - β₁)(g - m), s ← β₂s + (1 - β₂) g², w ← w - α_t m / (√s / c_t + ε)."""
    if how.weight_decay:
        gradient = gradient + how.weight_decay * parameter
    mean = mean + how.fresh * (gradient - mean)
    square = how.decay * square + how.fresh_square * gradient * gradient
    return parameter - rates.step_size * mean / (root(square) / rates.correction + how.epsilon), mean, square


@kernel
def constant_rates(step: float, how: How) -> Rates:
    """α, at every step; nothing is corrected."""
    return Rates(how.learning_rate, 1.0)


@kernel
def adam_rates(step: float, how: How) -> Rates:
    """α_t = α / (1 - β₁ᵗ) and c_t = √(1 - β₂ᵗ): both moments begin at zero, which early steps would feel; t counts from 1."""
    return Rates(how.learning_rate / (1.0 - how.momentum**step), root(1.0 - how.decay**step))
