"""A vector environment of ours and Gymnasium's loop over single ones, walked side by side and compared answer by answer."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from mazefit.envs import Maze, MazeVectorEnv

FINALS = ("final_obs", "final_info")


def host(answer: Any) -> Any:
    """Tensors as arrays, in dicts and tuples as well."""
    if isinstance(answer, dict):
        return {name: host(value) for name, value in answer.items()}
    if isinstance(answer, tuple):
        return tuple(map(host, answer))
    return answer.numpy() if hasattr(answer, "numpy") else answer


def twins(mazes: Maze | list[Maze], count: int, limit: int | None = None, mode: Any = AutoresetMode.NEXT_STEP, **options: Any):
    """The loop, and ours with infos of all kinds."""
    ours = {name: options.pop(name) for name in ("backend", "copy", "device") if name in options}
    each = mazes if isinstance(mazes, list) else [mazes] * count

    def single(maze: Maze) -> Any:
        return lambda: gymnasium.make("mazefit/Maze-v0", maze=maze, max_episode_steps=limit, **options)

    loop = SyncVectorEnv([single(maze) for maze in each], autoreset_mode=mode)
    vector = MazeVectorEnv(count, mazes, max_episode_steps=limit, autoreset_mode=mode, infos="all", **ours, **options)
    return loop, vector


def same(one: Any, other: Any) -> None:
    """Both are the same arrays, in values, shapes and types."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.dtype == other.dtype
    np.testing.assert_array_equal(one, other, strict=True)


def same_infos(loop: dict[str, Any], ours: dict[str, Any]) -> None:
    """The same infos, up to the forms that the documentation names."""
    if "_final_obs" in ours and not ours["_final_obs"].any():  # in PyTorch they are always there
        ours = {name: value for name, value in ours.items() if name.strip("_") not in FINALS}
    assert loop.keys() == ours.keys()
    for name, value in loop.items():
        if name == "final_info":
            same_infos(value, ours[name])
        elif name == "position":
            assert [
                tuple(place) if there else None for place, there in zip(ours[name].tolist(), ours["_position"], strict=True)
            ] == [*value]
        elif name == "final_obs":
            for one, other, there in zip(value, ours[name], ours["_final_obs"], strict=True):
                assert (one is not None) == there
                if there:
                    same(one, other)
        else:
            same(value, ours[name])


def walk(loop: Any, vector: Any, steps: int, seed: int = 0, kind: Any = np.int64) -> tuple[int, int]:
    """Walk both with the same random actions, resetting some by masks; how many terminated and were truncated."""
    mode, count = vector.metadata["autoreset_mode"], vector.num_envs
    drawn = np.random.default_rng(seed)

    def reset(options: Any = None, **how: Any) -> None:
        other = host(vector.reset(options=options, **how))
        one = loop.reset(options=options, **how)  # the loop takes the mask out of the dict that it is given
        same(one[0], other[0])
        same_infos(one[1], other[1])

    terminated = truncated = 0
    reset(seed=seed + 7)
    for number in range(steps):
        actions = drawn.integers(4, size=count)
        given = actions.astype(kind)
        if vector.backend == "torch":
            import torch

            given = torch.tensor(given)
        one, other = loop.step(actions), host(vector.step(given))
        for a, b in zip(one[:4], other[:4], strict=True):
            same(a, b)
        same_infos(one[4], other[4])
        terminated, truncated = terminated + int(one[2].sum()), truncated + int(one[3].sum())
        ended = one[2] | one[3]
        if mode == AutoresetMode.DISABLED and ended.any():
            reset(options={"reset_mask": ended})
        elif number % 23 == 11:
            mask = drawn.random(count) < 0.4
            mask[drawn.integers(count)] = True
            reset(options={"reset_mask": mask}, seed=[None if i % 2 else 1000 + i for i in range(count)])
        elif number % 41 == 30:
            reset()
    return terminated, truncated
