"""The same fits through other trainers: seconds of one epoch of each, full batch, models and data made beforehand."""

import io
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from time import perf_counter
from typing import Any

from benchmarks.plain_fits import Make


def lightning_seconds(make: Make, data: tuple[Any, Any], epochs: int, *, plain: bool) -> float:
    """Lightning; `plain` switches off all that can be, else its defaults with `self.log` and the progress bar."""
    import lightning
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = make()

        def training_step(self, batch: Any, index: int) -> Any:
            x, y = batch
            loss = torch.nn.functional.mse_loss(self.model(x), y)
            if not plain:
                self.log("loss", loss, prog_bar=True)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=0.01)

    for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    x, y = (torch.from_numpy(part) for part in data)
    loader = DataLoader(TensorDataset(x, y), batch_size=len(x))
    off: dict[str, Any] = {
        "logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False,
    }  # fmt: skip
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder, _silent():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        trainer = lightning.Trainer(
            max_epochs=epochs, accelerator="cpu", devices=1, default_root_dir=folder, **(off if plain else {})
        )
        module = Module()
        start = perf_counter()
        trainer.fit(module, loader)
        return (perf_counter() - start) / epochs


def keras_seconds(data: tuple[Any, Any], epochs: int, *, units: int, activation: str) -> float:
    """Keras on PyTorch; its own layers, for it takes no `torch.nn.Sequential` as it is."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    model = keras.Sequential([keras.layers.Dense(units, activation=activation), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    x, y = data
    with warnings.catch_warnings(), _silent():
        warnings.simplefilter("ignore")
        model.fit(x, y, epochs=1, batch_size=len(x), verbose=0)
        start = perf_counter()
        model.fit(x, y, epochs=epochs, batch_size=len(x), verbose=0)
        return (perf_counter() - start) / epochs


def skorch_seconds(make: Make, data: tuple[Any, Any], epochs: int) -> float:
    """Skorch with its default callbacks."""
    import skorch
    import torch

    net = skorch.NeuralNetRegressor(
        make(), criterion=torch.nn.MSELoss, optimizer=torch.optim.Adam, max_epochs=epochs, batch_size=-1, train_split=None,
        lr=0.01,
    )  # fmt: skip
    x, y = data
    with warnings.catch_warnings(), _silent():
        warnings.simplefilter("ignore")
        net.initialize()
        start = perf_counter()
        net.fit(x, y)
        return (perf_counter() - start) / epochs


def sklearn_seconds(data: tuple[Any, Any], epochs: int, *, units: int, activation: str) -> float:
    """scikit-learn's MLPRegressor with Adam; no stopping before the last epoch."""
    from sklearn.neural_network import MLPRegressor

    x, y = data
    net = MLPRegressor(
        hidden_layer_sizes=(units,), activation=activation, solver="adam", learning_rate_init=0.01, alpha=0.0,
        batch_size=len(x), max_iter=epochs, tol=0.0, n_iter_no_change=epochs + 1, random_state=0,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has not converged
        start = perf_counter()
        net.fit(x, y[:, 0])
        return (perf_counter() - start) / epochs


@contextmanager
def _silent() -> Iterator[None]:
    """What they print goes nowhere."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield
