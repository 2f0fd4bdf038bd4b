"""One fit in several processes: `torchrun --nproc-per-node=2 script.py` runs the script that fits in one.

Every process has all data in memory, takes its own rows of every batch, and all add up their gradients before each update: a
step is the step of one process on the whole batch, to rounding. Loss, metrics and Ctrl-C travel along. Files, bars and
checkpoints are the first process's. PyTorch's own engine does the sending: gloo on CPUs, nccl on GPUs.
"""

import atexit
import os
from collections.abc import Callable

import torch
from torch import nn

from mazefit.training.batches import Split
from mazefit.training.updates import gradients


def processes() -> Split:
    """This process among those that torchrun started: its number and how many there are."""
    return Split(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))


def is_first_process() -> bool:
    """Whether this is the process that prints and writes files: the only one, or the first of several."""
    return processes().rank == 0


def local_device(device: torch.device) -> torch.device:
    """The GPU of this process, where there are several."""
    if device.type == "cuda" and processes().size > 1:
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return device


def join(device: torch.device) -> None:
    """Meet the other processes, once."""
    from torch import distributed

    if device.type == "cuda":
        torch.cuda.set_device(device)
    if not distributed.is_initialized():
        # It has functions with the group as a default argument. Imported later (by an optimizer) they would hold the group for
        # ever, and with it gloo's threads, one of which may ask for an interpreter that is about to end: an aborted process.
        from torch.distributed import nn as _  # noqa: F401

        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(_leave)


def _leave() -> None:
    from torch import distributed

    if distributed.is_initialized():
        distributed.destroy_process_group()


def share_weights(model: nn.Module) -> None:
    """Give every process the first one's parameters and buffers."""
    from torch import distributed

    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            distributed.broadcast(tensor.detach(), 0)


def first_says(answer: bool, device: torch.device) -> bool:
    """The first process's answer, in every process."""
    from torch import distributed

    said = torch.tensor([float(answer)], device=device)
    distributed.broadcast(said, 0)
    return bool(said.item())


class Together:
    """Adds up gradients and measurements over all processes, in one message a step.

    Args:
        parameters: whose gradients are added up in place; each process has weighed its own by its share of the rows.
        measured: how many numbers are measured in a step.
        asked: whether this process heard Ctrl-C.
    """

    def __init__(self, parameters: list[nn.Parameter], measured: int, asked: Callable[[], bool]) -> None:
        self.parameters, self._asked = parameters, asked
        self.sizes = [parameter.numel() for parameter in parameters]
        first = parameters[0]
        self.gradients = torch.empty(sum(self.sizes), dtype=first.dtype, device=first.device)
        exact = torch.float32 if first.device.type == "mps" else torch.float64
        self.measured = torch.empty(1 + measured, dtype=exact, device=first.device)
        self.asked = False
        """Whether a process had heard Ctrl-C when it took its last step."""

    def __call__(self, values: list[float]) -> list[float]:
        """The step's means over all processes; the gradients are those of the whole batch afterwards."""
        from torch import distributed

        torch.cat([gradient.flatten() for gradient in gradients(self.parameters)], out=self.gradients)
        distributed.all_reduce(self.gradients)
        self.measured.copy_(torch.tensor([*values, float(self._asked())], dtype=self.measured.dtype))
        distributed.all_reduce(self.measured)
        for parameter, part in zip(self.parameters, self.gradients.split(self.sizes), strict=True):
            parameter.grad = part.view_as(parameter)
        *means, asked = self.measured.tolist()
        self.asked = asked > 0.0
        return means
