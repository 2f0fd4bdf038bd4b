"""Where many fits begin: one model built for each seed, its parameters written into one row of an array.

Every optimizer of a study starts from the same rows, so a model is built once for each seed, not once for each fit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError
from mazefit.training.seeds import built


@dataclass(frozen=True, eq=False)
class Starts:
    """The models before anything is fitted.

    Args:
        model: that of the first seed, in the type that is fitted in; its parameters are those of the first row.
        flat: [S, P], the parameters of each seed's model in the order of `model.parameters()`, one type for all.
    """

    model: nn.Module
    flat: Tensor

    @property
    def alike(self) -> bool:
        """Whether more than one seed was asked for and all start from the same weights."""
        return len(self.flat) > 1 and bool((self.flat == self.flat[:1]).all())


def build_all(make_model: Callable[[], nn.Module], seeds: Sequence[int], dtype: torch.dtype | None) -> Starts:
    """Build the model of every seed, each as a Trainer with that seed builds it.

    Args:
        make_model: a function without arguments that returns a new model.
        seeds: at least one.
        dtype: what parameters are turned into after they were drawn; None leaves them as they are.

    Raises:
        ConfigError: it is no such function, returns a model or a part of one again, one without parameters, or models of
            different shapes.
    """
    first = _typed(built(make_model, seeds[0]), dtype)
    names = _shapes(first)
    if not names:
        raise ConfigError("make_model: expected a model with parameters to fit, got one without")
    kinds = {str(parameter.dtype).removeprefix("torch.") for parameter in first.parameters()}
    if len(kinds) > 1 or not kinds <= {"float32", "float64"}:
        raise ConfigError(
            f"make_model: expected parameters in float32 or in float64, got {' and '.join(sorted(kinds))}; see dtype="
        )
    own = {id(parameter) for parameter in first.parameters()}
    rows = [_row(first)]
    for seed in seeds[1:]:
        model = _typed(built(make_model, seed), dtype)
        if model is first or any(id(parameter) in own for parameter in model.parameters()):
            raise ConfigError(
                "make_model: expected a new model from every call, got one that shares parameters with an earlier one; "
                "build its layers inside the function"
            )
        if _shapes(model) != names:
            raise ConfigError(
                f"make_model: expected models of the same shapes, got {_shapes(model)} at seed {seed} after {names}"
            )
        rows.append(_row(model))
    return Starts(first, torch.stack(rows))


def _shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter."""
    return {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}


def _row(model: nn.Module) -> Tensor:
    """All parameters of a model behind each other, [P]."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def _typed(model: nn.Module, dtype: torch.dtype | None) -> nn.Module:
    """The model with its parameters in that type."""
    return model if dtype is None else model.to(dtype)
