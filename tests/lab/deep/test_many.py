"""The command on many mazes: its page, its files, and what it refuses."""

import csv
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.agents.deep import load_run, many_mazes
from mazefit.agents.deep.held_out import split_mazes
from mazefit.agents.deep.labels import LabelledMazes
from mazefit.agents.deep.many_mazes import Measured, agent, measure
from mazefit.agents.deep.supervised_bound import fit_exact_values
from mazefit.backup.draw.figure import columns
from mazefit.errors import ConfigError
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.deep import deep
from mazefit.lab.deep.many_phrases import MANY, PHRASES, say
from mazefit.lab.deep.many_told import learned, tell_larger, tell_lengths, tell_result
from mazefit.lab.page import Page
from mazefit.training import TrainingInterrupted
from tests.lab.pages import faults

FILES = {"shares.csv", "networks.csv", "lengths.csv", "run/", "shares", "walks"}


def test_a_taste_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deep(DeepConfig(mazes=40, quick=True, steps=240, out=tmp_path / "many", device="cpu", lang="en")) == 0
    said = capsys.readouterr().out
    assert "DQN learns on 40 mazes of 3 x 3 cells at once, and is held against 50 that it never sees" in said.replace("\n", " ")
    assert faults(tmp_path / "many", said, "", FILES, "mazefit deep", "en") == []
    run = load_run(tmp_path / "many" / "run", agent(40, 240, device="cpu"))
    assert (run.steps, run.core.online.count) == (240, 8756)
    with (tmp_path / "many" / "networks.csv").open() as file:
        rows = {row["network"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["recurrent, DQN", "ordinary, DQN", "recurrent, taught", "ordinary, taught"]
    assert [int(row["steps"]) for row in rows.values()] == [240, 240, 0, 0]
    with (tmp_path / "many" / "shares.csv").open() as file:
        shares = [float(row["share"]) for row in csv.DictReader(file)]
    assert np.isfinite(shares).all()
    assert max(shares) <= 1.0
    for row in rows.values():
        assert f"{100 * float(row['share']):.1f}" in said
    with (tmp_path / "many" / "lengths.csv").open() as file:
        lengths = list(csv.DictReader(file))
    for name, row in rows.items():  # the shares by length add up to the whole
        own = [(int(one["mazes"]), float(one["share"])) for one in lengths if one["network"] == name]
        assert sum(mazes for mazes, _ in own) == 50
        assert sum(mazes * share for mazes, share in own) / 50 == pytest.approx(float(row["share"]))
    larger = said[said.index("larger") :].replace("\N{NO-BREAK SPACE}", " ").splitlines()
    found = [line.split() for line in larger if line.startswith(("  3 x 3", "  6 x 6"))]
    assert [int(line[4]) for line in found] == [15, 30, 60, 33, 66, 132]
    assert [line[5] for line in found[:1]] == [f"{100 * float(rows['recurrent, DQN']['share']):.1f}"]
    assert [line[7] for line in found[:1]] == [f"{100 * float(rows['recurrent, taught']['share']):.1f}"]


def test_ctrl_c_tells_and_keeps_what_was_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(module: Any, labelled: Any, steps: int = 0, updates: int = 0) -> Any:
        if steps == 120:
            signal.raise_signal(signal.SIGINT)
        return measure(module, labelled, steps, updates)

    monkeypatch.setattr(many_mazes, "measure", stopping)
    assert deep(DeepConfig(mazes=40, quick=True, steps=640, out=tmp_path / "many", device="cpu", lang="ko")) == 130
    said, complained = capsys.readouterr()
    assert "멈춤: 640스텝 가운데 120스텝까지 배웠습니다." in said
    assert "일반" not in said.split("멈춤")[1]
    assert faults(tmp_path / "many", said, complained, FILES, "mazefit deep", "ko") == []
    with (tmp_path / "many" / "shares.csv").open() as file:
        assert [int(row["steps"]) for row in csv.DictReader(file)] == [0, 40, 80, 120]
    assert load_run(tmp_path / "many" / "run", agent(40, 640, device="cpu")).steps == 120


def test_ctrl_c_while_it_is_taught_keeps_the_network_that_is_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def taught(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == 2:
            raise TrainingInterrupted(fit_exact_values(*arguments, **options))
        return fit_exact_values(*arguments, **options)

    monkeypatch.setattr("mazefit.lab.deep.many.fit_exact_values", taught)
    assert deep(DeepConfig(mazes=40, quick=True, steps=240, out=tmp_path / "many", device="cpu", lang="en")) == 130
    said = capsys.readouterr().out
    assert "Stopped: 1 of 2 networks were taught." in said
    with (tmp_path / "many" / "networks.csv").open() as file:
        assert [row["network"] for row in csv.DictReader(file)] == ["recurrent, DQN", "ordinary, DQN", "recurrent, taught"]


class Counted(nn.Module):
    """Says the exact values of 3 x 3 cells with 30 iterations, and nothing otherwise; and notes with how many it was asked."""

    def __init__(self, mazes: LabelledMazes, weights: int = 1) -> None:
        super().__init__()
        self.weight, self.iterations = nn.Parameter(torch.zeros(weights)), 15
        self.asked: list[int] = []
        rows, columns = mazes.shape
        self.exact = torch.from_numpy(mazes.q).reshape(len(mazes), rows, columns, 4).permute(0, 3, 1, 2)

    def everywhere(self, planes: torch.Tensor) -> torch.Tensor:
        self.asked.append(self.iterations)
        known = self.iterations == 30 and planes.shape[2:] == self.exact.shape[2:]
        return self.exact if known else torch.zeros(len(planes), 4, *planes.shape[2:])


def test_more_iterations_and_larger_mazes(capsys: pytest.CaptureFixture[str]) -> None:
    mazes = many_mazes.labelled_held_out(split_mazes(3, 3, 1, 50))
    module, page = Counted(mazes), Page("en", say)
    tell_larger(page, DeepConfig(mazes=40, quick=True), mazes, [learned("many.recurrent", module, [], mazes, mazes)])
    assert module.asked == [15, 15, 15, 30, 60, 33, 66, 132]
    assert module.iterations == 15
    page.print()
    rows = [line.split() for line in capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").splitlines()]
    assert [row[3:6] for row in rows if row[1:2] == ["x"]][:3] == [
        ["50", "15", "0.0"],
        ["50", "30", "100.0"],
        ["50", "60", "0.0"],
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_widest_tables_fit_a_terminal(language: Any, capsys: pytest.CaptureFixture[str]) -> None:
    mazes = many_mazes.labelled_held_out(split_mazes(24, 24, 1, 24))  # of many lengths, most of three digits
    module, page = Counted(mazes, 1_348_068), Page(language, say)
    points = [Measured(400_000, 16_320, 1.0, 0.123, 0.456)]
    keys = ("recurrent", "ordinary", "recurrent taught", "ordinary taught")
    found = [learned(f"many.{key}", module, points, mazes, mazes) for key in keys]
    tell_result(page, found)
    tell_lengths(page, found)
    page.print()
    said = capsys.readouterr().out
    assert max(columns(line) for line in said.splitlines()) <= 80
    assert "1,348,068" in said
    assert re.search(r"1\d\d-1\d\d", said)


def test_settings_of_one_maze_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"--mazes: expected none of one maze's settings beside it, got --seeds, --double"):
        DeepConfig(mazes=10, double=True, seeds=3).check()
    with pytest.raises(ConfigError, match=r"--mazes: expected an integer from 2 to 65536, got 1"):
        DeepConfig(mazes=1).check()
    assert DeepConfig(mazes=1000).all_steps == 400_000
    assert DeepConfig(mazes=1000).cells == (5, 5)
    assert DeepConfig(mazes=1000, rows=10).cells == (10, 5)


def test_every_phrase_has_both_languages_and_the_same_values() -> None:
    import re

    for english, korean in MANY.values():
        assert english != korean
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", korean))
    assert set(MANY) <= set(PHRASES)
