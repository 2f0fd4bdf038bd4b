"""Monte Carlo rules as the trace sees them: which updates the rows of an episode have brought, and what is refused.

Reference: Sutton & Barto, 2nd edition, sections 5.1 and 5.4; 5.5 and 5.7 for ratios.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.episode_rule import OVER
from mazefit.backup.one_step import CELL
from mazefit.backup.rule import Tables

Rows = Mapping[str, npt.NDArray[Any]]


def monte_carlo_updates(settings: Mapping[str, Any], rows: Rows, *, width: int | None = None) -> npt.NDArray[np.int64]:
    """The updates of one episode so far, int64 [k, 2]: all at its last row, from the last step back.

    Args:
        settings: `first_visit`, `actions`.
        rows: the episode's rows.
        width: cells that share an entry; None: the actions of a state.
    """
    cells = rows["cell"].astype(np.int64)
    if not len(cells) or not cells[-1] & OVER:
        return np.empty((0, 2), dtype=np.int64)
    steps = np.arange(len(cells))
    if settings["first_visit"]:
        steps = np.sort(np.unique((cells & CELL) // (width or settings["actions"]), return_index=True)[1])
    return np.stack([steps[::-1], np.full(len(steps), len(cells) - 1)], axis=1)


pair_updates = partial(monte_carlo_updates, width=1)


def every_visit_updates(settings: Mapping[str, Any], rows: Rows) -> npt.NDArray[np.int64]:
    """The same for every visit of a state."""
    return monte_carlo_updates({**settings, "first_visit": False}, rows)


def off_policy_updates(settings: Mapping[str, Any], rows: Rows) -> npt.NDArray[np.int64]:
    """As of Monte Carlo prediction; of the weighted average only as far back as W is above 0."""
    updates = monte_carlo_updates(settings, rows)
    if settings["weighted"] and len(updates):
        ratios = np.multiply.accumulate(rows["extra"][::-1])[::-1]
        updates = updates[ratios[updates[:, 0]] != 0.0]
    return updates


def greedy_updates(settings: Mapping[str, Any], rows: Rows) -> npt.NDArray[np.int64]:
    """The updates of one episode so far, int64 [k, 2]: the last row says of how many steps, from the last one back."""
    length = len(rows["cell"])
    if not length or not rows["cell"][-1] & OVER:
        return np.empty((0, 2), dtype=np.int64)
    steps = np.arange(length - 1, length - 1 - min(int(rows["cause"][-1]), length), -1)
    return np.stack([steps, np.full(len(steps), length - 1)], axis=1)


# What is refused --------------------------------------------------------------------------------------------------------


def check_first_visit(settings: dict[str, Any], tables: Tables, rows: Rows) -> None:
    """Refuse a loaded `first_visit` that is neither true nor false.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(settings.get("first_visit"), bool):
        raise ValueError(f"settings: first_visit: expected true or false, got {settings.get('first_visit')!r}")


def check_ratios(rows: Rows) -> None:
    """Refuse logged importance ratios that are none.

    Raises:
        ValueError: one is negative, NaN or infinite.
    """
    if rows and not (np.isfinite(rows["extra"]) & (rows["extra"] >= 0.0)).all():
        raise ValueError("rows: expected importance ratios of at least 0, got others")


def check_weights(tables: Tables) -> None:
    """Refuse loaded sums of ratios that are none.

    Raises:
        ValueError: one is negative or NaN.
    """
    if not (tables["weights"] >= 0.0).all():
        raise ValueError("table weights: expected numbers of at least 0, got others")


def check_off_policy(settings: dict[str, Any], tables: Tables, rows: Rows) -> None:
    """Refuse what off-policy Monte Carlo prediction cannot replay.

    Raises:
        ValueError: a parameter is neither true nor false, or ratios or their sums are none.
    """
    check_first_visit(settings, tables, rows)
    check_ratios(rows)
    if not isinstance(settings.get("weighted"), bool):
        raise ValueError(f"settings: weighted: expected true or false, got {settings.get('weighted')!r}")
    check_weights(tables)


def check_off_policy_control(settings: dict[str, Any], tables: Tables, rows: Rows) -> None:
    """Refuse what off-policy Monte Carlo control cannot replay.

    Raises:
        ValueError: ratios, their sums, or numbers of steps learned from are none.
    """
    check_ratios(rows)
    if rows and not (rows["cause"] >= 0).all():
        raise ValueError("rows: expected numbers of steps learned from, got negative ones")
    check_weights(tables)
