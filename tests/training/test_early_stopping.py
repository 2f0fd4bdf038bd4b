"""Early stopping: what is no better, and that everything of the best epoch comes back. More of it in test_callbacks.py."""

import torch
from torch import nn

from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def test_the_same_number_again_is_not_better() -> None:
    trainer = Trainer(curve, metrics={"score": lambda prediction, target: 1.0})
    stop = EarlyStopping("score", patience=3)
    assert trainer.fit((X, Y), epochs=50, callbacks=[stop]).epochs == 4
    assert stop.best_epoch == 1


def test_the_best_is_the_number_that_was_measured() -> None:
    """Also where more is better; and copies of weights are kept only where they may come back."""
    for mode, best, epoch in (("max", 3.0, 2), ("min", -1.0, 4)):
        numbers = iter([1.0, 3.0, 2.0, -1.0])
        trainer = Trainer(curve, metrics={"score": lambda prediction, target, numbers=numbers: next(numbers)})
        stop = EarlyStopping("score", patience=9, mode=mode, restore=False)
        trainer.fit((X, Y), epochs=4, callbacks=[stop])
        assert (stop.best, stop.best_epoch) == (best, epoch)
        assert not stop.weights


def test_buffers_come_back_with_the_weights() -> None:
    """The numbers that eval mode rests on belong to the best epoch, too."""
    numbers = iter([3.0, 1.0, 2.0, 2.0])
    model = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    seen: list[torch.Tensor] = []
    trainer = Trainer(model, metrics={"score": lambda prediction, target: next(numbers) if model.training else 0.0})
    callbacks = [EarlyStopping("score", patience=2), lambda event: seen.append(model.state_dict()["1.running_mean"].clone())]
    trainer.fit((X, Y), epochs=9, batch_size=10, callbacks=callbacks)
    assert trainer.epochs == 4
    assert torch.equal(model.state_dict()["1.running_mean"], seen[1])  # one batch an epoch: the weights before epoch 2
    assert not torch.equal(seen[1], seen[2])


def test_with_several_batches_an_epoch_the_weights_after_it_come_back() -> None:
    numbers = iter([3.0, 3.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    model, seen = curve(), list[torch.Tensor]()
    trainer = Trainer(model, metrics={"score": lambda prediction, target: next(numbers)})
    callbacks = [EarlyStopping("score", patience=2), lambda event: seen.append(model.state_dict()["0.weight"].clone())]
    trainer.fit((X, Y), epochs=9, batch_size=5, callbacks=callbacks)
    assert trainer.epochs == 4
    assert torch.equal(model.state_dict()["0.weight"], seen[2])
    assert not torch.equal(seen[1], seen[2])


def test_of_a_checkpoint_it_takes_what_it_keeps_and_nothing_else() -> None:
    stop = EarlyStopping()
    stop.load_state_dict(EarlyStopping().state_dict() | {"best": 2.0, "patience": 0})
    assert (stop.best, stop.patience) == (2.0, 10)
