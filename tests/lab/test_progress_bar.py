"""The bar: on a terminal it moves, piped it is silent."""

import io
import sys

import numpy as np
import pytest

from mazefit.agents import Event
from mazefit.lab.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def event(kind: str, episodes: int, returns: list[float]) -> Event:
    lengths = np.ones(len(returns), dtype=np.int64)
    return Event(kind, episodes, 10 * episodes, np.array(returns), lengths, np.zeros((1, 1)), None)  # pyright: ignore


def watch(monkeypatch: pytest.MonkeyPatch, out: io.StringIO, language: str = "en") -> str:
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with ProgressBar(100, language) as bar:  # pyright: ignore
        bar(event("start", 40, []))
        bar.bar.mininterval = 0
        bar(event("progress", 75, [-3.0, -5.0]))
        bar(event("end", 75, []))
        bar.bar.refresh()
    return sys.stderr.getvalue()  # pyright: ignore


def test_on_a_terminal_it_shows_episodes_and_the_mean_return(monkeypatch: pytest.MonkeyPatch):
    shown = watch(monkeypatch, Terminal())
    assert "75/100" in shown
    assert "G -4" in shown
    assert "에피소드" in watch(monkeypatch, Terminal(), "ko")


def test_where_either_stream_is_piped_it_is_silent(monkeypatch: pytest.MonkeyPatch):
    assert watch(monkeypatch, io.StringIO()) == ""
