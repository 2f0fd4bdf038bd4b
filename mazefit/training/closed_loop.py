"""The closed loop: a whole fit of a small network, forward, backward, update and all, as one compiled function.

    for every epoch:  for every batch:  g = ∂ loss / ∂ parameters;  parameters, moments ← rule(parameters, g, moments)

It gives what the loop in PyTorch gives, to rounding, without the time in which PyTorch starts its operations. (Where updates
themselves amplify rounding, as RMSprop's do near a minimum, losses part in time, as PyTorch's own do when rows are reordered.)
Everything is in arrays of its own, in single or double precision; sums have a fixed order, so that the same numbers come out as
the same bytes, in one go or in pieces. The first run on a machine compiles the kernels (closed_kernels.py, network_pass.py,
activations.py), some five seconds for each precision; later ones read Numba's cache.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems
from mazefit.kernel import numba_available
from mazefit.training.closed_arrays import Numbers, chunk_rows, make_chunk, make_net, make_state
from mazefit.training.closed_kernels import LOSSES, OPTIMIZERS, Choices, Points, epochs, outputs
from mazefit.training.exponentials import exp_minus_one_single
from mazefit.training.layout import Layout
from mazefit.training.optimizers import SGD, Adam, RMSprop

ALL: npt.NDArray[np.int64] = np.zeros(0, np.int64)  # the order in which rows stand
EPOCHS = {"float64": epochs, "float32": epochs.using(exp_minus_one=exp_minus_one_single)}
OUTPUTS = {"float64": outputs, "float32": outputs.using(exp_minus_one=exp_minus_one_single)}


class ClosedLoop:
    """A fit in progress.

    Args:
        layout: the network and its loss.
        optimizer: `SGD`, `RMSprop` or `Adam`; may be replaced between runs by one of its kind, with another learning rate.
        x: inputs [rows, inputs]; turned into the precision of the layout.
        y: targets [rows, outputs], likewise.
        parameters: where to begin, flat [parameters] (see `mazefit.training.layout`); copied.
        moments: the optimizer's, two of the same shape; None: zeros.
        step: how many updates have been made.
        compiled: False runs the same source as plain Python, with the same bytes, some thousands of times slower.

    Attributes:
        parameters, moments: views of what is learned, flat [parameters]; may be written into.
        step: how many updates have been made.

    Raises:
        ConfigError: shapes do not fit, or numba is not there; says all that is wrong.
    """

    def __init__(
        self,
        layout: Layout,
        optimizer: SGD | RMSprop | Adam,
        x: Numbers,
        y: Numbers,
        parameters: Numbers,
        *,
        moments: tuple[Numbers, Numbers] | None = None,
        step: int = 0,
        compiled: bool = True,
    ) -> None:
        problems = Problems("ClosedLoop")
        known = type(optimizer) in (SGD, RMSprop, Adam)
        problems.check(known, f"optimizer: expected SGD, RMSprop or Adam, got {optimizer!r}")
        there = numba_available() or not compiled
        problems.check(there, "compiled: expected an installed numba, got none; fit with PyTorch, or pip install numba")
        problems.integer("step", step, 0)
        _check_shape(problems, "x", x, (-1, layout.sizes[0]))
        _check_shape(problems, "y", y, (*(np.shape(x)[:1] or (-1,)), layout.sizes[-1]))
        for part in (parameters, *(moments or ())):
            _check_shape(problems, "parameters and moments", part, (layout.parameters,))
        problems.raise_if_any()
        self.layout, self.optimizer, self.step, self.compiled = layout, optimizer, step, compiled
        self.x, self.y = (np.array(part, layout.dtype, order="C") for part in (x, y))
        self.net, self.state = make_net(layout), make_state(layout)
        self.parameters = self.state.parameters[: layout.parameters]
        self.moments = (self.state.first[: layout.parameters], self.state.second[: layout.parameters])
        self.parameters[:] = parameters
        if moments is not None:
            self.moments[0][:], self.moments[1][:] = moments

    def run(
        self, count: int, *, order: npt.NDArray[np.int64] | None = None, batch_size: int | None = None
    ) -> npt.NDArray[np.float64]:
        """Run epochs, and return the loss of each before its update: with batches the mean over them, weighted by their rows.

        Args:
            count: how many epochs.
            order: which rows each of them takes, in which order, [epochs, rows taken]; None: all, as they stand.
            batch_size: rows of an update, fewer in the last one of an epoch; None: all that are taken.

        Returns:
            Losses, float64 [epochs]. If a loss is no finite number the run ends before that update (`step` says how many there
            were): the last loss returned is that one, and the epochs after it are missing.

        Raises:
            ConfigError: an argument is out of range; says all that is wrong.
        """
        problems = Problems("ClosedLoop.run")
        problems.integer("count", count, 0)
        if batch_size is not None:
            problems.integer("batch_size", batch_size, 1)
        if order is not None:
            fits = order.ndim == 2 and len(order) == count and order.shape[1] > 0
            problems.check(fits, f"order: expected an array [{count}, rows taken], got the shape {order.shape}")
            inside = not order.size or (order.dtype.kind in "iu" and order.min() >= 0 and order.max() < len(self.x))
            problems.check(inside, f"order: expected integers from 0 to {len(self.x) - 1}, got others")
        problems.raise_if_any()
        taken = len(self.x) if order is None else order.shape[1]
        places = ALL if order is None else np.ascontiguousarray(order, np.int64).ravel()
        batch = min(batch_size or taken, taken)
        rows = chunk_rows(self.layout, batch)
        losses = np.zeros(count)
        points = Points(self.x.ravel(), self.y.ravel(), places, taken, batch)
        choices = Choices(LOSSES[self.layout.loss], OPTIMIZERS[self.optimizer.name], self.optimizer.how, rows)
        chunk = make_chunk(self.layout, rows)
        kernel = EPOCHS[self.layout.dtype]
        begun, self.step = kernel.run(self.compiled, self.net, chunk, points, self.state, choices, self.step, losses)
        return losses[:begun]

    def predict(self, x: Numbers) -> Numbers:
        """The network's outputs [rows, outputs] for inputs [rows, inputs], in the precision of the layout."""
        problems = Problems("ClosedLoop.predict")
        _check_shape(problems, "x", x, (-1, self.layout.sizes[0]))
        problems.raise_if_any()
        x = np.ascontiguousarray(x, self.layout.dtype)
        found = np.zeros((len(x), self.layout.sizes[-1]), self.layout.dtype)
        rows = chunk_rows(self.layout, len(x))
        points = Points(x.ravel(), x.ravel(), ALL, len(x), len(x))
        chunk = make_chunk(self.layout, rows)
        kernel = OUTPUTS[self.layout.dtype]
        kernel.run(self.compiled, self.net, chunk, points, self.state.parameters, rows, found.reshape(-1))
        return found

    def loss(self, x: Numbers | None = None, y: Numbers | None = None) -> float:
        """The loss as the parameters stand, of these data or of those that are fitted."""
        return mean_loss(self.layout, self.predict(self.x if x is None else x), self.y if y is None else y)

    def block(self, batch_size: int | None = None) -> int:
        """How many epochs take some 20 ms, by a rule of size: so many at once leave Ctrl-C and progress their turn."""
        rows = len(self.x)
        batches = -(-rows // (batch_size or rows))
        seconds = 5e-7 * batches + rows * (2e-10 * self.layout.parameters + 2e-9 * sum(self.layout.sizes))
        return max(1, int(0.02 / seconds))


def mean_loss(layout: Layout, prediction: Numbers, target: Numbers) -> float:
    """The loss of predictions [rows, outputs], in double precision."""
    error = prediction.astype(np.float64) - target
    return float(np.mean(error * error if layout.loss == "mse" else np.abs(error)))


def _check_shape(problems: Problems, name: str, array: Any, shape: tuple[int, ...]) -> None:
    """Note an array that is none, or whose shape differs; -1 stands for any number from 1."""
    fits = isinstance(array, np.ndarray) and array.ndim == len(shape)
    fits = fits and all(found == wanted or (wanted < 0 < found) for found, wanted in zip(array.shape, shape, strict=True))
    wanted = ", ".join("rows" if size < 0 else str(size) for size in shape)
    got = f"one of shape {array.shape}" if isinstance(array, np.ndarray) else repr(array)
    problems.check(fits, f"{name}: expected an array [{wanted}], got {got}")
