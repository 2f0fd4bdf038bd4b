"""An optimizer's state in one of two forms, PyTorch's own or flat arrays of the compiled loop; and the way between them.

SGD keeps a velocity; RMSprop a velocity and a mean square; Adam a mean and a mean square. The flat form has always two arrays
[parameters], in the order of `model.parameters()`, and the number of the last update.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError, DataError
from mazefit.training.events import called

NAMES = {"sgd": ("momentum_buffer", ""), "rmsprop": ("momentum_buffer", "square_avg"), "adam": ("exp_avg", "exp_avg_sq")}
"""What PyTorch calls the first and the second moment."""


class Flat(NamedTuple):
    """Two moments of every parameter, [parameters] each, and how many updates they have seen."""

    first: npt.NDArray[Any]
    second: npt.NDArray[Any]
    step: int


class Moments:
    """The state of an optimizer, in the form that was used last.

    Args:
        parameters: those that learn.
        optimizer: ours, a factory of PyTorch's, or None where updates are made by hand.
    """

    def __init__(self, parameters: list[nn.Parameter], optimizer: Any) -> None:
        self.parameters, self.optimizer = parameters, optimizer
        self._torch: torch.optim.Optimizer | None = None
        self._flat: Flat | None = None
        self._asleep: dict[str, Any] = {}  # the state of a factory that was not given again

    def as_torch(self) -> torch.optim.Optimizer | None:
        """PyTorch's optimizer with this state; None where updates are made by hand.

        Raises:
            ConfigError: the factory returns something else.
        """
        if self.optimizer is None:
            return None
        if self._torch is None:
            self._torch = _made(self.optimizer, self.parameters)
        if self._flat is not None:
            self._fill(self._torch, self._flat)
            self._flat = None
        return self._torch

    def as_flat(self) -> Flat:
        """The two moments as flat arrays, for the compiled loop."""
        if self._flat is None:
            self._flat = self._read()
        return self._flat

    def put_flat(self, flat: Flat) -> None:
        """Take what the compiled loop has come to."""
        self._flat = flat

    def kept(self) -> dict[str, Any]:
        """The state for a checkpoint."""
        if self._flat is not None:
            return {"form": "flat", **self._flat._asdict()}
        if self._asleep:
            return self._asleep
        return {"form": "none"} if self._torch is None else {"form": "torch", **self._torch.state_dict()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what a checkpoint kept.

        Raises:
            DataError: it does not fit these parameters.
        """
        state, form = dict(kept), kept.get("form")
        state.pop("form", None)
        if form == "torch" and getattr(self.optimizer, "missing", False):
            self._asleep = kept
            return
        optimizer = self.as_torch() if form == "torch" else None
        try:
            if form == "flat":
                flat = Flat(np.array(state["first"]), np.array(state["second"]), int(state["step"]))
                count = sum(parameter.numel() for parameter in self.parameters)
                if flat.first.shape != (count,) or flat.second.shape != (count,):
                    raise ValueError(f"{count} numbers, got {flat.first.shape}, {flat.second.shape}")
                self._flat = flat
            elif optimizer is not None:
                optimizer.load_state_dict(state)
                _lay_out_alike(optimizer)
            elif form != "none":
                raise ValueError(f"'torch', 'flat' or 'none', got {form!r}")
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise DataError(f"checkpoint: expected the state of this optimizer, got another ({error})") from error

    def _read(self) -> Flat:
        """PyTorch's state as flat arrays; zeros where there is none yet."""
        names, step = NAMES[self.optimizer.name], 0
        parts: tuple[list[Tensor], list[Tensor]] = ([], [])
        for parameter in self.parameters:
            state: dict[str, Any] = {} if self._torch is None else self._torch.state.get(parameter, {})
            for name, part in zip(names, parts, strict=True):
                found = state.get(name)
                part.append((torch.zeros_like(parameter) if found is None else found).detach().reshape(-1))
            step = int(state.get("step", step))
        return Flat(torch.cat(parts[0]).numpy().copy(), torch.cat(parts[1]).numpy().copy(), step)

    def _fill(self, optimizer: torch.optim.Optimizer, flat: Flat) -> None:
        """Give PyTorch's optimizer the state of flat arrays."""
        if not flat.step and not flat.first.any():
            return
        sizes = [parameter.numel() for parameter in self.parameters]
        moments = [torch.from_numpy(np.array(part)).split(sizes) for part in (flat.first, flat.second)]
        group = optimizer.param_groups[0]
        for index, parameter in enumerate(self.parameters):
            state: dict[str, Any] = {}
            for name, parts in zip(NAMES[self.optimizer.name], moments, strict=True):
                if name and (name != "momentum_buffer" or group["momentum"]):
                    state[name] = parts[index].to(parameter.dtype).view_as(parameter).clone()
            if self.optimizer.name != "sgd":
                state["step"] = torch.tensor(float(flat.step))
            optimizer.state[parameter] = state


def _made(optimizer: Any, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    make = optimizer.torch if hasattr(optimizer, "torch") else optimizer
    made: object = make(parameters)
    if not isinstance(made, torch.optim.Optimizer):
        raise ConfigError(f"optimizer: expected a function that returns a torch.optim.Optimizer, got one that returns {made!r}")
    if isinstance(made, torch.optim.LBFGS):
        raise ConfigError(
            "optimizer: expected one that makes an update from given gradients, got LBFGS, which asks for more of them"
        )
    learning = {id(parameter) for parameter in parameters}
    strange = any(id(parameter) not in learning for group in made.param_groups for parameter in group["params"])
    if strange:
        raise ConfigError(f"optimizer: expected one of the model's own parameters, got others from {called(optimizer)}")
    return made


def _lay_out_alike(optimizer: torch.optim.Optimizer) -> None:
    """Lay moments out in memory as their parameters are: fused updates walk through both side by side."""
    for parameter, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape and value.stride() != parameter.stride():
                state[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
