"""What stands at a path, in our words."""

from pathlib import Path

import pytest

from mazefit.errors import DataError
from mazefit.lab.places import run_within, what_is


def test_what_stands_there(tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    assert what_is(file) == f"{str(file)!r}, which is a file"
    assert what_is(tmp_path) == f"{str(tmp_path)!r}, which is a folder"
    assert what_is("no/such") == "'no/such', which does not exist"
    assert what_is("") == "'', which names nothing"
    assert what_is(file / "below").endswith("which does not exist")
    assert "which cannot be looked at" in what_is("x" * 5_000)


def test_where_a_run_is(tmp_path: Path):
    with pytest.raises(DataError, match=r"--run: expected the folder of a saved run, got .* in which no run was saved"):
        run_within("--run", tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").touch()
    assert run_within("--run", tmp_path) == run_within("--run", tmp_path / "run") == tmp_path / "run"
    with pytest.raises(DataError, match=r"--resume: expected the folder of a saved run, got 'x+', which cannot be looked at"):
        run_within("--resume", "x" * 5_000)
