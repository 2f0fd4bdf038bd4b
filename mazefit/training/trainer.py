"""The Trainer: one face for everything that fits parameters. The loop stands in loop.py, what is around it in fitting.py."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from mazefit.errors import Problems
from mazefit.training import checkpoint
from mazefit.training.course import Course
from mazefit.training.data import Rows, as_source, as_tensor, check_fit, check_x
from mazefit.training.distributed import is_first_process
from mazefit.training.door import Metric, Update, check_request, check_settings
from mazefit.training.evaluation import measure, predictions, resting
from mazefit.training.events import Callback
from mazefit.training.fitting import run_fit
from mazefit.training.history import History
from mazefit.training.loading import loaded, resumed
from mazefit.training.losses import LossFunction
from mazefit.training.moments import Moments
from mazefit.training.place import Place, TrainingInterrupted
from mazefit.training.seeds import built
from mazefit.training.settings import Generators, arithmetic, arranged
from mazefit.training.settled import Settled

__all__ = ["Trainer", "TrainingInterrupted"]

Model = nn.Module | Callable[[], nn.Module]


class Trainer(Settled):
    """Fits the parameters of a model to data, one update after another, each against the gradient of the loss.

        w ← w - step(∂ mean loss(model(x), y) / ∂ w),   the mean over the rows of a batch

    The same arguments, data, versions, kind of device and number of threads give the same bytes: in one go, in several fits, or
    interrupted anywhere and resumed. The order of batches is a function of (seed, epoch). Global generators are left as they
    were, also where layers such as `nn.Dropout` draw from them.

    Args:
        model: an `nn.Module`, which is fitted in place; or a function without arguments that returns one: it is called under
            `seed`, as after `torch.manual_seed(seed)`, and the global generator is left as it was.
        optimizer: `SGD`, `RMSprop` or `Adam` of `mazefit.training`, or a function of the parameters that returns a
            `torch.optim.Optimizer`, such as `torch.optim.AdamW` or `lambda p: torch.optim.AdamW(p, lr=.01)`. None = `Adam()`.
        loss: "mse", "l1", or a function of (prediction, target) that returns one number, the mean over the rows.
        metrics: functions of (prediction, target) that return one number each, by name. While fitting each is the mean over the
            epoch's batches, measured before their updates; on validation data it is taken of all predictions at once.
        device: "auto", "cpu", "cuda", "cuda:1", "mps" or a `torch.device`: see `pick_device`.
        precision: "auto", "float32", "float64", or "bfloat16" (weights in float32, arithmetic under autocast): see
            `pick_precision`.
        seed: of the weights of a model that is built here, of the order of batches, and of layers that draw numbers.
        deterministic: only deterministic algorithms, and no TF32, while this trainer computes.
        update: instead of an optimizer, `update(parameters, gradients, step)` changes the parameters in place; step from 1.
            What it keeps of its own is not saved.
        backend: "torch", or "compiled": the closed loop for networks of linear layers and elementwise activations on a CPU,
            equal to PyTorch to rounding and some hundred times faster where it is small. "auto" is a rule: compiled where it
            can be, from some thousand small steps on.

    Attributes:
        model: the module, in the state that the last update left it in.
        history: the course of all fits.
        choice: device, precision, backend, threads, and why.
        epochs, steps: whole epochs and updates so far.

    Raises:
        ConfigError: an argument is out of range or unknown; names all of them.
        DeviceError: the device is asked for by name and is not there.
    """

    def __init__(
        self,
        model: Model,
        *,
        optimizer: Any = None,
        loss: str | LossFunction = "mse",
        metrics: Mapping[str, Metric] | None = None,
        device: str | torch.device = "auto",
        precision: str = "auto",
        seed: int = 0,
        deterministic: bool = False,
        update: Update | None = None,
        backend: str = "auto",
    ) -> None:
        settings = check_settings(optimizer, update, loss, metrics, device, precision, seed, deterministic, backend)
        super().__init__(settings, model if isinstance(model, nn.Module) else built(model, settings.seed, "model"))
        self.history, self.place = History(), Place()
        self.generators = Generators(self.settings.seed)
        self.optimizer_state = Moments(self.parameters, self.settings.optimizer)
        self.fit_state: dict[str, Any] = {}
        self.on_its_way: Course | None = None
        self.by_index = True
        self.pending: checkpoint.Saved | None = None

    # Fitting -------------------------------------------------------------------------------------------------------------

    def fit(
        self,
        data: Any,
        *,
        validation: Any = None,
        epochs: int,
        batch_size: int | None = None,
        shuffle: bool = True,
        accumulate: int = 1,
        clip_norm: float | None = None,
        callbacks: Sequence[Callback] = (),
        checkpoint: str | Path | None = None,
        every: int | None = None,
        progress: bool | None = None,
    ) -> History:
        """Fit for so many epochs; a second call goes on for so many more.

        Args:
            data: (x, y), each [rows, ...]: arrays, lists or tensors, which go to the device once; or a Dataset; or a
                DataLoader, which batches by itself and whose epochs are taken up at their beginning alone.
            validation: of the same kinds; measured after every epoch.
            epochs: how many; of a resumed trainer's first fit counted from where the interrupted fit began.
            batch_size: rows of an update; None = all of them, in their own order. An IterableDataset needs one.
            shuffle: whether each epoch has an order of its own, a function of (seed, epoch).
            accumulate: batches whose gradients make one update: the gradient of the mean over all their rows.
            clip_norm: gradients are scaled down where their Euclidean norm over all parameters is larger.
            callbacks: functions of an `Event`; `True` as an answer stops the fit. See `mazefit.training.events`.
            checkpoint: a folder that the fit is saved in while it goes on and at its end, with its history as a table
                (`history.csv`) and line by line (`history.jsonl`); `Trainer.resume` goes on from there.
            every: epochs between two checkpoints; None = some ten seconds between them.
            progress: True or False for a bar; None = where a person looks at a terminal.

        Returns:
            the history of all fits of this trainer.

        Raises:
            ConfigError: an argument is out of range, or data do not fit the model; names all that is wrong.
            TrainingError: a loss or a weight is no finite number; names the step. The last good checkpoint is kept.
            TrainingInterrupted: Ctrl-C, after the step that was on its way; everything is kept and can go on.
            OutputError: the checkpoint folder cannot be written.
        """
        problems = Problems("Trainer.fit")
        request = check_request(
            problems, epochs, batch_size, shuffle, accumulate, clip_norm, callbacks, checkpoint, every, progress
        )
        self.settle(data, batch_size)
        source = as_source("data", data, self.kind, problems)
        held_out = None if validation is None else as_source("validation", validation, self.kind, problems)
        batched = batch_size is not None or accumulate == 1 or isinstance(source, DataLoader)
        problems.check(batched, "accumulate: expected 1 where batch_size is None: one batch is all rows")
        problems.raise_if_any()
        assert request is not None
        assert source is not None
        return run_fit(self, source, request, held_out)

    @property
    def epochs(self) -> int:
        """Whole epochs so far."""
        return self.place.epoch

    @property
    def steps(self) -> int:
        """Updates so far."""
        return self.place.step

    @property
    def torch_optimizer(self) -> torch.optim.Optimizer | None:
        """The optimizer of PyTorch that makes the updates, with its state; None where they are made by hand."""
        return self.optimizer_state.as_torch()

    # Looking -------------------------------------------------------------------------------------------------------------

    def predict(self, x: Any) -> Any:
        """The model's predictions in eval mode, without gradients, so many rows at a time that memory stays small.

        Args:
            x: [rows, ...], an array, a list or a tensor.

        Returns:
            predictions [rows, ...], a tensor on x's device where x is one, else a NumPy array; a tuple where the model gives
            one.

        Raises:
            ConfigError: x is empty, not numbers, or not finite.
        """
        self.settle((x, x), None)
        problems = Problems("Trainer.predict")
        tensor = as_tensor("x", x, self.kind, self.kind.integer_x, problems)
        problems.raise_if_any()
        assert tensor is not None
        self.seen = tensor[:1]
        with self.looking():
            self.check(tensor, "Trainer.predict")
            found = predictions(self.model, tensor, arithmetic(self.choice.device, self.choice.precision))
        place = x.device if isinstance(x, Tensor) else None
        return tuple(_given_back(one, place) for one in found) if isinstance(found, tuple) else _given_back(found, place)

    def evaluate(self, data: Any) -> dict[str, float]:
        """Loss and metrics of the model as it stands, in eval mode, without gradients.

        Args:
            data: as in `fit`.

        Returns:
            {"loss": mean over all rows, and each metric of all predictions at once}.

        Raises:
            ConfigError: the data do not fit the model.
        """
        self.settle(data, None)
        problems = Problems("Trainer.evaluate")
        source = as_source("data", data, self.kind, problems)
        problems.raise_if_any()
        assert source is not None
        with self.looking():
            if isinstance(source, Rows):
                self.check(source, "Trainer.evaluate")
            return self.measured(source)

    def check(self, rows: Rows | Tensor, where: str) -> None:
        """See on the first rows that data fit the model.

        Raises:
            ConfigError: they do not.
        """
        with resting(self.model), arithmetic(self.choice.device, self.choice.precision):
            if isinstance(rows, Tensor):
                check_x(self.model, rows, where)
            else:
                check_fit(self.model, rows, self.settings.loss, where)

    @contextmanager
    def computing(self) -> Generator[None]:
        """While open, PyTorch has this trainer's threads, generators and deterministic mode."""
        device = self.choice.device
        with arranged(device, self.choice.threads, self.settings.deterministic), self.generators.open(device):
            yield

    @contextmanager
    def looking(self) -> Generator[None]:
        """While open, likewise; and layers that draw numbers take none from the fit, which goes on as if nobody had looked."""
        with self.computing(), self.generators.aside(self.choice.device):
            yield

    def measured(self, source: Any) -> dict[str, float]:
        """Loss and metrics on data that were checked."""
        precision = arithmetic(self.choice.device, self.choice.precision)
        return measure(self.model, source, self.kind, self.settings.loss_function, self.settings.metrics, precision)

    def summary(self, x: Any = None) -> str:
        """The layers with shapes and parameter counts, as a table; weights and biases counted apart.

        Args:
            x: some rows of inputs, from which shapes are known; None = those that this trainer has seen, if any.

        Raises:
            ConfigError: x does not fit the model.
        """
        from mazefit.training.summary import describe_model

        rows = self.seen
        if x is not None:
            self.settle((x, x), None)
            problems = Problems("Trainer.summary")
            rows = as_tensor("x", x, self.kind, self.kind.integer_x, problems)
            problems.raise_if_any()
        with self.looking():
            if x is not None and rows is not None:
                self.check(rows, "Trainer.summary")
            return describe_model(self.model, rows)

    # Keeping -------------------------------------------------------------------------------------------------------------

    def save(self, folder: str | Path) -> None:
        """Write everything that is needed to go on, in one step: the folder holds what it held before, or all of this.

        Of several processes the first alone writes.

        Raises:
            TrainingError: a weight is no finite number.
            OutputError: the folder cannot be written.
        """
        if is_first_process():
            checkpoint.save(self, folder)

    @classmethod
    def load(cls, folder: str | Path, model: Model, **arguments: Any) -> "Trainer":
        """The trainer that was saved in a folder; its next `fit` goes on for so many epochs more.

        Args:
            folder: what `save` or `fit(checkpoint=...)` wrote.
            model: a module of the same shapes, or a function that builds one.
            arguments: of `Trainer`; those that are not given are as they were saved. Functions (a loss, metrics, an optimizer's
                factory, an update) cannot be saved: where they are not given, they are missed when they are needed.

        Raises:
            DataError: the folder is damaged or holds something else.
            ConfigError: another model: lists each name and shape that differs.
        """
        return loaded(cls, folder, model, arguments)

    @classmethod
    def resume(cls, folder: str | Path, model: Model, **arguments: Any) -> "Trainer":
        """A trainer whose next `fit`, with the arguments of the interrupted one, ends as if nothing had happened.

        `epochs` counts from where that fit began: of one that had reached its end nothing is left to do. Where the folder holds
        nothing yet, it is a new trainer.

        Args:
            folder: the checkpoint folder.
            model: as in `load`.
            arguments: of `Trainer`, as before.

        Raises:
            DataError: the folder is damaged or holds something else.
            ConfigError: another model, or other arguments: lists what differs.
        """
        return resumed(cls, folder, model, arguments)

    def moments(self) -> dict[str, Any]:
        """The optimizer's state, for a checkpoint."""
        return self.optimizer_state.kept()


def _given_back(tensor: Tensor, place: torch.device | None) -> Any:
    return tensor.to(place) if place is not None else np.asarray(tensor.cpu().numpy())
