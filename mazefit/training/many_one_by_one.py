"""Many fits, one Trainer after another: for what neither the compiled loop nor one batched computation can do."""

from typing import Any

import numpy as np
import torch

from mazefit.errors import TrainingError
from mazefit.interrupt import Interruption
from mazefit.training.fits import Fits, Outcome, Watch
from mazefit.training.trainer import Trainer, TrainingInterrupted


def fit(fits: Fits, watch: Watch, interruption: Interruption) -> Outcome:
    """Fit all of them, every optimizer at the first seed, then at the second …; where interrupted, the seeds that are done."""
    outcome = Outcome.of(fits)
    for j, seed in enumerate(fits.seeds):
        for i, optimizer in enumerate(fits.optimizers.values()):
            trainer = Trainer(
                fits.make_model, optimizer=optimizer, loss=fits.loss, seed=seed, device=fits.device,
                precision=str(fits.dtype).removeprefix("torch."),
            )  # fmt: skip
            try:
                trainer.fit((fits.x, fits.y), epochs=fits.epochs, batch_size=fits.batch_size, progress=False)
            except TrainingError:
                pass  # it diverged; its history says where
            except TrainingInterrupted:
                return outcome
            _take(fits, outcome, (i, j), trainer)
            watch.advance(fits.epochs)
            if interruption.asked:
                return outcome
        outcome.seeds = j + 1
    return outcome


def _take(fits: Fits, outcome: Outcome, where: tuple[int, int], trainer: Any) -> None:
    """Note one fit: its losses, and what it comes to on the data."""
    losses = np.full(fits.epochs, np.nan)
    history = np.asarray(trainer.history["loss"], dtype=np.float64)[: fits.epochs]
    losses[: len(history)] = history
    outcome.note(where, 0, losses, fits.every)
    if outcome.diverged_at[where] >= 0:
        return
    outcome.final[where] = trainer.evaluate((fits.x, fits.y))["loss"]
    if fits.test is not None and outcome.test is not None:
        outcome.test[where] = trainer.evaluate(fits.test)["loss"]
        found = trainer.predict(fits.test[0])
        found = found.detach().cpu().numpy() if isinstance(found, torch.Tensor) else found
        if outcome.predictions is None:
            outcome.predictions = np.full((*outcome.final.shape, *found.shape), np.nan)
        outcome.predictions[where] = found
