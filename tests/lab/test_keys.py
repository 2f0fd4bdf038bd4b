"""Bytes to keys: whole, in pieces, foreign; and the terminal they come from."""

import os
import pty
import sys
import termios
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mazefit.lab import keyboard
from mazefit.lab.keyboard import Keyboard
from mazefit.lab.keys import command, nearest, next_key


def keys_of(data: bytes, piece: int) -> list[str]:
    """The keys of some bytes that come in pieces."""
    found, rest = list[str](), b""
    for first in range(0, len(data), piece):
        rest += data[first : first + piece]
        while True:
            key, rest = next_key(rest)
            if key is None:
                break
            found.append(key)
    while rest:
        key, rest = next_key(rest, complete=True)
        assert key is not None
        found.append(key)
    return found


@pytest.mark.parametrize("piece", [1, 2, 3, 100])
def test_keys_come_in_pieces(piece: int) -> None:
    data = b"a\x1b[A\x1bOB\x1b[1;5C\x1b[D" + "모π😀".encode() + b"\x1b[15~\r\n\x1a\x04\x1b"
    expected = ["a", "up", "down", "right", "left", "모", "π", "😀", "Esc [15~", "enter", "enter", "suspend", "end", "escape"]
    assert keys_of(data, piece) == expected


def test_an_escape_sequence_that_never_ends() -> None:
    assert next_key(b"\x1b[1") == (None, b"\x1b[1")
    assert next_key(b"\x1b[1", complete=True) == ("escape", b"[1")
    assert next_key(b"\xea\xb0") == (None, b"\xea\xb0")
    assert next_key(b"\xea\xb0", complete=True) == ("0xea", b"\xb0")
    assert next_key(b"\x1bx") == ("escape", b"x")
    assert next_key(b"") == (None, b"")


@given(st.binary(max_size=40), st.integers(1, 5))
def test_any_bytes_are_some_keys(data: bytes, piece: int) -> None:
    assert all(keys_of(data, piece))
    assert len(keys_of(data, piece)) <= len(data)


def test_what_keys_ask_for() -> None:
    assert [command(key) for key in ("h", "j", "k", "l")] == ["left", "down", "up", "right"]
    assert [command(key) for key in "ㅠㅕㅂ"] == ["look state", "undo", "quit"]
    assert [nearest(key) for key in ("W", "Q", "x", "7", "up")] == ["w", "q", None, None, None]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A pty as standard input: the end to type at, and the end that is read."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield master, slave
    os.close(master)


def test_the_terminal_is_quiet_while_keys_are_read_and_then_as_before(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    before = termios.tcgetattr(slave)
    with Keyboard() as keys:
        now = termios.tcgetattr(slave)
        assert not now[3] & (termios.ECHO | termios.ICANON)
        assert now[3] & termios.ISIG  # Ctrl-C interrupts
        assert now[6][termios.VSUSP] == b"\0"  # Ctrl-Z is a key
        os.write(master, b"w\r")
        assert [keys.read(5), keys.read(5), keys.read(0)] == ["w", "enter", None]
    assert termios.tcgetattr(slave) == before


def test_a_slow_line_does_not_tear_an_arrow_apart(terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def type_slowly() -> None:
        for byte in (b"\x1b", b"[", b"A"):
            os.write(terminal[0], byte)
            time.sleep(0.1)

    monkeypatch.setattr(keyboard, "ESCAPE_WAIT", 20.0)
    typist = threading.Thread(target=type_slowly)
    with Keyboard() as keys:
        typist.start()
        assert keys.read() == "up"
        typist.join()
        monkeypatch.setattr(keyboard, "ESCAPE_WAIT", 0.05)
        os.write(terminal[0], b"\x1b")
        assert keys.read() == "escape"


def test_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with Keyboard() as keys:
        assert keys.read() == "end"
