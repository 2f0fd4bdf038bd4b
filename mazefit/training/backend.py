"""Which loop fits: PyTorch's, or the closed compiled one. A rule of kind and size, never a timing; the choice says why."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mazefit.errors import ConfigError
from mazefit.kernel import numba_available
from mazefit.training.batches import Batches, MemoryBatches
from mazefit.training.course import Course
from mazefit.training.device import LOGGER
from mazefit.training.door import OURS, Request

if TYPE_CHECKING:
    from mazefit.training.layout import Layout
    from mazefit.training.trainer import Trainer

STEPS = 1000.0
"""Steps of a tiny network from which the compiled loop is worth its import, of about a third of a second."""
WORK = 200_000
"""Weights times rows that take PyTorch as long again as a tiny step does."""
WIDE = 64
"""Neurons of a layer from which PyTorch's matrix products are better than the compiled loops."""


def pick_backend(trainer: "Trainer", batches: Batches, request: Request, course: Course) -> Callable[[Course], None] | None:
    """The compiled loop that makes this fit; None = PyTorch's.

    It can be the compiled one where an optimizer of ours fits a stack of linear layers and elementwise activations to rows in
    memory, by "mse" or "l1", in one process on a CPU in float32 or float64, without metrics of the training data, clipping,
    accumulation, learning-rate schedules and callbacks at every step. `auto` takes it then for networks of layers of fewer than
    64 neurons, from 1000 steps of a tiny network on, fewer of one with more weights times rows.

    Raises:
        ConfigError: "compiled" is asked for and cannot be.
    """
    wanted, saved = trainer.settings.backend, trainer.pending
    if saved is not None and wanted == "auto" and saved.choice.get("backend") in ("torch", "compiled"):
        wanted, why = str(saved.choice["backend"]), "as in the checkpoint"
    else:
        why = "as asked for"
    if wanted == "torch":
        return _chosen(trainer, "torch", why, None)
    layout, obstacle = _layout(trainer, batches, request, course)
    if obstacle and trainer.settings.backend == "compiled":
        raise ConfigError(f"backend: expected 'auto' or 'torch' for {obstacle}, got 'compiled'")
    if obstacle or layout is None or not isinstance(batches, MemoryBatches):
        if wanted == "compiled":
            LOGGER.warning("the checkpoint's fit was compiled; it goes on in PyTorch, to other rounding: %s", obstacle)
        return _chosen(trainer, "torch", f"the compiled loop is not for {obstacle}", None)
    if wanted == "auto":
        steps, size = (course.target - course.place.epoch) * (batches.steps_each or 1), layout.parameters * batches.size
        work = steps * (1.0 + size / WORK)
        if work < STEPS:
            return _chosen(
                trainer, "torch", f"{steps} steps of {layout.parameters} weights and {batches.size} rows are soon done", None
            )
        why = f"{steps} steps of a network of {layout.parameters} weights"
    from mazefit.training.compiled import Compiled

    return _chosen(trainer, "compiled", why, Compiled(trainer, layout, batches).run)


def _chosen(
    trainer: "Trainer", backend: str, why: str, run: Callable[[Course], None] | None
) -> Callable[[Course], None] | None:
    choice = trainer.choice
    before = choice.reason.partition("; backend ")[0]
    trainer.choice = replace(choice, backend=backend, reason=f"{before}; backend {backend}: {why}")
    LOGGER.info("backend %s: %s", backend, why)
    return run


def _layout(trainer: "Trainer", batches: Batches, request: Request, course: Course) -> "tuple[Layout | None, str]":
    """The network's layout, or what keeps the compiled loop from fitting it."""
    from mazefit.training.layout import layout_of, why_no_layout

    settings, choice = trainer.settings, trainer.choice
    first = next((callback for callback in request.callbacks if _needs_torch(callback)), None)
    obstacles = {
        "an update by hand": settings.update is not None,
        "an optimizer that is not ours": type(settings.optimizer) not in OURS.values(),
        "metrics of the training data": bool(settings.metrics),
        f"device {choice.device}": choice.device.type != "cpu",
        f"precision {choice.precision}": choice.precision not in ("float32", "float64"),
        "several processes": course.stop_together is not None,
        "clip_norm": request.clip_norm is not None,
        "accumulate": request.accumulate > 1,
        f"the callback {type(first).__name__}": first is not None,
        "a Dataset or a DataLoader": not isinstance(batches, MemoryBatches),
        "an epoch that is taken up in its middle": course.place.position > 0,
        "a machine without numba": not numba_available(),
        "rows of more than one axis": isinstance(batches, MemoryBatches) and batches.rows.x.ndim != 2,
    }
    obstacle = next((name for name, there in obstacles.items() if there), "")
    obstacle = obstacle or why_no_layout(trainer.model, settings.loss)
    layout = None if obstacle else layout_of(trainer.model, settings.loss)
    if layout is None:
        return None, obstacle
    if settings.backend == "auto" and max(layout.sizes) >= WIDE:
        return None, f"layers of {max(layout.sizes)} neurons, which PyTorch computes faster"
    return layout, ""


def _needs_torch(callback: object) -> bool:
    return bool(getattr(callback, "needs_torch", False) or getattr(callback, "each_step", False))
