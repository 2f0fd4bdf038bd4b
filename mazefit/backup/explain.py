"""Why is this value what it is? An exact, additive account: every reward that was experienced, with its weight in it.

    value = Σ weight · reward  +  Σ weight · initial value                       (to rounding: `residual`)

The account is linear credit for the run as it went: which action won a max, which was explored and which branch was taken are
facts of the run. It does not say what the value would be, had a reward been another: then other actions might have won.
"""

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.backup.credit import credit
from mazefit.backup.one_step import CELL, PLANNING, TERMINATED, TRUNCATED, action_label, state_label
from mazefit.errors import ConfigError, Problems

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

Group = Literal["episode", "state", "step"]


class Contribution(NamedTuple):
    """One reward's part in a value.

    Args:
        row: number of the row in the trace (of a planned update, the real step that it rests on).
        episode, step: when it was received.
        state, action: what was done for it.
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


def explain(trace: "Trace", state: int, action: int | None = None) -> Explanation:
    """The account of one value at the end of a trace.

    Args:
        trace: the log of a learner's run.
        state: the state.
        action: the action; None where the learner estimates state values.

    Raises:
        ConfigError: the trace is a planner's, or state and action are not in its tables.
    """
    rule, settings = trace.rule, trace.settings
    problems = Problems("explain")
    if rule.retell is None:
        raise ConfigError(f"explain: expected a run of a learner, which experienced rewards, got one of {rule.name}")
    values_of_states = rule.spec.root == "state"
    problems.integer("state", state, 0, settings["states"] - 1)
    if values_of_states:
        problems.check(action is None, f"action: expected none for a learner of state values, got {action!r}")
    else:
        problems.integer("action", action, 0, settings["actions"] - 1)
    problems.raise_if_any()
    cell = state if values_of_states else state * settings["actions"] + int(action or 0)
    roots = rule.roots(settings, cell)
    weights, cells = credit(trace, roots)
    tables = trace.tables_at(trace.rows.end)
    value = fsum(weight * float(tables[name][entry]) for (name, entry), weight in roots.items())
    rows = {name: trace.rows.column(name) for name in trace.rows.schema}
    kept = np.flatnonzero(weights)
    amounts = weights[kept] * rows["reward"][kept]
    shares = [cells[name][at] * trace.base[name][at] for name in cells for at in np.flatnonzero(cells[name])]
    share = fsum(float(part) for part in shares)
    label = state_label(state) if values_of_states else f"{state_label(state)}, {action_label(int(action or 0))}"
    return Explanation(
        label=label,
        value=value,
        contributions=_columns(trace, rows, kept, weights[kept], amounts),
        initial_share=share,
        initial_weight=fsum(float(part) for name in cells for part in cells[name]),
        residual=float(value - (np.sum(amounts, dtype=np.longdouble) + np.longdouble(share))),
    )


def _columns(
    trace: "Trace", rows: dict[str, npt.NDArray[np.int64]], kept: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64], amounts: npt.NDArray[np.float64],
) -> dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]]:  # fmt: skip
    """The columns of the contributions."""
    settings, first = trace.settings, trace.rows.first
    marks = rows["cell"]
    planned = (marks & PLANNING) != 0
    numbers = kept + first
    if "cause" in rows:  # a planned update rests on the step that wrote its model
        numbers = np.where(planned[kept], rows["cause"][kept], numbers)
    inside = np.maximum(numbers - first, 0)
    ends = ((marks & (TERMINATED | TRUNCATED)) != 0) & ~planned
    episodes = np.cumsum(ends) - ends  # how many have ended before each row
    episode = episodes[inside] + _episodes_before(trace)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.flatnonzero(ends) + 1])[episodes[inside]]
    step = inside - starts
    if planned.any():
        real = np.cumsum(~planned)
        step = real[inside] - real[np.minimum(starts, len(real) - 1)]
    if first and len(trace.episodes):  # the first episode has lost its beginning to the ring
        step = step + np.where(episodes[inside] == 0, first - int(trace.episodes[_episodes_before(trace)]), 0)
    cell = (marks[kept] & CELL).astype(np.int64)
    following = rows["next"][kept].astype(np.int64)
    return {
        "row": numbers,
        "episode": episode,
        "step": step,
        "state": cell // settings["actions"],
        "action": cell % settings["actions"],
        "arrival": following // settings["actions"] if trace.rule.pairs else following,
        "reward": rows["reward"][kept],
        "weight": weights,
        "amount": amounts,
    }


def _episodes_before(trace: "Trace") -> int:
    """The number of the episode to which the first row kept belongs."""
    return max(0, int(np.searchsorted(trace.episodes, trace.rows.first, side="right")) - 1) if len(trace.episodes) else 0
