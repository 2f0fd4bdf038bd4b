"""Other people's checkers and learners on the maze environment, and how light it is to make."""

import subprocess
import sys
import tracemalloc

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import mazefit
from mazefit.envs import ALGORITHMS, Maze

RING = "S..\n.#.\n..G"
LETTERS = "Sa#\n..G\n\na = -5"
KINDS = ("state", "coordinates", "grid")


def made(**options: object) -> gymnasium.Env:
    return gymnasium.make("mazefit/Maze-v0", **options)


# -- other people's checkers and code -----------------------------------------------------------------------------------------

WORLDS = [
    *({"algorithm": name, "rows": rows, "columns": columns} for name in ALGORITHMS for rows, columns in ((4, 5), (1, 2))),
    {"maze": "SG"},
    {"maze": "S\nG"},
    {"maze": LETTERS},
    {"rows": 1, "columns": 5, "start": "random"},
]  # fmt: skip


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: "-".join(repr(value) for value in world.values()))
@pytest.mark.parametrize("observation", KINDS)
@pytest.mark.parametrize("mask", [False, True])
def test_both_checkers_find_nothing(world: dict, observation: str, mask: bool):
    """No error and, as every warning is an error here, no warning: in all render modes."""
    from stable_baselines3.common.env_checker import check_env as check_for_sb3

    for render_mode in (None, "ansi", "rgb_array"):
        env = made(**world, observation=observation, action_mask=mask, render_mode=render_mode)
        check_env(env.unwrapped)
        check_for_sb3(env)
        check_for_sb3(env.unwrapped)


@pytest.mark.parametrize("observation", KINDS)
def test_stable_baselines_learns_on_it(observation: str):
    from stable_baselines3 import DQN

    env = made(rows=3, columns=3, observation=observation, max_episode_steps=50)
    model = DQN("MlpPolicy", env, learning_starts=20, buffer_size=500, policy_kwargs={"net_arch": [8]}, seed=0, device="cpu")
    model.learn(200)
    assert model.num_timesteps == 200
    action, _ = model.predict(env.reset()[0])
    env.step(action)


def test_vector_wrappers_take_it():
    envs = gymnasium.make_vec("mazefit/Maze-v0", num_envs=3, vectorization_mode="sync", maze=RING)
    observations, _ = envs.reset(seed=0)
    assert observations.tolist() == [0, 0, 0]
    assert envs.step(np.array([1, 2, 0]))[0].tolist() == [1, 3, 0]


# -- lightness ----------------------------------------------------------------------------------------------------------------


def fresh(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def test_a_default_environment_is_light():
    """Made, stepped and drawn without a heavy import, in 20 ms (the best of a few, as the machine may be busy)."""
    out = fresh(
        "import gymnasium, mazefit, sys, time\n"
        "import mazefit.envs\n"
        "times = []\n"
        "for seed in range(7):\n"
        "    begin = time.perf_counter()\n"
        "    env = gymnasium.make('mazefit/Maze-v0', maze_seed=seed, render_mode='rgb_array')\n"
        "    times.append(time.perf_counter() - begin)\n"
        "env.reset(); env.step(1); env.render(); mazefit.envs.check_maze_env; env.unwrapped.mdp\n"
        "heavy = {'numba', 'torch', 'matplotlib', 'sklearn', 'scipy', 'pygame', 'pandas'}\n"
        "print(min(times), sorted(heavy & set(sys.modules)))\n"
    )
    seconds, heavy = out.split(maxsplit=1)
    assert heavy.strip() == "[]"
    assert float(seconds) < 0.020


def test_a_million_states_cost_no_rows():
    maze = Maze.generate(500, 500, "dfs", seed=0)
    maze.distances()
    tracemalloc.start()
    try:
        env = made(maze=maze, action_mask=True)
        env.reset()
        for action in (0, 1, 2, 3) * 5:
            env.step(action)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert maze.states == 998_001
    assert peak < 1_000_000
    assert "mdp" not in env.unwrapped.__dict__
    assert len(env.unwrapped._rows) < 20


def test_the_doors_are_what_they_say():
    assert set(mazefit.envs.__all__) <= set(dir(mazefit.envs))
    for name in mazefit.envs.__all__:
        assert getattr(mazefit.envs, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Labyrinth'"):
        mazefit.envs.Labyrinth  # noqa: B018
