"""Networks of a deep value agent: factories `(observation_space, outputs) -> torch.nn.Module`.

A network is given observations [B, …] as observations.py makes them and answers [B, outputs]. Any callable of that kind will
do; the two here and `RecurrentGrid` (grid_network.py) are frozen dataclasses, so that a saved run can build its own again.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.observations import Observations
from mazefit.errors import ConfigError, DataError, Problems

Factory = Callable[[Any, int], nn.Module]
ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


@dataclass(frozen=True)
class Dense:
    """Linear layers, each but the last followed by an activation.

    Args:
        hidden: neurons of each hidden layer; () makes Q linear in the observation.
        activation: "relu" or "tanh".

    Raises:
        ConfigError: a size is no positive integer, or the activation is unknown.
    """

    name: ClassVar[str] = "dense"
    hidden: tuple[int, ...] = (64, 64)
    activation: str = "relu"

    def __post_init__(self) -> None:
        problems = Problems("Dense")
        _check_sizes(problems, "hidden", self.hidden)
        problems.choice("activation", self.activation, ACTIVATIONS)
        problems.raise_if_any()
        object.__setattr__(self, "hidden", tuple(int(size) for size in self.hidden))

    def __call__(self, observation_space: Any, outputs: int) -> nn.Module:
        """The network for these observations."""
        seen = Observations(observation_space)
        layers: list[nn.Module] = [] if len(seen.shape) < 2 else [nn.Flatten()]
        before = seen.size
        for size in self.hidden:
            layers += [nn.Linear(before, size), ACTIVATIONS[self.activation]()]
            before = size
        return nn.Sequential(*layers, nn.Linear(before, outputs))


@dataclass(frozen=True)
class Convolutional:
    """A small convolutional network for planes [C, R, K]: 3 x 3 kernels that keep the size, then linear layers.

    Args:
        channels: of each convolution, each followed by a ReLU.
        hidden: neurons of each hidden linear layer behind them.

    Raises:
        ConfigError: a size is no positive integer.
    """

    name: ClassVar[str] = "convolutional"
    channels: tuple[int, ...] = (16, 32)
    hidden: tuple[int, ...] = (128,)

    def __post_init__(self) -> None:
        problems = Problems("Convolutional")
        _check_sizes(problems, "channels", self.channels)
        _check_sizes(problems, "hidden", self.hidden)
        problems.check(len(self.channels) > 0, "channels: expected one convolution at least, got none")
        problems.raise_if_any()
        for name in ("channels", "hidden"):
            object.__setattr__(self, name, tuple(int(size) for size in getattr(self, name)))

    def __call__(self, observation_space: Any, outputs: int) -> nn.Module:
        """The network for these planes.

        Raises:
            ConfigError: observations are not of three axes.
        """
        shape = Observations(observation_space).shape
        if len(shape) != 3:
            raise ConfigError(f"network: expected observations [channels, rows, columns] for Convolutional, got {shape}")
        layers: list[nn.Module] = []
        before = shape[0]
        for channels in self.channels:
            layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU()]
            before = channels
        layers.append(nn.Flatten())
        before *= shape[1] * shape[2]
        for size in self.hidden:
            layers += [nn.Linear(before, size), nn.ReLU()]
            before = size
        return nn.Sequential(*layers, nn.Linear(before, outputs))


OURS: dict[str, Any] = {kind.name: kind for kind in (Dense, Convolutional, RecurrentGrid)}


def default_network(observation_space: Any) -> Factory:
    """Convolutions for planes of three axes, linear layers for everything else."""
    return Convolutional() if len(Observations(observation_space).shape) == 3 else Dense()


def describe_network(network: Any) -> dict[str, Any]:
    """A network of ours with its numbers, as JSON; a function by its name."""
    if type(network) in OURS.values():
        return {"name": network.name, **{key: list(value) if isinstance(value, tuple) else value
                                          for key, value in asdict(network).items()}}  # fmt: skip
    return {"function": getattr(network, "__qualname__", type(network).__qualname__)}


def build_network(about: dict[str, Any], given: Factory | None, where: object) -> Factory:
    """The network that `describe_network` described; where that was a function, the one that is given.

    Raises:
        ConfigError: it was a function, and none is given.
        DataError: it is none of ours.
    """
    if given is not None:
        return given
    if "function" in about:
        raise ConfigError(f"network: expected the function {about['function']} again, which {where} was learned with, got none")
    try:
        kind = OURS[about["name"]]
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in about.items() if k != "name"})
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{where}: expected a network as mazefit describes it, got {about!r}") from error


def see_answer(module: nn.Module, encoded: Tensor, outputs: int) -> None:
    """Refuse a network that does not answer [B, outputs] to observations [B, …].

    Raises:
        ConfigError: it does not; says the shapes.
    """
    try:
        with torch.no_grad():
            answer: Any = module(encoded)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise ConfigError(f"network: expected one that takes observations {list(encoded.shape)}, got {error}") from error
    shape = list(answer.shape) if isinstance(answer, Tensor) else type(answer).__name__
    if shape != [len(encoded), outputs]:
        raise ConfigError(f"network: expected answers {[len(encoded), outputs]}, got {shape}")


def _check_sizes(problems: Problems, name: str, sizes: Any) -> None:
    fine = isinstance(sizes, tuple | list)
    problems.check(fine, f"{name}: expected sizes such as (64, 64), got {sizes!r}")
    for size in sizes if fine else ():
        problems.integer(name, size, 1)
