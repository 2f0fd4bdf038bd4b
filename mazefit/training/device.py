"""What a model is computed on, and why: rules of kind and size, never a timing and never a silent fall-back.

A model whose step is small is faster on the CPU than on a GPU, which would be busy with starting kernels; so `auto` asks for
the size of a step. What was chosen is logged with its reason (logger `mazefit`) and kept as `trainer.choice`.
"""

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mazefit.errors import ConfigError, DeviceError

LOGGER = logging.getLogger("mazefit")
SMALL = 1_000_000
"""Weights times rows of one step, below which the CPU is taken."""
LARGE = 1_000_000
"""Weights from which `auto` computes in bfloat16 where a GPU has it; smaller models are not bound by arithmetic."""
PRECISIONS = ("auto", "float32", "float64", "bfloat16")
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class Choice:
    """What was chosen, and why.

    Args:
        device: where tensors are.
        reason: the sentence that says why; of everything below, too.
        precision: "float32", "float64" or "bfloat16" (weights in float32, arithmetic under autocast).
        backend: "torch", or "compiled": the closed loop of `mazefit.training.closed_loop`.
        threads: of PyTorch on the CPU; a resumed fit takes as many again.
    """

    device: torch.device
    reason: str
    precision: str = "float32"
    backend: str = "torch"
    threads: int = 1

    def described(self) -> dict[str, Any]:
        """What a checkpoint keeps of it, as JSON."""
        return {"device": str(self.device), "precision": self.precision, "backend": self.backend, "threads": self.threads}

    def __str__(self) -> str:
        return f"{self.device}, {self.precision}, {self.backend}: {self.reason}"


def pick_device(device: str | torch.device = "auto", size: float | None = None) -> Choice:
    """The device for a model.

    `auto` is a GPU by CUDA, then one by MPS, then the CPU; but the CPU where one step is small: fewer than a million
    multiply-adds forward (weights times rows).

    Args:
        device: "auto", "cpu", "cuda", "cuda:1", "mps" or a `torch.device`.
        size: weights times rows of one step; None = not known, taken as large.

    Raises:
        ConfigError: no such kind of device is known, or the size is no number from 0 on.
        DeviceError: the device is asked for by name and is not there.
    """
    if not _is_size(size):
        raise ConfigError(f"size: expected weights times rows of a step, a number from 0 on, or None, got {size!r}")
    if str(device) != "auto":
        return _choice(_named(device), "as asked for")
    gpu = _best()
    if gpu is None:
        return _choice(torch.device("cpu"), "no GPU is here")
    if size is not None and size < SMALL:
        return _choice(torch.device("cpu"), f"a step of {size:,.0f} multiply-adds is too small to gain from {gpu}")
    large = "of unknown size" if size is None else f"of {size:,.0f} multiply-adds"
    return _choice(gpu, f"the first GPU, for a step {large}")


def _is_size(size: object) -> bool:
    return size is None or (isinstance(size, int | float | np.integer | np.floating) and bool(size >= 0))


def _choice(device: torch.device, reason: str) -> Choice:
    return Choice(device, f"{device}: {reason}", threads=torch.get_num_threads())


def _best() -> torch.device | None:
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("mps") if torch.backends.mps.is_available() else None


def _named(device: str | torch.device) -> torch.device:
    given: Any = device
    try:
        found = torch.device(given) if isinstance(given, str | torch.device) else None  # a number would be a GPU's
    except (RuntimeError, TypeError, ValueError):
        found = None
    if found is None or found.type not in DEVICES:
        raise ConfigError(f"device: expected one of {', '.join(DEVICES)} (or cuda:1, …), got {device!r}")
    if found.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if count == 0:
            raise DeviceError(
                f"device: expected {device} to be there, got a machine or a PyTorch without CUDA; try device='auto'"
            )
        if ":" not in str(device):
            return torch.device("cuda", torch.cuda.current_device())
        if found.index >= count:
            raise DeviceError(f"device: expected {device} to be there, got GPUs 0 to {count - 1}")
    if found.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("device: expected mps to be there, got a machine or a PyTorch without it; try device='auto'")
    return found


def pick_precision(precision: str, device: torch.device, dtype: torch.dtype, weights: int) -> tuple[str, str]:
    """The precision of a model with so many weights of this dtype, and why.

    `auto` is the dtype that the model has; but bfloat16 under autocast for a million weights or more on a GPU that computes in
    it (CUDA capability 8 and more). On a CPU never: without AVX-512 it was six times slower.

    Raises:
        DeviceError: the device has no float64.
    """
    if precision != "auto":
        if device.type == "mps" and precision == "float64":
            raise DeviceError("precision: expected float32 or bfloat16 on mps, got float64, which it does not have")
        return precision, "as asked for"
    if device.type == "cuda" and dtype == torch.float32 and weights >= LARGE:
        capability = torch.cuda.get_device_capability(device)
        if capability >= (8, 0):
            return "bfloat16", f"{weights:,} weights on CUDA capability {capability[0]}.{capability[1]}"
    return str(dtype).removeprefix("torch."), "the model's own"
