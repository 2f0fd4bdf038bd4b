"""Small worlds that the tests of learners and planners share."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete, Tuple

from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP


def corridor(length: int = 3) -> TabularMDP:
    """States in a row; action 1 goes right, action 0 left; arriving at the right end ends and pays 1, else -1."""
    states = np.arange(length)
    next_state = np.stack([np.maximum(states - 1, 0), np.minimum(states + 1, length - 1)], axis=1)
    ended = next_state == length - 1
    reward = np.where(ended, 1.0, -1.0)
    next_state[-1], ended[-1], reward[-1] = length - 1, True, 0.0
    return TabularMDP(next_state, reward, ended, start=0)


def coin() -> TabularMDP:
    """State 0: action 0 stays or ends with probability 1/2 each (reward -1, +3); action 1 ends for sure with reward 0."""
    return TabularMDP(
        next_state=[0, 1, 1, 1, 1],
        reward=[-1.0, 3.0, 0.0, 0.0, 0.0],
        terminated=[False, True, True, True, True],
        start=0,
        probability=[0.5, 0.5, 1.0, 1.0, 1.0],
        offsets=[0, 2, 3, 4, 5],
        actions=2,
    )


class BareEnv(gymnasium.Env[int, int]):
    """A corridor without tables and without a spec; states are numbered from 10, actions from 5."""

    observation_space = Discrete(4, start=10)
    action_space = Discrete(2, start=5)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.state = int(self.np_random.integers(2))
        return 10 + self.state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.state = max(0, self.state + (1 if action == 6 else -1))
        slip = float(self.np_random.random())  # the reward is random: only a well-kept seed repeats it
        return 10 + self.state, slip - 1.0, self.state == 3, False, {}


class PairEnv(gymnasium.Env[Any, int]):
    """States that are pairs: not for tables."""

    observation_space = Tuple((Discrete(2), Discrete(2)))
    action_space = Discrete(2)


class BoxEnv(gymnasium.Env[Any, int]):
    """Continuous states."""

    observation_space = Box(0.0, 1.0, (2,))
    action_space = Discrete(2)


def six_worlds() -> dict[str, Any]:
    """Two generated mazes, the Dyna maze, cliff walking, slippery FrozenLake, Taxi."""
    return {
        "wilson": Maze.generate(4, 4, "wilson", seed=3),
        "kruskal with loops": Maze.generate(5, 3, "kruskal", seed=4, loops=0.3),
        "dyna": Maze.named("dyna"),
        "cliff": gymnasium.make("CliffWalking-v1"),
        "slippery lake": gymnasium.make("FrozenLake-v1"),
        "taxi": gymnasium.make("Taxi-v4"),
    }
