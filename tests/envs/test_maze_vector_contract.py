"""The vector environment by Gymnasium's contract: doors, spaces, modes, arrays that are used again, infos, wrappers, copies."""

import copy
import pickle
import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.wrappers.vector import DictInfoToList, RecordEpisodeStatistics

import mazefit
from mazefit.envs import Maze, MazeEnv, MazeVectorEnv
from mazefit.errors import ClosedEnvError, ResetNeededError
from mazefit.kernel import numba_available

RING = "S..\n.#.\n..G"
NUMPY_LIKE = ["numpy", *(["compiled"] if numba_available() else [])]
BACKENDS = [*NUMPY_LIKE, "torch"]


def made(count: int = 3, maze: object = RING, **options: object) -> MazeVectorEnv:
    return MazeVectorEnv(count, maze, **options)


def array(value: object) -> np.ndarray:
    return np.asarray(value)


# -- doors and spaces ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [*AutoresetMode, *(mode.value for mode in AutoresetMode)], ids=str)
def test_through_make_vec(mode: AutoresetMode | str):
    options = {"vectorization_mode": "vector_entry_point", "autoreset_mode": mode, "max_episode_steps": 7}
    envs = gymnasium.make_vec("mazefit/Maze-v0", num_envs=4, maze=RING, **options)
    assert isinstance(envs, MazeVectorEnv)
    assert isinstance(envs, VectorEnv)
    assert envs.metadata["autoreset_mode"] is AutoresetMode(mode)
    assert "autoreset_mode" not in MazeVectorEnv.metadata
    assert envs.spec is not None
    assert envs.spec.id == "mazefit/Maze-v0"
    observations, infos = envs.reset(seed=3)
    assert observations in envs.observation_space
    assert infos == {}
    assert [array(part).shape for part in envs.step(envs.action_space.sample())[:4]] == [(4,)] * 4
    again = gymnasium.make_vec(envs.spec)
    assert again.num_envs == 4
    assert again.metadata == envs.metadata


def test_it_is_what_make_vec_takes_by_itself():
    assert isinstance(gymnasium.make_vec("mazefit/Maze-v0", num_envs=2), MazeVectorEnv)


@pytest.mark.parametrize("observation", ["state", "coordinates", "grid"])
def test_spaces_are_those_of_the_loop(observation: str):
    options = {"num_envs": 3, "maze": RING, "observation": observation}
    ours = gymnasium.make_vec("mazefit/Maze-v0", **options)
    loop = gymnasium.make_vec("mazefit/Maze-v0", vectorization_mode="sync", **options)
    for name in ("single_observation_space", "observation_space", "single_action_space", "action_space"):
        assert getattr(ours, name) == getattr(loop, name)
    assert ours.reset()[0] in ours.observation_space


def test_spaces_of_mazes_of_different_sizes():
    mazes = [Maze.generate(2, 2), Maze.generate(2, 4)]
    assert made(2, mazes).single_observation_space == spaces.Discrete(21)
    assert made(2, mazes, observation="coordinates").single_observation_space == spaces.MultiDiscrete([3, 7])


@pytest.mark.parametrize("backend", BACKENDS)
def test_types(backend: str):
    envs = made(backend=backend, infos="all", action_mask=True)
    observations, _ = envs.reset()
    answer = envs.step(np.array([1, 2, 0]))
    assert [array(part).dtype for part in (observations, *answer[:4])] == [np.int64, np.int64, np.float64, np.bool_, np.bool_]
    infos = {name: (array(value).dtype, array(value).shape) for name, value in answer[4].items() if name[0] != "_"}
    assert infos == {
        "position": (np.int64, (3, 2)),
        "distance": (np.int64, (3,)),
        "probability": (np.float64, (3,)),
        "action_mask": (np.int8, (3, 4)),
    }
    assert answer[0].tolist() == [1, 3, 0]
    assert answer[4]["distance"].tolist() == [3, 3, 4]


def test_infos_as_asked_for():
    assert made().reset()[1] == {}
    assert set(made(action_mask=True).reset()[1]) == {"action_mask", "_action_mask"}
    assert set(made(infos=("distance",)).reset()[1]) == {"distance", "_distance"}
    assert set(made(infos="all").reset()[1]) == {
        f"{dash}{name}" for name in ("position", "distance", "probability") for dash in ("", "_")
    }


@pytest.mark.parametrize("count", [255, 256])
def test_what_auto_is(count: int):
    wanted = "compiled" if count >= 256 and numba_available() else "numpy"
    assert made(count).backend == wanted
    assert made(count, device="cpu").backend == "torch"


# -- arrays that are used again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("observation", ["state", "coordinates", "grid"])
def test_an_answer_stays_until_the_step_after_the_next(backend: str, observation: str):
    envs = made(5, backend=backend, observation=observation, max_episode_steps=4)
    drawn = np.random.default_rng(0).integers(4, size=(20, 5))
    kept = envs.reset(seed=0)[0]
    before = array(kept).copy()
    for actions in drawn:
        answer = envs.step(actions)
        np.testing.assert_array_equal(array(kept), before)
        kept, before = answer[0], array(answer[0]).copy()


@pytest.mark.parametrize("backend", NUMPY_LIKE)
def test_arrays_are_used_again_unless_copies_are_asked_for(backend: str):
    for wants in (False, True):
        envs = made(backend=backend, copy=wants)
        envs.reset()
        first, _, third = (envs.step(np.zeros(3, dtype=np.int64)) for _ in range(3))
        assert [np.shares_memory(one, other) for one, other in zip(first[:4], third[:4], strict=True)] == [not wants] * 4


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_copies_are_the_callers_own(backend: str, mode: AutoresetMode):
    """Whatever is done to one answer, the next one and the environment know nothing of it."""
    envs, twin = (made(4, backend=backend, copy=True, autoreset_mode=mode, infos="all", max_episode_steps=3) for _ in range(2))
    envs.reset(seed=1)[0][:] = 7
    twin.reset(seed=1)
    for actions in np.random.default_rng(0).integers(4, size=(12, 4)):
        one, other = envs.step(actions), twin.step(actions)
        for a, b in zip(one[:4], other[:4], strict=True):
            np.testing.assert_array_equal(array(a), array(b))
            a[:] = 1
        for name, value in one[4].items():
            if not isinstance(value, dict) and name[0] != "_":
                value[:] = 1


# -- wrappers -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_gymnasiums_statistics_are_those_of_the_loop(mode: AutoresetMode):
    options = {"num_envs": 6, "maze": RING, "start": "random", "max_episode_steps": 9}
    ours = RecordEpisodeStatistics(gymnasium.make_vec("mazefit/Maze-v0", autoreset_mode=mode, **options))
    kwargs = {"vector_kwargs": {"autoreset_mode": mode}, "vectorization_mode": "sync"}
    loop = RecordEpisodeStatistics(gymnasium.make_vec("mazefit/Maze-v0", **kwargs, **options))
    ours.reset(seed=0)
    loop.reset(seed=0)
    for actions in np.random.default_rng(0).integers(4, size=(100, 6)):
        ours.step(actions)
        loop.step(actions)
    assert list(ours.return_queue) == list(loop.return_queue)
    assert list(ours.length_queue) == list(loop.length_queue)
    assert len(ours.length_queue) > 50


def test_infos_as_a_list():
    envs = DictInfoToList(made(2, "SG\n..", infos=("position", "distance"), autoreset_mode=AutoresetMode.SAME_STEP))
    envs.reset()
    infos = envs.step(np.array([1, 2]))[4]
    assert [int(info["distance"]) for info in infos] == [1, 2]
    assert infos[0]["final_obs"] == 1
    assert {name: np.asarray(value).tolist() for name, value in infos[0]["final_info"].items()} == {
        "position": [0, 1],
        "distance": 0,
    }
    assert "final_obs" not in infos[1]


# -- beginning, ending, looking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_begin_anywhere(backend: str):
    envs = made(3, backend=backend)
    assert envs.reset(options={"state": 5})[0].tolist() == [5, 5, 5]
    assert envs.reset(options={"state": [1, 2, 3]})[0].tolist() == [1, 2, 3]
    mask = np.array([False, True, True])
    options = {"state": np.array([-1, 6, 7]), "reset_mask": mask}
    assert envs.reset(options=options)[0].tolist() == [1, 6, 7]
    assert set(options) == {"state", "reset_mask"}
    assert envs.states.tolist() == [1, 6, 7]
    assert envs.step(np.array([1, 1, 1]))[2].tolist() == [False, False, True]


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_autoreset_the_ended_wait(backend: str):
    envs = made(2, "SG\n..", backend=backend, autoreset_mode="Disabled")
    envs.reset()
    assert envs.step(np.array([1, 0]))[2].tolist() == [True, False]
    for _ in range(2):
        with pytest.raises(ResetNeededError, match="whose episode ended"):
            envs.step(np.array([0, 0]))
    envs.reset(options={"reset_mask": np.array([False, True])})
    with pytest.raises(ResetNeededError, match="whose episode ended"):
        envs.step(np.array([0, 0]))
    envs.reset(options={"reset_mask": np.array([True, False])})
    assert envs.step(np.array([1, 2]))[0].tolist() == [1, 2]


def test_not_before_reset_nor_after_close():
    envs = made(render_mode="ansi")
    for call in (lambda: envs.step(np.zeros(3, int)), envs.render):
        with pytest.raises(ResetNeededError, match="before the first"):
            call()
    with pytest.raises(ResetNeededError, match="before one with a mask"):
        envs.reset(options={"reset_mask": np.array([True, False, False])})
    envs.reset()
    envs.close()
    envs.close()
    for call in (lambda: envs.step(np.zeros(3, int)), envs.reset, envs.render):
        with pytest.raises(ClosedEnvError):
            call()


@pytest.mark.parametrize("mode", ["ansi", "rgb_array"])
def test_pictures_are_those_of_single_environments(mode: str):
    mazes = [Maze.from_text(RING), Maze.from_text("S.\n.G")]
    envs = made(2, mazes, render_mode=mode)
    envs.reset()
    envs.step(np.array([1, 2]))
    for picture, maze, action in zip(envs.render() or (), mazes, (1, 2), strict=True):
        env = MazeEnv(maze, render_mode=mode)
        env.reset()
        env.step(action)
        np.testing.assert_array_equal(picture, env.render())


# -- copies -------------------------------------------------------------------------------------------------------------------


def moved(envs: MazeVectorEnv, to: str) -> MazeVectorEnv:
    twin = MazeVectorEnv(6, Maze.generate(2, 3, seed=1), backend=to, start="random", max_episode_steps=8, infos="all")
    twin.load_state_dict(envs.state_dict())
    return twin


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", ["pickle", "deepcopy", *BACKENDS])
def test_copies_go_on_alike(backend: str, how: str):
    """By pickle, by copy, and by its state in any other backend: in the middle of episodes, and right after ends."""
    envs = MazeVectorEnv(6, Maze.generate(2, 3, seed=1), backend=backend, start="random", max_episode_steps=8, infos="all")
    envs.reset(seed=4)
    drawn = np.random.default_rng(0).integers(4, size=(90, 6))
    for number, actions in enumerate(drawn):
        answer = envs.step(actions)
        if number in (20, 21, 22) and (array(answer[2]) | array(answer[3])).any():
            break
    copies = {"pickle": lambda: pickle.loads(pickle.dumps(envs)), "deepcopy": lambda: copy.deepcopy(envs)}
    twin = copies[how]() if how in copies else moved(envs, how)
    np.testing.assert_array_equal(twin.states, envs.states)
    for actions in drawn[:40]:
        for one, other in zip(envs.step(actions)[:4], twin.step(actions)[:4], strict=True):
            np.testing.assert_array_equal(array(one), array(other))
    np.testing.assert_array_equal(array(envs.reset()[0]), array(twin.reset()[0]))


# -- lightness ----------------------------------------------------------------------------------------------------------------


def test_nothing_heavy_is_imported():
    code = (
        "import numpy, sys, gymnasium, mazefit\n"
        "envs = gymnasium.make_vec('mazefit/Maze-v0', num_envs=8, start='random')\n"
        "envs.reset(seed=0); envs.step(numpy.zeros(8, int))\n"
        "print(sorted({'numba', 'torch', 'matplotlib', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
    assert "MazeVectorEnv" in mazefit.envs.__all__
