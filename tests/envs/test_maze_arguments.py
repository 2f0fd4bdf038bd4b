"""What the maze environment is given and refuses: constructor arguments (the rest: test_rows_env.py)."""

import inspect

import gymnasium
import pytest

from mazefit.envs import Maze, MazeEnv
from mazefit.errors import ConfigError, MazeFormatError

RING = "S..\n.#.\n..G"


def made(**options: object) -> gymnasium.Env:
    return gymnasium.make("mazefit/Maze-v0", **options)


def test_everything_wrong_is_named_at_once():
    with pytest.raises(ConfigError) as refusal:
        MazeEnv(
            rows=0, columns=1.5, algorithm="wislon", maze_seed=-1, loops=2, observation="grd", action_mask="yes",
            start="randon", step_reward=float("nan"), goal_reward="x", render_mode="ansy",
        )  # fmt: skip
    for part in (
        "rows: expected an integer of at least 1, got 0",
        "columns: expected an integer of at least 1, got 1.5",
        "algorithm: unknown 'wislon'; did you mean 'wilson'?",
        "maze_seed: expected an integer of at least 0, got -1",
        "loops: expected a number with 0 <= loops <= 1, got 2",
        "observation: unknown 'grd'; did you mean 'grid'?",
        "action_mask: expected True or False, got 'yes'",
        "start: unknown 'randon'; did you mean 'random'?",
        "step_reward: expected a number",
        "goal_reward: expected a number",
        "render_mode: unknown 'ansy'; did you mean 'ansi'?",
    ):
        assert part in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"maze": 5}, "maze: expected a Maze, its text or None, got int"),
        ({"maze": RING, "rows": 5, "algorithm": "dfs"}, "rows, algorithm: expected no generator's arguments beside maze"),
        ({"render_mode": "human"}, "render_mode: expected gymnasium.make for 'human'"),
        ({"rows": 1, "columns": 1}, "expected at least two cells"),
    ],
)
def test_refused_arguments(options: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        MazeEnv(**options)


def test_unreadable_text_says_where():
    with pytest.raises(MazeFormatError, match="line 2, column 1"):
        made(maze="S.\n?G")


def test_text_bytes_and_maze_are_one():
    assert MazeEnv(RING).maze == MazeEnv(RING.encode()).maze == MazeEnv(Maze.from_text(RING)).maze


def test_the_default_is_ten_by_ten_by_wilson():
    assert made().unwrapped.maze == Maze.generate(10, 10, "wilson", seed=0)
    assert made(maze_seed=3, loops=0.5).unwrapped.maze == Maze.generate(10, 10, "wilson", seed=3, loops=0.5)


def test_time_limits_are_gymnasiums():
    env = made(maze=RING, max_episode_steps=2)
    env.reset()
    assert env.step(0)[2:4] == (False, False)
    assert env.step(0)[2:4] == (False, True)
    assert made().spec.max_episode_steps is None


def test_the_docstring_has_gymnasiums_headings():
    doc = inspect.getdoc(MazeEnv) or ""
    headings = [line[3:] for line in doc.splitlines() if line.startswith("## ")]
    assert headings == [
        "Description", "Action Space", "Observation Space", "Starting State", "Rewards", "Episode End", "Information",
        "Arguments", "References", "Version History",
    ]  # fmt: skip
    for name in set(inspect.signature(MazeEnv).parameters) - {"unknown"}:  # what it takes in order to refuse it
        assert f"`{name}" in doc.split("## Arguments")[1]


def test_unknown_arguments_are_named_with_what_is_near() -> None:
    with pytest.raises(ConfigError) as refused:
        gymnasium.make("mazefit/Maze-v0", rowz=3, observations="grid")
    assert "unknown argument 'rowz'; did you mean 'rows'?" in str(refused.value)
    assert "unknown argument 'observations'; did you mean 'observation'?" in str(refused.value)
