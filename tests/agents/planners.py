"""What the tests of planners share: the planners, and the textbook's two gridworlds."""

from typing import Any

import numpy as np

from mazefit.agents import (
    Exact,
    GaussSeidelValueIteration,
    ModifiedPolicyIteration,
    PolicyEvaluation,
    PolicyIteration,
    PrioritizedSweeping,
    ValueIteration,
)
from mazefit.envs.tables import TabularMDP

CONTROL = (
    ValueIteration,
    GaussSeidelValueIteration,
    PolicyIteration,
    ModifiedPolicyIteration,
    PrioritizedSweeping,
    Exact,
)
ALL = (*CONTROL, PolicyEvaluation)


def precise(planner: Any, discount: float, **more: Any) -> Any:
    """A planner that goes on until rounding alone is left."""
    name = {PrioritizedSweeping: "theta", Exact: None}.get(planner, "tolerance")
    return planner(discount, **({name: 1e-15} if name else {}), **more)


def _moves(rows: int, columns: int) -> np.ndarray:
    row, column = np.divmod(np.arange(rows * columns), columns)
    steps = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left
    return np.stack([np.clip(row + r, 0, rows - 1) * columns + np.clip(column + c, 0, columns - 1) for r, c in steps], axis=1)


def four_by_four() -> TabularMDP:
    """Sutton & Barto, Figure 4.1: two terminal corners, -1 a step."""
    next_state = _moves(4, 4)
    next_state[[0, 15]] = [[0], [15]]
    ended = np.isin(next_state, (0, 15))
    reward = np.full((16, 4), -1.0)
    reward[[0, 15]] = 0.0
    return TabularMDP(next_state, reward, ended, start=5)


def five_by_five() -> TabularMDP:
    """Sutton & Barto, Figure 3.2: leaving the grid costs 1; A pays 10 and leads down, B pays 5."""
    next_state = _moves(5, 5)
    reward = np.where(next_state == np.arange(25)[:, None], -1.0, 0.0)
    for state, paid, arrival in ((1, 10.0, 21), (3, 5.0, 13)):
        next_state[state], reward[state] = arrival, paid
    return TabularMDP(next_state, reward, np.zeros((25, 4), dtype=bool), start=0)


def ring() -> TabularMDP:
    """States 0 and 1 lead round at -1 (action 0) or, from 0, to the end at -5 (action 1); 2 rests at 0, 3 goes round at -1."""
    return TabularMDP(
        next_state=[[1, 4], [0, 0], [2, 2], [3, 3], [4, 4]],
        reward=[[-1.0, -5.0], [-1.0, -1.0], [0.0, -1.0], [-1.0, -1.0], [0.0, 0.0]],
        terminated=[[0, 1], [0, 0], [0, 0], [0, 0], [1, 1]],
        start=0,
    )
