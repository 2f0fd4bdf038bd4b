"""Learning rates by what is watched. That schedules are PyTorch's own is in test_callbacks.py."""

import pytest
import torch

from mazefit.errors import ConfigError
from mazefit.training.events import Event
from mazefit.training.learning_rate import LearningRate
from mazefit.training.optimizers import SGD
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve

plateau = torch.optim.lr_scheduler.ReduceLROnPlateau


def test_a_plateau_watches_its_own_column() -> None:
    """The loss falls all the time; the score does not."""
    scores, rates = iter([1.0, 2.0, 0.5, 0.6]), list[float]()

    def look(event: Event) -> None:
        if event.kind == "epoch" and event.trainer.torch_optimizer is not None:
            rates.append(event.trainer.torch_optimizer.param_groups[0]["lr"])

    trainer = Trainer(curve, optimizer=SGD(learning_rate=0.004), metrics={"score": lambda prediction, target: next(scores)})
    schedule = LearningRate(lambda optimizer: plateau(optimizer, patience=0, factor=0.5), monitor="score")
    history = trainer.fit((X, Y), epochs=4, callbacks=[schedule, look])
    assert rates == [0.004, 0.002, 0.002, 0.001]
    assert all(history["loss"][k + 1] < history["loss"][k] for k in range(3))


def test_a_plateau_has_nothing_to_watch_at_steps() -> None:
    trainer = Trainer(curve)
    with pytest.raises(ConfigError, match="per: expected 'epoch' for ReduceLROnPlateau, which reads the history, got 'step'"):
        trainer.fit((X, Y), epochs=1, callbacks=[LearningRate(plateau, per="step")])
    assert trainer.steps == 0
