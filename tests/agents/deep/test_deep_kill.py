"""A run that is killed at any moment and taken up again ends with the same bytes: weights, moments, buffer, trace, course."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def killed(tmp_path: Path, kills: int) -> None:
    """Kill runs so many times, with each way to compute; every one that is taken up again must end with the same bytes."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"kill points of seed {seed}")
    command = [sys.executable, "-m", "tests.agents.deep.killed", str(tmp_path), str(kills), str(seed)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], env=environment, check=False)
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-2000:]}"
    for name, run in json.loads(done.stdout).items():
        assert len(run["places"]) == kills
        assert set(run["digests"]) == {run["whole"]}, f"seed {seed}, {name}: {run}"
        print(f"{name}: steps of the checkpoints met: {run['places']}; {len(run['digests'])} runs to their end")


def test_killed_at_three_moments(tmp_path: Path) -> None:
    killed(tmp_path, 3)


@pytest.mark.slow
def test_killed_at_twenty_moments(tmp_path: Path) -> None:
    killed(tmp_path, 20)
