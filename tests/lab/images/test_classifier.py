"""The classifier as it is called: what it prints, what it leaves, and how it ends."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.backup.draw.figure import columns
from mazefit.cli import run_command
from mazefit.lab.images import classifier as room
from mazefit.plots.sheet import png_bytes
from mazefit.supervised.classifier import agreement
from mazefit.supervised.classifier.fits import fit
from mazefit.supervised.classifier.scores import scores
from mazefit.supervised.datasets import load
from tests.lab.images.said import one_line
from tests.supervised.classifier.small_images import fashion
from tests.supervised.small_sets import make_alone
from tests.tasks.idx_files import idx

TABLES = {"history.csv", "scores.csv", "confusion.csv", "predictions.csv", "config.json", "checkpoint"}
FIGURES = {f"{name}.{ending}" for name in ("classifier", "mistakes", "modes") for ending in ("png", "svg")}


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Few dots an inch, and only where files are looked at: drawing takes the longest."""
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40))
    if "drawn" not in request.fixturenames:
        monkeypatch.setattr(room, "pictures", lambda *arguments: {})


@pytest.fixture
def drawn() -> None:
    """For tests that want figures."""


def run(folder: Path, *arguments: str) -> int:
    return run_command("classifier", ["--quick", "--epochs", "3", "--out", str(folder), *arguments])


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_of_text_and_its_files(tmp_path: Path, drawn: None, capsys: pytest.CaptureFixture[str], language: str):
    assert run(tmp_path, "--lang", language) == 0
    said, complained = capsys.readouterr()
    assert complained == ""
    assert max(columns(line) for line in said.splitlines()) <= 80
    assert bool(re.search("[가-힣]", said)) == (language == "ko")
    assert {path.name for path in tmp_path.iterdir()} == TABLES | FIGURES
    saved = json.loads((tmp_path / "config.json").read_bytes())
    assert saved["kind"] == "mazefit classifier"
    assert (saved["flags"]["lang"], saved["flags"]["dataset"]) == (language, "digits")
    assert all((tmp_path / name).stat().st_size > 2_000 for name in FIGURES)
    assert ("튜토리얼에서 틀린 점" if language == "ko" else "What the tutorial has wrong") in said


def test_numbers_of_the_page_are_those_of_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--seed", "2") == 0
    said = one_line(capsys.readouterr().out)
    history = rows(tmp_path / "history.csv")
    assert [row["mode"] for row in history[::4]] == ["as written", "repaired", "corrected"]
    assert [row["epoch"] for row in history[:4]] == ["0", "1", "2", "3"]
    assert float(history[1]["train_loss"]) > 1e6  # as written: thrown far away by the first update
    predictions = rows(tmp_path / "predictions.csv")
    images = load("digits")
    assert [int(row["true"]) for row in predictions] == images.test_labels.tolist()
    again = scores(images.test_labels, [int(row["said"]) for row in predictions], 10)
    table = rows(tmp_path / "scores.csv")
    assert [int(row["TP"]) for row in table[:-1]] == [*again.tp.tolist(), int(again.tp.sum())]
    assert (table[-2]["class"], float(table[-2]["F1"])) == ("micro", again.accuracy)
    assert (table[-1]["class"], table[-1]["TP"], float(table[-1]["F1"])) == ("macro", "", again.macro[2])
    assert float(history[-1]["test_micro_f1"]) == again.accuracy
    confusion = [[int(cell) for name, cell in row.items() if name != "true class"] for row in rows(tmp_path / "confusion.csv")]
    assert confusion == again.confusion.tolist()
    assert f"{again.accuracy:.4f}" in said
    assert f"{360 - int(again.tp.sum())} mistakes of 360 images" in said
    assert "an image has one label and gets one answer" in said
    direct = fit(images, epochs=3, seed=2)
    assert direct.predictions.tolist() == [int(row["said"]) for row in predictions]


def test_digits_are_told_apart_from_the_known_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command("classifier", ["--dataset", "digits", "--out", str(tmp_path)]) == 0  # five epochs, as the tutorial
    said = one_line(capsys.readouterr().out)
    assert "1,437 images of 8 x 8" in said
    assert "so no number that is known of MNIST or Fashion-MNIST stands beside" in said
    assert not re.search(r"0\.8631|0\.9718|0\.097|0\.111|Known of|known micro", said)


def test_three_ways_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path) == 0
    said = one_line(capsys.readouterr().out)
    assert "the same weights, byte for byte" in said
    found = agreement.agree(load("digits"))
    assert (found.updates, found.images, found.same_bytes) == (24, 360, True)
    assert found.before < 1e-5
    assert found.after < 1e-3
    assert f"differ by at most {found.before:.1g} before and {found.after:.1g} after" in said


def test_weights_that_differ_are_said_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    by_hand = agreement.by_hand

    def other(parts: Any, *arguments: Any, **named: Any) -> Any:
        parts[0][0, 0] += 1e-3
        return by_hand(parts, *arguments, **named)

    monkeypatch.setattr(agreement, "by_hand", other)
    assert run(tmp_path) == 0
    assert "other weights. This should not be." in one_line(capsys.readouterr().out)


@pytest.mark.parametrize("flag", ["--as-written", "--repaired"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_way_that_is_asked_for_stands_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str, language: str):
    assert run(tmp_path, flag, "--lang", language) == 0
    said = capsys.readouterr().out
    assert max(columns(line) for line in said.splitlines()) <= 80
    assert {row["mode"] for row in rows(tmp_path / "history.csv")} == {flag[2:].replace("-", " ")}
    assert not (tmp_path / "modes.png").exists()
    assert ("0/0" in said) == any(row["precision"] == "0.0" and row["FP"] == "0" for row in rows(tmp_path / "scores.csv"))
    assert ("Side by side" in said) is False


def test_a_folder_of_ones_own_and_a_network_without_mistakes(tmp_path: Path, drawn: None, capsys: pytest.CaptureFixture[str]):
    own = tmp_path / "own"
    own.mkdir()
    rng = np.random.default_rng(0)
    for part, count in (("train", 120), ("t10k", 30)):
        labels = (np.arange(count) % 3).astype(np.uint8)
        images = rng.integers(0, 40, size=(count, 5, 7)).astype(np.uint8)
        images[np.arange(count), :, 3 * labels] = 250
        (own / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (own / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    arguments = ["--dataset", str(own), "--epochs", "150", "--out", str(tmp_path / "out")]
    assert run_command("classifier", arguments) == 0
    said = one_line(capsys.readouterr().out)
    assert "35-100-30-3" in said
    assert "own: 120 images of 5 x 7 to fit, 30 to test, 3 classes." in said
    assert "mistakes of" not in said
    assert not (tmp_path / "out" / "mistakes.png").exists()


def test_where_mnist_is_not_to_be_had_its_stand_in_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    images = fashion()
    few = images._replace(images=images.images[:600], labels=images.labels[:600])
    few = few._replace(test_images=few.test_images[:200], test_labels=few.test_labels[:200])
    monkeypatch.setattr(
        "mazefit.lab.images.data.load_or_fashion", lambda name: few._replace(note="MNIST's files are not to be had")
    )
    for language, sentence in (("en", "MNIST's files are not to be had here"), ("ko", "MNIST 파일을 구할 수 없어")):
        assert run_command("classifier", ["--out", str(tmp_path), "--lang", language]) == 0
        said = capsys.readouterr().out
        assert sentence in one_line(said)
        assert max(columns(line) for line in said.splitlines()) <= 80
        assert "0.8631 ± 0.0044" in said  # five epochs: what is known stands beside
        assert "0.097 ± 0.030" in said
        assert "0.9718" not in said
        assert ("앵클부츠" if language == "ko" else "Ankle boot") in said
    assert rows(tmp_path / "scores.csv")[9]["class"] == "Ankle boot"  # tables are in English
    assert run_command("classifier", ["--out", str(tmp_path), "--epochs", "2"]) == 0
    assert "0.8631" not in capsys.readouterr().out


def test_images_that_are_nowhere_are_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    make_alone(monkeypatch, tmp_path)
    assert run_command("classifier", ["--out", str(tmp_path / "out")]) == 3
    said, complained = capsys.readouterr()
    assert said == ""
    assert "three ways to get them" in complained
    assert len(complained.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_device_that_is_not_there_is_said_before_anything_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert run(tmp_path / "out", "--device", "cuda") == 4
    said, complained = capsys.readouterr()
    assert said == ""
    assert complained.startswith("mazefit: device: expected cuda to be there")
    assert not (tmp_path / "out").exists()


def test_somebody_elses_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("scores.csv", "checkpoint/mine.txt"):
        folder = tmp_path / name.partition(".")[0].replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("mine")
        assert run(folder) == 2
        assert "that are not a run's" in capsys.readouterr().err
        assert (folder / name).read_text() == "mine"


def test_windows_are_asked_for_where_they_can_be_opened(
    tmp_path: Path, drawn: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    opened: list[Any] = []
    monkeypatch.setattr("mazefit.lab.announce.show", lambda pictures: opened.append(pictures) or True)
    assert run(tmp_path, "--show") == 0
    assert [picture.name for picture in opened[0]] == ["classifier.png", "mistakes.png", "modes.png"]
    assert room.FIGURES == ("classifier", "mistakes", "modes")
    capsys.readouterr()
