"""Commands to copy do what they say, in the way in which the program was started."""

import shlex
import sys
from pathlib import Path

import pytest

from mazefit.lab.command_line import call, program, shortened


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a virtual environment in it, in which one stands; nothing of it is on the PATH."""
    for name in ("scripts/run_agent.py", "scripts/step_maze.py", ".venv/bin/python", ".venv/bin/mazefit"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python"))
    return tmp_path


def test_started_by_a_script(here: Path, monkeypatch: pytest.MonkeyPatch):
    for given in ("scripts/run_agent.py", str(here / "scripts/run_agent.py")):
        monkeypatch.setattr(sys, "argv", [given])
        assert call("play") == ".venv/bin/python scripts/step_maze.py"
        assert call("run") == ".venv/bin/python scripts/run_agent.py"
    (here / "two words").mkdir()
    monkeypatch.chdir(here / "two words")
    assert shlex.split(call("play")) == [str(here / ".venv/bin/python"), str(here / "scripts/step_maze.py")]


def test_started_as_the_command(here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", [str(here / ".venv/bin/mazefit")])
    assert (call(), call("play")) == (".venv/bin/mazefit", ".venv/bin/mazefit play")
    (here / "away").mkdir()
    monkeypatch.chdir(here / "away")
    assert call("run") == shlex.join([str(here / ".venv/bin/mazefit"), "run"])
    monkeypatch.setenv("PATH", str(here / ".venv/bin"))
    assert call("run") == "mazefit run"


def test_started_as_a_module_or_from_a_program(here: Path, monkeypatch: pytest.MonkeyPatch):
    for given in ("/somewhere/mazefit/__main__.py", "-c", "", "/usr/bin/pytest"):
        monkeypatch.setattr(sys, "argv", [given])
        assert call("run") == ".venv/bin/python -m mazefit run"
    monkeypatch.setattr(sys, "executable", "")
    assert call("run") == "python -m mazefit run"


def test_blanks_are_quoted(here: Path, monkeypatch: pytest.MonkeyPatch):
    (here / "my env").mkdir()
    monkeypatch.setattr(sys, "executable", str(here / "my env/python"))
    monkeypatch.setattr(sys, "argv", ["scripts/run_agent.py"])
    assert call("run") == "'my env/python' scripts/run_agent.py"


def test_a_program_beside_one_is_not_looked_for_on_the_path(here: Path):
    assert program(str(here / "python")) == "./python"
    assert program("/opt/no such/python") == "/opt/no such/python"
    assert shortened(Path("/opt/x")) == "/opt/x"
