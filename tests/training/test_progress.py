"""The bar: for a person at a terminal, at the epoch where the fit is, and gone afterwards."""

from typing import Any

import pytest

from mazefit.training.events import Event
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


class Bar:
    """In the place of tqdm's."""

    made: "list[Bar]" = []  # noqa: RUF012

    def __init__(self, total: int, initial: int, **_: Any) -> None:
        self.total, self.initial, self.n, self.closed = total, initial, initial, 0
        self.shown: list[tuple[int, str]] = []
        self.made.append(self)

    def set_postfix_str(self, text: str, refresh: bool) -> None:
        assert not refresh
        self.shown.append((self.n, text))

    def update(self, count: int) -> None:
        assert count == 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Bar]:
    monkeypatch.setattr("tqdm.tqdm", Bar)
    monkeypatch.setattr("mazefit.training.events.PATIENCE", 0.0)
    Bar.made.clear()
    return Bar.made


def test_it_stands_where_the_fit_is_and_is_taken_away(bars: list[Bar]) -> None:
    trainer = Trainer(curve)
    for validation in (None, (X, Y)):
        trainer.fit((X, Y), epochs=3, progress=True, validation=validation)
    first, second = bars
    assert (first.initial, first.total, second.initial, second.total) == (0, 3, 3, 6)
    assert [n for n, _ in first.shown] == [1, 2, 3, 3]
    assert [n for n, _ in second.shown] == [3, 4, 5, 6, 6]
    assert first.shown[-1][1] == f"loss {trainer.history['loss'][2]:.4g}"
    assert (
        second.shown[-1][1]
        == f"loss {trainer.history['loss'][5]:.4g}, validation_loss {trainer.history['validation_loss'][5]:.4g}"
    )
    assert first.closed == second.closed == 1


def test_it_moves_within_a_long_epoch(bars: list[Bar]) -> None:
    trainer, so_far = Trainer(curve), list[float]()

    def note(event: Event) -> None:
        so_far.extend(event.trainer.place.means[:1])

    note.each_step = True  # pyright: ignore[reportFunctionMemberAccess]
    trainer.fit((X, Y), epochs=2, batch_size=-(-len(X) // 4), progress=True, callbacks=[note])
    (bar,) = bars
    assert [n for n, _ in bar.shown] == [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2]
    assert [text for _, text in bar.shown[:3]] == [f"loss {mean:.4g}" for mean in so_far[:3]]  # of the batches until then
    assert {text for n, text in bar.shown if 1 <= n < 2} == {f"loss {trainer.history['loss'][0]:.4g}"}


def test_of_short_epochs_whole_numbers_are_shown(bars: list[Bar], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.training.events.PATIENCE", 0.05)
    Trainer(curve).fit((X, Y), epochs=400, batch_size=-(-len(X) // 4), progress=True)
    whole = [n for n, _ in bars[0].shown if n == int(n)]
    assert len(whole) >= len(bars[0].shown) - 2


@pytest.mark.parametrize(("out", "error", "count"), [(True, True, 1), (True, False, 0), (False, True, 0), (False, False, 0)])
def test_both_ends_must_be_a_terminal(
    monkeypatch: pytest.MonkeyPatch, bars: list[Bar], out: bool, error: bool, count: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: out)
    monkeypatch.setattr("sys.stderr.isatty", lambda: error)
    Trainer(curve).fit((X, Y), epochs=1)
    assert len(bars) == count
