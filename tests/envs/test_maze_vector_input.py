"""What the vector environment is given and cannot use: one sentence that names it, and everything stays as it was."""

import gymnasium
import numpy as np
import pytest

from mazefit.envs import Maze, MazeVectorEnv
from mazefit.errors import ConfigError, DeviceError, InvalidActionError, MazeFormatError
from mazefit.kernel import numba_available

RING = "S..\n.#.\n..G"
BACKENDS = ["numpy", "torch", *(["compiled"] if numba_available() else [])]
HOPELESS = Maze.from_text("S#G", allow_unsolvable=True)

ARGUMENTS = [
    ({"num_envs": 0}, "num_envs: expected an integer from 1 to"),
    ({"num_envs": 2.0}, r"num_envs: expected an integer .*, got 2\.0"),
    ({"num_envs": True}, "num_envs"),
    ({"mazes": [RING]}, "mazes: expected one for each of 2 environments, got 1"),
    ({"mazes": [RING, 3]}, "mazes: expected Mazes or their texts, got int for environment 1"),
    ({"mazes": 5}, "mazes: expected a Maze, its text, one for each environment or None, got int"),
    ({"mazes": RING, "maze": RING}, "mazes: expected either maze or mazes, got both"),
    ({"mazes": [RING, RING], "rows": 4}, "rows: expected no generator's arguments beside maze"),
    ({"mazes": [RING, "SG"], "observation": "grid"}, "mazes: expected one size for observation='grid', got 2 different"),
    ({"mazes": [RING, HOPELESS], "start": "random"}, "start: expected mazes with a goal .*, got one without for environment 1"),
    (
        {"autoreset_mode": "next"},
        "autoreset_mode: expected an AutoresetMode or one of NextStep, SameStep, Disabled, got 'next'",
    ),
    ({"autoreset_mode": None}, "autoreset_mode"),
    ({"max_episode_steps": 0}, "max_episode_steps: expected an integer from 1"),
    ({"max_episode_steps": 2**31}, "max_episode_steps"),
    ({"max_episode_steps": 1.5}, "max_episode_steps"),
    ({"infos": "distance"}, "infos: expected 'all' or names among position"),
    ({"infos": ("distances",)}, "infos: unknown 'distances'; did you mean 'distance'"),
    ({"infos": None}, "infos"),
    ({"backend": "jax"}, "backend: unknown 'jax'; expected one of auto, numpy, compiled, torch"),
    ({"backend": "numpy", "device": "cuda"}, "device: expected None for backend='numpy', got 'cuda'"),
    ({"copy": 1}, "copy: expected True or False, got 1"),
    ({"observation": "pixels"}, "observation: unknown 'pixels'"),
    ({"start": "anywhere"}, "start: unknown"),
    ({"step_reward": float("nan")}, "step_reward"),
    ({"goal_reward": "1"}, "goal_reward"),
    ({"action_mask": 1}, "action_mask"),
    ({"render_mode": "human"}, "render_mode"),
    ({"rows": 0}, "rows"),
    ({"num_env": 2}, "unknown argument 'num_env'; did you mean 'num_envs'"),
    ({"backend": "torch", "device": "gpu"}, "device: expected a device of PyTorch that is there, got 'gpu'"),
    ({"backend": "torch", "device": 1.5}, r"device: expected a device of PyTorch that is there, got 1\.5"),
]


@pytest.mark.parametrize(("options", "sentence"), ARGUMENTS, ids=lambda value: str(value)[:40])
def test_arguments(options: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence) as caught:
        MazeVectorEnv(**{"num_envs": 2, **options})
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigError, match=sentence):
        gymnasium.make_vec("mazefit/Maze-v0", **{"num_envs": 2, **options})


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ConfigError, match=r"num_envs.*backend.*copy"):
        MazeVectorEnv(0, backend="jax", copy="no")


def test_texts_that_are_no_mazes():
    with pytest.raises(MazeFormatError):
        MazeVectorEnv(2, ["SG", "S?"])


def test_devices_that_are_not_there():
    with pytest.raises(DeviceError, match="device: expected a device of PyTorch that is there, got 'cuda:99'"):
        MazeVectorEnv(2, RING, device="cuda:99")


ACTIONS = [
    ([0, 1], "expected 3 integers from 0 to 3"),
    ([[0, 1, 2]], r"got shape \[1, 3\]"),
    (0, r"got shape \[\]"),
    ([0, 1, 4], "got 4 for environment 2"),
    ([0, -1, 7], "got -1 for environment 1 and 1 more"),
    (np.array([0, 255, 1], dtype=np.uint8), "got 255 for environment 1"),
    (np.array([0, 1, -128], dtype=np.int8), "got -128 for environment 2"),
    (np.array([2**63, 0, 0], dtype=np.uint64), f"got {2**63} for environment 0"),
    (np.array([0, 1, 2**32], dtype=np.int64), f"got {2**32} for environment 2"),
    ([0.0, 1.0, 2.0], "got float64"),
    ([0, 1, float("nan")], "got float64"),
    ([True, False, True], "got bool"),
    (["0", "1", "2"], "got <U1"),
    ([0, 1, None], "got object"),
    (None, "expected 3 integers"),
    ([[0], [1, 2], [3]], "expected 3 integers"),
    (np.array([0, 1, 2], dtype=complex), "got complex128"),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("actions", "sentence"), ACTIONS, ids=lambda value: str(value)[:30])
def test_actions(backend: str, actions: object, sentence: str):
    """Refused, and the next step goes on as if nothing had been: its twin never heard of them."""
    envs, twin = (MazeVectorEnv(3, RING, backend=backend, max_episode_steps=2, start="random") for _ in range(2))
    for one in (envs, twin):
        one.reset(seed=0)
        one.step([1, 1, 1])
    with pytest.raises(InvalidActionError, match=f"^step: actions: .*{sentence}"):
        envs.step(actions)
    for _ in range(4):
        for one, other in zip(envs.step([1, 2, 1])[:4], twin.step([1, 2, 1])[:4], strict=True):
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize("backend", BACKENDS)
def test_actions_of_any_integers_and_orders(backend: str):
    """Strided, read-only, of foreign byte order, lists: all are the same actions."""
    wide = np.array([1, 9, 2, 9, 0, 9])
    still = np.array([1, 2, 0])
    still.flags.writeable = False
    given = [[1, 2, 0], (1, 2, 0), wide[::2], still, np.array([1, 2, 0], dtype=">i4"), np.array([1, 2, 0], dtype=np.uint64)]
    for actions in given:
        envs = MazeVectorEnv(3, RING, backend=backend)
        envs.reset()
        assert envs.step(actions)[0].tolist() == [1, 3, 0]


def test_tensors_are_looked_at_as_well():
    import torch

    envs = MazeVectorEnv(3, RING, backend="torch")
    envs.reset()
    for actions, sentence in (
        (torch.tensor([0, 1, 4]), "got 4 for environment 2"),
        (torch.tensor([0.0, 1.0, 2.0]), "got torch.float32"),
        (torch.tensor([True, False, True]), "got torch.bool"),
        (torch.zeros((3, 1), dtype=torch.int64), r"got shape \[3, 1\]"),
        (torch.zeros(3, dtype=torch.int64, device="meta"), "got some on meta"),
    ):
        with pytest.raises(InvalidActionError, match=sentence):
            envs.step(actions)
    assert envs.step(torch.tensor([1, 2, 0], dtype=torch.uint8))[0].tolist() == [1, 3, 0]


RESETS = [
    ({"seed": -1}, "seed: expected an integer from 0 on"),
    ({"seed": 1.5}, "seed"),
    ({"seed": True}, "seed"),
    ({"seed": "1"}, "seed"),
    ({"seed": [1, 2]}, "seed: expected one for each of 3 environments, got 2"),
    ({"seed": [1, 2, -3]}, "seed: expected an integer from 0 on, a list of them or None, got -3"),
    ({"options": [1]}, "options: expected a dict"),
    ({"options": {"mask": 1}}, "options: unknown 'mask'"),
    ({"options": {"reset_mask": [True, False, True]}}, r"options\['reset_mask'\]: expected bools \[3\], .*, got list"),
    ({"options": {"reset_mask": np.array([1, 0, 1])}}, r"got int64 \[3\]"),
    ({"options": {"reset_mask": np.array([True, False])}}, r"got bool \[2\]"),
    ({"options": {"reset_mask": np.zeros(3, dtype=np.bool_)}}, "at least one true, got none"),
    ({"options": {"state": 4}}, r"options\['state'\]: expected a free cell that is no goal, .*, got 4 for environment 0"),
    ({"options": {"state": [0, 8, 0]}}, "got 8 for environment 1"),
    ({"options": {"state": [0, 1, 9]}}, "got 9 for environment 2"),
    ({"options": {"state": -1}}, "got -1 for environment 0"),
    ({"options": {"state": 1.0}}, r"got 1\.0"),
    ({"options": {"state": [1, 2]}}, r"got \[1, 2\]"),
]


@pytest.mark.parametrize(("how", "sentence"), RESETS, ids=lambda value: str(value)[:40])
def test_resets(how: dict, sentence: str):
    envs = MazeVectorEnv(3, RING, start="random")
    envs.reset(seed=0)
    before = envs.state_dict()
    with pytest.raises(ConfigError, match=f"^reset: .*{sentence}"):
        envs.reset(**how)
    for name, value in envs.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_states_of_others():
    envs = MazeVectorEnv(3, RING)
    with pytest.raises(ConfigError, match="load_state_dict: expected arrays of 3 environments"):
        envs.load_state_dict(MazeVectorEnv(2, RING).state_dict())
    with pytest.raises(ConfigError, match="load_state_dict"):
        envs.load_state_dict({})
