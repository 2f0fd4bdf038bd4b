"""Runs that are killed with SIGKILL at random moments and started again, in processes of their own: see test_kill.py.

PyTorch is imported once; every run is a fork of that process. Prints one JSON object: what was killed where, and the digests.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import torch
import torch._dynamo  # an optimizer's first use imports it: once, not in every fork

from mazefit.agents.deep import DeepRun, is_there
from tests.agents.deep.small import MAZE, agent, digest
from tests.killing import kill_at_random


def one_maze() -> Any:
    return gymnasium.make("mazefit/Maze-v0", maze=MAZE, start="random", max_episode_steps=30)


def poles() -> Any:
    return gymnasium.make_vec("CartPole-v1", num_envs=3, vectorization_mode="sync")


WAYS: dict[str, tuple[Callable[[], Any], dict[str, Any], int]] = {
    "compiled": (one_maze, {"double": True}, 700),
    "torch": (poles, {"dueling": True, "n_step": 3, "backend": "torch"}, 450),
}


def learned(name: str, folder: Path) -> str:
    """Begin or go on; the digest of the end."""
    make, changed, steps = WAYS[name]
    resume = DeepRun.load(folder) if is_there(folder) else None
    run = agent(**changed).learn(
        make(), steps, seed=None if resume else 4, trace=True, checkpoint=folder, every=25, resume=resume
    )
    return digest(run, folder)


def place(folder: Path) -> int | None:
    """Steps of the checkpoint; None where there is none."""
    return DeepRun.load(folder).steps if is_there(folder) else None


def main() -> None:
    """Arguments: a folder, how many kills of each way, the seed of their moments."""
    root, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    agent().learn(MAZE, 60, seed=0)  # kernels are compiled or read from Numba's cache, once
    ways = {name: partial(learned, name) for name in WAYS}
    print(json.dumps({name: kill_at_random(root, name, way, kills, seed, place) for name, way in ways.items()}))


if __name__ == "__main__":
    main()
