"""A batch of whole episodes as columns: from episodes that are given, from the rows of a trace, or from a file.

A step is a state, the action where one is known, the arrival, the reward, and whether its episode ends with it or is cut there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.episode_rule import OVER
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED
from mazefit.backup.rule import Model, Tables, check_settings, check_table
from mazefit.errors import ConfigError

Step = tuple[int, float, int | None]
UNKNOWN = -1  # the action of a step of a batch that was given without actions


class Batch(NamedTuple):
    """Steps of whole episodes, one after the other; int64 and float64 [K]."""

    state: Any
    action: Any  # UNKNOWN where nothing is known of it
    next: Any
    reward: Any
    over: Any  # 0, TERMINATED or TRUNCATED: whether its episode ends with the step, or is cut


def batch_of(episodes: Iterable[Sequence[Step]], states: int | None) -> tuple[Batch, int]:
    """A batch from lists of (state, reward, next state or None at the end), and the number of its states.

    Raises:
        ConfigError: an episode does not go on where its step before arrived, or numbers are out of range.
    """
    columns: list[tuple[int, int, float, int]] = []
    for number, episode in enumerate(episodes):
        before: int | None = None
        for step, (state, reward, following) in enumerate(episode):
            where = f"batch: episode {number}, step {step}"
            last = step == len(episode) - 1
            for name, found in (("state", state), ("next state", following)):
                whole = isinstance(found, int | np.integer) and not isinstance(found, bool)
                inside = whole and 0 <= (-1 if found is None else found) < (states or 2**26)
                if not (inside or (name == "next state" and found is None)):
                    bound = "from 0" if states is None else f"from 0 to {states - 1}"
                    raise ConfigError(f"{where}: {name}: expected an integer {bound}, got {found!r}")
            if not np.isfinite(reward):
                raise ConfigError(f"{where}: reward: expected a finite number, got {reward!r}")
            if (step > 0 and state != before) or (following is None and not last):
                raise ConfigError(
                    f"{where}: expected it to go on from where the step before arrived, got {state} after {before}"
                )
            before = following
            over = TERMINATED if following is None else TRUNCATED if last else 0
            columns.append((int(state), int(state if following is None else following), float(reward), over))
    if not columns:
        raise ConfigError("batch: expected at least one step, got none")
    state, following, reward, over = (np.array(column) for column in zip(*columns, strict=True))
    arrays = (state, np.full(len(state), UNKNOWN), following, reward.astype(np.float64), over)
    return Batch(*arrays), states or int(max(state.max(), following.max())) + 1


def batch_of_rows(rows: Mapping[str, npt.NDArray[Any]], actions: int) -> Batch:
    """A batch from the rows of a trace."""
    cell = rows["cell"].astype(np.int64)
    state, action = np.divmod(cell & CELL, actions)
    return Batch(state, action, rows["next"].astype(np.int64), rows["reward"], cell & OVER)


def batch_of_model(model: Mapping[str, npt.NDArray[Any]]) -> Batch:
    """The batch that a run's model holds."""
    return Batch(*(model[name] for name in Batch._fields))


def joined_batch(first: Batch, then: Batch) -> Batch:
    """The steps of one batch, and after them those of another."""
    return Batch(*(np.concatenate(columns) for columns in zip(first, then, strict=True)))


def visits(batch: Batch, states: int) -> npt.NDArray[np.int64]:
    """N(s), how often each state is met in the batch, [S]."""
    return np.bincount(batch.state, minlength=states)


def received(settings: Mapping[str, Any], model: Model) -> dict[str, npt.NDArray[Any]]:
    """What each reward of the batch was received for (see `ModelRewards`); where a given episode ended is not known."""
    batch = batch_of_model(model)
    ends = batch.over != 0
    row, episode = np.arange(len(ends)), np.cumsum(ends) - ends
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.flatnonzero(ends) + 1])
    arrival = np.where((batch.over == TERMINATED) & (batch.action == UNKNOWN), UNKNOWN, batch.next)
    return {
        "row": row, "episode": episode, "step": row - starts[episode], "state": batch.state, "action": batch.action,
        "arrival": arrival, "reward": batch.reward,
    }  # fmt: skip


def check_batch(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse a loaded batch that points outside the tables.

    Raises:
        ValueError: it does, or is of other kinds or lengths.
    """
    check_settings(settings, {"actions": 1, "states": 1}, ("discount", "step_size"))
    if not isinstance(settings["per_visit"], bool):
        raise ValueError(f"settings: per_visit: expected true or false, got {settings['per_visit']!r}")
    if set(tables) != {"v"} or set(model) != set(Batch._fields):
        raise ValueError(f"expected a table v and a batch, got {sorted(tables)} and {sorted(model)}")
    check_table("v", tables["v"], settings["states"])
    steps = np.shape(model["state"])
    for name in Batch._fields:
        kind = np.float64 if name == "reward" else np.int64
        if model[name].dtype != kind or model[name].shape != steps or len(steps) != 1:
            raise ValueError(f"batch {name}: expected a column of {np.dtype(kind)} as long as the others, got another")
    if not steps[0]:  # stopped within the first episode: nothing was gathered, so nothing can have been swept
        if any(len(column) for column in rows.values()):
            raise ValueError("batch: expected at least one step where there are sweeps, got none")
        return
    for name, low, high in (
        ("state", 0, settings["states"]),
        ("next", 0, settings["states"]),
        ("action", UNKNOWN, settings["actions"]),
    ):
        if model[name].min() < low or model[name].max() >= high:
            raise ValueError(f"batch {name}: expected numbers from {low} to below {high}, got others")
    known = np.isin(model["over"], (0, TERMINATED, TRUNCATED)).all()
    if not (known and model["over"][-1] and np.isfinite(model["reward"]).all()):
        raise ValueError("batch: expected whole episodes with finite rewards, got others")
