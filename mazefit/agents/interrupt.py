"""Ctrl-C, without losing anything: the first asks the run to stop at its last whole episode, the second stops at once."""

import signal
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mazefit.agents.run import Run


class LearningInterrupted(KeyboardInterrupt):
    """Learning was interrupted; `.run` holds everything up to the last whole episode and can be resumed."""

    def __init__(self, run: "Run") -> None:
        super().__init__(f"interrupted after {len(run.returns)} whole episodes")
        self.run = run


class Interruption:
    """While open (in the main thread), a first SIGINT only sets `asked`."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
