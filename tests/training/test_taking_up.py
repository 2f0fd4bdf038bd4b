"""The way back into a fit: what must be asked as before, and whose state is whose. More of it in test_resume.py."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_folder
from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.events import Event
from mazefit.training.place import TrainingInterrupted
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve

ASKED: dict[str, Any] = {"epochs": 6, "batch_size": 4, "shuffle": True, "accumulate": 1, "clip_norm": 1.0}


def press(event: Event) -> None:
    """Ctrl-C after the second epoch."""
    if event.kind == "epoch" and event.epoch == 2:
        os.kill(os.getpid(), signal.SIGINT)


def interrupted(folder: Path, *callbacks: Any) -> None:
    with pytest.raises(TrainingInterrupted):
        Trainer(curve).fit((X, Y), callbacks=[press, *callbacks], checkpoint=folder, **ASKED)


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("shuffle", False, "shuffle: expected True as before, got False"),
        ("accumulate", 2, "accumulate: expected 1 as before, got 2"),
        ("clip_norm", None, "clip_norm: expected 1.0 as before, got None"),
    ],
)
def test_each_argument_that_bytes_depend_on_is_asked_as_before(tmp_path: Path, name: str, other: Any, said: str) -> None:
    interrupted(tmp_path)
    with pytest.raises(ConfigError, match=said):
        Trainer.resume(tmp_path, curve).fit((X, Y), **(ASKED | {name: other}))
    assert Trainer.resume(tmp_path, curve).fit((X, Y), **ASKED).epochs == 6


def test_two_callbacks_of_a_kind_get_each_its_own_state(tmp_path: Path) -> None:
    class Named:
        def __init__(self, name: str) -> None:
            self.name, self.found = name, ""

        def __call__(self, event: Event) -> None: ...

        def state_dict(self) -> dict[str, str]:
            return {"name": self.name}

        def load_state_dict(self, state: dict[str, str]) -> None:
            self.found = state["name"]

    interrupted(tmp_path, Named("first"), Named("second"))
    again = Named("first"), Named("second")
    Trainer.resume(tmp_path, curve).fit((X, Y), callbacks=again, **ASKED)
    assert [one.found for one in again] == ["first", "second"]


def test_a_callbacks_state_that_is_another_is_refused_in_one_sentence(tmp_path: Path) -> None:
    interrupted(tmp_path, EarlyStopping("loss"))
    content = dict(read_folder(tmp_path, "trainer"))
    ((name, state),) = content["trainer"]["state"]["callbacks"]
    state["dict"] = [pair for pair in state["dict"] if pair[0] != "best"]
    assert name == "EarlyStopping"
    write_folder(tmp_path, "trainer", content)
    with pytest.raises(DataError, match=r"expected the state of EarlyStopping, got another \(KeyError\('best'\)\)"):
        Trainer.resume(tmp_path, curve).fit((X, Y), callbacks=[EarlyStopping("loss")], **ASKED)
