"""A policy as a table π(a|s) [S, A], whatever form it was given in."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.policies import maximisers
from mazefit.agents.run import Run
from mazefit.errors import ConfigError
from mazefit.kernel import kernel

TOLERANCE = 1e-9  # how far the probabilities of a state may miss 1


@kernel
def draw_action(policy: Any, first: int, actions: tuple[int, ...], uniform: float) -> int:
    """The first action at which the cumulative probability passes the uniform number, never one of probability 0."""
    below = 0.0
    chosen = -1
    for action in range(len(actions)):
        below += policy[first + action]
        if chosen < 0 and uniform < below:
            chosen = action
    if chosen < 0:  # rounding has left the sum below the number
        for action in range(len(actions)):
            if policy[first + action] > 0.0:
                chosen = action
    return chosen


def policy_table(policy: Any, states: int, actions: int, name: str = "policy") -> npt.NDArray[np.float64]:
    """π(a|s) [S, A].

    Args:
        policy: probabilities [S, A], one action a state [S], a Run (its maximising actions, equally), or None: all equally.
        states, actions: the sizes S and A.
        name: what the argument is called.

    Raises:
        ConfigError: the shape is another, an action is none, or the probabilities of a state do not sum to 1.
    """
    if policy is None:
        return np.full((states, actions), 1.0 / actions)
    if isinstance(policy, Run):
        best = maximisers(policy.q)
        table: npt.NDArray[Any] = best / best.sum(axis=1, keepdims=True)
    else:
        try:
            table = np.asarray(policy)
        except ValueError as error:
            raise ConfigError(f"{name}: expected [S, A] probabilities or [S] actions, got ragged rows") from error
    if table.shape == (states,) and np.issubdtype(table.dtype, np.integer):
        if len(table) and not 0 <= table.min() <= table.max() < actions:
            raise ConfigError(f"{name}: expected actions from 0 to {actions - 1}, got {table.min()} to {table.max()}")
        return np.eye(actions)[table]
    if table.shape != (states, actions) or not np.issubdtype(table.dtype, np.number) or np.iscomplexobj(table):
        what = f"shape {list(table.shape)}" if np.issubdtype(table.dtype, np.number) else repr(policy)
        raise ConfigError(
            f"{name}: expected probabilities of shape [{states}, {actions}], or {states} whole actions, got {what}"
        )
    table = table.astype(np.float64)
    wrong = ~np.isfinite(table).all(axis=1) | (table < 0).any(axis=1) | (np.abs(table.sum(axis=1) - 1.0) > TOLERANCE)
    if wrong.any():
        state = int(np.argmax(wrong))
        raise ConfigError(
            f"{name}: expected probabilities from 0 to 1 that sum to 1 in every state, got {table[state].tolist()} in s{state}"
        )
    return table
