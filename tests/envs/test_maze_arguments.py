"""What the maze environment is given and refuses: arguments, options, actions, steps out of order; nothing is lost by it."""

import copy
import inspect

import gymnasium
import numpy as np
import pytest

from mazefit.envs import Maze, MazeEnv
from mazefit.errors import ClosedEnvError, ConfigError, InvalidActionError, MazeFormatError, ResetNeededError

RING = "S..\n.#.\n..G"
LETTERS = "Sa#\n..G\n\na = -5"
KINDS = ("state", "coordinates", "grid")


def started(maze: str | Maze = RING, **options: object) -> MazeEnv:
    env = MazeEnv(maze, **options)
    env.reset(seed=0)
    return env


def made(**options: object) -> gymnasium.Env:
    return gymnasium.make("mazefit/Maze-v0", **options)


# -- reset --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"state": 4}, "expected a free cell that is no goal, from 0 to 8, got 4, the wall at row 1, column 1"),
        ({"state": 8}, "got 8, the goal at row 2, column 2"),
        ({"state": 9}, "from 0 to 8, got 9"),
        ({"state": -1}, "got -1"),
        ({"state": 1.0}, "got 1.0"),
        ({"state": None}, "got None"),
        ({"stat": 1}, r"unknown 'stat'; did you mean 'state'\?"),
        ({"state": 1, "seed": 3}, "unknown 'seed'"),
        ([1], "expected a dict"),
    ],
)
def test_refused_options_change_nothing(options: dict, sentence: str):
    env = started(start="random")
    env.step(1)
    before, generator = env.state, copy.deepcopy(env.np_random.bit_generator.state)
    with pytest.raises(ConfigError, match=sentence):
        env.reset(seed=5, options=options)
    assert (env.state, env.np_random.bit_generator.state) == (before, generator)


@pytest.mark.parametrize("seed", [-1, "x", 1.5])
def test_refused_seeds_change_nothing(seed: object):
    env = started()
    env.step(1)
    with pytest.raises(gymnasium.error.Error):
        env.reset(seed=seed)
    assert env.state == 1


# -- actions ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize(
    "action",
    [1, True, np.int64(1), np.int8(1), np.uint8(1), np.uint64(1), np.array(1), np.array(1, np.int16)],
    ids=lambda action: f"{type(action).__name__}-{getattr(action, 'dtype', '')}",
)  # fmt: skip
def test_integers_are_actions(action: object, wrap: bool):
    env = made(maze=RING) if wrap else MazeEnv(RING)
    for entered_before in (False, True):
        env.reset()
        assert env.step(action)[0] == 1, entered_before


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("entered", [False, True])
@pytest.mark.parametrize("observation", ["state", "grid"])
@pytest.mark.parametrize(
    "action",
    [4, 5, 99, -1, -4, -5, 10**30, -(10**30), 1.5, 1.0, "up", "1", None, float("nan"), np.float64(1.0), np.float32(1.0),
     np.bool_(True), np.array([1]), np.array([1, 2]), np.array(1.0), [1], (1,), {}, {1}, 1j, b"\x01", int],
    ids=repr,
)  # fmt: skip
def test_everything_else_is_refused_and_changes_nothing(action: object, entered: bool, observation: str, wrap: bool):
    env = made(maze=RING, observation=observation) if wrap else MazeEnv(RING, observation=observation)
    env.reset(options={"state": 1})
    if entered:
        env.step(0)
    with pytest.raises(InvalidActionError, match="expected an action, an integer from 0 to 3, got ") as refusal:
        env.step(action)
    assert repr(action) in str(refusal.value)
    assert isinstance(refusal.value, gymnasium.error.InvalidAction)
    assert env.unwrapped.state == 1
    assert env.step(1)[4]["position"] == (0, 2)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("observation", KINDS)
def test_steps_out_of_order(observation: str, wrap: bool):
    env = made(maze="SG", observation=observation) if wrap else MazeEnv("SG", observation=observation)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(1)
    env.reset()
    assert env.step(1)[2] is True
    for action in (0, 1, 2, 3, 99):
        with pytest.raises(ResetNeededError, match=r"reset\(\) after the episode's end"):
            env.step(action)
    env.reset()
    assert env.step(1)[2] is True
    env.reset()
    env.close()
    env.close()
    for use in (lambda: env.step(1), env.reset, env.render):
        with pytest.raises(ClosedEnvError, match=r"after close\(\)"):
            use()


def test_step_before_reset_unwrapped():
    with pytest.raises(ResetNeededError, match="before the first step"):
        MazeEnv(RING).step(1)
    assert MazeEnv(RING).state is None


# -- arguments ----------------------------------------------------------------------------------------------------------------


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
