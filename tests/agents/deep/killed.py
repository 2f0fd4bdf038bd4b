"""Runs that are killed with SIGKILL at random moments and started again, in processes of their own: see test_kill.py.

PyTorch is imported once; every run is a fork of that process. Prints one JSON object: what was killed where, and the digests.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import torch
import torch._dynamo  # an optimizer's first use imports it: once, not in every fork

from mazefit.agents.deep import DeepRun, is_there
from tests.agents.deep.small import MAZE, agent, digest


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


def forked(name: str, folder: Path) -> int:
    """Begin or go on in a process of its own; returns its number. Its digest goes to `folder`.digest."""
    child = os.fork()
    if child:
        return child
    os.fsync = lambda fd: None  # it guards against power cuts, not against SIGKILL
    try:
        folder.with_suffix(".digest").write_text(learned(name, folder))
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def ended(child: int) -> bool:
    """Wait for a process; whether it ended by itself, and well.

    Raises:
        RuntimeError: it failed.
    """
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if status:
        raise RuntimeError(f"a run ended with status {status}")
    return True


def kill_at_random(root: Path, name: str, kills: int, seed: int) -> dict[str, Any]:
    """Kill so many times; whenever a run reaches its end, note its digest and begin another."""
    numbers, begun = random.Random(seed), time.perf_counter()
    ended(forked(name, root / f"{name}-whole"))
    seconds = time.perf_counter() - begun
    places: list[int | None] = []
    digests: list[str] = []
    round_ = 0
    while len(places) < kills or not digests:
        folder = root / f"{name}-{round_}"
        child = forked(name, folder)
        if len(places) < kills:
            time.sleep(numbers.uniform(0.0, 0.5 * seconds))
            os.kill(child, signal.SIGKILL)
        if ended(child):
            digests.append(folder.with_suffix(".digest").read_text())
            round_ += 1
        else:
            places.append(DeepRun.load(folder).steps if is_there(folder) else None)
    last = root / f"{name}-{round_}"
    if last.exists():
        ended(forked(name, last))
        digests.append(last.with_suffix(".digest").read_text())
    whole = (root / f"{name}-whole.digest").read_text()
    return {"whole": whole, "digests": digests, "places": places}


def main() -> None:
    """Arguments: a folder, how many kills of each way, the seed of their moments."""
    root, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    agent().learn(MAZE, 60, seed=0)  # kernels are compiled or read from Numba's cache, once
    print(json.dumps({name: kill_at_random(root, name, kills, seed) for name in WAYS}))


if __name__ == "__main__":
    main()
