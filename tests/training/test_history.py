import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from mazefit.errors import ConfigError, OutputError
from mazefit.training.history import History
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve


def filled(epochs: int = 5) -> History:
    history = History()
    for k in range(epochs):
        history.append({"loss": 1.0 / (k + 3), "validation_loss": 0.1 * k})
    return history


def test_columns_grow_and_are_read_only() -> None:
    history = filled(1000)
    assert len(history["loss"]) == history.epochs == 1000
    np.testing.assert_array_equal(history["loss"], 1.0 / (np.arange(1000) + 3))
    assert list(history) == ["loss", "validation_loss"]
    assert history.last("loss") == 1 / 1002
    with pytest.raises(ValueError, match="read-only"):
        history["loss"][0] = 3.0
    with pytest.raises(KeyError, match="did you mean 'loss'"):
        history["los"]


def test_a_view_keeps_its_numbers_while_the_history_grows() -> None:
    history = filled(10)
    early = history["loss"]
    copy = early.copy()
    for _ in range(500):
        history.append({"loss": -1.0, "validation_loss": -1.0})
    np.testing.assert_array_equal(early, copy)


def test_what_was_not_measured_is_nan() -> None:
    history = History()
    history.append({"loss": 1.0})
    history.append({"loss": 2.0, "accuracy": 0.5})
    history.extend({"loss": np.array([3.0, 4.0])}, 2)
    history.append({"accuracy": 0.7, "loss": 5.0})
    assert history["loss"].tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(history["accuracy"], [math.nan, 0.5, math.nan, math.nan, 0.7])
    assert math.isnan(History().last("loss")) if "loss" in History() else True


def test_files_hold_every_digit(tmp_path: Path) -> None:
    history = filled()
    history.append({"loss": 0.1})
    history.to_csv(tmp_path / "h.csv")
    history.to_jsonl(tmp_path / "h.jsonl")
    with (tmp_path / "h.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [float(row["loss"]) for row in rows] == history["loss"].tolist()
    assert rows[-1]["validation_loss"] == "nan"
    lines = [json.loads(line) for line in (tmp_path / "h.jsonl").read_text().splitlines()]
    assert [line["loss"] for line in lines] == history["loss"].tolist()
    assert lines[-1] == {"epoch": 6, "loss": 0.1, "validation_loss": None}
    odd = History()
    odd.append({'a, "b"': 1.0})
    odd.to_csv(tmp_path / "odd.csv")
    with (tmp_path / "odd.csv").open() as file:
        assert list(csv.DictReader(file)) == [{"epoch": "1", 'a, "b"': "1.0"}]
    with pytest.raises(OutputError):
        history.to_csv(tmp_path / "no" / "such.csv")
    with pytest.raises(ConfigError, match="path: expected the path of a file, got 3"):
        history.to_csv(3)  # pyright: ignore[reportArgumentType]


def test_twenty_thousand_epochs_take_less_than_a_megabyte() -> None:
    history = History()
    for k in range(20_000):
        history.append({"loss": float(k), "validation_loss": float(k), "accuracy": 1.0, "validation_accuracy": 1.0})
    held = sum(column.nbytes for column in vars(history)["_columns"].values())
    assert 4 * 8 * 20_000 <= held <= 1_000_000


def test_it_shows_itself() -> None:
    history = filled()
    assert repr(history) == "History(5 epochs: loss 0.142857, validation_loss 0.4)"
    assert "<td>0.333333</td><td>0.142857</td><td>0.142857</td>" in history._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert repr(History()) == "History(0 epochs: nothing yet)"
    assert "0 epochs" in History()._repr_html_()  # pyright: ignore[reportPrivateUsage]


def test_seconds_add_up() -> None:
    trainer = Trainer(curve)
    first = trainer.fit((X, Y), epochs=2).seconds
    assert 0 < first < trainer.fit((X, Y), epochs=2).seconds


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.filterwarnings("ignore:.*Korean")
def test_the_plot_has_a_panel_for_each_thing_measured(language: str) -> None:
    history = History()
    for k in range(5000):
        history.append({"loss": 1000.0 / (k + 1), "accuracy": k / 5000, "validation_loss": 1100.0 / (k + 1)})
    figure = history.plot(title="A fit", language=language)
    loss, accuracy = figure.axes
    assert len(loss.get_lines()) == 2
    assert len(accuracy.get_lines()) == 1
    drawn = np.asarray(loss.get_lines()[0].get_ydata())
    assert len(drawn) <= 2000
    assert drawn.max() == 1000.0
    assert drawn.min() == 0.2
    with pytest.raises(ConfigError, match="expected columns of one length, of at least one epoch"):
        History().plot()


def test_the_plot_of_a_short_fit_shows_every_epoch() -> None:
    (axes,) = filled().plot().axes
    xs = [line.get_xdata() for line in axes.get_lines()]
    assert [list(np.asarray(x)) for x in xs] == [[1, 2, 3, 4, 5]] * 2
