"""The course of a fit in files: a table (CSV), one JSON object a line (JSONL), and TensorBoard where it is installed.

Files are written as the fit goes. Where one is taken up again they are first brought to the epochs that the checkpoint holds,
so that they never tell of epochs that were fitted twice.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from mazefit.errors import ConfigError, OutputError
from mazefit.files import prepare_folder, write_file
from mazefit.training.events import Event
from mazefit.training.history import History, as_file, json_line


class _FileLog:
    """A file that grows by a line an epoch.

    Args:
        path: the file.
        head: of the history, what stands above the epochs.
        lines: of the history and an epoch, the lines from that epoch on.

    Raises:
        ConfigError: the path is none.
        OutputError: while fitting, the file cannot be written.
    """

    every = None
    first_process = True

    def __init__(self, path: str | Path, head: Callable[[History], str], lines: Callable[[History, int], str]) -> None:
        self.path, self.head, self.lines = as_file(path), head, lines
        self.file: Any = None
        self.written = 0
        self.columns: list[str] = []

    def __call__(self, event: Event) -> None:
        """Write the epochs that are new."""
        if event.kind == "start":
            for left in prepare_folder(self.path.parent).glob(f".{self.path.name}-*"):
                left.unlink()  # half-written, by a program that was killed
        columns = list(event.history)
        if event.kind == "start" or columns != self.columns:  # from the beginning: a header, and every epoch so far
            self.close()
            self.columns, self.written = columns, event.history.epochs
            write_file(self.path, (self.head(event.history) + self.lines(event.history, 0)).encode())
            self.file = self.path.open("a", encoding="utf-8")
        elif self.written < event.history.epochs:
            try:
                self.file.write(self.lines(event.history, self.written))
                self.file.flush()
            except OSError as error:
                with suppress(OSError):  # closing writes what is left, which cannot be written
                    self.file.close()
                self.file = None
                raise OutputError(f"file {str(self.path)!r}: expected to write on, got {error.strerror}") from error
            self.written = event.history.epochs

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
            self.file = None


class CSVLog(_FileLog):
    """A callback that writes `history` as a table while it grows: epoch (from 1), then each column.

    Args:
        path: the file; what stood there is replaced.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, History.csv_head, History.csv_lines)


class JSONLLog(_FileLog):
    """A callback that writes `history` as one JSON object a line while it grows; null where nothing was measured.

    Args:
        path: the file; what stood there is replaced.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, lambda _: "", lambda history, first: "".join(map(json_line, history.rows(first))))


class TensorBoard:
    """A callback that writes every column of the history for TensorBoard.

    Args:
        folder: where its event files go.

    Raises:
        ConfigError: the package tensorboard is not installed.
    """

    every = None
    first_process = True

    def __init__(self, folder: str | Path) -> None:
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError as error:
            raise ConfigError(
                "TensorBoard: expected the package tensorboard to be installed, got none; pip install 'mazefit[tensorboard]'"
            ) from error
        self.make: Any = SummaryWriter
        self.folder = prepare_folder(folder)
        self.writer: Any = None
        self.written = 0

    def __call__(self, event: Event) -> None:
        """Write the epochs that are new."""
        if event.kind == "start":
            self.writer = self.make(log_dir=str(self.folder), purge_step=event.epoch + 1)
            self.written = event.epoch
        for row in event.history.rows(self.written):
            for name in event.history:
                self.writer.add_scalar(name, row[name], row["epoch"])
        self.written = event.history.epochs

    def close(self) -> None:
        """Close the files."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None
