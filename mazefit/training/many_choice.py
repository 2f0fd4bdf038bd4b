"""How many fits are computed, and why: rules of kind and size, never a timing.

- compiled, one closed loop after another: networks of linear layers and plain activations on the CPU, by optimizers of ours;
- batched, all models in one computation, on any device: modules without buffers and randomness, by optimizers of ours;
- one by one, one Trainer after another: anything else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor

from mazefit.errors import ConfigError
from mazefit.kernel import numba_available
from mazefit.training.backend import WIDE
from mazefit.training.fits import Fits
from mazefit.training.layout import Layout, layout_of, why_no_layout
from mazefit.training.losses import LOSSES
from mazefit.training.optimizers import SGD, Adam, RMSprop

if TYPE_CHECKING:
    from mazefit.training.ensemble import Ensemble

BACKENDS = ("auto", "compiled", "batched", "one by one")
LARGE = 10_000_000
"""Weights times rows of one update, from which a step on the CPU is arithmetic alone: nothing is gained by many at once."""
OURS = (SGD, RMSprop, Adam)


class Way(NamedTuple):
    """The choice."""

    backend: str
    reason: str
    layout: Layout | None
    ensemble: "Ensemble | None"


def choose(fits: Fits, wanted: str) -> Way:
    """The backend for these fits, with the reason.

    Raises:
        ConfigError: the one that is wanted cannot do them; says why.
    """
    layout = layout_of(fits.starts.model, fits.loss) if fits.x.ndim == 2 else None
    if wanted == "one by one":
        return Way(wanted, "as asked for", layout, None)
    not_compiled = against_compiled(fits, layout)
    if wanted == "compiled":
        if not_compiled:
            raise ConfigError(
                f"backend: expected fits that can be compiled for 'compiled', got {not_compiled}; try backend='auto'"
            )
        return Way(wanted, "as asked for", layout, None)
    if wanted == "auto" and not not_compiled and layout is not None and max(layout.sizes) >= WIDE:
        not_compiled = f"layers of {max(layout.sizes)} neurons, for which matrix products are faster"
    if wanted == "auto" and not not_compiled:
        return Way("compiled", "a small network of linear layers on the CPU, with optimizers of mazefit", layout, None)
    from mazefit.training.ensemble import Layered, Stacked

    ensemble: Ensemble = Layered(layout) if layout is not None else Stacked(fits.starts.model, loss_function(fits.loss))
    not_batched = against_batched(fits, ensemble)
    if wanted == "batched":
        if not_batched:
            raise ConfigError(
                f"backend: expected fits that can be batched for 'batched', got {not_batched}; try backend='auto'"
            )
        return Way(wanted, "as asked for", layout, ensemble)
    if not not_batched and fits.device.type == "cpu" and work(fits) >= LARGE:
        not_batched = f"an update of {work(fits):,} multiply-adds, which is not quicker for many at once on a CPU"
    if not_batched:
        reason = (
            not_batched if not_batched == not_compiled else f"{not_compiled} (so not compiled); {not_batched} (so not batched)"
        )
        return Way("one by one", reason, layout, None)
    return Way("batched", f"{not_compiled} (so not compiled)", layout, ensemble)


def loss_function(loss: Any) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss as a function of prediction and target."""
    return LOSSES[loss] if isinstance(loss, str) else loss


def work(fits: Fits) -> int:
    """Weights times rows of one update."""
    return fits.starts.flat.shape[1] * (fits.rows if fits.batch_size is None else min(fits.batch_size, fits.rows))


def foreign(fits: Fits) -> str:
    """The optimizers that are not ours, said; empty where there are none."""
    names = [name for name, optimizer in fits.optimizers.items() if type(optimizer) not in OURS]
    return f"{'an optimizer' if len(names) == 1 else 'optimizers'} of torch.optim ({', '.join(names)})" if names else ""


def against_compiled(fits: Fits, layout: Layout | None) -> str:
    """Why the closed loop cannot do them; empty where it can."""
    if fits.device.type != "cpu":
        return f"the device {fits.device}"
    if layout is None:
        return why_no_layout(fits.starts.model, fits.loss) or f"inputs of {fits.x.ndim} axes"
    if foreign(fits):
        return foreign(fits)
    return "" if numba_available() else "no numba (not installed, or switched off by MAZEFIT_NUMBA=0)"


def against_batched(fits: Fits, ensemble: "Ensemble") -> str:
    """Why one computation cannot do them; empty where it can."""
    model = fits.starts.model
    if foreign(fits):
        return foreign(fits)
    if any(True for _ in model.buffers()):
        return "a module with buffers, which an update changes beside the parameters"
    if not all(parameter.requires_grad for parameter in model.parameters()):
        return "parameters that are not to be fitted"
    try:
        two = fits.starts.flat[:1].to(fits.device).repeat(2, 1)
        losses, gradients = ensemble.losses_and_gradients(two, fits.x[:2], fits.y[:2])
    except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "randomness" in str(error):
            return "a module that draws random numbers, such as dropout"
        return f"a module or a loss that torch.func.vmap cannot take ({said})"
    if losses.shape != (2,) or gradients.shape != two.shape:
        return "a loss that is not one number"
    return ""
