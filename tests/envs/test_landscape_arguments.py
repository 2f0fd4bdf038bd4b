"""What the landscape environment is given and refuses: arguments, options, actions, steps out of order."""

import copy

import gymnasium
import numpy as np
import pytest

from mazefit.envs import Landscape, LandscapeEnv
from mazefit.errors import ClosedEnvError, ConfigError, InvalidActionError, ResetNeededError

HILL = Landscape([[9.0, 5.0, 8.0], [6.0, 1.0, 3.0], [7.0, 4.0, 10.0]], [0.0, 1.0, 2.0], [2.0, 1.0, 0.0])


def made(**options: object) -> gymnasium.Env:
    return gymnasium.make("mazefit/Landscape-v0", **options)


def started(**options: object) -> LandscapeEnv:
    env = LandscapeEnv(HILL, **options)
    env.reset(seed=0)
    return env


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"state": 4}, "expected a node that is no goal, from 0 to 8, got 4, the goal at w = 1, b = 1"),
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


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize(
    "action", [0, False, np.int8(0), np.uint64(0), np.array(0)], ids=lambda a: f"{type(a).__name__}-{getattr(a, 'dtype', '')}"
)
def test_integers_are_actions(action: object, wrap: bool):
    env = made(landscape=HILL) if wrap else LandscapeEnv(HILL)
    for _ in range(2):
        env.reset()
        assert env.step(action)[0] == 5


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("entered", [False, True])
@pytest.mark.parametrize(
    "action",
    [4, 99, -1, -5, 10**30, 1.5, 1.0, "up", None, float("nan"), np.float64(1.0), np.bool_(True), np.array([1]), [1], {}, int],
    ids=repr,
)
def test_everything_else_is_refused_and_changes_nothing(action: object, entered: bool, wrap: bool):
    env = made(landscape=HILL) if wrap else LandscapeEnv(HILL)
    env.reset(options={"state": 8})
    if entered:
        env.step(1)
    with pytest.raises(InvalidActionError, match="expected an action, an integer from 0 to 3, got "):
        env.step(action)
    assert env.unwrapped.state == 8
    assert env.step(0)[0] == 5


@pytest.mark.parametrize("wrap", [False, True])
def test_steps_out_of_order(wrap: bool):
    env = made(landscape=HILL) if wrap else LandscapeEnv(HILL)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(1)
    env.reset(options={"state": 5})
    assert env.step(3)[2] is True
    for action in (0, 1, 2, 3, 99):
        with pytest.raises(ResetNeededError, match=r"reset\(\) after the episode's end"):
            env.step(action)
    env.reset()
    env.step(0)
    env.close()
    env.close()
    for use in (lambda: env.step(1), env.reset, env.render):
        with pytest.raises(ClosedEnvError, match=r"after close\(\)"):
            use()


def test_render_before_the_first_reset():
    with pytest.raises(ResetNeededError, match="before the first picture"):
        LandscapeEnv(HILL, render_mode="ansi").render()


def test_everything_wrong_is_named_at_once():
    with pytest.raises(ConfigError) as refused:
        LandscapeEnv(landscape=5, w=(0.0, 1.0, 3), loss="l1", observation="coordinate", start="randon", render_mode="ansy")
    for part in (
        "landscape: expected a Landscape or None, got int",
        "w, loss: expected none of these beside landscape",
        "observation: unknown 'coordinate'; did you mean 'coordinates'?",
        "start: unknown 'randon'; did you mean 'random'?",
        "render_mode: unknown 'ansy'; did you mean 'ansi'?",
    ):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"render_mode": "human"}, "render_mode: expected gymnasium.make for 'human'"),
        ({"start": (1.0,)}, r"start: expected 'fixed', 'random', a state or a pair \(w, b\), got \(1.0,\)"),
        ({"start": (1.0, float("nan"))}, "start: expected .* got .1.0, nan"),
        ({"start": None}, "start: expected .* got None"),
        ({"start": 441}, "start: expected an integer from 0 to 440, got 441"),
        ({"start": (0.7, 3.0)}, "start: expected a state other than a goal, got 220"),
        ({"w": (1.0, 0.0, 3)}, "Landscape: w: expected"),
        ({"landscapes": 1}, r"unknown argument 'landscapes'; did you mean 'landscape'\?"),
        ({"observations": "state"}, r"unknown argument 'observations'; did you mean 'observation'\?"),
    ],
)
def test_refused_arguments(options: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        LandscapeEnv(**options)
