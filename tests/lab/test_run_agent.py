"""A run from its settings to its folder: what is written, said, refused, kept and resumed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mazefit.agents import Run, ValueIteration, solve
from mazefit.agents.interrupt import LearningInterrupted
from mazefit.agents.learning.q_learning import QLearning
from mazefit.envs import Maze
from mazefit.errors import ConfigError, DataError
from mazefit.lab import announce, run_files
from mazefit.lab import run_agent as room
from mazefit.lab.command_line import call
from mazefit.lab.run_agent import RunConfig, run_agent
from mazefit.lab.telling_update import telling_update
from mazefit.plots import fonts

FIGURES = [f"{name}.{kind}" for name in ("last_backup", "maze", "returns", "textbook_backup") for kind in ("png", "svg")]


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    return RunConfig(maze="tutorial", episodes=60, out=tmp_path / "out", lang="en")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def text(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_run_leaves_settings_tables_episodes_the_run_and_eight_pictures(config: RunConfig):
    assert run_agent(config) == 0
    folder = config.folder
    assert names(folder) == sorted([*FIGURES, "config.json", "maze.txt", "q.npy", "returns.csv", "run"])
    run = Run.load(folder / "run")
    expected = QLearning().learn(Maze.named("tutorial"), episodes=60, seed=0, trace=True)
    assert np.load(folder / "q.npy").tobytes() == run.q.tobytes() == expected.q.tobytes()
    assert run.trace is not None
    assert len(run.trace) == run.steps
    rows = (folder / "returns.csv").read_text().splitlines()
    assert rows[0] == "episode,return,length"
    assert [[float(part) for part in row.split(",")] for row in rows[1:]] == [
        [i + 1, run.returns[i], run.lengths[i]] for i in range(60)
    ]
    assert Maze.from_text((folder / "maze.txt").read_bytes()) == Maze.named("tutorial")
    saved = json.loads((folder / "config.json").read_text())
    assert saved["flags"] == config.to_json()
    assert set(saved["versions"]) == {"mazefit", "python", "gymnasium", "matplotlib", "numba", "numpy"}
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in FIGURES if name.endswith("png"))


def test_the_same_settings_give_the_same_bytes(config: RunConfig, tmp_path: Path):
    for name in ("a", "b"):
        run_agent(replace(config, out=tmp_path / name))
    for name in [*FIGURES, "maze.txt", "q.npy", "returns.csv"]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_the_summary_holds_what_was_learned_against_the_exact_answer(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    run_agent(replace(config, maze="dyna", episodes=300))
    said = text(capsys)
    assert "exact value at the start     v*(s18) = -13 = -(d - 1), d = 14" in said
    assert "shortest possible            14 steps" in said
    assert "greedy path                  14 steps, the shortest possible" in said
    assert "seed 0" in said
    assert f"  {call('play')} --run {config.folder / 'run'}\n" in said
    assert all(name in said for name in ("config.json", "returns.csv", "q.npy", "maze.png|svg", "last_backup.png|svg"))


def test_the_formula_of_the_start_follows_the_discount(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    run_agent(replace(config, discount=0.5))
    assert "v*(s0) = -1.75 = -(1 - γ^(d - 1)) / (1 - γ), d = 4, γ = 0.5" in text(capsys)
    assert float(solve(Maze.named("tutorial"), 0.5).v[0]) == -1.75


def test_no_formula_where_cells_have_rewards_of_their_own(
    config: RunConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "letters.txt"
    file.write_text("SaG\n...\n\na = -5\n")
    run_agent(replace(config, maze=str(file), episodes=200))
    said = text(capsys)
    assert "v*(s0) = -3\n" in said
    assert "shortest possible            2 steps" in said
    assert "4 steps; 4 on the best path, given the cells' own rewards" in said


def test_the_dashed_return_is_without_discount_as_returns_are(config: RunConfig, monkeypatch: pytest.MonkeyPatch):
    import mazefit.plots

    seen: list[float] = []
    draw = mazefit.plots.plot_curves
    monkeypatch.setattr(mazefit.plots, "plot_curves", lambda *a, **k: seen.append(k["best_return"]) or draw(*a, **k))
    for discount in (1.0, 0.5):
        run_agent(replace(config, discount=discount))
    assert seen == [-3.0, -3.0]


def test_a_planner_has_no_returns_and_says_so(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    run_agent(config)
    run_agent(replace(config, agent="value-iteration"))
    said = capsys.readouterr()
    assert "no returns figure: value-iteration plans with the model" in said.out
    assert "value-iteration has no use for --episodes" in said.err
    left = names(config.folder)
    assert not {"returns.csv", "returns.png", "returns.svg"} & set(left)  # the earlier run's are gone
    assert {"maze.png", "last_backup.svg", "textbook_backup.png"} <= set(left)
    assert Run.load(config.folder / "run").q.tobytes() == ValueIteration().solve(Maze.named("tutorial")).q.tobytes()


def test_the_summary_says_which_update_is_drawn(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    run_agent(config)
    run = Run.load(config.folder / "run")
    found = telling_update(run)
    assert found is not None
    place = f"update {found.backup.index:,}, episode {found.backup.episode}, step {found.backup.step}"
    assert f"last_backup: {place}: the largest TD error of that episode" in text(capsys)
    assert (config.folder / "last_backup.svg").read_text() == found.backup.draw("svg")


def test_cells_with_rewards_are_marked_in_the_figure(config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import mazefit.plots

    seen: list[list[str]] = []
    draw = mazefit.plots.plot_maze
    monkeypatch.setattr(mazefit.plots, "plot_maze", lambda *a, **k: seen.append(k["labels"]) or draw(*a, **k))
    (tmp_path / "letters.txt").write_text("SaG\n..b\n\na = -5\nb = -0.5\n")
    run_agent(replace(config, maze=str(tmp_path / "letters.txt")))
    assert seen == [["", "a −5", "", "", "", "b −0.5"]]


def test_korean(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    run_agent(replace(config, lang="ko"))
    said = text(capsys)
    for part in ("행위자가 tutorial 미로", "에피소드 60개", "수익(G)", "출발 상태의 정확한 가치", "--lang ko"):
        assert part in said
    assert (
        "백업다이어그램" in (config.folder / "last_backup.svg").read_text()
        or "에피소드" in (config.folder / "last_backup.svg").read_text()
    )


def test_without_a_korean_font_one_sentence_and_english_figures(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    run_agent(config)
    monkeypatch.setattr(fonts, "korean_font", lambda: None)
    run_agent(replace(config, lang="ko", out=tmp_path / "ko"))
    assert capsys.readouterr().err.count("한글 글꼴을 찾지 못해") == 1
    assert all((tmp_path / "ko" / name).read_bytes() == (config.folder / name).read_bytes() for name in FIGURES)


def test_a_folder_of_a_run_that_was_killed_in_its_first_save_is_used_again(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    class KilledError(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(run_files, "to_npy", die)  # run/, but neither tables nor figures are written
        with pytest.raises(KilledError):
            run_agent(config)
    assert {"config.json", "run"} <= set(names(config.folder))
    assert run_agent(config) == 0
    with monkeypatch.context() as patch:
        patch.setattr(QLearning, "learn", die)
        with pytest.raises(KilledError):
            run_agent(replace(config, out=config.folder / "second"))
    assert names(config.folder / "second") == ["config.json"]
    with pytest.raises(DataError, match=r"--resume: .* which is a folder in which no run was saved"):
        run_agent(RunConfig(resume=config.folder / "second", lang="en"))


def test_large_numbers_have_no_exponents(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    whole = QLearning.learn

    def learn(self: QLearning, env: object, **settings: object) -> Run:
        run = whole(self, env, **settings)  # pyright: ignore
        return replace(run, returns=np.full(60, -19_482.0), lengths=np.full(60, 19_483))

    monkeypatch.setattr(QLearning, "learn", learn)
    run_agent(config)
    assert "return G -19,480, 19,480 steps" in text(capsys)


def test_one_step_is_in_the_singular(config: RunConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "two.txt").write_text("SG\n")
    run_agent(replace(config, maze=str(tmp_path / "two.txt"), episodes=1, seed=1))
    said = text(capsys)
    assert "2 states): 1 episode, seed 1" in said
    assert "shortest possible            1 step\n" in said
    assert "greedy path                  1 step, the shortest possible" in said
    assert "mean of the last 1 episode " in said


# Stopped and resumed -----------------------------------------------------------------------------------------------


@pytest.fixture
def stopped(config: RunConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunConfig:
    """A run of 60 episodes whose first 20 were learned when Ctrl-C came."""
    whole = QLearning.learn

    def learn(self: QLearning, env: object, **settings: object) -> Run:
        raise LearningInterrupted(whole(self, env, **{**settings, "episodes": 20}))  # pyright: ignore[reportArgumentType]

    with monkeypatch.context() as patch:
        patch.setattr(QLearning, "learn", learn)
        assert run_agent(config) == 130
    both = capsys.readouterr()
    said = both.out
    assert both.err == "saving 20 episodes ...\n"
    assert f"Stopped: kept 20 whole episodes in {config.folder}" in said
    assert f"--resume {config.folder}" in said
    return config


def test_what_was_learned_before_ctrl_c_is_kept(stopped: RunConfig):
    assert Run.load(stopped.folder / "run").episodes == 20
    assert len((stopped.folder / "returns.csv").read_text().splitlines()) == 21
    assert not (stopped.folder / "maze.png").exists()


@pytest.mark.parametrize("inside", ["", "run"])
def test_a_resumed_run_ends_as_one_that_never_stopped(
    stopped: RunConfig, tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch
):
    begun: list[Run] = []
    learn = QLearning.learn
    with monkeypatch.context() as patch:
        patch.setattr(QLearning, "learn", lambda *a, **k: begun.append(k["resume"]) or learn(*a, **k))
        assert run_agent(RunConfig(resume=stopped.folder / inside, lang="en")) == 0  # goes on to the 60 that were wanted
    assert [run.episodes for run in begun] == [20]
    run_agent(replace(stopped, out=tmp_path / "never"))
    for name in [*FIGURES, "maze.txt", "q.npy", "returns.csv"]:
        assert (stopped.folder / name).read_bytes() == (tmp_path / "never" / name).read_bytes(), name


def test_a_resumed_run_goes_on_to_another_total(stopped: RunConfig, tmp_path: Path):
    assert run_agent(RunConfig(resume=stopped.folder, episodes=33, out=tmp_path / "b", lang="en")) == 0
    assert Run.load(tmp_path / "b" / "run").episodes == 33
    assert Run.load(stopped.folder / "run").episodes == 20
    assert json.loads((tmp_path / "b" / "config.json").read_text())["flags"]["maze"] == "tutorial"


def test_a_batch_grows_when_its_run_is_resumed(tmp_path: Path):
    config = RunConfig(agent="batch-td", maze="tutorial", lang="en")
    assert run_agent(replace(config, episodes=5, out=tmp_path / "a")) == 0
    assert run_agent(RunConfig(resume=tmp_path / "a", episodes=8, out=tmp_path / "b", lang="en")) == 0
    assert run_agent(replace(config, episodes=8, out=tmp_path / "never")) == 0
    for name in ["maze.svg", "last_backup.svg", "v.npy", "returns.csv"]:
        assert (tmp_path / "b" / name).read_bytes() == (tmp_path / "never" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"epsilon": 0.3, "seed": 4},
            "--seed: expected 0, as in the run, got 4; --epsilon: expected none, as in the run, got 0.3",
        ),
        ({"episodes": 10}, "--episodes: expected a total of at least the run's 20, got 10"),
    ],
)
def test_resuming_otherwise_is_refused(stopped: RunConfig, wrong: dict[str, object], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        run_agent(replace(RunConfig(resume=stopped.folder, lang="en"), **wrong))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda saved: saved["flags"].update(epslon=1), "unknown setting 'epslon'; did you mean 'epsilon'"),
        (lambda saved: saved["flags"].update(epsilon=[1]), r"epsilon: expected int or float or str or none, got .1."),
        (
            lambda saved: saved.pop("format"),
            "expected settings of format 2, as mazefit .* writes them, got format 1",
        ),
        (lambda saved: saved["flags"].update(rows="5"), "rows: expected int, got '5'"),
        (lambda saved: saved["flags"].update(quick=1), "quick: expected bool, got 1"),
        (lambda saved: saved["flags"].update(seed=True), "seed: expected int, got True"),
        (lambda saved: saved["flags"].pop("seed"), "seed: expected a value, got none"),
        (lambda saved: saved.update(kind="x"), "expected the settings of a saved run, got something else"),
    ],
)
def test_tampered_settings_are_refused(stopped: RunConfig, change: object, sentence: str):
    file = stopped.folder / "config.json"
    saved = json.loads(file.read_text())
    change(saved)  # pyright: ignore
    file.write_text(json.dumps(saved))
    with pytest.raises(DataError, match=sentence):
        run_agent(RunConfig(resume=stopped.folder, lang="en"))


def test_damaged_or_missing_settings_are_refused(stopped: RunConfig, tmp_path: Path):
    (stopped.folder / "config.json").write_text('{"flags": ')
    with pytest.raises(DataError, match="got damaged JSON"):
        run_agent(RunConfig(resume=stopped.folder, lang="en"))
    with pytest.raises(
        DataError,
        match=f"--resume: expected the folder of a saved run, got {str(tmp_path / 'nowhere')!r}, which does not exist",
    ):
        run_agent(RunConfig(resume=tmp_path / "nowhere", lang="en"))


def test_another_maze_beside_the_run_is_noticed(stopped: RunConfig):
    (stopped.folder / "maze.txt").write_text("S.\n.G\n")
    with pytest.raises(DataError, match="expected the maze of the run"):
        run_agent(RunConfig(resume=stopped.folder, lang="en"))


def test_ctrl_c_while_results_are_written_waits_for_them(config: RunConfig, monkeypatch: pytest.MonkeyPatch):
    import signal

    write = run_files.write_results

    def slow(*arguments: object) -> list[str]:
        signal.raise_signal(signal.SIGINT)
        return write(*arguments)  # pyright: ignore

    monkeypatch.setattr(room, "write_results", slow)
    assert run_agent(config) == 130
    assert Run.load(config.folder / "run").episodes == 60


# Windows -----------------------------------------------------------------------------------------------------------


def test_show_without_a_display_is_one_sentence(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert run_agent(replace(config, show=True)) == 0
    said = capsys.readouterr()
    assert said.err.startswith("--show: no window can be opened here")
    assert len(said.err.splitlines()) == 1


def test_show_opens_every_figure(config: RunConfig, monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    monkeypatch.setattr(announce, "show", lambda pictures: opened.extend(pictures) or True)
    run_agent(replace(config, show=True))
    assert sorted(path.name for path in opened) == [name for name in FIGURES if name.endswith("png")]
