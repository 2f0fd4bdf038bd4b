"""The commands as they are called: what they print, what they leave, and how they end."""

import csv
import re
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.backup.draw.figure import columns
from mazefit.cli import run_command
from mazefit.lab.page import Page
from mazefit.lab.regression.config import WavesConfig
from mazefit.lab.regression.own_points import given
from mazefit.lab.regression.phrases import say
from mazefit.lab.regression.waves import _told
from mazefit.plots.sheet import png_bytes
from mazefit.supervised.regression import waves
from mazefit.tasks import waves as noisy_wave
from tests.lab.pages import faults

FILES = {
    "line": {"history.csv", "line", "bowl"},
    "descent": {"path.csv", "model", "path"},
    "sine": {"study.csv", "losses.csv", "sine", "network"},
    "curve": {"history.csv", "predictions.csv", "curve", "network"},
    "waves": {"history.csv", "starts.csv", "waves", "loss", "network"},
}
FEW = {
    "line": ["--starts", "20", "--epochs", "60"],
    "descent": ["--sets", "10"],
    "sine": ["--seeds", "4", "--epochs", "60"],
    "curve": ["--starts", "3", "--epochs", "60"],
    "waves": ["--epochs", "30"],
}


@pytest.fixture(autouse=True)
def coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few dots an inch: what figures look like is tested elsewhere."""
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40))


def run(folder: Path, system: str, *arguments: str) -> int:
    return run_command("regression", [system, *FEW[system], "--out", str(folder), *arguments])


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("system", FILES)
def test_a_page_of_text_and_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, language: str):
    assert run(tmp_path, system, "--lang", language) == 0
    said, complained = capsys.readouterr()
    assert faults(tmp_path, said, complained, FILES[system], f"mazefit regression {system}", language) == []
    assert "튜토리얼" in said or "tutorial" in said  # the flaw of the source is named


@pytest.mark.parametrize(
    ("system", "flags"),
    [("sine", "--as-written"), ("sine", "--rates"), ("waves", "--losses --starts 2"), ("waves", "--optimizers --starts 2")],
)
def test_every_other_page_fits_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, flags: str):
    assert run(tmp_path, system, "--lang", "ko", *flags.split()) == 0
    said, complained = capsys.readouterr()
    assert complained == ""
    assert max(columns(line) for line in said.splitlines()) <= 80


def unwrapped(said: str) -> str:
    return re.sub(r"\n *", " ", said)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_line_prints_the_exact_answer_beside_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command("regression", ["line", "--starts", "50", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"final w +0\.709 +0\.709091 += 39/55", said)
    assert re.search(r"MSE +0\.1418\d* +0\.141818 += 39/275", said)
    assert "0.02545 = 2 / 78.58" in said
    history = rows(tmp_path / "history.csv")
    assert (len(history), history[0]["epoch"]) == (1_000, "0")
    assert float(history[-1]["loss"]) == pytest.approx(39 / 275, abs=0.003)


def test_the_descent_prints_eleven_rows_beside_law_and_tutorial(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "descent") == 0
    said = capsys.readouterr().out
    assert re.search(r" 0  5\.000  0\.000 .* 9\.00000 +9\.03145\n", said)
    assert re.search(r"\n +10  .* 1\.09223 +never seen\n", said)
    assert "byte for" in said
    path = rows(tmp_path / "path.csv")
    assert [row["updates"] for row in path] == [str(k) for k in range(11)]


def test_the_study_prints_a_ranking_with_its_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command("regression", ["sine", "--seeds", "40", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"Momentum +0\.02\d+ .* \.\. .* %", said)
    assert "of 1,000" in said  # what is known of a thousand starts
    assert "Momentum ends lowest from" in said
    assert len(rows(tmp_path / "study.csv")) == 160
    assert len(rows(tmp_path / "losses.csv")) == 1_000


def test_the_replay_is_labelled_as_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "sine", "--as-written") == 0
    said = capsys.readouterr().out
    assert said.startswith("AS WRITTEN, not a fair study")
    assert "SGD → Momentum → RMSprop → Adam" in re.sub(r"\n *", " ", said)
    assert "ends lowest in 100\N{NO-BREAK SPACE}% of the chains" in re.sub(r"\n *", " ", said)
    assert {path.name for path in tmp_path.iterdir()} == {"chain.csv", "chain.png", "chain.svg", "config.json"}


def test_a_sweep_of_rates(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "sine", "--rates") == 0
    said = capsys.readouterr().out
    assert "0.1*: " in said
    assert re.search(r"Adam 0\.1 against Momentum 0\.1|Momentum 0\.1 against Adam 0\.1", said)
    assert len(rows(tmp_path / "rates.csv")) == 20 * 4


def test_several_starts_are_judged_by_their_own_noise(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "waves", "--starts", "3") == 0
    said = capsys.readouterr().out
    assert "30 sqrt(2/pi) = 23.937" in said
    assert "that says nothing yet of being stuck" in re.sub(r"\n *", " ", said)  # 30 epochs of 20,000
    starts = rows(tmp_path / "starts.csv")
    assert [row["seed"] for row in starts] == ["0", "1", "2"]
    assert all(float(row["train_over_noise"]) > 1.0 for row in starts)
    assert (tmp_path / "starts.png").exists()
    assert len(rows(tmp_path / "history.csv")) == 30


@pytest.mark.parametrize("experiment", ["activations", "optimizers", "losses"])
def test_an_experiment_ends_with_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str], experiment: str):
    assert run(tmp_path, "waves", f"--{experiment}", "--starts", "1", "--epochs", "5") == 0
    said = capsys.readouterr().out
    assert "not decided, lower from" in said  # one start decides nothing
    assert (tmp_path / "claim.png").stat().st_size > 2_000
    assert len(rows(tmp_path / "claim.csv")) == (2 if experiment == "losses" else 4)
    assert ("is a straight line" in said) == (experiment == "activations")


def test_few_epochs_are_no_verdict_of_being_stuck(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "waves", "--losses", "--starts", "2") == 0
    said = unwrapped(capsys.readouterr().out)
    assert "stuck:" not in said
    assert "After 30 epochs of 20,000 nothing can be said yet of being stuck" in said


def test_whole_starts_are_judged_and_others_are_not(capsys: pytest.CaptureFixture[str]):
    def start(seed: int, epochs: int, train: float) -> Any:
        whole = waves.fit(noisy_wave(0, count=40), seed=seed, epochs=2)
        return replace(whole, losses=np.ones(epochs), train=train * (whole.floor or 0.0))

    for found, stuck, early in (
        ([start(0, 20_000, 1.0), start(1, 20_000, 1.2), start(2, 300, 1.3)], "1 of 2, seed 1.", True),
        ([start(0, 20_000, 1.0), start(1, 20_000, 1.2)], "1 of 2, seed 1.", False),
        ([start(0, 20_000, 1.0)], "none of 1.", False),
        ([start(0, 300, 1.3)], "", True),
    ):
        page = Page("en", say)
        _told(page, WavesConfig(), given(noisy_wave(0)), found)
        said = unwrapped("\n".join(page.lines))
        assert f"{stuck}" in said
        assert ("Stuck" in said) == bool(stuck)
        assert ("after 300 epochs of 20,000 that says nothing yet" in said) == early
        assert ("Known: 0.98" in said) == bool(stuck)


def test_a_verdict_on_points_left_out_needs_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "curve") == 0
    said = unwrapped(capsys.readouterr().out)
    assert "Not decided: the line is nearer to points that it has not seen than the network from 3 of 3 starts." in said
    assert "31 parameters: 20 weights and 11 biases." in said
    assert run(tmp_path, "curve", "--starts", "8") == 0
    assert "The line knows more" in capsys.readouterr().out


HOUSES = "size;price\n50,5;120\n72;155,25\n80;170\n95;210\n110;240\n60;130\n75;150\n"


@pytest.mark.parametrize("system", FILES)
def test_your_own_points(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str):
    file = tmp_path / "houses.csv"
    file.write_text(HOUSES)
    assert run(tmp_path / "out", system, "--data", str(file)) == 0
    said = capsys.readouterr().out
    assert "Your points houses: price from size" in said
    assert "tutorial has wrong" not in said
    if system == "sine":  # tables are in the file's units, as the page is
        prices = np.array([120, 155.25, 170, 210, 240, 130, 150])
        begins = float(rows(tmp_path / "out" / "losses.csv")[0]["SGD median"])
        assert begins == pytest.approx(prices.var(), rel=2.0)
        assert max(float(row["final"]) for row in rows(tmp_path / "out" / "study.csv")) > 100.0
    if system == "line":
        assert "The bowl (w and b of the scaled columns)" in said
        x, y = np.array([50.5, 72, 80, 95, 110, 60, 75]), np.array([120, 155.25, 170, 210, 240, 130, 150])
        slope, offset = np.polyfit(x, y, 1)
        assert f"{slope:.4f}" in said
        assert f"{offset:.4f}" in said


@pytest.mark.parametrize("system", ["line", "sine", "curve", "waves"])
def test_your_own_points_with_several_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str):
    file = tmp_path / "three.csv"
    file.write_text("a,b,c\n1,2,3.5\n2,1,4\n3,5,9\n4,4,9.5\n5,7,14\n6,1,9\n")
    assert run(tmp_path / "out", system, "--data", str(file)) == 0
    assert "c from a, b" in capsys.readouterr().out
    assert (tmp_path / "out" / f"{system}.png").exists()


def test_no_descent_of_several_inputs_and_no_points_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "three.csv"
    file.write_text("1,2,3.5\n2,1,4\n3,5,9\n")
    assert run(tmp_path / "out", "descent", "--data", str(file)) == 2
    assert "expected two columns, x and y, got 3" in capsys.readouterr().err
    file.write_text("1,2\n2,\n3,5\n")
    assert run(tmp_path / "out", "line", "--data", str(file)) == 3
    assert "line 2, column 2: expected a number, got a missing value" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_device_that_is_not_there_is_said_before_anything_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    for system in FILES:
        assert run(tmp_path / "out", system, "--device", "cuda") == 4
        said, complained = capsys.readouterr()
        assert said == ""
        assert complained.startswith("mazefit: device: expected cuda to be there")
    assert not (tmp_path / "out").exists()


def test_somebody_elses_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "history.csv").write_text("mine")
    assert run(tmp_path, "line") == 2
    assert "holds files of the same names that are not a run's" in capsys.readouterr().err
    assert (tmp_path / "history.csv").read_text() == "mine"


def test_a_later_run_leaves_nothing_of_an_earlier_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "waves", "--starts", "2") == 0
    assert run(tmp_path, "waves") == 0
    assert not (tmp_path / "starts.png").exists()
    assert run(tmp_path, "curve") == 2  # another system's folder
    capsys.readouterr()


def test_the_same_seed_leaves_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("one", "two"):
        assert run(tmp_path / name, "curve", "--seed", "5") == 0
    for file in ("history.csv", "predictions.csv", "curve.svg", "network.svg"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    capsys.readouterr()


def interrupted(folder: Path, system: str, *arguments: str, after: float) -> int:
    """Run, and press Ctrl-C so many seconds later."""
    timer = threading.Timer(after, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    try:
        return run_command("regression", [system, "--out", str(folder), *arguments])
    finally:
        timer.cancel()


@pytest.mark.parametrize(
    ("system", "arguments", "table"), [("line", [], "history.csv"), ("waves", ["--starts", "5"], "starts.csv")]
)
def test_ctrl_c_keeps_what_was_fitted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, arguments: list[str], table: str
):
    assert interrupted(tmp_path, system, "--epochs", "30000000", *arguments, after=0.5) == 130
    said, complained = capsys.readouterr()
    assert complained == ""
    assert str(tmp_path) in said.replace("\n  ", "")
    assert rows(tmp_path / table)
    assert list(tmp_path.glob("*.png"))
    assert re.search(r"Stopped after [\d,]+ of 30,000,000 epochs: what was fitted until then is kept\.", unwrapped(said))


def test_ctrl_c_keeps_the_starts_of_a_study_that_are_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert interrupted(tmp_path, "sine", "--seeds", "300", "--epochs", "50000", after=2.0) == 130
    said = capsys.readouterr().out
    if found := re.search(r"Stopped: kept (\d+) starts", said):  # a slow machine may not have done one
        assert len(rows(tmp_path / "study.csv")) == 4 * int(found[1])
    else:
        assert "nothing to keep" in said


def test_windows_are_asked_for_where_they_can_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    opened: list[Any] = []
    monkeypatch.setattr("mazefit.lab.announce.show", lambda pictures: opened.append(pictures) or True)
    assert run(tmp_path, "line", "--show") == 0
    assert [picture.name for picture in opened[0]] == ["line.png", "bowl.png"]
    capsys.readouterr()
