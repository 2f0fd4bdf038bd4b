import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError, OutputError
from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.events import Callbacks, Event
from mazefit.training.learning_rate import LearningRate
from mazefit.training.logs import CSVLog, JSONLLog, TensorBoard
from mazefit.training.optimizers import SGD, Adam
from mazefit.training.progress import ProgressBar
from mazefit.training.saving import Checkpoint
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, digest

schedulers = torch.optim.lr_scheduler


class Heard:
    """A callback that notes what it is told, and stops at an epoch."""

    def __init__(self, stop_at: int | None = None, **attributes: Any) -> None:
        self.events: list[tuple[str, int, int]] = []
        self.stop_at, self.closed = stop_at, 0
        vars(self).update(attributes)

    def __call__(self, event: Event) -> bool:
        self.events.append((event.kind, event.epoch, event.step))
        assert event.history.epochs == event.epoch == event.trainer.epochs
        return event.kind == "epoch" and event.epoch == self.stop_at

    def close(self) -> None:
        self.closed += 1


def test_what_callbacks_are_told() -> None:
    plain, sparse, steps = Heard(), Heard(every=3), Heard(each_step=True, every=4)
    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=4, batch_size=5, callbacks=[plain, sparse, steps])
    assert plain.events == [("start", 0, 0), *[("epoch", k, 2 * k) for k in range(1, 5)], ("end", 4, 8)]
    assert sparse.events == [("start", 0, 0), ("epoch", 3, 6), ("end", 4, 8)]
    middle = [("step", k // 2, k + 1) for k in range(8)]
    assert steps.events == [("start", 0, 0), *middle, ("epoch", 4, 8), ("end", 4, 8)]
    trainer.fit((X, Y), epochs=2, batch_size=5, callbacks=[sparse])
    assert sparse.events[3:] == [("start", 4, 8), ("epoch", 6, 12), ("end", 6, 12)]  # counted over all fits
    assert (plain.closed, sparse.closed) == (1, 2)


def test_true_stops_and_all_are_told() -> None:
    for stop in (True, np.True_):
        first, second = Heard(stop_at=2), Heard()
        trainer = Trainer(curve)
        history = trainer.fit(
            (X, Y), epochs=9, callbacks=[lambda event, stop=stop: stop if event.epoch == 2 else None, first, second]
        )
        assert history.epochs == 2
        assert first.events == second.events == [("start", 0, 0), ("epoch", 1, 1), ("epoch", 2, 2), ("end", 2, 2)]
    assert Trainer(curve).fit((X, Y), epochs=9, callbacks=[lambda event: 1]).epochs == 9  # 1 is not True


def test_the_answer_of_one_that_only_shows_counts_for_nothing() -> None:
    class Shows(Heard):
        every = None

        def __call__(self, event: Event) -> bool:
            super().__call__(event)
            return True

    shows, steps = Shows(), Shows(each_step=True)
    assert Trainer(curve).fit((X, Y), epochs=3, callbacks=[shows]).epochs == 3
    assert [kind for kind, *_ in shows.events if kind != "epoch"] == ["start", "end"]
    assert Trainer(curve).fit((X, Y), epochs=3, callbacks=[steps]).epochs == 0  # one that is told steps may say stop


def test_a_stop_in_the_middle_of_an_epoch_goes_on_there() -> None:
    class AtStep:
        each_step = True

        def __call__(self, event: Event) -> bool:
            return event.step == 5

    whole, parts = Trainer(curve), Trainer(curve)
    whole.fit((X, Y), epochs=4, batch_size=4)
    parts.fit((X, Y), epochs=4, batch_size=4, callbacks=[AtStep()])
    assert (parts.epochs, parts.steps) == (1, 5)
    parts.fit((X, Y), epochs=3, batch_size=4)
    assert digest(parts) == digest(whole)


def test_callbacks_are_closed_when_one_fails() -> None:
    def fail(event: Event) -> None:
        if event.epoch == 2:
            raise ZeroDivisionError

    heard, trainer = Heard(), Trainer(curve)
    with pytest.raises(ZeroDivisionError):
        trainer.fit((X, Y), epochs=5, callbacks=[heard, fail])
    assert heard.closed == 1
    assert trainer.history.epochs == 2
    assert trainer.fit((X, Y), epochs=3).epochs == 5


def test_checkpoints_come_after_the_others() -> None:
    last = Checkpoint("folder")
    heard = Heard()
    assert Callbacks([last, heard]).all == [heard, last]
    quiet = Callbacks([last, heard, ProgressBar()], first_process=False)
    assert quiet.told == [heard]
    assert quiet.any_due(1)


# Early stopping ---------------------------------------------------------------------------------------------------------


def climbing(trainer: Trainer, **arguments: Any) -> EarlyStopping:
    """A fit whose validation loss falls and rises again: the held-out points lie beside the line."""
    stop = EarlyStopping(**arguments)
    held_out = (X[:3], Y[:3] - 1.0)
    trainer.fit((X, Y), epochs=2000, validation=held_out, callbacks=[stop])
    return stop


@pytest.mark.parametrize("backend", ["torch", "compiled"])
def test_early_stopping_brings_the_best_weights_back(backend: str) -> None:
    trainer = Trainer(curve, optimizer=Adam(learning_rate=0.05), backend=backend, precision="float64", seed=3)
    stop = climbing(trainer, patience=25)
    seen = trainer.history["validation_loss"]
    assert stop.best_epoch == int(seen.argmin()) + 1
    assert trainer.epochs == stop.best_epoch + 25 < 2000
    assert trainer.evaluate((X[:3], Y[:3] - 1.0))["loss"] == pytest.approx(seen.min(), rel=1e-12)


def test_early_stopping_may_leave_the_last_weights() -> None:
    trainer = Trainer(curve, optimizer=Adam(learning_rate=0.05), seed=3, backend="torch")
    climbing(trainer, patience=25, restore=False)
    assert trainer.evaluate((X[:3], Y[:3] - 1.0))["loss"] == trainer.history["validation_loss"][-1]


@pytest.mark.parametrize("backend", ["torch", "compiled"])
def test_the_loss_of_a_full_batch_belongs_to_the_weights_before_it(backend: str) -> None:
    trainer = Trainer(curve, optimizer=SGD(learning_rate=0.09), seed=3, backend=backend, precision="float64")
    trainer.fit((X, Y), epochs=300, callbacks=[EarlyStopping("loss", patience=5)])
    assert trainer.evaluate((X, Y))["loss"] == pytest.approx(trainer.history["loss"].min(), rel=1e-12)


def test_early_stopping_counts_what_is_better_enough() -> None:
    numbers = iter([5.0, 4.0, 3.95, 3.93, 3.5, 3.49, 3.48])
    trainer = Trainer(curve, metrics={"score": lambda prediction, target: next(numbers)})
    stop = EarlyStopping("score", patience=2, least=0.1)
    trainer.fit((X, Y), epochs=50, callbacks=[stop])
    assert (stop.best, stop.best_epoch, trainer.epochs) == (4.0, 2, 4)
    rising = iter([1.0, 3.0, 2.0, 2.0])
    trainer = Trainer(curve, metrics={"score": lambda prediction, target: next(rising)})
    stop = EarlyStopping("score", patience=2, mode="max")
    trainer.fit((X, Y), epochs=50, callbacks=[stop])
    assert (stop.best_epoch, trainer.epochs) == (2, 4)


def test_early_stopping_begins_anew_in_a_second_fit() -> None:
    trainer, stop = Trainer(curve, optimizer=SGD(learning_rate=0.09), seed=3), EarlyStopping("loss", patience=3)
    trainer.fit((X, Y), epochs=300, callbacks=[stop])
    before = trainer.epochs
    trainer.fit((X, Y), epochs=300, callbacks=[stop])
    assert trainer.epochs >= before + 3


def test_early_stopping_at_the_door() -> None:
    with pytest.raises(ConfigError) as caught:
        EarlyStopping(3, patience=0, least=-1.0, mode="least", restore=2)  # pyright: ignore[reportArgumentType]
    assert [name in str(caught.value) for name in ("monitor", "patience", "least", "mode", "restore")] == [True] * 5
    with pytest.raises(ConfigError, match=r"monitor: unknown 'validation_loss'.*; give fit validation=\(x, y\)"):
        Trainer(curve).fit((X, Y), epochs=2, callbacks=[EarlyStopping()])


# Learning rates ----------------------------------------------------------------------------------------------------------

SCHEDULES: dict[str, Any] = {
    "step": lambda o: schedulers.StepLR(o, 3, 0.5),
    "cosine": lambda o: schedulers.CosineAnnealingLR(o, 10),
    "exponential": lambda o: schedulers.ExponentialLR(o, 0.9),
    "one cycle": lambda o: schedulers.OneCycleLR(o, 0.01, total_steps=60),
    "lambda": lambda o: schedulers.LambdaLR(o, lambda k: 1 / (1 + k)),
    "milestones": lambda o: schedulers.MultiStepLR(o, [2, 2, 5], 0.5),
    "warm restarts": lambda o: schedulers.CosineAnnealingWarmRestarts(o, 3),
    "in turn": lambda o: schedulers.SequentialLR(
        o, [schedulers.LinearLR(o, 0.1, total_iters=3), schedulers.ExponentialLR(o, 0.9)], [3]
    ),
    "plateau": lambda o: schedulers.ReduceLROnPlateau(o, patience=1, threshold=0.2),
}


@pytest.mark.parametrize(
    ("name", "per"), [(name, per) for name in SCHEDULES for per in ("epoch", "step") if (name, per) != ("plateau", "step")]
)
@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_schedules_are_pytorchs(name: str, per: str) -> None:
    torch.manual_seed(1)
    model = curve()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    scheduler = SCHEDULES[name](optimizer)
    x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32)
    rates: list[float] = []
    for _ in range(10):
        total = 0.0
        for part in torch.arange(10).split(5):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x[part]), y[part])
            loss.backward()
            optimizer.step()
            total += loss.item() / 2
            if per == "step":
                scheduler.step()
        if per == "epoch":
            scheduler.step(total) if name == "plateau" else scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    found: list[float] = []

    def look(event: Event) -> None:
        if event.kind == "epoch" and event.trainer.torch_optimizer is not None:
            found.append(event.trainer.torch_optimizer.param_groups[0]["lr"])

    trainer = Trainer(curve, optimizer=lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9), seed=1)
    trainer.fit((X, Y), epochs=10, batch_size=5, shuffle=False, callbacks=[LearningRate(SCHEDULES[name], per=per), look])
    assert found == rates
    assert torch.equal(trainer.model[0].weight, model[0].weight)  # pyright: ignore[reportIndexIssue, reportArgumentType]


def test_learning_rates_at_the_door() -> None:
    with pytest.raises(ConfigError, match=r"make: expected a function of the optimizer.*; per: unknown 'batch'"):
        LearningRate(3, per="batch")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigError, match="expected a Trainer with an optimizer, got one with update="):
        Trainer(curve, update=lambda p, g, s: None).fit((X, Y), epochs=1, callbacks=[LearningRate(SCHEDULES["step"])])
    with pytest.raises(ConfigError, match=r"expected a function that returns a torch.optim.lr_scheduler, got 3"):
        Trainer(curve).fit((X, Y), epochs=1, callbacks=[LearningRate(lambda o: 3)])
    with pytest.raises(ConfigError, match="monitor: unknown 'validation_loss'"):
        Trainer(curve).fit((X, Y), epochs=1, callbacks=[LearningRate(SCHEDULES["plateau"], monitor="validation_loss")])


# Logs and bars -------------------------------------------------------------------------------------------------------------


def test_logs_grow_with_the_fit_and_tell_every_epoch_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.training.events.PATIENCE", 0.0)
    table, lines = tmp_path / "new" / "h.csv", tmp_path / "h.jsonl"
    grown: list[int] = []

    def look(event: Event) -> None:
        if event.kind == "epoch":
            grown.append(len(table.read_text().splitlines()))

    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=4, callbacks=[CSVLog(table), JSONLLog(lines), look])
    assert grown == [1, 2, 3, 4]
    trainer.fit((X, Y), epochs=2, validation=(X, Y), callbacks=[CSVLog(table), JSONLLog(lines)])
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [float(row["loss"]) for row in rows] == trainer.history["loss"].tolist()
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [row["validation_loss"] is None for row in told] == [True] * 4 + [False] * 2
    assert [row["loss"] for row in told] == trainer.history["loss"].tolist()
    with pytest.raises(ConfigError, match="path: expected the path of a file, got ''"):
        CSVLog("")
    with pytest.raises(OutputError):
        trainer.fit((X, Y), epochs=1, callbacks=[CSVLog(table / "below" / "h.csv")])


def test_tensorboard_is_asked_for_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", None)
    with pytest.raises(
        ConfigError, match=r"expected the package tensorboard to be installed, got none; pip install 'mazefit\["
    ):
        TensorBoard(tmp_path)


def test_tensorboard_gets_every_epoch_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a writer of our own in the place of TensorBoard's, which is not installed here."""
    written: list[tuple[str, float, int]] = []

    class Writer:
        def __init__(self, log_dir: str, purge_step: int) -> None:
            assert log_dir == str(tmp_path)
            self.first = purge_step

        def add_scalar(self, name: str, value: float, epoch: int) -> None:
            assert epoch >= self.first
            written.append((name, value, epoch))

        def close(self) -> None:
            written.append(("closed", 0.0, 0))

    module = type(sys)("writer")
    module.SummaryWriter = Writer  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", module)
    trainer = Trainer(curve)
    for _ in range(2):
        trainer.fit((X, Y), epochs=3, callbacks=[TensorBoard(tmp_path)])
    assert [epoch for name, _, epoch in written if name == "loss"] == [1, 2, 3, 4, 5, 6]
    assert [value for name, value, _ in written if name == "loss"] == trainer.history["loss"].tolist()
    assert sum(name == "closed" for name, _, _ in written) == 2


def test_a_bar_only_for_a_person(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Trainer(curve).fit((X, Y), epochs=2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    Trainer(curve).fit((X, Y), epochs=2, validation=(X, Y))
    assert "0/2" in capsys.readouterr().err
    Trainer(curve).fit((X, Y), epochs=2, progress=False)
    assert capsys.readouterr().err == ""
