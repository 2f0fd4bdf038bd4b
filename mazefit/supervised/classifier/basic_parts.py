"""The network from basic tensors: three weight matrices, three biases, and what is made of them, written out.

    hidden₁ = max(0, x W₁ + b₁)        [rows, H·W] -> [rows, 100]
    hidden₂ = max(0, hidden₁ W₂ + b₂)               -> [rows, 30]
    logits  = hidden₂ W₃ + b₃                       -> [rows, classes]

Weights begin with a standard deviation of 0.1 (the tutorial's prose says 1, its code 0.1), biases at zero. A logit z says
"this class" with probability 1 / (1 + exp(-z)), each class for itself, so the ten need not add up to 1. The loss is the sigmoid
cross-entropy with the labels as rows of zeros and a single one, taken from the logits: no sigmoid is computed on the way.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from mazefit.errors import Problems

HIDDEN = (100, 30)
DEVIATION = 0.1  # of the first weights


def begin(sizes: Sequence[int], dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """W₁, b₁, W₂, b₂, … as they begin, drawn from PyTorch's generator: weights [inputs, units] and biases [units]."""
    parts: list[Tensor] = []
    for inputs, units in pairwise(sizes):
        parts += [DEVIATION * torch.randn(inputs, units, dtype=dtype), torch.zeros(units, dtype=dtype)]
    return parts


def logits_of(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, w3: Tensor, b3: Tensor) -> Tensor:
    """The logits of images [rows, H·W], [rows, classes]."""
    hidden = torch.relu(x @ w1 + b1)
    hidden = torch.relu(hidden @ w2 + b2)
    return hidden @ w3 + b3


class BasicParts(nn.Module):
    """The six tensors with a name each, so that a Trainer finds them; everything else stands in `logits_of`."""

    def __init__(self, parts: Sequence[Tensor]) -> None:
        super().__init__()
        self.w1, self.b1, self.w2, self.b2, self.w3, self.b3 = (nn.Parameter(part) for part in parts)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return logits_of(x, self.w1, self.b1, self.w2, self.b2, self.w3, self.b3)


def in_modules(parts: Sequence[Tensor]) -> nn.Sequential:
    """The same network with the same numbers in PyTorch's modules: `nn.Linear` keeps W as [units, inputs]."""
    layers: list[nn.Module] = []
    for weight, bias in zip(parts[::2], parts[1::2], strict=True):
        layer = nn.Linear(weight.shape[0], weight.shape[1], dtype=weight.dtype)
        with torch.no_grad():
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


Loss = Callable[[Tensor, Tensor], Tensor]
"""A function of (logits, labels) that returns one number."""

FORMS: Mapping[str, Callable[[Sequence[Tensor]], nn.Module]] = {"basic": BasicParts, "modules": in_modules}


def network(inputs: int, classes: int, *, form: str = "basic", dtype: torch.dtype = torch.float32) -> Callable[[], nn.Module]:
    """A factory of networks inputs-100-30-classes, for a Trainer; both forms begin with the same numbers under one seed.

    Args:
        inputs: numbers of an image, H·W.
        classes: how many there are.
        form: "basic" (tensors and what is made of them) or "modules" (`nn.Linear`, `nn.ReLU`).
        dtype: of weights and biases.

    Raises:
        ConfigError: there is no input, there are fewer than two classes, or the form is unknown.
    """
    problems = Problems("network")
    problems.integer("inputs", inputs, 1)
    problems.integer("classes", classes, 2)
    problems.choice("form", form, FORMS)
    problems.raise_if_any()
    return lambda: FORMS[form](begin((inputs, *HIDDEN, classes), dtype))


def sigmoid_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """max(z, 0) - z t + log(1 + exp(-|z|)) of every logit z and its label t (0 or 1), [rows, classes].

    That is -t log p - (1 - t) log(1 - p) with p = 1 / (1 + exp(-z)), in a form that is finite wherever z is.
    """
    return functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")


def summed(logits: Tensor, labels: Tensor) -> Tensor:
    """The loss as the tutorial takes its gradient: added up over all outputs and all images, one number."""
    return functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum")


def mean_over_images(logits: Tensor, labels: Tensor) -> Tensor:
    """The sum over the outputs, the mean over the images: what a learning rate can be chosen for, however many there are."""
    return functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / len(logits)
