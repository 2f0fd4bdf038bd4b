"""What the loop sees of environments: ends and cuts apart, last observations, and no step that only resets."""

from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

from mazefit.agents.deep.environments import ManyEnvs, OneEnv, open_ground
from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED
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
