"""Tabular Q-learning the way it is usually taught: one Gymnasium environment, one NumPy table, one Python loop."""

from time import perf_counter
from typing import Any

import numpy as np


def seconds_per_step(env: Any, steps: int, step_size: float = 0.1, discount: float = 0.99, epsilon: float = 0.1) -> float:
    """Learn for `steps` steps.

    Ties of the greedy choice go to the first action, as `np.argmax` has it; breaking them at random would be slower.

    Returns:
        Seconds a step.
    """
    rng = np.random.default_rng(0)
    q = np.zeros((env.observation_space.n, env.action_space.n))
    state, _ = env.reset(seed=0)
    env.action_space.seed(0)
    start = perf_counter()
    for _ in range(steps):
        if rng.random() < epsilon:
            action = env.action_space.sample()
        else:
            action = np.argmax(q[state])
        after, reward, terminated, truncated, _ = env.step(action)
        best = 0.0 if terminated else np.max(q[after])
        q[state, action] += step_size * (reward + discount * best - q[state, action])
        state = after
        if terminated or truncated:
            state, _ = env.reset()
    return (perf_counter() - start) / steps
