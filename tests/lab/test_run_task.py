"""What is wrong with a run's settings, its maze or its folder is said before anything is learned."""

from dataclasses import replace
from pathlib import Path

import pytest

from mazefit.agents.learning.q_learning import QLearning
from mazefit.errors import ConfigError, DataError, MazefitError, MazeFormatError, OutputError, UnboundedValueError
from mazefit.lab.run_agent import RunConfig, run_agent


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    return RunConfig(maze="tutorial", episodes=60, out=tmp_path / "out", lang="en")


@pytest.fixture
def nothing_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    def learn(*_: object, **__: object) -> None:
        raise AssertionError("learning began")

    monkeypatch.setattr(QLearning, "learn", learn)


REFUSED: list[tuple[dict[str, object], type[MazefitError], str]] = [
    ({"agent": "q-learing"}, ConfigError, "--agent: unknown 'q-learing'; did you mean 'q-learning'?"),
    ({"maze": None, "algorithm": "wlson"}, ConfigError, "--algorithm: unknown 'wlson'; did you mean 'wilson'?"),
    ({"maze": "tutoral"}, ConfigError, "--maze: expected a maze file or the name of a maze, got 'tutoral'.*mean 'tutorial'?"),
    ({"maze": "no/such/file.txt"}, ConfigError, "which is neither; expected one of tutorial, dyna"),
    ({"rows": 5}, ConfigError, "--rows: expected none of these beside --maze"),
    ({"episodes": 0}, ConfigError, "--episodes: expected an integer of at least 1, got 0"),
    ({"step_size": 0.0, "discount": 1.5, "epsilon": float("nan")}, ConfigError, "--step-size: .*--discount: .*--epsilon: "),
    ({"out": ""}, ConfigError, "--out: expected the path of a folder, got ''"),
    ({"maze": ""}, ConfigError, "--maze: expected a maze file or the name of a maze, got '', which is neither"),
    ({"seed": -1}, ConfigError, "--seed: expected an integer from 0"),
    ({"maze": None, "rows": 1, "columns": 1}, ConfigError, "at least two cells"),
    ({"lang": "kr"}, ConfigError, "lang: unknown 'kr'"),
]


@pytest.mark.usefixtures("nothing_is_learned")
@pytest.mark.parametrize(("wrong", "kind", "sentence"), REFUSED)
def test_wrong_settings_are_refused(config: RunConfig, wrong: dict[str, object], kind: type[MazefitError], sentence: str):
    with pytest.raises(kind, match=sentence):
        run_agent(replace(config, **wrong))
    assert not config.folder.exists()


@pytest.mark.usefixtures("nothing_is_learned")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"S.x\n..G", r"bad.txt: maze text, line 1, column 3"),
        (b"", "bad.txt: "),
        (b"\xff\xfe", "bad.txt: "),
        (b"S#G", "bad.txt: .*walled off"),
    ],
)
def test_a_bad_maze_file_is_refused_with_its_name(config: RunConfig, tmp_path: Path, content: bytes, sentence: str):
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    with pytest.raises(MazeFormatError, match=sentence) as error:
        run_agent(replace(config, maze=str(file)))
    assert error.value.exit_code == 3
    with pytest.raises(
        DataError, match=f"--maze: expected a maze file or the name of a maze, got {str(tmp_path)!r}, which is a folder"
    ):
        run_agent(replace(config, maze=str(tmp_path)))


@pytest.mark.usefixtures("nothing_is_learned")
def test_a_maze_without_an_exact_answer_is_refused(config: RunConfig, tmp_path: Path):
    file = tmp_path / "gold.txt"
    file.write_text("SaG\n\na = 5\n")
    with pytest.raises(UnboundedValueError, match=r"cycle of positive reward.*; give --discount 0.9, say"):
        run_agent(replace(config, maze=str(file)))


@pytest.mark.usefixtures("nothing_is_learned")
def test_an_output_folder_that_cannot_be_written_is_found_first(
    config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OutputError, match="expected a folder that can be written, got an existing file"):
        run_agent(replace(config, out=file))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    with pytest.raises(OutputError, match="expected a folder that can be written, got Permission denied"):
        run_agent(config)


@pytest.mark.usefixtures("nothing_is_learned")
@pytest.mark.parametrize("name", ["maze.png", "config.json", "maze.txt"])
def test_files_of_somebody_else_are_not_written_over(config: RunConfig, name: str):
    config.folder.mkdir()
    (config.folder / name).write_text("{}")
    with pytest.raises(
        OutputError, match=f"--out: .* holds files of the same names that are not a run's \\({name}\\) and would be lost"
    ):
        run_agent(config)
    assert (config.folder / name).read_text() == "{}"
