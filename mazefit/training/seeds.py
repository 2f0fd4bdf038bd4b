"""Models built under a seed: the same function for the Trainer and for many fits, so that both start from the same weights.

What the factory draws from PyTorch's generator depends on the seed alone, and the generator itself is left as it was.
"""

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter

from mazefit.errors import ConfigError

LARGEST = 2**63 - 1
"""Seeds are what an int64 holds, from 0 on."""


@contextmanager
def seeded(seed: int) -> Generator[None]:
    """While open, PyTorch's default generators run under `seed`; afterwards they go on from where they stood.

    Those of the CPU and of every accelerator that is in use already. An accelerator that is first used inside is not seeded:
    models are built on the CPU.
    """
    generators = _generators()
    states = [generator.get_state() for generator in generators]
    try:
        for generator in generators:
            generator.manual_seed(seed)
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)


def _generators() -> list[torch.Generator]:
    """The generators that `torch.nn.init` and dropout draw from."""
    found: list[Any] = [torch.default_generator]
    if torch.cuda.is_initialized():
        found.extend(torch.cuda.default_generators)
    if torch.backends.mps.is_available():
        found.append(torch.mps._get_default_mps_generator())  # pyright: ignore[reportPrivateUsage]
    return found


def built(make_model: Callable[[], nn.Module], seed: int, name: str = "make_model") -> nn.Module:
    """What the factory builds under `seed`.

    Args:
        make_model: a function without arguments that returns a new model.
        seed: 0 to 2**63 - 1; the same seed gives the same bytes of weights.
        name: what the argument is called where it was given, for the sentence of an error.

    Raises:
        ConfigError: it cannot be called without arguments, what it returns is no `torch.nn.Module`, or a parameter's shape is
            not known before data are seen.
    """
    given: Any = make_model
    if not callable(given) or isinstance(given, nn.Module):
        got = "a model that is built already" if isinstance(given, nn.Module) else repr(given)
        raise ConfigError(f"{name}: expected a function without arguments that returns a new torch.nn.Module, got {got}")
    number: Any = seed
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= LARGEST:
        raise ConfigError(f"seed: expected an integer from 0 to 2**63 - 1, got {seed!r}")
    try:
        inspect.signature(given).bind()
    except TypeError as error:
        raise ConfigError(f"{name}: expected a function without arguments, got one that asks for them ({error})") from error
    except ValueError:  # of some functions it is not known what they ask for
        pass
    with seeded(seed):
        model: Any = given()
    if not isinstance(model, nn.Module):
        raise ConfigError(f"{name}: expected a function that returns a torch.nn.Module, got one that returns {model!r}")
    if any(isinstance(parameter, UninitializedParameter) for parameter in model.parameters()):
        raise ConfigError(f"{name}: expected parameters whose shapes are known, got a lazy module that has seen no data")
    return model
