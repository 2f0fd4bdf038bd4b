"""The loss surface as a Gymnasium environment: what a step answers, where episodes begin, pictures, copies and checkers."""

import copy
import inspect
import pickle
import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env, data_equivalence

from mazefit.envs import Landscape, LandscapeEnv, check_maze_env
from mazefit.errors import ClosedEnvError, ConfigError, ResetNeededError

HILL = Landscape([[9.0, 5.0, 8.0], [6.0, 1.0, 3.0], [7.0, 4.0, 10.0]], [0.0, 1.0, 2.0], [2.0, 1.0, 0.0])
KINDS = ("state", "coordinates", "parameters")


def made(**options: object) -> gymnasium.Env:
    return gymnasium.make("mazefit/Landscape-v0", **options)


def started(**options: object) -> LandscapeEnv:
    env = LandscapeEnv(HILL, **options)
    env.reset(seed=0)
    return env


def told(position: tuple[int, int], w: float, b: float, loss: float) -> dict[str, object]:
    return {"position": position, "w": w, "b": b, "loss": loss, "probability": 1.0}


# -- what a step answers ------------------------------------------------------------------------------------------------------


def test_an_episode_by_hand():
    env = LandscapeEnv(HILL)
    assert env.reset() == (8, told((2, 2), 2.0, 0.0, 10.0))
    assert env.step(1) == (8, 0.0, False, False, told((2, 2), 2.0, 0.0, 10.0))  # a bump
    assert env.step(0) == (5, 7.0, False, False, told((1, 2), 2.0, 1.0, 3.0))
    assert env.step(2) == (8, -7.0, False, False, told((2, 2), 2.0, 0.0, 10.0))
    assert env.step(3) == (7, 6.0, False, False, told((2, 1), 1.0, 0.0, 4.0))
    assert env.step(0) == (4, 3.0, True, False, told((1, 1), 1.0, 1.0, 1.0))
    assert env.state == 4


def test_types_are_pythons_own():
    observation, reward, terminated, truncated, info = started().step(np.int64(0))
    assert [type(part) for part in (observation, reward, terminated, truncated)] == [int, float, bool, bool]
    assert [type(part) for part in info.values()] == [tuple, float, float, float, float]
    assert type(info["position"][0]) is int


def test_observations():
    seen = {kind: LandscapeEnv(HILL, observation=kind) for kind in KINDS}
    assert seen["state"].observation_space == spaces.Discrete(9)
    assert seen["coordinates"].observation_space == spaces.MultiDiscrete([3, 3])
    assert seen["parameters"].observation_space == spaces.Box(0.0, 2.0, (2,), np.float64)
    first = {kind: env.reset()[0] for kind, env in seen.items()}
    second = {kind: env.step(0)[0] for kind, env in seen.items()}
    assert (first["state"], first["coordinates"].tolist(), first["parameters"].tolist()) == (8, [2, 2], [2.0, 0.0])
    assert (second["state"], second["coordinates"].tolist(), second["parameters"].tolist()) == (5, [1, 2], [2.0, 1.0])
    assert (first["coordinates"].dtype, first["parameters"].dtype) == (np.int64, np.float64)


@pytest.mark.parametrize("observation", KINDS)
def test_answers_are_the_callers_own(observation: str):
    env, twin = (LandscapeEnv(HILL, observation=observation) for _ in range(2))
    for action in (None, 0, 2, 0, 0, 2):
        one, other = (each.reset() if action is None else each.step(action) for each in (env, twin))
        assert data_equivalence(one, other, exact=True)
        one[-1].clear()
        if observation != "state":
            one[0][:] = 0


@pytest.mark.parametrize("observation", KINDS)
def test_every_step_is_the_tables(observation: str):
    env = LandscapeEnv(observation=observation, w=(-0.3, 1.7, 6), b=(-2.0, 8.0, 7))
    for state in np.flatnonzero(~env.mdp.absorbing).tolist():
        for action in range(4):
            _, info = env.reset(options={"state": state})
            assert (env.state, info["position"]) == (state, env.landscape.position(state))
            _, reward, terminated, truncated, info = env.step(action)
            assert [(1.0, env.state, reward, terminated)] == env.P[state][action]
            assert (info["w"], info["b"]) == env.landscape.parameters(env.state)
            assert info["loss"] == env.landscape.loss(env.state)
            assert not truncated


@pytest.mark.parametrize("seed", range(5))
def test_the_return_of_an_episode_is_exactly_the_loss_removed(seed: int):
    env, draw = made(start="random"), np.random.default_rng(seed)
    _, info = env.reset(seed=seed)
    first, gain, over = info["loss"], 0.0, False
    while not over:
        _, reward, over, _, info = env.step(int(draw.integers(4)))
        gain += reward
    assert gain == first - info["loss"]
    assert info["loss"] == env.unwrapped.landscape.losses.min()


# -- beginning ----------------------------------------------------------------------------------------------------------------


def test_begin_anywhere():
    env = started()
    for state in (0, 3, np.int64(7)):
        assert env.reset(options={"state": state})[0] == state
    assert env.reset(options={})[0] == env.reset(options=None)[0] == 8
    assert LandscapeEnv(HILL, start=2).reset()[0] == 2
    assert LandscapeEnv(HILL, start=(0.1, 1.8)).reset()[0] == 0
    assert LandscapeEnv(HILL, start=np.array([2.0, 1.2])).reset()[0] == 5


def test_random_starts_are_seeded_and_uniform():
    env = LandscapeEnv(HILL, start="random")
    firsts = [env.reset(seed=3)[0], *(env.reset()[0] for _ in range(1999))]
    assert firsts == [env.reset(seed=3)[0], *(env.reset()[0] for _ in range(1999))]
    counts = np.bincount(firsts, minlength=9)
    assert counts[4] == 0
    assert counts[[0, 1, 2, 3, 5, 6, 7, 8]].min() > 190
    assert env.mdp.start_distribution()[0] == 1 / 8


def test_the_default_is_the_line_through_the_ten_points():
    env = made().unwrapped
    assert env.landscape == Landscape.of() == made(landscape=Landscape.of()).unwrapped.landscape
    assert env.observation_space == spaces.Discrete(441)
    other = made(x=[1.0, 2.0], y=[3.0, 5.0], w=(1.0, 3.0, 3), b=(0.0, 2.0, 3), loss="l1").unwrapped.landscape
    assert other == Landscape.of(x=[1.0, 2.0], y=[3.0, 5.0], w=(1.0, 3.0, 3), b=(0.0, 2.0, 3), loss="l1")
    assert other.parameters(other.goals[0]) == (2.0, 1.0)


# -- checkers -----------------------------------------------------------------------------------------------------------------


def wave(x: np.ndarray, w: float, b: float) -> np.ndarray:
    return np.sin(w * x + b)


@pytest.mark.parametrize(
    ("observation", "start"), [*((kind, "fixed") for kind in KINDS), ("state", "random"), ("parameters", (0.1, 2.0))]
)
def test_both_checkers_find_nothing(observation: str, start: object):
    """No error and, as every warning is an error here, no warning: in all render modes."""
    from stable_baselines3.common.env_checker import check_env as check_for_sb3

    for render_mode in (None, "ansi", "rgb_array"):
        env = made(observation=observation, start=start, render_mode=render_mode)
        check_env(env.unwrapped)
        check_for_sb3(env)
        check_for_sb3(env.unwrapped)


@pytest.mark.parametrize(
    "options",
    [
        *({"observation": kind} for kind in KINDS),
        {"start": "random"},
        {"landscape": HILL},
        {"model": wave, "x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 0.0], "w": (0.5, 2.5, 5), "b": (-1.0, 1.0, 7)},
    ],
    ids=lambda options: ", ".join(options) or "as it comes",
)
def test_our_own_rules_hold(options: dict):
    report = check_maze_env(made(**options))
    assert (len(report.rules), report.notes) == (11, ())
    env = made(**options)
    assert report.compared == report.of == 4 * int((~env.unwrapped.mdp.absorbing).sum())


def test_vector_wrappers_take_it():
    envs = gymnasium.make_vec("mazefit/Landscape-v0", num_envs=3, vectorization_mode="sync", landscape=HILL)
    assert envs.reset(seed=0)[0].tolist() == [8, 8, 8]
    observations, rewards, *_ = envs.step(np.array([0, 1, 3]))
    assert (observations.tolist(), rewards.tolist()) == ([5, 8, 7], [7.0, 0.0, 6.0])


# -- looking ------------------------------------------------------------------------------------------------------------------


def test_text_and_pixels():
    env = started(render_mode="ansi")
    assert env.render() == "...\n.G.\n..A"
    env.step(0)
    assert env.render() == "...\n.GA\n..S"
    env.show(values=np.arange(9.0), arrows=np.eye(9, 4, dtype=bool))
    assert "5" in env.render()
    env.show()
    assert env.render() == "...\n.GA\n..S"
    pixels = started(render_mode="rgb_array")
    picture = pixels.render()
    assert (picture.dtype, picture.ndim, picture.shape[2]) == (np.uint8, 3, 3)
    pixels.show(values=np.arange(9.0), arrows=np.ones((9, 4), dtype=bool))
    shown = pixels.render()
    assert (shown != picture).any()
    pixels.show()
    assert (pixels.render() == picture).all()
    pixels.step(0)
    assert (pixels.render() != picture).any()


def test_the_loss_colours_the_nodes():
    """The lower, the brighter: from the darkest node to the brightest, as the losses fall."""
    from mazefit.envs.rendering import palette

    colours = palette.cell_colours(HILL.maze, HILL.shades).reshape(-1, 3) @ np.array([0.299, 0.587, 0.114])
    order = [state for state in np.argsort(HILL.losses.reshape(-1)).tolist() if state != 4]
    assert (np.diff(colours[order]) < 0).all()
    assert HILL.shades.argmax() == 4


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"values": np.zeros(8)}, r"values: expected shape \[9\], got \[8\]"),
        ({"arrows": np.zeros((9, 3))}, r"arrows: expected shape \[9, 4\], got \[9, 3\]"),
    ],
)
def test_what_cannot_be_shown_is_refused(given: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        started().show(**given)


def test_drawing_without_a_mode_warns_and_draws_nothing():
    with pytest.warns(UserWarning, match="draws nothing without a render mode"):
        assert started().render() is None


def test_keys_to_play_with():
    keys = LandscapeEnv(HILL).get_keys_to_action()
    assert [keys[ord(key),] for key in "wdsa"] == [0, 1, 2, 3]


# -- copies -------------------------------------------------------------------------------------------------------------------

TWINS = {"deepcopy": copy.deepcopy, "pickle": lambda env: pickle.loads(pickle.dumps(env))}


@pytest.mark.parametrize("twin_of", TWINS.values(), ids=TWINS)
@pytest.mark.parametrize("wrap", [False, True])
def test_copies_go_on_alike(twin_of, wrap: bool):
    env = made(start="random") if wrap else LandscapeEnv(start="random")
    actions = np.random.default_rng(0).integers(4, size=400).tolist()
    env.reset(seed=9)
    for action in actions[:50]:
        env.step(action)
    twin = twin_of(env)
    assert twin.unwrapped.state == env.unwrapped.state
    for action in actions:
        one, other = env.step(action), twin.step(action)
        assert data_equivalence(one, other, exact=True)
        if one[2]:
            assert data_equivalence(env.reset(), twin.reset(), exact=True)
    assert twin.unwrapped.mdp.digest == env.unwrapped.mdp.digest


@pytest.mark.parametrize("twin_of", TWINS.values(), ids=TWINS)
def test_copies_know_where_they_stand(twin_of):
    env = LandscapeEnv(HILL)
    with pytest.raises(ResetNeededError, match="before the first step"):
        twin_of(env).step(1)
    env.reset(options={"state": 5})
    env.step(3)
    with pytest.raises(ResetNeededError, match="after the episode's end"):
        twin_of(env).step(1)
    env.close()
    for use in (lambda twin: twin.step(1), lambda twin: twin.reset()):
        with pytest.raises(ClosedEnvError):
            use(twin_of(env))


def test_copies_of_a_long_walk_are_small():
    """Rows lead to each other through the whole surface; copying must neither recurse through them nor carry the tables."""
    env = LandscapeEnv(w=(-0.3, 1.7, 61), b=(-2.0, 8.0, 61))
    env.reset()
    for action in (0,) * 60 + (1,) * 60:
        env.step(action)
    assert len(pickle.dumps(env)) < 61 * 61 * 8 + 5_000


def test_the_loss_colours_the_nodes_where_nothing_is_shown():
    plain, shown = started(render_mode="rgb_array"), started(render_mode="rgb_array")
    shown.show(HILL.shades)
    assert np.array_equal(plain.render(), shown.render())
    shown.show(-HILL.shades)
    assert not np.array_equal(plain.render(), shown.render())


# -- the rest ----------------------------------------------------------------------------------------------------------------


def test_time_limits_are_gymnasiums():
    env = made(landscape=HILL, max_episode_steps=2)
    env.reset()
    assert [env.step(1)[2:4] for _ in range(2)] == [(False, False), (False, True)]
    assert made().spec.max_episode_steps is None


def test_the_docstring_has_gymnasiums_headings():
    doc = inspect.getdoc(LandscapeEnv) or ""
    assert [line[3:] for line in doc.splitlines() if line.startswith("## ")] == [
        "Description", "Action Space", "Observation Space", "Starting State", "Rewards", "Episode End", "Information",
        "Arguments", "References", "Version History",
    ]  # fmt: skip
    for name in set(inspect.signature(LandscapeEnv).parameters) - {"unknown"}:
        assert f"`{name}" in doc.split("## Arguments")[1]


def test_it_is_light():
    """Made, stepped, drawn and learned on without a heavy import."""
    code = (
        "import gymnasium, mazefit, sys\n"
        "from mazefit.agents import QLearning, certify\n"
        "env = gymnasium.make('mazefit/Landscape-v0', render_mode='rgb_array')\n"
        "env.reset(); env.step(1); env.render()\n"
        "certify(env, QLearning(discount=0.9).learn(env, steps=300, seed=0).q, 0.9)\n"
        "print(sorted({'numba', 'torch', 'matplotlib', 'sklearn', 'scipy', 'pygame', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
