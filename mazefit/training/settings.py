"""PyTorch's settings while a fit goes on: threads, deterministic algorithms, random numbers; afterwards all is as before."""

import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch


@contextmanager
def arranged(device: torch.device, threads: int, deterministic: bool) -> Generator[None]:
    """While open, PyTorch has so many threads and, where asked for, deterministic algorithms alone and no TF32."""
    before = torch.get_num_threads()
    if before != threads:
        torch.set_num_threads(threads)
    try:
        with _deterministic(device) if deterministic else nullcontext():
            yield
    finally:
        if before != threads:
            torch.set_num_threads(before)


@contextmanager
def _deterministic(device: torch.device) -> Generator[None]:
    was, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    cublas: Any = torch.backends.cuda.matmul
    cudnn: Any = torch.backends.cudnn
    on_gpu = device.type == "cuda"
    workspace = os.environ.get("CUBLAS_WORKSPACE_CONFIG")
    kept: Any = (cublas.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic) if on_gpu else ()
    torch.use_deterministic_algorithms(True)
    if on_gpu:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS asks for it
        cublas.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic = False, False, False, True
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(was, warn_only=warned)
        if on_gpu:
            cublas.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic = kept
            if workspace is None:
                os.environ.pop("CUBLAS_WORKSPACE_CONFIG", None)


def arithmetic(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """What forward passes are computed under: bfloat16 autocast, or nothing. May be entered again and again."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if precision == "bfloat16" else nullcontext()


class Generators:
    """A trainer's own state of PyTorch's global generators, for layers of others that draw from them (`nn.Dropout`).

    While open it stands in their place; afterwards they go on from where they stood, as if nothing had been drawn.

    Args:
        seed: what they start from.
    """

    def __init__(self, seed: int) -> None:
        own = torch.Generator()
        own.manual_seed(seed)
        self.seed = seed
        self.states: dict[str, torch.Tensor] = {"cpu": own.get_state()}
        self.guests: dict[str, torch.Generator] = {}
        """A DataLoader's own generators: checkpoints keep their state."""

    @contextmanager
    def open(self, device: torch.device) -> Generator[None]:
        """Stand in for the generators of the CPU and of `device`."""
        generators = _of(device)
        before = {name: generator.get_state() for name, generator in generators.items()}
        for name, generator in generators.items():
            if name in self.states:
                generator.set_state(self.states[name])
            else:
                generator.manual_seed(self.seed)
        try:
            yield
        finally:
            self.take(device)
            for name, generator in generators.items():
                generator.set_state(before[name])

    @contextmanager
    def aside(self, device: torch.device) -> Generator[None]:
        """While open, what is drawn counts for nothing: afterwards the generators stand where they stood."""
        generators = _of(device)
        before = {name: generator.get_state() for name, generator in generators.items()}
        try:
            yield
        finally:
            for name, generator in generators.items():
                generator.set_state(before[name])

    def take(self, device: torch.device) -> None:
        """Note how far they have come."""
        self.states |= {name: generator.get_state() for name, generator in (_of(device) | self.guests).items()}

    def bring_back(self) -> None:
        """Put the generators of a DataLoader where a checkpoint left them."""
        for name, generator in self.guests.items():
            if name in self.states:
                generator.set_state(self.states[name])


def _of(device: torch.device) -> dict[str, Any]:
    found: dict[str, Any] = {"cpu": torch.default_generator}
    if device.type == "cuda":
        torch.cuda.init()
        found["cuda"] = torch.cuda.default_generators[device.index or 0]
    elif device.type == "mps":
        found["mps"] = torch.mps._get_default_mps_generator()  # pyright: ignore[reportPrivateUsage]
    return found
