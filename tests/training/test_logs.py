"""The course of a fit in files, where programs were killed or went on. More of it in test_callbacks.py."""

import errno
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from mazefit.errors import OutputError
from mazefit.training.events import Event
from mazefit.training.logs import CSVLog, TensorBoard
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def test_half_written_files_of_a_killed_program_go(tmp_path: Path) -> None:
    half, other = tmp_path / ".h.csv-abc123", tmp_path / ".other.csv-abc123"
    for file in (half, other):
        file.write_text("epoch,lo")
    Trainer(curve).fit((X, Y), epochs=1, callbacks=[CSVLog(tmp_path / "h.csv")])
    assert not half.exists()
    assert other.exists()
    assert (tmp_path / "h.csv").read_text().startswith("epoch,loss\n1,")


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.training.events.PATIENCE", 0.0)
    log = CSVLog(tmp_path / "h.csv")

    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        close = flush

    def fill(event: Event) -> None:
        if event.kind == "epoch" and event.epoch == 2:
            log.close()
            log.file = Full()

    with pytest.raises(OutputError, match=r"h.csv': expected to write on, got No space left on device"):
        Trainer(curve).fit((X, Y), epochs=4, callbacks=[log, fill])


def test_tensorboard_forgets_what_comes_after_the_fits_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps from `purge_step` on are those of an attempt that was interrupted later than its checkpoint."""
    purged: list[int] = []

    class Writer:
        def __init__(self, log_dir: str, purge_step: int) -> None:
            purged.append(purge_step)

        def add_scalar(self, *_: Any) -> None: ...

        def close(self) -> None: ...

    module = type(sys)("writer")
    module.SummaryWriter = Writer  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", module)
    trainer = Trainer(curve)
    for _ in range(2):
        trainer.fit((X, Y), epochs=3, callbacks=[TensorBoard(tmp_path)])
    assert purged == [1, 4]
