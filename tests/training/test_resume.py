import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from mazefit.errors import ConfigError
from mazefit.training import saving
from mazefit.training.dropout import Dropout
from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.events import Callbacks, Event
from mazefit.training.learning_rate import LearningRate
from mazefit.training.meter import Meter
from mazefit.training.optimizers import SGD, Adam, RMSprop
from mazefit.training.place import TrainingInterrupted
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, digest

schedulers = torch.optim.lr_scheduler
TENSORS = (torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32))


def dropping() -> nn.Module:
    """Our dropout, which keeps its own count, and PyTorch's, which draws from the global generator."""
    return nn.Sequential(
        nn.Linear(1, 8), nn.Tanh(), Dropout(0.2), nn.Linear(8, 8), nn.Dropout(0.2), nn.BatchNorm1d(8), nn.Linear(8, 1)
    )


class Asked(Dataset[Any]):
    """Rows that are asked for one by one, each with noise from the global generator."""

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, index: int) -> Any:
        return TENSORS[0][index] + 0.01 * torch.randn(1), TENSORS[1][index]


def loader(generator: torch.Generator | None = None) -> DataLoader[Any]:
    return DataLoader(TensorDataset(*TENSORS), batch_size=4, shuffle=True, generator=generator)


def seeded() -> torch.Generator:
    generator = torch.Generator()
    generator.manual_seed(77)
    return generator


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flushing to the disk guards against power cuts, and takes most of the time of these tests."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class Case:
    """What is fitted and how; made anew for every fit, as a program does that is started again."""

    def __init__(
        self,
        make: Any = curve,
        data: Callable[[], Any] = lambda: (X, Y),
        settings: Any = None,
        callbacks: Any = None,
        **fit: Any,
    ):
        self.make, self.data, self.settings, self.fit = make, data, settings or {}, {"epochs": 6} | fit
        self.callbacks: Callable[[], list[Any]] = callbacks or list

    def run(self, trainer: Trainer, *more: Any, **folder: Any) -> Trainer:
        trainer.fit(self.data(), callbacks=[*self.callbacks(), *more], **self.fit, **folder)
        return trainer

    def start(self, folder: Path | None = None) -> Trainer:
        arguments = {"seed": 3, **self.settings}
        return Trainer(self.make, **arguments) if folder is None else Trainer.resume(folder, self.make, **arguments)


CASES = {
    "full batch": Case(settings={"optimizer": Adam(learning_rate=0.01)}),
    "mini-batches": Case(settings={"optimizer": SGD(learning_rate=0.003, momentum=0.9)}, batch_size=3),
    "dropout": Case(dropping, batch_size=5),
    "accumulation and clipping": Case(batch_size=2, accumulate=2, clip_norm=0.3, settings={"optimizer": RMSprop(momentum=0.5)}),
    "a schedule by epochs": Case(callbacks=lambda: [LearningRate(lambda o: schedulers.CosineAnnealingLR(o, 6))], batch_size=4),
    "a schedule by steps": Case(
        callbacks=lambda: [LearningRate(lambda o: schedulers.OneCycleLR(o, 0.01, total_steps=18), per="step")],
        settings={"optimizer": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)},
        batch_size=4,
    ),
    "a schedule by the loss": Case(
        callbacks=lambda: [LearningRate(lambda o: schedulers.ReduceLROnPlateau(o, patience=0, threshold=0.5))], batch_size=4
    ),
    "milestones": Case(callbacks=lambda: [LearningRate(lambda o: schedulers.MultiStepLR(o, [2, 2, 4], 0.5))], batch_size=4),
    "early stopping": Case(
        settings={"optimizer": Adam(learning_rate=0.3)},
        callbacks=lambda: [EarlyStopping(patience=3)],
        validation=(X[:3], Y[:3] - 3.0),
        epochs=12,
        batch_size=5,
    ),
    "early stopping by the loss": Case(
        settings={"optimizer": Adam(learning_rate=0.5)}, callbacks=lambda: [EarlyStopping("loss", patience=2)], epochs=12
    ),
    "metrics": Case(settings={"metrics": {"bias": lambda p, y: (p - y).mean()}}, validation=(X, Y), batch_size=3),
    "a dataset": Case(data=Asked, batch_size=4),
    "a loader": Case(data=loader),
    "a loader with a generator": Case(data=lambda: loader(seeded())),
    "a loader with accumulation": Case(data=loader, accumulate=2),
}


class Press:
    """Ctrl-C after a step."""

    each_step = True

    def __init__(self, step: int) -> None:
        self.step = step

    def __call__(self, event: Event) -> None:
        if event.kind == "step" and event.step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("name", CASES)
def test_stopped_after_any_step_and_resumed_it_ends_with_the_same_bytes(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    whole = case.run(case.start())
    expected = digest(whole)
    for step in range(1, whole.steps + 1):
        folder = tmp_path / str(step)
        stopped = case.start(folder)
        with pytest.raises(TrainingInterrupted):
            case.run(stopped, Press(step), checkpoint=folder, every=1)
        assert stopped.steps == step
        resumed = case.start(folder)
        case.run(resumed, checkpoint=folder, every=1)
        assert digest(resumed) == expected, f"stopped after step {step}"
        again = case.start(folder)
        assert digest(case.run(again, checkpoint=folder)) == expected  # nothing is left to do


@pytest.mark.parametrize("name", [name for name in CASES if "loader" not in name])
def test_stopped_again_and_again(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    whole = case.run(case.start())
    for step in range(1, whole.steps + 1):
        with pytest.raises(TrainingInterrupted):
            case.run(case.start(tmp_path), Press(step), checkpoint=tmp_path)
    assert digest(case.run(case.start(tmp_path), checkpoint=tmp_path)) == digest(whole)


@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_losses_that_wait_on_a_gpu_are_in_the_checkpoint(step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way a GPU's losses are read, tried on the CPU."""
    monkeypatch.setattr("mazefit.training.fitting.Meter", lambda metrics, _, together: Meter(metrics, True, together))
    case = CASES["metrics"]
    whole = case.run(case.start())
    with pytest.raises(TrainingInterrupted):
        case.run(case.start(tmp_path), Interrupted(step), checkpoint=tmp_path)
    assert digest(case.run(case.start(tmp_path), checkpoint=tmp_path)) == digest(whole)


class Interrupted:
    """Ctrl-C after a step that this callback is not told of: nothing is read for its sake."""

    def __init__(self, step: int) -> None:
        self.step = step

    def __call__(self, event: Event) -> None:
        course = event.trainer.on_its_way
        if event.kind == "start" and course is not None:
            course.asked = lambda: event.trainer.steps >= self.step


def test_the_same_process_may_go_on_too() -> None:
    case = CASES["dropout"]
    trainer = case.start()
    with pytest.raises(TrainingInterrupted, match="interrupted after 2 whole epochs, 5 steps"):
        case.run(trainer, Press(5))
    trainer.fit((X, Y), batch_size=5, epochs=4)
    assert digest(trainer) == digest(case.run(case.start()))


def test_other_batches_begin_an_epoch_anew() -> None:
    trainer = CASES["mini-batches"].start()
    with pytest.raises(TrainingInterrupted):
        CASES["mini-batches"].run(trainer, Press(6))
    trainer.fit((X, Y), batch_size=5, epochs=1)
    assert (trainer.epochs, trainer.steps) == (2, 8)


def test_the_compiled_loop_resumes_exactly_too(tmp_path: Path) -> None:
    class PressAt:
        def __init__(self, epoch: int) -> None:
            self.every = epoch

        def __call__(self, event: Event) -> None:
            if event.kind == "epoch":
                os.kill(os.getpid(), signal.SIGINT)

    case = Case(settings={"backend": "compiled"}, epochs=100, batch_size=4)
    expected = digest(case.run(case.start()))
    for epoch in (1, 30, 60, 99):
        with pytest.raises(TrainingInterrupted):
            case.run(case.start(tmp_path), PressAt(epoch), checkpoint=tmp_path)
    assert digest(case.run(case.start(tmp_path), checkpoint=tmp_path)) == expected


def test_the_backend_of_the_checkpoint_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(epochs=1200)
    first = case.start(tmp_path)
    with pytest.raises(TrainingInterrupted):
        case.run(first, Press(30), checkpoint=tmp_path)  # told every step: by PyTorch
    assert first.choice.backend == "torch"
    resumed = case.start(tmp_path)
    case.run(resumed, lambda event: event.epoch == 40)
    assert resumed.choice.reason.endswith("backend torch: as in the checkpoint")
    assert case.run(case.start()).choice.backend == "compiled"


def test_epochs_count_from_where_the_interrupted_fit_began(tmp_path: Path) -> None:
    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=5)
    with pytest.raises(TrainingInterrupted):
        trainer.fit((X, Y), epochs=10, checkpoint=tmp_path, callbacks=[Press(8)])
    assert trainer.epochs == 8
    resumed = Trainer.resume(tmp_path, curve)
    assert resumed.fit((X, Y), epochs=10).epochs == 15
    assert resumed.fit((X, Y), epochs=10).epochs == 25  # the second goes on for so many more
    assert Trainer.resume(tmp_path, curve).fit((X, Y), epochs=12).epochs == 17
    assert Trainer.load(tmp_path, curve).fit((X, Y), epochs=10).epochs == 18


def test_a_fit_that_a_callback_stopped_stays_stopped(tmp_path: Path) -> None:
    def stop(event: Event) -> bool:
        return event.kind == "epoch" and event.epoch == 4

    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=9, checkpoint=tmp_path, callbacks=[stop])
    resumed = Trainer.resume(tmp_path, curve)
    assert resumed.fit((X, Y), epochs=9, checkpoint=tmp_path, callbacks=[stop]).epochs == 4
    assert digest(resumed) == digest(trainer)


@pytest.mark.parametrize("name", ["early stopping", "early stopping by the loss", "full batch"])
def test_killed_between_the_last_epoch_and_the_end(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens at the end alone, such as bringing the best weights back, must still happen."""
    case = CASES[name]
    whole = case.run(case.start())
    tell = Callbacks.tell

    def dying(self: Callbacks, event: Event) -> bool:
        if event.kind == "end":
            raise SystemExit
        return tell(self, event)

    monkeypatch.setattr(Callbacks, "tell", dying)
    with pytest.raises(SystemExit):
        case.run(case.start(tmp_path), checkpoint=tmp_path, every=1)
    monkeypatch.setattr(Callbacks, "tell", tell)
    assert Trainer.load(tmp_path, case.make).epochs == whole.epochs
    assert digest(case.run(case.start(tmp_path), checkpoint=tmp_path, every=1)) == digest(whole)


def test_killed_in_the_epoch_in_which_a_callback_says_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(event: Event) -> bool:
        return event.kind == "epoch" and event.epoch == 4

    case = Case(callbacks=lambda: [stop])
    whole = case.run(case.start())
    save = saving.save

    def dying(trainer: Trainer, folder: Path) -> None:
        save(trainer, folder)
        if trainer.epochs == 4:
            raise SystemExit

    monkeypatch.setattr(saving, "save", dying)
    with pytest.raises(SystemExit):
        case.run(case.start(tmp_path), checkpoint=tmp_path, every=1)
    monkeypatch.setattr(saving, "save", save)
    resumed = case.start(tmp_path)
    assert case.run(resumed, checkpoint=tmp_path, every=1).epochs == 4
    assert digest(resumed) == digest(whole)


def test_saved_before_its_first_fit(tmp_path: Path) -> None:
    Trainer(curve, seed=2).save(tmp_path)
    resumed = Trainer.resume(tmp_path, curve, seed=2)
    resumed.fit((X, Y), epochs=3)
    whole = Trainer(curve, seed=2)
    whole.fit((X, Y), epochs=3)
    assert digest(resumed) == digest(whole)


def test_a_folder_without_a_checkpoint_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "tensors-0123456789ab.safetensors").write_bytes(b"half a file")
    trainer = Trainer.resume(tmp_path / "none", curve, seed=5)
    assert (trainer.epochs, trainer.settings.seed) == (0, 5)
    trainer = Trainer.resume(tmp_path, curve, seed=5)
    trainer.fit((X, Y), epochs=1, checkpoint=tmp_path)
    assert not (tmp_path / "tensors-0123456789ab.safetensors").exists()  # what a killed program had left


def test_a_resumed_fit_is_asked_what_it_was_asked_before(tmp_path: Path) -> None:
    case = CASES["early stopping"]
    with pytest.raises(TrainingInterrupted):
        case.run(case.start(tmp_path), Press(3), checkpoint=tmp_path)
    with pytest.raises(ConfigError) as caught:
        Trainer.resume(tmp_path, curve, seed=4, loss="l1")
    assert "seed: expected 3 as saved, got 4" in str(caught.value)
    assert "loss: expected 'mse' as saved, got 'l1'" in str(caught.value)
    assert "optimizer: expected {" in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        case.start(tmp_path).fit((X, Y + 1.0), epochs=12, batch_size=4)
    said = str(caught.value)
    assert "batch_size: expected 5 as before, got 4" in said
    assert "data's SHA-256: expected" in said
    assert "callbacks: expected EarlyStopping as before, got none" in said


def test_logs_never_tell_of_an_epoch_twice(tmp_path: Path) -> None:
    case = CASES["mini-batches"]
    whole = case.run(case.start())
    for step in (5, 9, 14):
        with pytest.raises(TrainingInterrupted):
            case.run(case.start(tmp_path), Press(step), checkpoint=tmp_path)
    case.run(case.start(tmp_path), checkpoint=tmp_path)
    rows = (tmp_path / "history.csv").read_text().splitlines()
    assert rows[0] == "epoch,loss"
    assert [float(row.split(",")[1]) for row in rows[1:]] == whole.history["loss"].tolist()
    assert np.array_equal([int(row.split(",")[0]) for row in rows[1:]], np.arange(1, 7))


def test_a_second_ctrl_c_stops_at_once() -> None:
    def twice(event: Event) -> None:
        if event.kind == "epoch":
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt) as caught:
        Trainer(curve).fit((X, Y), epochs=5, callbacks=[twice])
    assert not isinstance(caught.value, TrainingInterrupted)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_looking_between_two_fits_changes_nothing() -> None:
    class Noisy(nn.Module):
        """Draws in eval mode, too, as a variational autoencoder does."""

        def __init__(self) -> None:
            super().__init__()
            self.line = nn.Linear(1, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.line(x) + 0.1 * torch.randn(len(x), 1)

    fitted: list[bytes] = []
    for looks in (False, True):
        trainer = Trainer(Noisy)
        trainer.fit((X, Y), epochs=3)
        if looks:
            assert trainer.predict(X).tobytes() == trainer.predict(X).tobytes()
            trainer.evaluate((X, Y))
            trainer.summary(X)
        trainer.fit((X, Y), epochs=3)
        fitted.append(trainer.history["loss"].tobytes())
    assert fitted[0] == fitted[1]
