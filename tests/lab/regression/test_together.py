"""The command in two processes that torchrun starts: it fits as one, and the first process alone prints and writes."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "import sys; from mazefit.cli import main; sys.exit(main(sys.argv[1:]))"


def losses(folder: Path) -> list[float]:
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


@pytest.mark.slow
def test_two_processes_fit_the_curve_as_one(tmp_path: Path):
    script = tmp_path / "train.py"
    script.write_text(MAIN)
    kept = {
        name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MAZEFIT_LANG")
    }
    arguments = [str(script), "regression", "curve", "--epochs", "300", "--starts", "2", "--out"]
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    said: list[str] = []
    for name, start in (("one", []), ("two", torchrun)):
        done = subprocess.run(
            [sys.executable, *start, *arguments, str(tmp_path / name)],
            capture_output=True, encoding="utf-8", env={**kept, "OMP_NUM_THREADS": "1"}, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[1].count("A curve through 10 points") == 1
    one, two = losses(tmp_path / "one"), losses(tmp_path / "two")
    assert len(one) == 300
    assert two == pytest.approx(one, rel=1e-6)
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == sorted(
        path.name for path in (tmp_path / "one").iterdir()
    )
