"""When a fit is saved on its way: ten seconds apart by its own clock, at a Ctrl-C, and never before the folder is known."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mazefit.errors import ConfigError, OutputError
from mazefit.training import saving
from mazefit.training.events import Event
from mazefit.training.place import TrainingInterrupted
from mazefit.training.saving import Checkpoint
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def test_ten_seconds_of_the_fits_own_clock_lie_between_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes on in the middle of a long epoch, and stood at 100 seconds when this fit began."""
    saved: list[float] = []
    clock = [100.0]
    course = SimpleNamespace(seconds=lambda: clock[0])
    trainer: Any = SimpleNamespace(on_its_way=course, place=SimpleNamespace(position=3), by_index=True)
    monkeypatch.setattr(saving, "save", lambda trainer, folder: saved.append(clock[0]))
    checkpoint, history = Checkpoint(tmp_path), SimpleNamespace(seconds=100.0)

    def tell(kind: Any, seconds: float) -> None:
        clock[0] = seconds
        checkpoint(Event(kind, 0, 3, 9, history, trainer))  # pyright: ignore[reportArgumentType]

    tell("start", 100.0)
    for seconds in (100.5, 109.9, 110.1, 115.0, 120.0, 120.2):
        tell("epoch", seconds)
    assert saved == [110.1, 120.2]
    trainer.by_index = False  # a DataLoader's epochs cannot be taken up in their middle
    tell("epoch", 140.0)
    assert saved == [110.1, 120.2]
    trainer.place.position = 0
    tell("epoch", 150.0)
    assert saved[2:] == [150.0]


def test_ctrl_c_is_saved_where_it_fell(tmp_path: Path) -> None:
    class Press:
        each_step = True

        def __call__(self, event: Event) -> None:
            if event.kind == "step" and event.step == 5:
                os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(TrainingInterrupted):
        Trainer(curve).fit((X, Y), epochs=9, batch_size=4, checkpoint=tmp_path, every=1, callbacks=[Press()])
    kept = Trainer.resume(tmp_path, curve)
    assert (kept.epochs, kept.place.position, kept.steps) == (1, 2, 5)


def test_seconds_are_those_of_the_moment(tmp_path: Path) -> None:
    class Save:
        each_step = True

        def __call__(self, event: Event) -> None:
            if event.kind == "step" and event.step == 2:
                assert event.trainer.on_its_way is not None
                event.trainer.on_its_way.begun -= 100.0  # as if the epoch had been a long one
                event.trainer.save(tmp_path)

    Trainer(curve).fit((X, Y), epochs=1, batch_size=4, callbacks=[Save()])
    assert Trainer.load(tmp_path, curve).history.seconds > 100.0


def test_a_folder_that_is_none_is_refused_before_any_work(tmp_path: Path) -> None:
    for folder in (3, ""):
        with pytest.raises(ConfigError, match="folder: expected the path of a folder, got"):
            Checkpoint(folder)  # pyright: ignore[reportArgumentType]
    (tmp_path / "file").write_text("")
    trainer = Trainer(curve)
    with pytest.raises(OutputError, match="expected a folder that can be written, got an existing file"):
        trainer.fit((X, Y), epochs=1, callbacks=[Checkpoint(tmp_path / "file")])
    assert trainer.steps == 0
