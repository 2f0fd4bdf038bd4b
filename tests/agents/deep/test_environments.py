"""What the loop sees of environments: ends and cuts apart, last observations, and no step that only resets."""

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

from mazefit.agents.deep import DQN, Dense, environments
from mazefit.agents.deep.environments import ManyEnvs, OneEnv, open_ground
from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED
from mazefit.envs import Maze, MazeVectorEnv
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


def without_observations(as_numpy: Any) -> Any:
    """The same function, but it fails where it is given observations."""

    def checked(numbers: Any) -> Any:
        assert numbers.ndim == 1, "an observation went to the host"
        assert numbers.dtype in (torch.float64, torch.bool), "a state's number went to the host"
        return as_numpy(numbers)

    return checked
