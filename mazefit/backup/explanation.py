"""What a value is made of, once it is known: contributions as columns, the largest of them, sums by episode, state or step."""

from dataclasses import dataclass
from math import fsum
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems

Group = Literal["episode", "state", "step"]


class Contribution(NamedTuple):
    """One reward's part in a value.

    Args:
        row: number of the row in the trace (of a planned update, the real step that it rests on; of a learner from a batch,
            number of the step in the batch).
        episode, step: when it was received.
        state, action: what was done for it; action -1 where nothing is known of it.
        arrival: the state at whose arrival it was received.
        reward: how much.
        weight: its weight in the value.
        amount: weight · reward.
    """

    row: int
    episode: int
    step: int
    state: int
    action: int
    arrival: int
    reward: float
    weight: float
    amount: float


@dataclass(frozen=True)
class Explanation:
    """What a value is made of.

    Args:
        label: the cell, such as "s4, a1".
        value: the value explained.
        contributions: int64 and float64 columns [K] by the names of `Contribution`, in the order of the run; only rewards
            with a weight.
        initial_share: Σ weight · initial value.
        initial_weight: the weight that initial values still have, 1 where nothing was learned.
        residual: value - (Σ amounts + initial_share): rounding alone.
    """

    label: str
    value: float
    contributions: dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]]
    initial_share: float
    initial_weight: float
    residual: float

    def __len__(self) -> int:
        return len(self.contributions["row"])

    def top(self, k: int = 10) -> list[Contribution]:
        """The k contributions of the largest size, largest first."""
        order = np.argsort(-np.abs(self.contributions["amount"]), kind="stable")[:k]
        columns = [self.contributions[name][order].tolist() for name in Contribution._fields]
        return [Contribution(*row) for row in zip(*columns, strict=True)]

    def by(self, group: Group) -> dict[int, float]:
        """The amounts added up, largest size first.

        Args:
            group: "episode"; "state", in which it was received (a reward belongs to the arrival); or "step", the row of the
                real step that brought it.

        Raises:
            ConfigError: another word.
        """
        columns = {"episode": "episode", "state": "arrival", "step": "row"}
        problems = Problems("Explanation.by")
        problems.choice("group", group, columns)
        problems.raise_if_any()
        keys, places = np.unique(self.contributions[columns[group]], return_inverse=True)
        totals = np.bincount(places, weights=self.contributions["amount"], minlength=len(keys))
        order = np.argsort(-np.abs(totals), kind="stable")
        return {int(keys[i]): float(totals[i]) for i in order}

    def __str__(self) -> str:
        text = f"Q({self.label})" if "," in self.label else f"V({self.label})"
        total = fsum(self.contributions["amount"].tolist())
        said = f"{text} = {self.value:.6g}: {len(self):,} rewards make {total:.6g}, initial values {self.initial_share:.6g}"
        episodes = self.by("episode")
        if episodes:
            number, amount = next(iter(episodes.items()))
            said += f"; most of it, {amount:.6g}, came in episode {number}"
        return f"{said} (residual {self.residual:.1e}). Linear credit for the run as it went, not a re-run without a reward."
