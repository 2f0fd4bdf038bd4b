"""What the Monte Carlo rules share: returns from the last step back, first visits, and the tree of a return.

    G_t = R_{t+1} + γ · G_{t+1}                        G_T = 0 at the end of an episode

A truncated episode has no full return. It was cut, not ended: as everywhere here its returns bootstrap from the value of the
state at the cut, as it stood when the episode was over (so a truncated tree is that of an n-step return).

Reference: Sutton & Barto, 2nd edition, sections 5.1 and 5.4; 5.5 and 5.7 for ratios.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.episode_rule import OVER, Episode
from mazefit.agents.learning.n_step import last_arrival
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED, action_label, state_label
from mazefit.backup.tree import Edge, Node
from mazefit.kernel import kernel


class MonteCarloHow(NamedTuple):
    """γ, the actions, and whether a return counts for the first visit of its episode alone."""

    discount: float
    actions: tuple[int, ...]
    first_visit: bool


def monte_carlo_how(settings: Mapping[str, Any]) -> MonteCarloHow:
    """The parameters as the kernels take them."""
    return MonteCarloHow(settings["discount"], tuple(range(settings["actions"])), settings["first_visit"])


@kernel
def return_before(reward: float, discount: float, total: float) -> float:
    """G ← R + γ · G: the return one step earlier."""
    return reward + discount * total


@kernel
def end_value(row: int, value: float) -> float:
    """What lies beyond the last step: nothing where it ended the episode, the value of the arrival where it was cut."""
    return 0.0 if row & TERMINATED != 0 else value


@kernel
def mark_first_visits(first: Any, cells: Any, t: int, width: int) -> None:
    """Write into `first` [entries] the step at which each entry met in the steps 0 … t was met first; others stay as they are.

    From the last step back, so that the earliest writes last: one look at each step, however long the episode.

    Args:
        first: out, flat float64.
        cells: the steps' cells, with flags.
        t: the last step.
        width: how many cells share an entry: A for states, 1 for pairs.
    """
    for step in range(t, -1, -1):
        first[(cells[step] & CELL) // width] = step


def monte_carlo_updates(
    settings: Mapping[str, Any], rows: Mapping[str, npt.NDArray[Any]], *, width: int | None = None
) -> npt.NDArray[np.int64]:
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


def check_first_visit(settings: dict[str, Any]) -> None:
    """Refuse a loaded `first_visit` that is neither true nor false.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(settings.get("first_visit"), bool):
        raise ValueError(f"settings: first_visit: expected true or false, got {settings.get('first_visit')!r}")


def check_ratios(rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse logged importance ratios that are none.

    Raises:
        ValueError: one is negative, NaN or infinite.
    """
    if rows and not (np.isfinite(rows["extra"]) & (rows["extra"] >= 0.0)).all():
        raise ValueError("rows: expected importance ratios of at least 0, got others")


def return_tree(
    settings: Mapping[str, Any], episode: Episode, at: int, last: int, *, root: str, ratios: bool = False,
    beyond: float | None = None,
) -> Node:  # fmt: skip
    """The tree of the return of the steps `at` … `last`, and what lies beyond.

    Args:
        settings: `actions`, `discount`.
        episode: the steps, as plain lists; `extra` holds ratios where `ratios`, and at `last + 1` the value at the cut.
        at, last: the first and the last step.
        root: "state" or "state-action".
        ratios: whether edges to an action carry its importance ratio.
        beyond: of a return of so many steps the value of its last arrival; None: the return goes to the episode's end.
    """
    actions, discount = settings["actions"], settings["discount"]
    row, arrival = episode.cell[last], state_label(last_arrival(settings, episode, last))
    if beyond is not None:
        below = Node("state", arrival, value=beyond)
    elif row & TERMINATED:
        below = Node("state", arrival, terminal=True)
    else:
        below = Node("state", arrival, value=episode.extra[last + 1], truncated=bool(row & TRUNCATED))
    for step in range(last, at - 1, -1):
        state, action = divmod(episode.cell[step] & CELL, actions)
        whole = step == at and root == "state-action"
        label = f"{state_label(state)}, {action_label(action)}" if whole else action_label(action)
        edge = Edge(below, reward=episode.reward[step], discount=discount, chosen=True)
        below = Node("action", label, combine="sample", edges=(edge,))
        if not whole:
            edge = Edge(below, ratio=episode.extra[step] if ratios else None, chosen=True)
            below = Node("state", state_label(state), combine="sample", edges=(edge,))
    return below
