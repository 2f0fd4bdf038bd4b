"""What the loop sees of environments: ends and cuts apart, last observations, and no step that only resets."""

from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

from mazefit.agents.deep import DQN, Dense, environments
from mazefit.agents.deep.environments import ManyEnvs, OneEnv, open_ground
from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED
from mazefit.envs import Maze, MazeVectorEnv
from mazefit.errors import UnsupportedEnvError
from tests.agents.deep.small import Corridor

ON, STAY = 0, 1


def cut() -> Any:
    return TimeLimit(Corridor(), 4)


def walked(ground: Any, moves: list[list[int]]) -> list[tuple[Any, ...]]:
    """What each step brought: arrivals, rewards, flags, whose, and the observations to act on next."""
    seen: list[tuple[Any, ...]] = []
    for actions in moves:
        tick = ground.step(np.array(actions))
        whose = None if tick.who is None else tick.who.tolist()
        seen.append((tick.arrivals.tolist(), tick.rewards.tolist(), tick.flags.tolist(), whose, tick.observations.tolist()))
    return seen


def test_one_environment_tells_ends_from_cuts() -> None:
    ground = OneEnv(cut(), seed=0)
    assert ground.begin().tolist() == [0]
    assert walked(ground, [[ON], [ON], [ON]]) == [
        ([1], [-1.0], [0], None, [1]),
        ([2], [-1.0], [0], None, [2]),
        ([3], [1.0], [TERMINATED], None, [0]),
    ]
    assert walked(ground, [[ON], [STAY], [STAY], [STAY]])[-1] == ([1], [-1.0], [TRUNCATED], None, [0])
    assert ground.resets == 3
    assert ground.taken == []


def test_at_the_limit_an_end_is_an_end_and_a_cut() -> None:
    ground = OneEnv(cut(), seed=0)
    ground.begin()
    assert walked(ground, [[STAY], [ON], [ON], [ON]])[-1][2] == [TERMINATED + TRUNCATED]


def many(mode: AutoresetMode) -> ManyEnvs:
    ground = open_ground(SyncVectorEnv([cut, cut], autoreset_mode=mode), 0)
    assert isinstance(ground, ManyEnvs)
    assert ground.begin().tolist() == [0, 0]
    return ground


def test_with_next_step_autoreset_the_step_that_resets_brings_nothing() -> None:
    assert walked(many(AutoresetMode.NEXT_STEP), [[ON, STAY], [ON, STAY], [ON, STAY], [ON, STAY], [ON, ON], [ON, ON]]) == [
        ([1, 0], [-1.0, -1.0], [0, 0], None, [1, 0]),
        ([2, 0], [-1.0, -1.0], [0, 0], None, [2, 0]),
        ([3, 0], [1.0, -1.0], [TERMINATED, 0], None, [3, 0]),
        ([0], [-1.0], [TRUNCATED], [1], [0, 0]),  # the first one resets
        ([1], [-1.0], [0], [0], [1, 0]),  # the second one resets
        ([2, 1], [-1.0, -1.0], [0, 0], None, [2, 1]),
    ]


def test_with_same_step_autoreset_arrivals_are_the_last_observations() -> None:
    assert walked(many(AutoresetMode.SAME_STEP), [[ON, STAY], [ON, STAY], [ON, ON], [ON, ON]]) == [
        ([1, 0], [-1.0, -1.0], [0, 0], None, [1, 0]),
        ([2, 0], [-1.0, -1.0], [0, 0], None, [2, 0]),
        ([3, 1], [1.0, -1.0], [TERMINATED, 0], None, [0, 1]),
        ([1, 2], [-1.0, -1.0], [0, TRUNCATED], None, [1, 0]),
    ]


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_many_environments_are_seeded_and_come_back(mode: AutoresetMode) -> None:
    one, other = many(mode), ManyEnvs(SyncVectorEnv([cut, cut], autoreset_mode=mode), 0)
    end = walked(one, [[ON, STAY], [ON, ON], [ON, STAY], [STAY, ON], [ON, ON]])[-1][-1]
    assert other.come_back(one.kept(), np.array(end)).tolist() == end
    assert walked(one, [[ON, ON]] * 6) == walked(other, [[ON, ON]] * 6)


@pytest.mark.parametrize("mode", list(AutoresetMode)[:2])
@pytest.mark.parametrize("observation", ["state", "coordinates", "grid"])
def test_observations_that_are_tensors_of_the_device_stay_there(
    mode: AutoresetMode, observation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs on tensors end with the bytes of runs on arrays, and no observation of a step becomes an array on the way."""
    mazes = [Maze.generate(3, 3, seed=seed) for seed in range(4)]
    learner = DQN(Dense((8,)), buffer_size=60, batch_size=8, learning_starts=8, n_step=2, backend="torch", device="cpu")
    ends: list[Any] = []
    for backend in ("numpy", "torch"):
        envs = MazeVectorEnv(
            4, mazes, observation=observation, start="random", max_episode_steps=9, autoreset_mode=mode, backend=backend
        )
        if backend == "torch":
            monkeypatch.setattr(environments, "as_numpy", without_observations(environments.as_numpy))
        run = learner.learn(envs, 400, seed=3)
        ends.append((run.returns.tolist(), run.core.online.values.tolist(), run.buffer.tensors["arrivals"].tolist()))
    assert ends[0] == ends[1]
    assert len(ends[0][0]) > 20


def at_home(space: Any, **answers: Any) -> ManyEnvs:
    """Environments whose observations are tensors of the agent's device."""
    envs = Answering(space, **answers)
    ground = ManyEnvs(envs, 0)
    ground.device = torch.device("cpu")
    return ground


class Answering(gymnasium.vector.VectorEnv):
    """Two environments that answer what they were told to."""

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012 - as in Gymnasium

    def __init__(self, space: Any, first: Any, then: Any = None, over: Any = (False, False), last: Any = None) -> None:
        self.num_envs, self.single_observation_space, self.single_action_space = 2, space, spaces.Discrete(2)
        self.first, self.then, self.over, self.last = first, then, torch.tensor(over), last

    def reset(self, **options: Any) -> Any:
        return self.first, {}

    def step(self, actions: Any) -> Any:
        assert isinstance(actions, torch.Tensor)
        return (
            self.then,
            torch.zeros(2, dtype=torch.float64),
            self.over,
            torch.zeros(2, dtype=torch.bool),
            {"final_obs": self.last},
        )


@pytest.mark.parametrize(
    ("space", "first", "sentence"),
    [
        (spaces.Discrete(3, start=1), torch.tensor([1, 4]), "numbers from 1 to 3"),
        (spaces.Discrete(3, start=1), torch.tensor([0, 1]), "numbers from 1 to 3"),
        (spaces.MultiBinary([2, 3]), torch.zeros(2, 7, dtype=torch.int8), "shape"),
    ],
)
def test_tensors_that_are_none_of_the_spaces_are_refused(space: Any, first: Any, sentence: str) -> None:
    with pytest.raises(UnsupportedEnvError, match=f"env: expected observations of .* got others .*{sentence}"):
        at_home(space, first=first).begin()


@pytest.mark.parametrize(
    "last",
    [torch.tensor([[5.0, 6.0], [0.0, 0.0]]), np.array([[5.0, 6.0], [0.0, 0.0]], np.float32),
     np.array([np.array([5.0, 6.0], np.float32), None], dtype=object)],
    ids=["tensor", "array", "objects"],
)  # fmt: skip
def test_last_observations_of_any_kind_come_home(last: Any) -> None:
    space = spaces.Box(-9.0, 9.0, (2,), np.float32)
    ground = at_home(space, first=torch.zeros(2, 2), then=torch.ones(2, 2), over=(True, False), last=last)
    ground.begin()
    tick = ground.step(np.array([0, 1]))
    assert isinstance(tick.arrivals, torch.Tensor)
    assert tick.arrivals.tolist() == [[5.0, 6.0], [1.0, 1.0]]
    assert tick.observations.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def without_observations(as_numpy: Any) -> Any:
    """The same function, but it fails where it is given observations."""

    def checked(numbers: Any) -> Any:
        assert numbers.ndim == 1, "an observation went to the host"
        assert numbers.dtype in (torch.float64, torch.bool), "a state's number went to the host"
        return as_numpy(numbers)

    return checked
