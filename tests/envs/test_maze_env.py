"""The maze as a Gymnasium environment: what a step answers, where episodes begin, and copies that go on alike."""

import copy
import pickle

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from mazefit.envs import Maze, MazeEnv
from mazefit.errors import ClosedEnvError, ConfigError, ResetNeededError

RING = "S..\n.#.\n..G"
LETTERS = "Sa#\n..G\n\na = -5"
KINDS = ("state", "coordinates", "grid")


def started(maze: str | Maze = RING, **options: object) -> MazeEnv:
    env = MazeEnv(maze, **options)
    env.reset(seed=0)
    return env


def made(**options: object) -> gymnasium.Env:
    return gymnasium.make("mazefit/Maze-v0", **options)


def same(one: object, other: object) -> bool:
    from gymnasium.utils.env_checker import data_equivalence

    return bool(data_equivalence(one, other, exact=True))


# -- what a step answers ------------------------------------------------------------------------------------------------------


def test_an_episode_by_hand():
    env = MazeEnv(RING)
    assert env.reset() == (0, {"position": (0, 0), "distance": 4, "probability": 1.0})
    assert env.step(0) == (0, -1.0, False, False, {"position": (0, 0), "distance": 4, "probability": 1.0})
    assert env.step(1) == (1, -1.0, False, False, {"position": (0, 1), "distance": 3, "probability": 1.0})
    assert env.step(2) == (1, -1.0, False, False, {"position": (0, 1), "distance": 3, "probability": 1.0})
    assert [env.step(action)[:3] for action in (1, 2, 2)] == [(2, -1.0, False), (5, -1.0, False), (8, 0.0, True)]
    assert env.state == 8


def test_rewards_belong_to_the_arrival():
    env = started(LETTERS, step_reward=-1, goal_reward=10)
    rewards = [env.step(action)[1] for action in (1, 0, 2, 3, 2, 1, 1)]
    assert rewards == [-5, -5, -1, -1, -1, -1, 10]
    assert all(type(reward) is float for reward in rewards)


def test_types_are_pythons_own():
    env = started()
    observation, reward, terminated, truncated, info = env.step(np.int64(1))
    assert [type(part) for part in (observation, reward, terminated, truncated)] == [int, float, bool, bool]
    assert truncated is False
    assert [type(part) for part in info.values()] == [tuple, int, float]
    assert type(info["position"][0]) is int


def test_coordinates():
    env = MazeEnv(RING, observation="coordinates")
    assert env.observation_space == spaces.MultiDiscrete([3, 3])
    first, _ = env.reset()
    second = env.step(1)[0]
    assert (first.tolist(), second.tolist(), second.dtype) == ([0, 0], [0, 1], np.int64)


def test_grids():
    env = MazeEnv("S.#\n..G", observation="grid")
    assert env.observation_space == spaces.MultiBinary([4, 2, 3])
    first, _ = env.reset()
    second = env.step(1)[0]
    walls, start, goals = [[0, 0, 1], [0, 0, 0]], [[1, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1]]
    assert first.tolist() == [walls, [[1, 0, 0], [0, 0, 0]], start, goals]
    assert second.tolist() == [walls, [[0, 1, 0], [0, 0, 0]], start, goals]
    assert second.dtype == np.int8


def test_the_mask_forbids_bumps():
    env = MazeEnv(RING, action_mask=True)
    _, info = env.reset()
    assert info["action_mask"].tolist() == [0, 1, 1, 0]
    assert info["action_mask"].dtype == np.int8
    assert env.step(1)[4]["action_mask"].tolist() == [0, 1, 0, 1]
    assert set(env.step(0)[4]) == {"position", "distance", "probability", "action_mask"}


@pytest.mark.parametrize("observation", KINDS)
def test_answers_are_the_callers_own(observation: str):
    """Whatever is done to one answer, the next one and the environment know nothing of it."""
    env = MazeEnv(RING, observation=observation, action_mask=True)
    twin = MazeEnv(RING, observation=observation, action_mask=True)
    for action in (None, 0, 0, 1, 3, 1, 3):
        one = env.reset() if action is None else env.step(action)
        other = twin.reset() if action is None else twin.step(action)
        assert same(one, other)
        one[-1]["action_mask"][:] = 7
        one[-1].clear()
        if observation != "state":
            one[0][:] = 1


@pytest.mark.parametrize("maze", [RING, LETTERS, "SG", "S\n.\nG", Maze.named("dyna"), Maze.generate(7, 9, "prim", 4, 0.3)])
@pytest.mark.parametrize("observation", KINDS)
def test_every_step_is_the_tables(maze: str | Maze, observation: str):
    env = MazeEnv(maze, observation=observation, step_reward=-0.5, goal_reward=3.0, action_mask=True)
    mdp = env.mdp
    for state in np.flatnonzero(~mdp.absorbing).tolist():
        for action in range(4):
            _, info = env.reset(options={"state": state})
            assert env.state == state
            assert info["position"] == env.maze.position(state)
            assert info["action_mask"].tolist() == (mdp.next_state[state] != state).tolist()
            _, reward, terminated, truncated, info = env.step(action)
            assert [(1.0, env.state, reward, terminated)] == env.P[state][action]
            assert info["distance"] == env.maze.distances()[env.state]
            assert not truncated


def test_a_plain_loop_over_the_table():
    """Value iteration as everyone writes it, on `env.unwrapped.P`, finds the distances."""
    env = made(maze=Maze.generate(4, 4, seed=2))
    table, value = env.unwrapped.P, np.zeros(49)
    for _ in range(60):
        for state in range(len(table)):
            value[state] = max(sum(p * (r + (not t) * value[s]) for p, s, r, t in table[state][a]) for a in range(4))
    distance = env.unwrapped.maze.distances()
    assert np.allclose(value[distance > 0], 1.0 - distance[distance > 0])


# -- beginning ----------------------------------------------------------------------------------------------------------------


def test_begin_anywhere():
    env = started()
    for state in (0, 1, 6, np.int64(7)):
        assert env.reset(options={"state": state})[0] == state
    assert env.reset(options={})[0] == 0
    assert env.reset(options=None)[0] == 0


def test_random_starts_are_seeded_and_uniform():
    env = MazeEnv("S.G#.\n..###", start="random")
    firsts = [env.reset(seed=3)[0], *(env.reset()[0] for _ in range(999))]
    again = [env.reset(seed=3)[0], *(env.reset()[0] for _ in range(999))]
    assert firsts == again
    counts = np.bincount(firsts, minlength=10)
    assert set(np.flatnonzero(counts).tolist()) == {0, 1, 5, 6}
    assert counts[counts > 0].min() > 190
    assert env.mdp.start_distribution()[[0, 1, 5, 6]].tolist() == [0.25] * 4


def test_random_start_needs_a_reachable_goal():
    with pytest.raises(ConfigError, match="start: expected a maze with a goal that can be reached"):
        MazeEnv(Maze.from_text("S#G", allow_unsolvable=True), start="random")
    _, info = MazeEnv(Maze.from_text("S#G", allow_unsolvable=True)).reset()
    assert info["distance"] == -1


# -- copies -------------------------------------------------------------------------------------------------------------------

TWINS = {"deepcopy": copy.deepcopy, "pickle": lambda env: pickle.loads(pickle.dumps(env))}


@pytest.mark.parametrize("twin_of", TWINS.values(), ids=TWINS)
@pytest.mark.parametrize("observation", KINDS)
@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize("wrap", [False, True])
def test_copies_go_on_alike(twin_of, observation: str, mask: bool, wrap: bool):
    options = {"maze": Maze.generate(6, 6, seed=1), "observation": observation, "action_mask": mask, "start": "random"}
    env = made(**options) if wrap else MazeEnv(**options)
    actions = np.random.default_rng(0).integers(4, size=600).tolist()
    env.reset(seed=9)
    for action in actions[:50]:
        env.step(action)
    env.unwrapped.mdp  # noqa: B018 - built, so that a copy has to do without
    twin = twin_of(env)
    assert twin.unwrapped.state == env.unwrapped.state
    for action in actions:
        one, other = env.step(action), twin.step(action)
        assert same(one, other)
        if one[2]:
            assert same(env.reset(), twin.reset())
    assert twin.unwrapped.mdp.digest == env.unwrapped.mdp.digest


@pytest.mark.parametrize("twin_of", TWINS.values(), ids=TWINS)
def test_copies_know_where_they_stand(twin_of):
    env = MazeEnv("SG", render_mode="ansi")
    with pytest.raises(ResetNeededError, match="before the first step"):
        twin_of(env).step(1)
    env.reset()
    env.step(1)
    with pytest.raises(ResetNeededError, match="after the episode's end"):
        twin_of(env).step(1)
    env.reset()
    env.step(0)
    env.close()
    with pytest.raises(ClosedEnvError):
        twin_of(env).step(1)
    with pytest.raises(ClosedEnvError):
        twin_of(env).reset()


def test_copies_of_a_long_walk_are_small():
    """Rows lead to each other through the whole maze; copying must neither recurse through them nor carry them."""
    env = started(Maze.generate(80, 1, seed=0))
    for _ in range(157):
        env.step(2)
    assert len(pickle.dumps(env)) < 5_000
    assert copy.deepcopy(env).step(2)[2] is True
