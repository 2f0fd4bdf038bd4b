"""A run that is killed at any moment and taken up again ends with the same bytes: weights, moments, buffer, trace, course."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def ends(tmp_path: Path, kills: int) -> list[bool]:
    """Kill runs so many times, with each way to compute: whether all that were taken up again ended with the same bytes."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"kill points of seed {seed}")
    command = [sys.executable, "-m", "tests.agents.deep.killed", str(tmp_path), str(kills), str(seed)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], env=environment, check=False)
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-2000:]}"
    runs = json.loads(done.stdout)
    print(f"digests and steps of the checkpoints met: {runs}")
    return [len(run["places"]) == kills and set(run["digests"]) == {run["whole"]} for run in runs.values()]


def test_killed_at_three_moments(tmp_path: Path) -> None:
    assert ends(tmp_path, 3) == [True, True]


@pytest.mark.slow
def test_killed_at_twenty_moments(tmp_path: Path) -> None:
    assert ends(tmp_path, 20) == [True, True]
