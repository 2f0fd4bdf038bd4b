"""Trainers out of checkpoints: which epoch they begin, and on which device. More of it in test_checkpoint.py."""

import logging
from pathlib import Path

import pytest

from mazefit.errors import DataError
from mazefit.files import read_folder, write_folder
from mazefit.training.events import Event
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def test_loaded_in_the_middle_of_an_epoch_it_begins_that_epoch_anew(tmp_path: Path) -> None:
    class Stop:
        each_step = True

        def __call__(self, event: Event) -> bool:
            return event.step == 5

    Trainer(curve).fit((X, Y), epochs=4, batch_size=4, callbacks=[Stop()], checkpoint=tmp_path)
    loaded = Trainer.load(tmp_path, curve)
    assert (loaded.epochs, loaded.steps) == (1, 5)
    loaded.fit((X, Y), epochs=1, batch_size=4)
    assert (loaded.epochs, loaded.steps) == (2, 8)


def computed_on(folder: Path, device: str) -> None:
    content = dict(read_folder(folder, "trainer"))
    content["trainer"]["choice"]["device"] = device
    write_folder(folder, "trainer", content)


def test_a_device_that_is_given_is_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Trainer(curve).save(tmp_path)
    computed_on(tmp_path, "cuda:7")
    with caplog.at_level(logging.INFO, "mazefit"):
        loaded = Trainer.load(tmp_path, curve, device="cpu")
    assert "which is not here" not in caplog.text
    assert loaded.choice.reason.startswith("cpu: as asked for")


def test_the_device_that_was_asked_for_is_kept(tmp_path: Path) -> None:
    first = Trainer(curve, device="cpu")
    first.save(tmp_path)
    loaded = Trainer.load(tmp_path, curve)
    assert loaded.settings.described() == first.settings.described()
    loaded.save(tmp_path)
    assert Trainer.resume(tmp_path, curve, device="cpu").choice.device.type == "cpu"
    content = dict(read_folder(tmp_path, "trainer"))
    content["trainer"]["settings"]["device"] = "gpu"
    write_folder(tmp_path, "trainer", content)
    with pytest.raises(DataError, match="expected a device as mazefit saves it, got 'gpu'"):
        Trainer.load(tmp_path, curve)
