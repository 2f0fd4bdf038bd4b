from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.training.optimizers import SGD, Adam
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def test_everything_that_is_wrong_with_a_trainer_at_once() -> None:
    arguments: dict[str, Any] = {
        "optimizer": "adam",
        "loss": "mes",
        "metrics": {"loss": abs, "validation_x": abs},
        "device": "gpu",
        "precision": "float31",
        "seed": -1,
        "deterministic": 1,
        "update": 3,
        "backend": "compile",
    }
    with pytest.raises(ConfigError) as caught:
        Trainer(curve, **arguments)
    said = str(caught.value)
    for part in (
        "optimizer: expected sgd, rmsprop, adam of mazefit.training or a torch.optim class, got 'adam'",
        "update: expected a function or None, got 3",
        "update: expected None beside an optimizer, got both",
        "loss: unknown 'mes'; did you mean 'mse'?",
        "metrics: expected names of their own, got 'loss', 'validation_x'",
        "device: expected one of auto, cpu, cuda, mps",
        "precision: unknown 'float31'; did you mean 'float32'?",
        "seed: expected an integer from 0 to",
        "deterministic: expected bool, got 1",
        "backend: unknown 'compile'; did you mean 'compiled'?",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (nn.Tanh(), "model: expected a module with parameters that learn, got one without"),
        (lambda: nn.Tanh(), "model: expected a module with parameters that learn, got one without"),
        (lambda: 3, "model: expected a function that returns a torch.nn.Module, got one that returns 3"),
        (3, "model: expected a function without arguments"),
        (lambda: nn.LazyLinear(1), "model: expected parameters whose shapes are known"),
    ],
)
@pytest.mark.filterwarnings("ignore:Lazy modules")
def test_what_is_no_model(model: Any, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        Trainer(model)


def test_optimizers_that_cannot_be_used() -> None:
    model = curve()
    with pytest.raises(ConfigError, match="or a function of the parameters, got a SGD that has them already"):
        Trainer(model, optimizer=torch.optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(ConfigError, match="got LBFGS, which asks for more of them"):
        Trainer(model, optimizer=torch.optim.LBFGS).fit((X, Y), epochs=1)
    with pytest.raises(
        ConfigError, match=r"optimizer: expected a function that returns a torch.optim.Optimizer, got one that returns 3"
    ):
        Trainer(model, optimizer=lambda parameters: 3).fit((X, Y), epochs=1)
    other = nn.Linear(1, 1)
    with pytest.raises(ConfigError, match="optimizer: expected one of the model's own parameters, got others"):
        Trainer(model, optimizer=lambda parameters: torch.optim.SGD(other.parameters())).fit((X, Y), epochs=1)


def test_optimizers_of_both_makes() -> None:
    for optimizer in (None, SGD(), Adam(), torch.optim.AdamW, lambda parameters: torch.optim.Adagrad(parameters, lr=0.1)):
        trainer = Trainer(curve, optimizer=optimizer)
        history = trainer.fit((X, Y), epochs=3)
        assert history["loss"][2] < history["loss"][0]


@pytest.mark.parametrize(
    ("loss", "got"),
    [
        (lambda prediction, target: (prediction - target) ** 2, "a tensor of shape"),
        (lambda prediction, target: 3.0, "got 3.0"),
        (lambda prediction, target: torch.tensor(1.0), "a number without one"),
    ],
)
def test_losses_that_are_no_number(loss: Any, got: str) -> None:
    with pytest.raises(ConfigError, match="loss: expected a function that returns one number with a gradient") as caught:
        Trainer(curve, loss=loss).fit((X, Y), epochs=1)
    assert got in str(caught.value)


def test_accumulation_needs_batches() -> None:
    with pytest.raises(ConfigError, match="accumulate: expected 1 where batch_size is None: one batch is all rows"):
        Trainer(curve).fit((X, Y), epochs=1, accumulate=2)


def test_classes_in_the_place_of_what_they_make() -> None:
    arguments: dict[str, Any] = {"optimizer": Adam, "loss": nn.MSELoss, "metrics": {"near": nn.L1Loss}}
    with pytest.raises(ConfigError) as caught:
        Trainer(curve, **arguments)
    said = str(caught.value)
    assert "optimizer: expected one of ours with its numbers, such as Adam(), got the class Adam" in said
    assert "loss: expected a function of (prediction, target), got class MSELoss" in said
    assert "metrics: expected functions of (prediction, target) by name, got {'near': <class" in said
    trainer = Trainer(curve, optimizer=Adam(), loss=nn.MSELoss(), metrics={"near": nn.L1Loss()})
    assert trainer.fit((X, Y), epochs=1).epochs == 1


def test_everything_that_is_wrong_with_a_request() -> None:
    wrong: dict[str, Any] = {
        "shuffle": 1, "accumulate": 0, "clip_norm": 0.0, "callbacks": [Adam], "checkpoint": "", "progress": "yes",
    }  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        Trainer(curve).fit((X, Y), epochs=1, **wrong)
    said = str(caught.value)
    for part in (
        "shuffle: expected bool, got 1",
        "accumulate: expected an integer of at least 1, got 0",
        "clip_norm: expected a number with 0 < clip_norm <= 1e+300, got 0.0",
        "callbacks: expected a list of functions of an event, got [<class",
        "checkpoint: expected the path of a folder or None, got ''",
        "progress: expected True, False or None, got 'yes'",
    ):
        assert part in said
    with pytest.raises(ConfigError, match="metrics: expected names of their own, got ''"):
        Trainer(curve, metrics={"": abs})


@pytest.mark.parametrize("every", [0, -2, 2.5, True, "often"])
def test_rhythms_that_are_none(every: Any) -> None:
    class Odd:
        def __init__(self) -> None:
            self.every = every

        def __call__(self, event: object) -> None: ...

    trainer = Trainer(curve)
    with pytest.raises(ConfigError, match=r"callbacks: .*Odd: every: expected an integer of at least 1, got"):
        trainer.fit((X, Y), epochs=2, callbacks=[Odd()])
    assert trainer.steps == 0


def test_the_summary_of_rows_that_do_not_fit_says_so() -> None:
    with pytest.raises(ConfigError, match="summary"):
        Trainer(lambda: torch.nn.Linear(2, 1)).summary(np.zeros((3, 5)))


def test_an_array_for_a_word_is_refused_in_one_sentence() -> None:
    with pytest.raises(ConfigError, match="loss: unknown"):
        Trainer(lambda: torch.nn.Linear(2, 1), loss=np.ones(2))  # type: ignore[arg-type]
