"""Reading the tables of an environment: mazefit's own, or any with `P` as in Gymnasium's toy_text."""

from typing import Any

import numpy as np

from mazefit.envs.tables import Outcome, TabularMDP
from mazefit.errors import UnsupportedEnvError


def read_tables(env: Any) -> TabularMDP:
    """The tables behind `env`: a TabularMDP itself, a Maze's, an environment's `mdp`, or its `P`.

    Raises:
        UnsupportedEnvError: it offers neither, or its `P` is not the toy_text form.
    """
    if isinstance(env, TabularMDP):
        return env
    inner: Any = getattr(env, "unwrapped", env)
    found: Any = getattr(inner, "mdp", None)
    if callable(found):
        found = found()
    if isinstance(found, TabularMDP):
        return found
    table: Any = getattr(inner, "P", None)
    if table is None:
        raise UnsupportedEnvError(
            f"TabularMDP.from_env: expected an environment with tables (`mdp`, or `P` as in Gymnasium's toy_text), "
            f"got {type(inner).__name__} without either"
        )
    try:
        rows = [[list(table[s][a]) for a in sorted(table[s])] for s in sorted(table)]
        widths = {len(row) for row in rows}
        if sorted(table) != list(range(len(rows))) or len(widths) != 1:
            raise ValueError("states or actions are not numbered 0, 1, …")
        outcomes: list[list[Outcome]] = [cell for row in rows for cell in row]
        flat = [(float(p), int(s), float(r), bool(t)) for cell in outcomes for p, s, r, t in cell if p > 0]
        counts = [sum(1 for outcome in cell if outcome[0] > 0) for cell in outcomes]
    except (TypeError, ValueError, KeyError) as error:
        raise UnsupportedEnvError(
            f"TabularMDP.from_env: expected P[s][a] -> [(probability, next state, reward, terminated), …] "
            f"in {type(inner).__name__}, got something else ({error})"
        ) from error
    return _from_flat(flat, counts, widths.pop(), _start_of(inner, len(rows)))


def _from_flat(flat: list[Outcome], counts: list[int], actions: int, start: "int | np.ndarray[Any, Any]") -> TabularMDP:
    probability, next_state, reward, terminated = (np.array(column) for column in zip(*flat, strict=True))
    if all(count == 1 for count in counts) and (probability == 1.0).all():
        shape = (-1, actions)
        return TabularMDP(next_state.reshape(shape), reward.reshape(shape), terminated.reshape(shape), start)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return TabularMDP(next_state, reward, terminated, start, probability=probability, offsets=offsets, actions=actions)


def _start_of(inner: Any, states: int) -> "int | np.ndarray[Any, Any]":
    """The start state or distribution: `initial_state_distrib` as in toy_text, else state 0."""
    weights: Any = getattr(inner, "initial_state_distrib", None)
    if weights is None:
        return 0
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (states,):
        raise UnsupportedEnvError(f"TabularMDP.from_env: expected {states} start probabilities, got shape {weights.shape}")
    return int(weights.argmax()) if weights.max() == 1.0 else weights / weights.sum()
