"""The on-line λ-return algorithm as section 12.4 has it, with no traces."""

from typing import Any

import numpy as np


def online_lambda_returns(path: list[int], rewards: list[float], lambda_: float, step_size: float) -> "np.ndarray[Any, Any]":
    """Section 12.4, literally: at every horizon the episode is gone through again with returns that end there, γ = 1.

    Args:
        path: the states, the terminal one last.
        rewards: the reward of each step.
        lambda_, step_size: λ and α.
    """
    base, last = np.zeros(21), np.zeros(21)
    values = [base]  # values[t] is what the algorithm holds at time t: the last of its row at horizon t
    for horizon in range(1, len(path)):
        w = base.copy()
        for t in range(horizon):
            total, weight, gained = 0.0, 1.0, 0.0
            for k in range(t + 1, horizon + 1):
                gained += rewards[k - 1]
                ended = k == len(path) - 1
                value = gained + (0.0 if ended else float(values[k - 1][path[k]]))
                share = weight if k == horizon else (1.0 - lambda_) * weight
                total += share * value
                weight *= lambda_
            w[path[t]] += step_size * (total - w[path[t]])
        values.append(w)
        last = w
    return last
