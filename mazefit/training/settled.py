"""Where a trainer's model is: its device and precision, chosen once, by the first data that it sees."""

from typing import Any

import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError
from mazefit.training.data import Kind
from mazefit.training.device import LOGGER, Choice, pick_device, pick_precision
from mazefit.training.distributed import local_device
from mazefit.training.door import Settings


class Settled:
    """A model that is moved to its device when the first data are seen.

    Args:
        settings: the trainer's.
        model: what is moved.

    Raises:
        ConfigError: the model has no parameters that learn.
        DeviceError: the device is asked for by name and is not there.
    """

    def __init__(self, settings: Settings, model: nn.Module) -> None:
        self.settings, self.model = settings, model
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        if not self.parameters:
            raise ConfigError("Trainer: model: expected a module with parameters that learn, got one without")
        self.choice: Choice = pick_device(settings.device)
        self.seen: Tensor | None = None
        self._settled = False

    def settle(self, data: Any, batch_size: int | None) -> None:
        """Choose device and precision by the first data, and move the model there; later calls change nothing."""
        if self._settled:
            return
        rows = _rows_of(data) if batch_size is None else batch_size
        if self.settings.device == "auto":
            weights = sum(parameter.numel() for parameter in self.model.parameters())
            self.choice = pick_device("auto", None if not isinstance(rows, int) else weights * max(rows, 0))
        self.settle_on((self.choice.device, self.choice.reason), self.choice.threads, self.choice.backend)

    def settle_on(self, device: tuple[torch.device, str], threads: int, backend: str) -> None:
        """Move the model to a device that was chosen, for the reason that stands beside it."""
        place, reason = local_device(device[0]), device[1]
        weights = sum(parameter.numel() for parameter in self.model.parameters())
        dtype = next(parameter.dtype for parameter in self.parameters)
        precision, why = pick_precision(self.settings.precision, place, dtype, weights)
        wanted = dtype if self.settings.precision == "auto" else torch.float64 if precision == "float64" else torch.float32
        self.model.to(device=place, dtype=wanted)
        self.parameters[:] = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.choice = Choice(place, f"{reason}; {precision}: {why}", precision, backend, threads)
        self._settled = True
        if threads != torch.get_num_threads():
            LOGGER.info("threads: %d as in the checkpoint, while this trainer computes", threads)
        LOGGER.info("%s", self.choice.reason)

    @property
    def kind(self) -> Kind:
        """What data are turned into."""
        return Kind.of(self.model, self.choice.device, self.settings.loss)

    def see(self, x: Tensor) -> None:
        """Note what rows look like."""
        self.seen = x[:1]


def _rows_of(data: Any) -> int | None:
    """How many rows data have, where that can be told before they are looked at."""
    first: Any = data[0] if isinstance(data, tuple | list) and len(data) == 2 else data
    try:
        return int(getattr(first, "batch_size", 0)) or len(first)
    except (TypeError, ValueError):
        return None
