"""Ctrl-C, without losing anything: the first asks a run to stop at the next good moment, the second stops at once."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


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
