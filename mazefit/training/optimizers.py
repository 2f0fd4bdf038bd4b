"""Optimizers: SGD, RMSprop and Adam as small frozen dataclasses, each with its rule as a pure function.

    moments = (0.0, 0.0)
    for step in 1, 2, 3, …:
        parameter, moments = optimizer.update(parameter, gradient(parameter), moments, step)

The numbers are those of `torch.optim`, to rounding. `optimizer.torch(parameters)` is PyTorch's own; until then no PyTorch is
loaded.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from mazefit.errors import Problems, set_plain
from mazefit.kernel import Kernel
from mazefit.training.update_rules import How, Rates, adam, adam_rates, constant_rates, rmsprop, sgd

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer as TorchOptimizer

ANY = 1e300  # the largest of numbers that have no bound of their own
Moments = tuple[Any, Any]


class Optimizer(ABC):
    """What all of them have in common."""

    name: ClassVar[str]
    rule: ClassVar[Kernel]
    rates_rule: ClassVar[Kernel] = constant_rates

    @property
    @abstractmethod
    def how(self) -> How:
        """The constants as the rule reads them."""

    def rates(self, step: int) -> Rates:
        """What depends on the number of the step alone; steps count from 1."""
        return self.rates_rule(float(step), self.how)

    def update(self, parameter: Any, gradient: Any, moments: Moments, step: int) -> tuple[Any, Moments]:
        """One step, element by element; nothing is changed in place.

        Args:
            parameter: a number, a NumPy array or a torch tensor.
            gradient: the loss's gradient by it, of the same shape.
            moments: what the last step returned beside the parameter; (0.0, 0.0) before the first.
            step: the number of this step, from 1.

        Returns:
            The parameter after the step, and the moments.
        """
        parameter, *rest = self.rule(parameter, gradient, *moments, self.rates(step), self.how)
        return parameter, (rest[0], rest[1])

    @abstractmethod
    def torch(self, parameters: "Iterable[Tensor]") -> "TorchOptimizer":
        """PyTorch's optimizer of this name."""


@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent, with momentum where asked for.

        g ← g + λ w
        v ← μ v + g
        w ← w - α v              or, looking ahead as Nesterov does,  w ← w - α (g + μ v)

    Args:
        learning_rate: α, 0 or more.
        momentum: μ, from 0 to 1; 0 is plain gradient descent.
        nesterov: whether to look ahead; needs momentum.
        weight_decay: λ, 0 or more: the gradient of λ/2 · w² is added.

    Raises:
        ConfigError: a number is out of range; says all that is wrong.

    References:
        Robbins & Monro (1951), A stochastic approximation method. Polyak (1964), Some methods of speeding up the convergence of
        iteration methods. Nesterov (1983), A method of solving a convex programming problem with convergence rate O(1/k²); in
        this form, Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    name: ClassVar[str] = "sgd"
    rule: ClassVar[Kernel] = sgd
    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        problems = Problems("SGD")
        problems.number("learning_rate", self.learning_rate, 0.0, ANY)
        problems.number("momentum", self.momentum, 0.0, 1.0)
        problems.instance("nesterov", self.nesterov, bool)
        problems.check(not self.nesterov or self.momentum != 0, "nesterov: expected a momentum above 0 beside it, got 0")
        problems.number("weight_decay", self.weight_decay, 0.0, ANY)
        problems.raise_if_any()
        set_plain(self)

    @property
    def how(self) -> How:
        """The constants as the rule reads them."""
        return How(self.learning_rate, self.momentum, 1 - self.momentum, 0.0, 1.0, 0.0, self.weight_decay, self.nesterov)

    def torch(self, parameters: "Iterable[Tensor]") -> "TorchOptimizer":
        """`torch.optim.SGD`, in its fused form: the same results to rounding, in 0.5 to 1 times the time of its own choice."""
        from torch import optim

        chosen = list(parameters)
        return optim.SGD(
            chosen, self.learning_rate, momentum=self.momentum, nesterov=self.nesterov, weight_decay=self.weight_decay,
            fused=can_be_fused(chosen),
        )  # fmt: skip


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """The gradient over the root of its running mean square, with momentum where asked for.

        g ← g + λ w
        s ← ρ s + (1 - ρ) g²
        v ← μ v + g / (√s + ε)
        w ← w - α v

    Args:
        learning_rate: α, 0 or more.
        decay: ρ, from 0 to 1 (PyTorch's `alpha`, Keras' `rho`).
        epsilon: ε, 0 or more; added to the root.
        momentum: μ, from 0 to 1.
        weight_decay: λ, 0 or more: the gradient of λ/2 · w² is added.

    Raises:
        ConfigError: a number is out of range; says all that is wrong.

    Reference: Tieleman & Hinton (2012), Lecture 6.5: rmsprop, COURSERA: Neural networks for machine learning.
    """

    name: ClassVar[str] = "rmsprop"
    rule: ClassVar[Kernel] = rmsprop
    learning_rate: float = 0.01
    decay: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        problems = Problems("RMSprop")
        problems.number("learning_rate", self.learning_rate, 0.0, ANY)
        problems.number("decay", self.decay, 0.0, 1.0)
        problems.number("epsilon", self.epsilon, 0.0, ANY)
        problems.number("momentum", self.momentum, 0.0, 1.0)
        problems.number("weight_decay", self.weight_decay, 0.0, ANY)
        problems.raise_if_any()
        set_plain(self)

    @property
    def how(self) -> How:
        """The constants as the rule reads them."""
        rest = 1 - self.momentum, self.decay, 1 - self.decay, self.epsilon, self.weight_decay, False
        return How(self.learning_rate, self.momentum, *rest)

    def torch(self, parameters: "Iterable[Tensor]") -> "TorchOptimizer":
        """`torch.optim.RMSprop`, which has no fused form."""
        from torch import optim

        return optim.RMSprop(
            parameters, self.learning_rate, alpha=self.decay, eps=self.epsilon, momentum=self.momentum,
            weight_decay=self.weight_decay,
        )  # fmt: skip


@dataclass(frozen=True)
class Adam(Optimizer):
    """The running mean of the gradient over the root of its running mean square, both corrected for their start at zero.

        g ← g + λ w
        m ← m + (1 - β₁)(g - m)
        s ← β₂ s + (1 - β₂) g²
        w ← w - α_t m / (√s / c_t + ε),    α_t = α / (1 - β₁ᵗ),    c_t = √(1 - β₂ᵗ)

    Args:
        learning_rate: α, 0 or more.
        beta1: β₁, from 0 to below 1.
        beta2: β₂, from 0 to below 1.
        epsilon: ε, 0 or more; added to the root.
        weight_decay: λ, 0 or more: the gradient of λ/2 · w² is added (as in Adam, not as in AdamW).

    Raises:
        ConfigError: a number is out of range; says all that is wrong.

    Reference: Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
    """

    name: ClassVar[str] = "adam"
    rule: ClassVar[Kernel] = adam
    rates_rule: ClassVar[Kernel] = adam_rates
    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        problems = Problems("Adam")
        problems.number("learning_rate", self.learning_rate, 0.0, ANY)
        for name, beta in (("beta1", self.beta1), ("beta2", self.beta2)):
            problems.number(name, beta, 0.0, 1.0)
            problems.check(beta != 1, f"{name}: expected a number with 0 <= {name} < 1, got {beta!r}")
        problems.number("epsilon", self.epsilon, 0.0, ANY)
        problems.number("weight_decay", self.weight_decay, 0.0, ANY)
        problems.raise_if_any()
        set_plain(self)

    @property
    def how(self) -> How:
        """The constants as the rule reads them."""
        return How(
            self.learning_rate, self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2, self.epsilon, self.weight_decay, False
        )

    def torch(self, parameters: "Iterable[Tensor]") -> "TorchOptimizer":
        """`torch.optim.Adam`, in its fused form: the same results to rounding, in a third of the time of its own choice."""
        from torch import optim

        chosen = list(parameters)
        return optim.Adam(
            chosen, self.learning_rate, betas=(self.beta1, self.beta2), eps=self.epsilon, weight_decay=self.weight_decay,
            fused=can_be_fused(chosen),
        )  # fmt: skip


def can_be_fused(parameters: "Iterable[Tensor]") -> bool:
    """Whether PyTorch updates such parameters in one operation: floating-point numbers, on the CPU or on a GPU."""
    return all(one.is_floating_point() and one.device.type in ("cpu", "cuda") for one in parameters)
