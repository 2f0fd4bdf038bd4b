"""Small agents and mazes that several tests learn with."""

import hashlib
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from mazefit.agents import EpsilonGreedy, Linear
from mazefit.agents.deep import DQN, DeepRun, Dense
from mazefit.envs import Maze

MAZE = Maze.generate(2, 3, "wilson", seed=3)


def agent(**changed: Any) -> DQN:
    """Quick to learn with, every part of it at work."""
    plain: dict[str, Any] = {
        "network": Dense((16, 8)), "discount": 0.9, "learning_starts": 40, "batch_size": 8, "buffer_size": 150,
        "train_every": 2, "target_every": 30, "policy": EpsilonGreedy(Linear(1.0, 0.2, steps=200)),
    }  # fmt: skip
    return DQN(**{**plain, **changed})


def digest(run: DeepRun, folder: Path) -> str:
    """SHA-256 over all that a run is, as it is saved."""
    run.save(folder)
    found = hashlib.sha256()
    for file in sorted(folder.glob("*-*")):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


class Corridor(gymnasium.Env[int, int]):
    """States 0 to 3 in a row; action 0 goes on and 1 stays; 3 ends the episode, with reward 1 there and -1 elsewhere."""

    observation_space: Any = spaces.Discrete(4)
    action_space: Any = spaces.Discrete(2)

    def __init__(self) -> None:
        self.at = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.at = 0
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.at += action == 0
        over = self.at == 3
        return self.at, 1.0 if over else -1.0, over, False, {}


def numbers(*values: float) -> Any:
    return np.array(values, np.float64)
