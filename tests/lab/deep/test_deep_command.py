"""The deep agent's command as it is called: what it prints, what it leaves, how it ends, how it goes on."""

import json
import re
import shlex
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.agents import certify
from mazefit.agents.deep import DeepRun, value_table
from mazefit.cli import run_command
from mazefit.envs import Maze
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.which_maze import read_maze
from mazefit.plots.sheet import png_bytes
from tests.lab.images.said import one_line

FEW = ["--rows", "2", "--columns", "2", "--steps", "700"]


@pytest.fixture(autouse=True)
def few_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40))


def run(folder: Path, *arguments: str) -> int:
    return run_command("deep", [*FEW, "--out", str(folder), *arguments])


def test_what_it_says_is_what_it_leaves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--double", "--lang", "en") == 0
    said = " ".join(capsys.readouterr().out.split())
    maze, learned = read_maze(tmp_path / "maze.txt"), DeepRun.load(tmp_path / "run")
    assert maze == Maze.generate(2, 2)
    table = np.load(tmp_path / "q.npy")
    assert table.tobytes() == value_table(learned, maze).tobytes()
    found = certify(maze, table, 0.99)
    assert f"path {found.greedy_length} steps; the shortest possible is {found.shortest_length}" in said
    assert f"on all {found.states} states" in said
    assert learned.steps == 700
    assert learned.trace is not None
    row = max(learned.trace[-128:], key=lambda backup: abs(backup.td_error or 0.0))
    assert f"update {row.index}" in said
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"config.json", "maze.txt", "q.npy", "episodes.csv", "course.csv", "run",
                     *(f"{name}.{kind}" for name in ("maze", "returns", "backup") for kind in ("png", "svg"))}  # fmt: skip
    flags = json.loads((tmp_path / "config.json").read_text())["flags"]
    assert (flags["steps"], flags["double"], flags["rows"]) == (700, True, 2)
    episodes = (tmp_path / "episodes.csv").read_text().splitlines()
    assert len(episodes) == 1 + learned.episodes


def test_in_korean_no_line_is_too_wide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mazefit.backup.draw.figure import columns

    assert run(tmp_path, "--lang", "ko", "--n-step", "2", "--observation", "coordinates") == 0
    said = capsys.readouterr().out
    assert "최단" in said or "가장 짧은 길" in said
    assert "탐험한" in said  # n-step returns are not corrected
    lines = [line for line in said.splitlines() if str(tmp_path) not in line]
    assert max(map(columns, lines)) <= 80


def test_interrupted_and_resumed_to_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mazefit.agents.deep.loop import Learning

    assert run(tmp_path / "whole", "--lang", "en") == 0
    step, count = Learning.step, 0

    def pressed(self: Any) -> None:
        nonlocal count
        count += 1
        if count == 400:
            signal.raise_signal(signal.SIGINT)
        step(self)

    with monkeypatch.context() as patched:
        patched.setattr(Learning, "step", pressed)
        assert run(tmp_path / "cut", "--lang", "en") == 130
    said = one_line(capsys.readouterr().out)
    assert "Stopped after 400 of 700 steps" in said
    line = re.search(r"(\S+ -m mazefit deep|\S+ deep|\S+train_deep.py) (--.* --resume)", said)
    assert line is not None
    assert run_command("deep", shlex.split(line[2])) == 0
    assert "400 of 700 steps were done" in one_line(capsys.readouterr().out)
    for file in sorted((tmp_path / "whole").rglob("*")):
        if file.is_file() and file.name != "config.json":
            assert file.read_bytes() == (tmp_path / "cut" / file.relative_to(tmp_path / "whole")).read_bytes(), file.name


def test_many_seeds_are_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--seeds", "2", "--steps", "1500", "--lang", "en") == 0
    said = one_line(capsys.readouterr().out)
    table = [line.split(",") for line in (tmp_path / "seeds.csv").read_text().splitlines()]
    assert [row[0] for row in table] == ["maze_seed", "0", "1"]
    found = sum(row[1] == row[2] for row in table[1:])
    assert f"{found} of 2 seeds learned the shortest path" in said
    assert found == 2


def test_the_grid_is_for_convolutions() -> None:
    assert DeepConfig(observation="grid").agent.network.name == "convolutional"  # pyright: ignore
    assert DeepConfig().agent.network.name == "dense"  # pyright: ignore


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--n-step", "0"], 2, "--n-step: expected an integer from 1 to 255, got 0"),
        (["--observation", "sound"], 2, "--observation: unknown 'sound'"),
        (["--algorithm", "wilso"], 2, "did you mean 'wilson'"),
        (["--discount", "2"], 2, "--discount: expected a number with 0 <= --discount <= 1"),
        (["--maze", "dyna"], 2, "--maze: expected none beside --rows"),
        (["--seeds", "2", "--resume"], 2, "--seeds: expected none beside --resume"),
        (["--device", "cuda:77"], 4, "cuda"),
        (["--resume"], 3, "--resume: expected --out to be the folder of an interrupted run"),
    ],
)
def test_mistakes_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
) -> None:
    assert run(tmp_path / "out", *arguments) == code
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_another_run_is_not_resumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--steps", "60") == 0
    assert run(tmp_path, "--resume", "--dueling") == 2
    said = capsys.readouterr().err
    assert "--dueling: expected False, as in the run, got True" in said
    assert "--steps: expected 60, as in the run, got 700" in said
