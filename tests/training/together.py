"""What torchrun starts in test_distributed.py: the same fits in every process; the first prints what came of them."""

import atexit
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

from mazefit.errors import TrainingError
from mazefit.training.distributed import is_first_process, processes
from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.events import Event
from mazefit.training.optimizers import SGD, Adam
from mazefit.training.place import TrainingInterrupted
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, line


def fits(folder: Path) -> dict[str, Any]:
    """Losses and weights of each way to fit."""
    found: dict[str, Any] = {}

    def note(name: str, trainer: Trainer) -> None:
        weights = [parameter.detach().double().flatten() for parameter in trainer.model.parameters()]
        found[name] = {
            "weights": torch.cat(weights).tolist(),
            **{column: trainer.history[column].tolist() for column in trainer.history},
        }

    trainer = Trainer(curve, optimizer=Adam(learning_rate=0.01), precision="float64")
    trainer.fit((X, Y), epochs=300)
    note("curve", trainer)
    trainer = Trainer(curve, optimizer=Adam(learning_rate=0.01), precision="float32")
    trainer.fit((X, Y), epochs=300)
    note("in float32", trainer)

    metrics = {"bias": lambda prediction, target: (prediction - target).mean()}
    trainer = Trainer(curve, optimizer=SGD(learning_rate=0.01, momentum=0.9), precision="float64", metrics=metrics)
    trainer.fit(
        (X, Y), epochs=20, batch_size=3, clip_norm=1.0, validation=(X, Y)
    )  # the last batch is one row: one process has none
    note("mini-batches", trainer)
    trainer = Trainer(curve, precision="float64")
    trainer.fit((X, Y), epochs=20, batch_size=3, accumulate=2)
    note("accumulated", trainer)

    trainer = Trainer(curve, optimizer=Adam(learning_rate=0.3), precision="float64")
    stop = EarlyStopping(patience=3)
    trainer.fit((X, Y), epochs=100, validation=(X[:3], Y[:3] - 3.0), callbacks=[stop], checkpoint=folder / "stopped", every=1)
    note("early stopping", trainer)

    torch.manual_seed(processes().rank)  # a model that every process builds by itself: the first one's weights count
    trainer = Trainer(line(), optimizer=SGD(learning_rate=0.01))
    trainer.fit((X, Y), epochs=5)
    note("built apart", trainer)
    return found


def interrupted(folder: Path) -> int:
    """The last process hears Ctrl-C; all stop after the same step, and the first keeps it."""

    def press(event: Event) -> None:
        if event.kind == "epoch" and event.epoch == 7 and processes().rank == processes().size - 1:
            os.kill(os.getpid(), signal.SIGINT)

    trainer = Trainer(curve, precision="float64", optimizer=Adam(learning_rate=0.01))
    try:
        trainer.fit((X, Y), epochs=20, callbacks=[press], checkpoint=folder / "kept")
    except TrainingInterrupted:
        return trainer.steps
    raise RuntimeError("it should have been interrupted")


def diverging() -> str:
    """Every process stops where the loss of them all is not finite."""
    try:
        Trainer(line, optimizer=SGD(learning_rate=0.3)).fit((X, Y), epochs=5000)
    except TrainingError as error:
        return str(error)
    raise RuntimeError("it should have diverged")


def threads() -> list[str]:
    """The names of this process's threads; none are known where the system does not tell."""
    tasks = Path("/proc/self/task")
    return [(task / "comm").read_text().strip() for task in tasks.iterdir()] if tasks.exists() else []


if __name__ == "__main__":
    # registered first, so it runs after the group of processes was left: gloo's threads must have ended with it
    atexit.register(lambda: (folder / f"threads-{processes().rank}.json").write_text(json.dumps(threads())))
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    everything = {"fits": fits(folder), "interrupted": interrupted(folder), "diverging": diverging(), "size": processes().size}
    if is_first_process():
        (folder / "found.json").write_text(json.dumps(everything))
