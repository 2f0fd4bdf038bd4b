"""What maze and landscape refuse alike: options, seeds, actions, steps out of order; nothing is lost by it."""

import copy
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import pytest

from mazefit.envs import Landscape, LandscapeEnv, MazeEnv
from mazefit.errors import ClosedEnvError, ConfigError, InvalidActionError, ResetNeededError


class Ground(NamedTuple):
    """An environment, and moves of which it is known where they lead."""

    kind: Any
    name: str
    options: dict[str, Any]
    begin: int
    bump: int
    move: int
    arrival: int
    last: tuple[int, int]  # a state and the action that ends the episode there

    def env(self, wrap: bool = False, **options: Any) -> Any:
        return gymnasium.make(self.name, **self.options, **options) if wrap else self.kind(**self.options, **options)


HILL = Landscape([[9.0, 5.0, 8.0], [6.0, 1.0, 3.0], [7.0, 4.0, 10.0]], [0.0, 1.0, 2.0], [2.0, 1.0, 0.0])
RING = Ground(MazeEnv, "mazefit/Maze-v0", {"maze": "S..\n.#.\n..G"}, 1, 0, 1, 2, (5, 2))
SLOPE = Ground(LandscapeEnv, "mazefit/Landscape-v0", {"landscape": HILL}, 8, 1, 0, 5, (5, 3))

grounds = pytest.mark.parametrize("ground", [RING, SLOPE], ids=["maze", "landscape"])
wrapped = pytest.mark.parametrize("wrap", [False, True])
OWN = {MazeEnv: "grid", LandscapeEnv: "parameters"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"state": 9}, "that is no goal, from 0 to 8, got 9"),
        ({"state": -1}, "got -1"),
        ({"state": 1.0}, "got 1.0"),
        ({"state": None}, "got None"),
        ({"stat": 1}, r"unknown 'stat'; did you mean 'state'\?"),
        ({"state": 1, "seed": 3}, "unknown 'seed'"),
        ({3: 1}, "unknown 3"),
        ([1], r"expected a dict such as {'state': 0}, got \[1\]"),
    ],
)
@grounds
def test_refused_options_change_nothing(ground: Ground, options: Any, sentence: str):
    assert unchanged(ground, options, sentence)


def unchanged(ground: Ground, options: Any, sentence: str) -> bool:
    """Whether an environment stays as it is where these options are refused with this sentence."""
    env = ground.env(start="random")
    env.reset(seed=0)
    env.step(1)
    before, generator = env.state, copy.deepcopy(env.np_random.bit_generator.state)
    with pytest.raises(ConfigError, match=sentence):
        env.reset(seed=5, options=options)
    return (env.state, env.np_random.bit_generator.state) == (before, generator)


@pytest.mark.parametrize(
    ("ground", "state", "sentence"),
    [
        (RING, 4, "expected a free cell that is no goal, from 0 to 8, got 4, the wall at row 1, column 1"),
        (RING, 8, "got 8, the goal at row 2, column 2"),
        (SLOPE, 4, "expected a node that is no goal, from 0 to 8, got 4, the goal at w = 1, b = 1"),
    ],
)
def test_where_no_episode_can_begin(ground: Ground, state: int, sentence: str):
    assert unchanged(ground, {"state": state}, sentence)


@pytest.mark.parametrize("seed", [-1, "x", 1.5])
@grounds
def test_refused_seeds_change_nothing(ground: Ground, seed: object):
    env = ground.env()
    env.reset(options={"state": ground.begin})
    env.step(ground.move)
    with pytest.raises(gymnasium.error.Error):
        env.reset(seed=seed)
    assert env.state == ground.arrival


@wrapped
@pytest.mark.parametrize("kind", [int, bool, np.int64, np.int8, np.uint8, np.uint64, np.array, lambda n: np.array(n, np.int16)])
@grounds
def test_integers_are_actions(ground: Ground, kind: Any, wrap: bool):
    env = ground.env(wrap)
    for entered_before in (False, True):
        env.reset(options={"state": ground.begin})
        assert env.step(kind(ground.move))[0] == ground.arrival, entered_before


@wrapped
@pytest.mark.parametrize("entered", [False, True])
@pytest.mark.parametrize("numbers", [True, False])
@pytest.mark.parametrize(
    "action",
    [4, 5, 99, -1, -4, -5, 10**30, -(10**30), 1.5, 1.0, "up", "1", None, float("nan"), np.float64(1.0), np.float32(1.0),
     np.bool_(True), np.array([1]), np.array([1, 2]), np.array(1.0), [1], (1,), {}, {1}, 1j, b"\x01", int],
    ids=repr,
)  # fmt: skip
@grounds
def test_everything_else_is_refused_and_changes_nothing(
    ground: Ground, action: object, entered: bool, numbers: bool, wrap: bool
):
    env = ground.env(wrap, observation="state" if numbers else OWN[ground.kind])
    env.reset(options={"state": ground.begin})
    if entered:
        env.step(ground.bump)
    with pytest.raises(InvalidActionError, match="expected an action, an integer from 0 to 3, got ") as refusal:
        env.step(action)
    assert repr(action) in str(refusal.value)
    assert isinstance(refusal.value, gymnasium.error.InvalidAction)
    assert env.unwrapped.state == ground.begin
    assert env.step(ground.move)[4]["position"] == divmod(ground.arrival, 3)


@wrapped
@pytest.mark.parametrize("observation", ["state", "coordinates", "own"])
@grounds
def test_steps_out_of_order(ground: Ground, observation: str, wrap: bool):
    env = ground.env(wrap, observation=OWN[ground.kind] if observation == "own" else observation)
    state, action = ground.last
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(action)
    for _ in range(2):
        env.reset(options={"state": state})
        assert env.step(action)[2] is True
        for late in (0, 1, 2, 3, 99):
            with pytest.raises(ResetNeededError, match=r"reset\(\) after the episode's end"):
                env.step(late)
    env.reset(options={"state": state})  # its row is ready: it was stepped from
    env.close()
    env.close()
    for use in (lambda: env.step(1), env.reset, env.render):
        with pytest.raises(ClosedEnvError, match=r"after close\(\)"):
            use()


@grounds
def test_before_the_first_reset(ground: Ground):
    env = ground.env(render_mode="ansi")
    with pytest.raises(ResetNeededError, match=r"step: expected a reset\(\) before the first step, got none"):
        env.step(1)
    with pytest.raises(ResetNeededError, match=r"render: expected a reset\(\) before the first picture, got none"):
        env.render()
    assert env.state is None
