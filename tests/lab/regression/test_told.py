"""What is printed, drawn and written is what was computed, and every flag reaches what it names."""

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.cli import run_command
from mazefit.lab.page import Page
from mazefit.lab.regression.claims import HEAD, _row, _verdicts
from mazefit.lab.regression.own_points import given
from mazefit.lab.regression.phrases import say
from mazefit.supervised.regression import claims, curve, waves
from mazefit.supervised.regression import descent as page_of_descent
from mazefit.supervised.regression.health import Health
from mazefit.tasks import curve as ten_points
from mazefit.tasks import waves as noisy_wave

FEW = {
    "line": "--starts 5 --epochs 20",
    "descent": "--sets 3",
    "sine": "--seeds 2 --epochs 20",
    "curve": "--starts 2 --epochs 20",
    "waves": "--starts 2 --epochs 10",
}


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The figures, kept here in place of being written."""
    kept: dict[str, Any] = {}

    def keep(folder: Path, pictures: Mapping[str, Any]) -> None:
        kept.update(pictures)

    monkeypatch.setattr("mazefit.lab.results.save_pictures", keep)
    return kept


def run(folder: Path, system: str, flags: str = "") -> None:
    assert run_command("regression", [system, *FEW[system].split(), "--out", str(folder), *flags.split()]) == 0


def unwrapped(said: str) -> str:
    return re.sub(r"\n *", " ", said).replace("\N{NO-BREAK SPACE}", " ")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("system", [*FEW, "sine --as-written", "sine --rates", "waves --losses"])
def test_every_figure_is_titled_in_the_readers_language(
    tmp_path: Path, drawn: dict[str, Any], capsys: pytest.CaptureFixture[str], system: str, language: str
):
    name, *flags = system.split()
    run(tmp_path, name, " ".join([*flags, "--lang", language]))
    capsys.readouterr()
    for picture in drawn.values():
        title = picture.get_suptitle() or " ".join(text.get_text() for text in picture.texts)
        assert bool(re.search("[가-힣]", title)) == (language == "ko"), title


@pytest.mark.parametrize(
    ("system", "flag", "file"),
    [
        ("line", "--seed 1", "history.csv"),
        ("line", "--learning-rate 0.01", "history.csv"),
        ("descent", "--seed 1", "path.csv"),
        ("descent", "--learning-rate 0.05", "path.csv"),
        ("sine", "--seed 1", "study.csv"),
        ("sine", "--constants torch", "study.csv"),
        ("curve", "--seed 1", "history.csv"),
        ("waves", "--seed 1", "starts.csv"),
        ("waves", "--formula text", "starts.csv"),
    ],
)
def test_a_flag_changes_what_is_computed(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, flag: str, file: str):
    run(tmp_path / "as it is", system)
    run(tmp_path / "other", system, flag)
    capsys.readouterr()
    one, other = (rows(tmp_path / folder / file) for folder in ("as it is", "other"))
    assert one[-1] != other[-1]
    if flag == "--seed 1":  # the seeds of several starts are those that follow
        named = [row["seed"] for row in other if "seed" in row]
        assert set(named) <= {"1", "2"}


def test_the_wave_that_is_drawn_and_written(tmp_path: Path, drawn: dict[str, Any], capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "waves")
    said = unwrapped(capsys.readouterr().out)
    one, two = (waves.fit(noisy_wave(0), seed=seed, epochs=10) for seed in (0, 1))
    assert np.asarray(drawn["waves"].axes[0].lines[1].get_ydata()) == pytest.approx(one.curve)
    assert f"{one.floor:.3f} of these points, {one.test_floor:.3f} of the held-out ones" in said
    written = rows(tmp_path / "starts.csv")
    for row, start in zip(written, (one, two), strict=True):
        found = [float(row[name]) for name in ("train_l1", "test_l1", "l1_to_curve", "rising_epochs")]
        assert found == pytest.approx([start.train, start.test, start.distance, start.rises])
    history = [[float(row[f"loss, seed {seed}"]) for row in rows(tmp_path / "history.csv")] for seed in (0, 1)]
    assert np.array(history) == pytest.approx(np.array([one.losses, two.losses]))


def test_the_curve_that_is_drawn_and_written(tmp_path: Path, drawn: dict[str, Any], capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "curve")
    capsys.readouterr()
    fitted = curve.fit(ten_points(), epochs=20)
    network, line = drawn["curve"].axes[0].lines[1:3]
    assert np.asarray(network.get_ydata()) == pytest.approx(fitted.curve)
    assert np.asarray(line.get_ydata()) == pytest.approx(39 / 55 * np.asarray(line.get_xdata()) + 3)
    written = np.array([[float(cell) for cell in row.values()] for row in rows(tmp_path / "predictions.csv")])
    assert written[:, 1].tolist() == ten_points().y[:, 0].tolist()
    assert written[:, 2] == pytest.approx(fitted.predictions)


def test_the_line_says_its_first_step_and_its_worst_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "line")
    said = unwrapped(capsys.readouterr().out)
    losses = [float(row["loss"]) for row in rows(tmp_path / "history.csv")]
    assert f"There the loss went from {losses[0]:.4g} to {losses[1]:.4g}." in said
    found = re.search(r"median ([\d.]+), worst ([\d.]+)\.", said)
    assert found is not None
    assert 1.05 * float(found[1]) < float(found[2])


def test_the_descent_says_so_when_the_trainer_goes_another_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page_of_descent, "descend_with_trainer", lambda *_, **__: page_of_descent.descend(noisy_line(1)))
    run(tmp_path, "descent")
    assert "goes another way: this should not be" in unwrapped(capsys.readouterr().out)


def noisy_line(seed: int) -> Any:
    from mazefit.tasks import descent

    return descent(seed)


def test_two_starts_make_no_ranking(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "sine")
    assert "of 2 starts that is not clearly more often than" in unwrapped(capsys.readouterr().out)


def test_the_replay_says_where_the_last_one_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "sine", "--as-written")
    said = unwrapped(capsys.readouterr().out)
    written = [row for row in rows(tmp_path / "chain.csv") if (row["order"], row["optimizer"]) == ("as written", "Adam")]
    begins = np.median([float(row["training_loss_at_its_begin"]) for row in written])
    assert f"Adam begins at {begins:.3g} in the median, where RMSprop stopped" in said
    first = next(row["optimizer"] for row in rows(tmp_path / "chain.csv") if row["order"] == "reversed")
    assert first == "Adam"


def test_the_best_rate_is_that_with_the_lowest_median(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run(tmp_path, "sine", "--rates")
    said = re.search(r"Best: ([^*]*?)\.\s", unwrapped(capsys.readouterr().out))
    assert said is not None
    ends: dict[str, list[float]] = {}
    for row in rows(tmp_path / "rates.csv"):
        ends.setdefault(row["optimizer and rate"], []).append(float(row["test loss"]))
    for best in said[1].split(", "):
        kind = best.split()[0]
        assert np.median(ends[best]) == min(np.median(values) for name, values in ends.items() if name.split()[0] == kind)


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        ((1.0, 2.0), "L1 does better than MSE: lower from 12 of 12 starts (95 %: 76 % to 100 %); medians 1 and 2."),
        ((3.0, 2.0), "L1 does worse than MSE: lower from 0 of 12 starts only (95 %: 0 % to 24 %); medians 3 and 2."),
        ((2.0, 2.0), "L1 against MSE: not decided, lower from 0 of 0 starts (95 %: 0 % to 100 %); medians 2 and 2."),
    ],
)
def test_the_verdict_on_a_claim(tests: tuple[float, float], says: str):
    task = noisy_wave(0, count=40)
    one = waves.fit(task, epochs=1)
    fitted = tuple(tuple(replace(one, test=test) for _ in range(12)) for test in tests)
    found = claims.Claim(("L1", "MSE"), tuple(range(12)), np.zeros(1, np.int64), np.zeros((2, 12, 1)), fitted, stopped=False)
    page = Page("en", say)
    _verdicts(page, given(task), found)
    assert says in unwrapped("\n".join(page.lines))


def test_what_is_counted_inside_is_counted_after_learning():
    one = waves.fit(noisy_wave(0, count=40), epochs=1)
    one = replace(one, before=Health(4, 0, 0, (1.0, 2.0)), after=Health(4, 3, 2, (5.0, 1.0)))
    assert dict(zip(HEAD, _row("ReLU", one, 1.0), strict=True)).items() >= {
        ("kind", "ReLU"), ("dead", 3), ("units", 4), ("saturated", 2), ("vanishing", 0.5), ("test_l1", one.test),
    }  # fmt: skip
