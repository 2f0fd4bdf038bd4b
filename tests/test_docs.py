"""The pages with code: it runs as it stands, and the algorithm of one's own keeps what its page says of its test."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mazefit.agents import QLearning
from mazefit.envs import Maze

PAGE = Path(__file__).parent.parent / "docs" / "own_algorithm.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="documents stand in the checkout only")


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """What the block defines."""
    (block,) = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "own_algorithm"}
    exec(compile(block, str(PAGE), "exec"), names)
    return names


def test_the_block_runs_as_a_program(tmp_path: Path):
    (block,) = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    command = [sys.executable, "-W", "error", "-c", block]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "largest error" in done.stdout
    assert "Cautious Q-learning" in done.stdout


@pytest.mark.parametrize(("caution", "target"), [(0.5, 0.25), (0.0, 0.5), (1.0, 0.0)])
def test_numbers_by_hand(example: dict[str, Any], caution: float, target: float):
    q = [0.0, 0.0, 1.0, 3.0]
    found = example["cautious_update"].python(q, 0, -1.0, 1, False, 0.5, 0.5, (0, 1), caution)
    assert found == target
    assert q == [0.5 * target, 0.0, 1.0, 3.0]
    assert example["cautious_update"].python(q, 1, -1.0, 1, True, 0.5, 0.5, (0, 1), caution) == -1.0


@pytest.mark.parametrize("caution", [0.0, 0.3])
def test_plain_and_compiled_are_byte_equal_and_replay_gives_the_table(example: dict[str, Any], caution: float):
    learner, maze = example["CautiousQLearning"](caution=caution), Maze.named("tutorial")
    plain, compiled = (
        learner.learn(maze, episodes=40, seed=1, trace=True, backend=backend) for backend in ("python", "compiled")
    )
    assert plain.q.tobytes() == compiled.q.tobytes() == plain.trace.replay().q.tobytes()
    assert [problem for backup in plain.trace for problem in example["SPEC"].violations(backup)] == []


def test_without_caution_it_is_q_learning(example: dict[str, Any]):
    own = example["CautiousQLearning"](caution=0.0, discount=1.0).learn(Maze.named("dyna"), episodes=50, seed=3)
    assert own.q.tobytes() == QLearning().learn(Maze.named("dyna"), episodes=50, seed=3).q.tobytes()


def test_the_page_of_the_trainer_runs_from_top_to_bottom(tmp_path: Path):
    blocks = BLOCK.findall(PAGE.with_name("trainer.md").read_text(encoding="utf-8"))
    assert len(blocks) == 6
    command = [sys.executable, "-W", "error", "-c", "\n".join(blocks)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "the light went out" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"history.csv", "history.png", "kept"}
