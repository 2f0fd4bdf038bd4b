"""The same update by hand, for a stack of linear layers on a CPU: NumPy's matrix products, and the optimizer compiled.

It gives what core.py gives, to rounding, in a fraction of the time: between its operations there is nothing to be started.
"""

from typing import Any

import numpy as np
from torch import nn

from mazefit.agents.deep.core import Core, Outcome, Settings, as_numpy, make_target
from mazefit.agents.deep.dense_pass import ACTIVATIONS, DensePass, parts
from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.replay_buffer import Batch
from mazefit.agents.deep.targets import dueling_values, huber_slope, leaf_values, winners
from mazefit.errors import DataError
from mazefit.kernel import numba_available
from mazefit.training.closed_arrays import aligned
from mazefit.training.closed_kernels import OPTIMIZERS, Choices, State, update
from mazefit.training.device import Choice
from mazefit.training.door import OURS
from mazefit.training.layout import layout_of, why_no_layout


def obstacle(module: nn.Module, observations: Observations, optimizer: Any, choice: Choice) -> str:
    """What keeps an agent from computing by hand; empty where nothing does."""
    reasons = {
        "an optimizer that is not ours": type(optimizer) not in OURS.values(),
        f"device {choice.device}": choice.device.type != "cpu",
        f"precision {choice.precision}": choice.precision not in ("float32", "float64"),
        "a machine without numba": not numba_available(),
        "observations of more than one axis": len(observations.shape) > 1,
    }
    found = next((name for name, there in reasons.items() if there), "") or why_no_layout(module, "mse")
    layout = None if found else layout_of(module, "mse")
    if layout is not None and not set(layout.activations) <= set(ACTIVATIONS):
        return f"activations {', '.join(sorted(set(layout.activations) - set(ACTIVATIONS)))}"
    return found or ("an activation behind the last layer" if layout and layout.activations[-1] != "identity" else "")


class CompiledCore(Core):
    """Networks and update by hand; arguments as of `Core`."""

    native = True

    def __init__(
        self, module: nn.Module, observations: Observations, settings: Settings, optimizer: Any, choice: Choice
    ) -> None:
        super().__init__(module, observations, settings, optimizer, choice)
        layout = layout_of(module, "mse")
        assert layout is not None
        numbered, size = observations.numbered, settings.batch_size
        self.layout = layout
        self.gradient = parts(layout, self.online.slopes)
        self.learning = DensePass(layout, self.online.room, size, numbered)
        self.choosing = DensePass(layout, self.online.room, size, numbered)
        self.valuing = DensePass(layout, self.target.room, size, numbered)
        self.acting: dict[int, DensePass] = {}
        self.rows = np.arange(size)
        self.slope = np.zeros((size, layout.sizes[-1]), layout.dtype)
        self.share = self.slope.dtype.type(1.0 / size)

    def make_optimizer(self) -> None:
        """The optimizer's state, flat."""
        room, name = self.online.room, self.online.room.dtype.name
        self.state = State(room, aligned(len(room), name), aligned(len(room), name), self.online.slopes, aligned(16, name))
        self.choices = Choices(0, OPTIMIZERS[self.optimizer.name], self.optimizer.how, 0)
        self.updates = 0

    def take(self, kept: Any) -> Any:
        """Numbers as this core computes with them: NumPy arrays."""
        return as_numpy(kept)

    def greedy(self, observations: Any) -> Any:
        """The maximising actions [N] at kept observations [N, …]."""
        count = len(observations)
        acting = self.acting.get(count)
        if acting is None:
            acting = self.acting[count] = DensePass(self.layout, self.online.room, count, self.observations.numbered)
        return winners(self._values(acting, observations))

    def predictions(self, batch: Batch) -> Any:
        """Q(S, A) of a minibatch as the weights stand, [B]."""
        return leaf_values(self._values(self.learning, batch.states), batch.actions, self.rows)

    def update(self, batch: Batch) -> Outcome:
        """One update from a minibatch of rows."""
        settings, online, slope = self.settings, self.online, self.slope
        valuing = self._values(self.valuing, batch.arrivals)
        selecting = self._values(self.choosing, batch.arrivals) if settings.double else None
        target = make_target(settings, batch, valuing.astype(np.float64), selecting, self.rows)
        q = self._values(self.learning, batch.states)
        predicted = leaf_values(q, batch.actions, self.rows)
        error = predicted - target.astype(q.dtype)
        slopes = (huber_slope(error) if settings.loss == "huber" else error) * self.share
        slope[:] = 0.0
        if settings.dueling:  # V takes all of it; A(a) what is left of its own after the mean over the actions
            slope[:, 0] = slopes
            slope[:, 1:] = slopes[:, None] * slope.dtype.type(-1.0 / settings.actions)
            slope[self.rows, 1 + batch.actions] += slopes
        else:
            slope[self.rows, batch.actions] = slopes
        self.learning.backward(self.gradient, slope)
        if settings.clip_norm is not None:
            online.clip(settings.clip_norm)
        self.updates += 1
        update.compiled(self.state, self.choices, float(self.updates))
        self.learning.forget(self.gradient)
        return Outcome(predicted, target, valuing, selecting)

    def _values(self, by: DensePass, observations: Any) -> Any:
        if not self.observations.numbered:
            observations = self.observations.scaled(observations)
        outputs = by.forward(observations)
        return dueling_values(outputs) if self.settings.dueling else outputs

    def kept_moments(self) -> dict[str, Any]:
        """The optimizer's state for a checkpoint."""
        count = self.online.count
        return {
            "form": "flat", "first": self.state.first[:count], "second": self.state.second[:count], "step": self.updates,
        }  # fmt: skip

    def restore_moments(self, kept: dict[str, Any]) -> None:
        """Take up the optimizer's state.

        Raises:
            DataError: it does not fit.
        """
        count = self.online.count
        try:
            first, second, step = kept["first"], kept["second"], kept["step"]
            if first.shape != (count,) or second.shape != (count,) or type(step) is not int:
                raise ValueError(f"{count} numbers, got {first.shape}, {second.shape}")
            self.state.first[:count], self.state.second[:count], self.updates = first, second, step
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise DataError(f"checkpoint: expected the state of this optimizer, got another ({error})") from error
