"""Fits that are killed with SIGKILL at random moments and started again, in processes of their own: see test_kill.py.

PyTorch is imported once; every fit is a fork of that process. Prints one JSON object: what was killed where, and the digests.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch._dynamo  # an optimizer's first use imports it: once, not in every fork
from torch import nn

from mazefit.training import events, saving
from mazefit.training.dropout import Dropout
from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.learning_rate import LearningRate
from mazefit.training.optimizers import Adam
from mazefit.training.trainer import Trainer
from tests.killing import Way, ended, forked, kill_at_random
from tests.training.small import X, Y, curve, digest


def dropping() -> nn.Module:
    return nn.Sequential(nn.Linear(1, 6), nn.Tanh(), Dropout(0.2), nn.Linear(6, 6), nn.Dropout(0.1), nn.Linear(6, 1))


def by_torch(folder: Path) -> Trainer:
    """Mini-batches, both kinds of dropout, a schedule, early stopping; saved after every single step."""
    saving.SECONDS = events.PATIENCE = 0.0
    trainer = Trainer.resume(folder, dropping, optimizer=Adam(learning_rate=0.01), seed=8)
    callbacks = [
        LearningRate(lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.05, total_steps=200), per="step"),
        EarlyStopping(patience=12),
    ]
    trainer.fit((X, Y), validation=(X[:3], Y[:3]), epochs=30, batch_size=3, callbacks=callbacks, checkpoint=folder)
    return trainer


def compiled(folder: Path) -> Trainer:
    """The compiled loop, saved every 20 epochs."""
    trainer = Trainer.resume(folder, curve, optimizer=Adam(learning_rate=0.01), seed=8, backend="compiled")
    trainer.fit((X, Y), epochs=1000, batch_size=4, checkpoint=folder, every=20)
    return trainer


def to_digest(fit: Callable[[Path], Trainer]) -> Way:
    return lambda folder: digest(fit(folder))


WAYS = {"torch": to_digest(by_torch), "compiled": to_digest(compiled)}


def place(folder: Path) -> Any:
    """Where the checkpoint stands; None where there is none."""
    if not (folder / "manifest.json").exists():
        return None
    stored = json.loads((folder / "manifest.json").read_text())["files"]["trainer"]["file"]
    return json.loads((folder / stored).read_text())["place"]


def kill_at_every_rename(root: Path, most: int) -> list[str]:
    """Kill before the first rename of a file, the second, …: between any two files of a checkpoint."""
    digests: list[str] = []
    for at in range(1, most + 1):
        folder, rename = root / f"rename-{at}", Path.replace

        def prepare(at: int = at, rename: Any = rename) -> None:
            count = 0

            def replace(self: Path, target: Any) -> Path:
                nonlocal count
                count += 1
                if count == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return rename(self, target)

            Path.replace = replace

        if ended(forked(WAYS["torch"], folder, prepare)):
            raise RuntimeError("it should have been killed")
        ended(forked(WAYS["torch"], folder))
        digests.append(folder.with_suffix(".digest").read_text())
        left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        if left:
            raise RuntimeError(f"left behind: {left}")
    return digests


def main() -> None:
    """Arguments: a folder, how many kills, the seed of their moments."""
    root, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    Trainer(curve, backend="compiled").fit((X, Y), epochs=1, batch_size=4)  # compiled or read from Numba's cache, once
    found: dict[str, Any] = {name: kill_at_random(root, name, way, kills, seed, place) for name, way in WAYS.items()}
    found["renames"] = kill_at_every_rename(root, 12)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
