"""What the n-step rules share: when an update is due, and the update itself.

After step t of an episode the update for step t - n + 1 is due; after its last step all that are left, each with the steps
there are.

Reference: Sutton & Barto, 2nd edition, sections 7.1 and 7.2.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.episode_rule import OVER, noted
from mazefit.kernel import kernel

MOST = 2**31 - 1  # so that no sum with n leaves 63 bits


class NStepHow(NamedTuple):
    """γ, the actions, and how many steps a return takes in."""

    discount: float
    actions: tuple[int, ...]
    n: int


def n_step_how(settings: Mapping[str, Any]) -> NStepHow:
    """The parameters as the kernels take them."""
    return NStepHow(settings["discount"], tuple(range(settings["actions"])), settings["n"])


@kernel
def first_due(t: int, n: int) -> int:
    """The first step whose update is due after step `t` (t itself is the last, where the episode is over)."""
    return max(0, t - n + 1)


@kernel
def last_due(row: int, t: int, n: int) -> int:
    """The last step whose update is due after step `t`; before the first where none is."""
    return t if row & OVER != 0 else t - n + 1


@kernel
def back_up(values: Any, entry: int, target: float, step_size: float, episode: Any, step: int) -> None:
    """An update that is due: `values[entry]` moves towards the target by α, noted at the step that it is for."""
    old = values[entry]
    values[entry] = old + step_size * (target - old)
    noted(episode, step, target, old, values[entry], step_size)


def n_step_updates(settings: Mapping[str, Any], rows: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
    """The updates of one episode so far, int64 [k, 2]: for step τ, done at step min(τ + n - 1, last)."""
    count, n = len(rows["cell"]), settings["n"]
    over = bool(rows["cell"][-1] & OVER) if count else False
    steps = np.arange(count if over else max(0, count - n + 1))
    return np.stack([steps, np.minimum(steps + n - 1, count - 1)], axis=1)


def check_n(settings: Mapping[str, Any]) -> None:
    """Refuse a loaded n that is none.

    Raises:
        ValueError: it is none.
    """
    n = settings.get("n")
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MOST:
        raise ValueError(f"settings: n: expected an integer from 1 to {MOST}, got {n!r}")
