"""The command line: help, versions, errors as one sentence, exit codes, and nothing imported that is not needed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import mazefit
from mazefit import cli
from mazefit.errors import DataError
from mazefit.lab import run_agent as room


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    environment.pop("MAZEFIT_LANG", None)
    command = [sys.executable, "-W", "error", "-c", "import sys; from mazefit.cli import main; sys.exit(main(sys.argv[1:]))"]
    return subprocess.run([*command, *arguments], capture_output=True, encoding="utf-8", env=environment, timeout=120)


def test_help_without_a_command_lists_the_commands(capsys: pytest.CaptureFixture[str]):
    for arguments in ([], ["--help"], ["-h"]):
        assert cli.main(arguments) == 0
        said = capsys.readouterr().out
        assert all(name in said for name in ("mazefit run --maze tutorial", "mazefit play --maze dyna", "--version"))
        assert max(len(line) for line in said.splitlines()) <= 80


def test_version(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"{mazefit.__version__}\n"


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("rn", "did you mean 'run'?"),
        ("fly", "expected one of run, play, diagram, deep, regression, fitting, classifier, autoencoder, embed"),
    ],
)
def test_an_unknown_command_is_one_sentence(capsys: pytest.CaptureFixture[str], command: str, hint: str):
    assert cli.main([command]) == 2
    assert capsys.readouterr().err == f"mazefit: unknown command {command!r}; {hint}\n"


GROUPS = [name for name, command in cli.COMMANDS.items() if isinstance(command, cli.Group)]
HELPS = [name for name in cli.COMMANDS if name not in GROUPS]
HELPS += [f"regression {name}" for name in cli.REGRESSIONS] + [f"fitting {name}" for name in cli.FITTING]


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_a_group_without_a_system_lists_its_systems(name: str, arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert cli.main([name, *arguments]) == 0
    said, complained = capsys.readouterr()
    group = cli.COMMANDS[name]
    assert isinstance(group, cli.Group)
    assert complained == ""
    assert len(said.splitlines()) < 25
    assert max(len(line) for line in said.splitlines() if sys.executable not in line) <= 80
    assert all(f"  {system} " in said and command.purpose in said for system, command in group.systems.items())
    assert sum(f"{name} {system}" in said for system in group.systems) >= 2


@pytest.mark.parametrize(
    ("system", "hint"),
    [
        ("lien", "did you mean 'line'?"),
        ("wave", "did you mean 'waves'?"),
        ("xyz", "expected one of line, descent, sine, curve, waves"),
    ],
)
def test_an_unknown_system_is_one_sentence(system: str, hint: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["regression", system, "--quick"]) == 2
    assert capsys.readouterr().err == f"mazefit: regression: unknown system {system!r}; {hint}\n"


@pytest.mark.parametrize("command", HELPS)
def test_every_help_fits_a_screen_and_has_two_examples(command: str):
    done = run(*command.split(), "--help")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(lines) < 60
    assert max(len(line) for line in lines if sys.executable not in line) <= 80
    assert sum(line.startswith("  ") and f"-m mazefit {command} --" in line for line in lines) >= 2
    assert "(default:" in done.stdout


def test_a_typo_in_a_flag_is_a_usage_error_with_a_hint():
    done = run("run", "--epsilo", "0.2")
    assert done.returncode == 2
    assert "--epsilon" in done.stderr
    assert "Traceback" not in done.stderr


def test_our_errors_are_one_sentence_and_their_exit_code(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    file = tmp_path / "maze.txt"
    file.write_text("S..\n")
    out = ["--out", str(tmp_path / "out")]
    assert cli.main(["run", "--agent", "q-learing", *out]) == 2
    assert capsys.readouterr().err == "mazefit: run: --agent: unknown 'q-learing'; did you mean 'q-learning'?\n"
    assert cli.main(["run", "--maze", str(file), *out]) == 3
    said = capsys.readouterr().err
    assert said.startswith(f"mazefit: {file}: maze text, line 1")
    assert "Traceback" not in said


def test_debug_shows_where_it_came_from(tmp_path: Path):
    with pytest.raises(DataError):
        cli.main(["run", "--maze", str(tmp_path), "--debug"])


def test_another_language_in_the_environment_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAZEFIT_LANG", "fr")
    assert cli.main(["run", "--maze", "tutorial"]) == 2
    assert capsys.readouterr().err == "mazefit: MAZEFIT_LANG: expected en or ko, got 'fr'\n"


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "run_agent", lambda config: signal.raise_signal(signal.SIGINT))
    assert cli.main(["run"]) == 130
    assert capsys.readouterr().err == "mazefit: interrupted\n"


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path):
    code = "from mazefit.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
    arguments = ["run", "--maze", "tutorial", "--quick", "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 141
    process.stderr.close()


IMPORTS = """
import sys
from mazefit.cli import main
main(sys.argv[1:])
print(sorted({"matplotlib", "torch", "tyro", "numba", "tqdm"} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--help"], "[]"),
        (["--version"], "[]"),
        (["play", "--help"], "['tyro']"),
        (["play"], "['tyro']"),
        (["regression"], "[]"),
        (["regression", "sine", "--help"], "['tyro']"),
        (["classifier", "--help"], "['tyro']"),
    ],
)
def test_only_what_is_needed_is_imported(arguments: list[str], loaded: str):
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, *arguments], input="d\nq\n", capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.stderr.splitlines()[-1] == loaded


def test_letters_that_a_terminal_does_not_have_end_nothing(tmp_path: Path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    code = "from mazefit.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
    arguments = ["run", "--maze", "tutorial", "--quick", "--lang", "ko", "--discount", "0.9", "--out", str(tmp_path)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"d = 4, ? = 0.9" in done.stdout


def test_a_docstring_becomes_the_head_of_a_help_page():
    made = cli.description("One.\n\n" + "word " * 30 + "\nExamples: `--a 1`; `--b`.", "prog")
    assert made.startswith("One.\n\nword word")
    assert made.endswith("\n\nexamples:\n  prog --a 1\n  prog --b")
    assert max(len(line) for line in made.splitlines()) <= 79
