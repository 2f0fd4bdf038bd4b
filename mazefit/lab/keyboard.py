"""Keys one by one: from a terminal as they are pressed, from a pipe as they come; the terminal is given back as it was."""

import os
import select
import signal
import sys
from types import TracebackType
from typing import Any

from mazefit.lab.keys import next_key

ESCAPE_WAIT = 0.05
"""Seconds after which an Escape is the key, and not the beginning of an arrow's sequence."""


class Keyboard:
    """Standard input as a row of keys.

    While it is open a terminal neither echoes nor waits for Enter. Ctrl-C still interrupts; Ctrl-Z comes as the key "suspend",
    so that the terminal can be put in order first (`suspend`). Where keys cannot be read one by one (a pipe, Windows), line
    ends are skipped, and every other character is a key.
    """

    def __init__(self) -> None:
        known: Any = sys.stdin  # None where a program was started without
        self.fd: int | None = None if known is None or known.closed else known.fileno()
        self.one_by_one = self.fd is not None and os.name == "posix" and os.isatty(self.fd)
        self._rest = b""
        self._before: list[Any] | None = None

    def __enter__(self) -> "Keyboard":
        if self.one_by_one:
            self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def read(self, seconds: float | None = None) -> str | None:
        """The next key; "end" where there will be none; None where none came within `seconds`."""
        while True:
            key, self._rest = next_key(self._rest)
            if key == "enter" and not self.one_by_one:
                continue
            if key is not None:
                return key
            wait = ESCAPE_WAIT if self._rest and self.one_by_one else seconds
            if wait is not None and not self._ready(wait):
                if not self._rest:
                    return None
                key, self._rest = next_key(self._rest, complete=True)
                return key
            data = b"" if self.fd is None else os.read(self.fd, 4096)
            if not data:
                key, self._rest = next_key(self._rest, complete=True)
                return key or "end"
            self._rest += data

    def suspend(self) -> None:
        """Stop the program as Ctrl-Z does; go on when the shell says so."""
        self._close()
        os.kill(0, signal.SIGTSTP)
        self._open()

    def _ready(self, seconds: float) -> bool:
        return self.fd is None or bool(select.select([self.fd], [], [], seconds)[0])

    def _open(self) -> None:
        import termios

        assert self.fd is not None
        self._before = termios.tcgetattr(self.fd)
        now = termios.tcgetattr(self.fd)
        now[3] &= ~(termios.ECHO | termios.ICANON)
        now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
        now[6][termios.VSUSP] = b"\0"
        termios.tcsetattr(self.fd, termios.TCSANOW, now)

    def _close(self) -> None:
        if self._before is not None:
            import termios

            assert self.fd is not None
            termios.tcsetattr(self.fd, termios.TCSANOW, self._before)
            self._before = None
