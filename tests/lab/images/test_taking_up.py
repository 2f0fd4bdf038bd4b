"""A classifier that was interrupted goes on: to the same bytes, asked the same, and without anybody else's files."""

import json
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from mazefit.cli import run_command
from mazefit.lab.images import classifier as room
from mazefit.lab.images.classifier_files import FIGURES, pictures
from mazefit.plots.sheet import png_bytes
from mazefit.training import Event
from tests.lab.images.said import one_line, squeezed

SAME = ("history.csv", "scores.csv", "confusion.csv", "predictions.csv")


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes the longest; one test below draws."""
    monkeypatch.setattr(room, "pictures", lambda *arguments: {})


def run(folder: Path, *arguments: str) -> int:
    return run_command("classifier", ["--quick", "--epochs", "4", "--out", str(folder), *arguments])


class CtrlC:
    """In the place of the bar: Ctrl-C after so many updates."""

    each_step = True

    def __init__(self, step: int) -> None:
        self.step = step

    def __call__(self, event: Event) -> None:
        """Press it."""
        if event.kind in ("start", "step") and event.step == self.step:
            signal.raise_signal(signal.SIGINT)


def stopped(monkeypatch: pytest.MonkeyPatch, folder: Path, step: int, *arguments: str) -> int:
    with monkeypatch.context() as patch:
        patch.setattr(room, "epochs_bar", lambda language: CtrlC(step))
        return run(folder, *arguments)


def same(one: Path, other: Path) -> None:
    for name in SAME:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


@pytest.mark.parametrize("step", [24, 60])  # at the end of the first epoch, within the third
@pytest.mark.parametrize("killed", [False, True])
def test_it_goes_on_to_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, step: int, killed: bool
):
    assert run(tmp_path / "whole") == 0
    capsys.readouterr()
    broken = tmp_path / "broken"
    assert stopped(monkeypatch, broken, step) == 130
    said, complained = capsys.readouterr()
    assert complained == ""
    whole = step // 24
    assert f"Stopped after {whole} of 4 epochs: what was fitted until then is kept." in said
    assert re.search(r"--epochs 4 --out \S+ --quick --resume$", said.splitlines()[-1])
    assert squeezed(f"Everything is kept in {broken}; go on") in squeezed(said)
    if killed:  # nothing is there then but the settings and the checkpoint
        for path in broken.iterdir():
            if path.name not in ("config.json", "checkpoint"):
                path.unlink()
    assert run(broken, "--resume") == 0
    said, complained = capsys.readouterr()
    assert complained == ""
    assert f"{whole} of 4 epochs, {step} updates were done" in one_line(said)
    same(tmp_path / "whole", broken)
    settings = [json.loads((folder / "config.json").read_bytes()) for folder in (tmp_path / "whole", broken)]
    assert settings[0]["flags"] | {"out": ""} == settings[1]["flags"] | {"out": ""}


def test_figures_have_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40))
    monkeypatch.setattr(room, "pictures", pictures)
    assert run(tmp_path / "whole") == 0
    broken = tmp_path / "broken"
    assert stopped(monkeypatch, broken, 40) == 130
    assert {path.name for path in broken.glob("*.png")} == {"classifier.png", "mistakes.png"}  # the others were not fitted
    assert run(broken, "--resume") == 0
    for name in FIGURES:
        for ending in ("png", "svg"):
            file = f"{name}.{ending}"
            assert (broken / file).read_bytes() == (tmp_path / "whole" / file).read_bytes(), file
    capsys.readouterr()


def test_it_can_be_stopped_twice_and_resumed_when_it_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(whole) == 0
    assert stopped(monkeypatch, broken, 10) == 130
    assert stopped(monkeypatch, broken, 50, "--resume") == 130
    assert run(broken, "--resume") == 0
    same(whole, broken)
    capsys.readouterr()
    assert run(broken, "--resume") == 0  # nothing is left to do: it is told again
    assert "4 of 4 epochs, 96 updates were done" in one_line(capsys.readouterr().out)
    same(whole, broken)


def test_without_resume_it_begins_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    assert stopped(monkeypatch, tmp_path, 30) == 130
    (tmp_path / "checkpoint" / "mine.txt").write_text("mine")
    capsys.readouterr()
    assert run(tmp_path, "--seed", "1") == 0
    assert "were done" not in capsys.readouterr().out
    assert (tmp_path / "checkpoint" / "mine.txt").read_text() == "mine"
    shutil.rmtree(tmp_path / "checkpoint")
    assert run(tmp_path, "--seed", "1", "--resume") == 0  # killed before the first checkpoint
    assert "stopped before its first checkpoint: it begins anew" in one_line(capsys.readouterr().out)


def test_ctrl_c_at_once_leaves_nothing_but_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert stopped(monkeypatch, tmp_path, 0, "--lang", "ko") == 130
    said = capsys.readouterr().out
    assert said.splitlines()[-1].endswith("--lang ko --resume")
    assert run(tmp_path, "--lang", "ko", "--resume") == 0


def test_ctrl_c_after_the_fit_keeps_it_and_leaves_the_others_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert run(tmp_path / "whole") == 0
    capsys.readouterr()
    fit, broken = room.fit, tmp_path / "broken"

    def late(images: Any, mode: str, **named: Any) -> Any:
        fitted = fit(images, mode, **named)
        if mode == "as written":
            signal.raise_signal(signal.SIGINT)
        return fitted

    with monkeypatch.context() as patch:
        patch.setattr(room, "fit", late)
        assert run(broken) == 130
    said = capsys.readouterr().out
    assert "Test images by class, corrected" in said
    assert "repaired  " not in said
    assert (broken / "scores.csv").read_bytes() == (tmp_path / "whole" / "scores.csv").read_bytes()
    assert run(broken, "--resume") == 0
    same(tmp_path / "whole", broken)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seed", "1"], "classifier --resume: --seed: expected 0, as in the run, got 1"),
        (["--as-written"], "--as-written: expected False, as in the run, got True"),
        (["--dataset", "fashion-mnist"], "--dataset: expected 'digits', as in the run, got 'fashion-mnist'"),
    ],
)
def test_another_run_is_not_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
):
    assert run(tmp_path) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        images = room.load_images(room.ClassifierConfig(dataset="digits"))
        patch.setattr(room, "load_images", lambda config: images)
        assert run(tmp_path, "--resume", *arguments) == 2
    assert sentence in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_checkpoint_that_is_damaged_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path) == 0
    capsys.readouterr()
    next((tmp_path / "checkpoint").glob("tensors-*")).write_bytes(b"short")
    assert run(tmp_path, "--resume") == 3
    assert "got 5" in capsys.readouterr().err
    assert (tmp_path / "scores.csv").exists()
    for content, sentence in ((b"{", "damaged JSON"), (b"{}\n", "got something else")):
        (tmp_path / "config.json").write_bytes(content)
        assert run(tmp_path, "--resume") == 3
        assert sentence in capsys.readouterr().err
