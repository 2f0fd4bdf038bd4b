import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def killed(tmp_path: Path, kills: int) -> None:
    """Kill fits so many times, with each loop; every one that is taken up again must end with the same bytes."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"kill points of seed {seed}")
    command = [sys.executable, "-m", "tests.training.killed", str(tmp_path), str(kills), str(seed)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], env=environment, check=False)
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout)
    for name in ("torch", "compiled"):
        run = found[name]
        assert len(run["places"]) == kills
        assert set(run["digests"]) == {run["whole"]}, f"seed {seed}, {name}: {run}"
        met = [place for place in run["places"] if place is not None]
        print(f"{name}: {kills} kills, {kills - len(met)} before the first checkpoint, {len(run['digests'])} fits to their end")
        print(f"  places met: {[(place['epoch'], place['position']) for place in met]}")
        if name == "torch" and kills >= 100:
            assert any(place["position"] for place in met)
    assert set(found["renames"]) == {found["torch"]["whole"]}
    assert len(found["renames"]) == 12


def test_killed_at_ten_moments(tmp_path: Path) -> None:
    killed(tmp_path, 10)


@pytest.mark.slow
def test_killed_at_a_hundred_moments(tmp_path: Path) -> None:
    killed(tmp_path, 100)
