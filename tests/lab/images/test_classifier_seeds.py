"""Scores over many seeds: each is that of a run of its own, and what is told of them is their mean and deviation."""

import csv
import statistics
from pathlib import Path

import pytest

from mazefit.cli import run_command
from mazefit.lab.images import classifier_seeds as room
from mazefit.supervised.classifier.fits import Fitted, fit
from mazefit.supervised.datasets import load
from tests.lab.images.said import one_line


def run(folder: Path, *arguments: str) -> int:
    return run_command("classifier", ["--quick", "--epochs", "2", "--repaired", "--out", str(folder), *arguments])


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "seeds.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_each_seed_is_a_run_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--seeds", "3", "--seed", "4") == 0
    said = one_line(capsys.readouterr().out)
    table = rows(tmp_path)
    assert [(row["mode"], row["seed"]) for row in table] == [("repaired", str(seed)) for seed in (4, 5, 6)]
    alone = fit(load("digits"), "repaired", epochs=2, seed=5).test
    assert (float(table[1]["test_micro_f1"]), float(table[1]["test_macro_f1"])) == (alone.micro[2], alone.macro[2])
    micro = [float(row["test_micro_f1"]) for row in table]
    assert f"{statistics.mean(micro):.4f} ± {statistics.stdev(micro):.4f}" in said
    assert f"{min(micro):.4f}–{max(micro):.4f}" in said
    assert "known micro-F1" not in said  # digits are not what is known
    assert {path.name for path in tmp_path.iterdir()} == {"config.json", "seeds.csv"}


def test_one_seed_has_no_deviation(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--seeds", "1", "--lang", "ko") == 0
    said = capsys.readouterr().out
    assert "±" not in said.split("마이크로 F1 범위")[1].split("평균 ± 시드")[0]
    assert "최소한만 고침" in said


def test_ctrl_c_keeps_the_fits_that_are_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    from dataclasses import replace

    def second_is_stopped(*arguments: object, seed: int, **more: object) -> Fitted:
        return replace(whole, stopped=seed == 1)

    whole = fit(load("digits"), "repaired", epochs=1)
    monkeypatch.setattr(room, "fit", second_is_stopped)
    assert run(tmp_path, "--seeds", "5") == 130
    assert [row["seed"] for row in rows(tmp_path)] == ["0"]
    whole = replace(whole, stopped=True)
    monkeypatch.setattr(room, "fit", lambda *arguments, **more: whole)
    assert run(tmp_path, "--seeds", "5") == 130
    assert not (tmp_path / "seeds.csv").exists()


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--seeds", "0"], "classifier: --seeds: expected an integer from 1 to 100000, got 0"),
        (["--seeds", "2", "--resume"], "classifier: --seeds: expected none beside --resume"),
    ],
)
def test_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str):
    assert run(tmp_path, *flags) == 2
    assert sentence in one_line(capsys.readouterr().err)
