"""Why is this value what it is? An exact, additive account: every reward that was experienced, with its weight in it.

    value = Σ weight · reward  +  Σ weight · initial value                       (to rounding: `residual`)

The account is linear credit for the run as it went: which action won a max, which was explored and which branch was taken are
facts of the run. It does not say what the value would be, had a reward been another: then other actions might have won.
"""

from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.backup.credit import credit
from mazefit.backup.explanation import Contribution, Explanation
from mazefit.backup.one_step import CELL, PLANNING, TERMINATED, TRUNCATED, action_label, state_label
from mazefit.errors import ConfigError, Problems

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace


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
    if rule.retell is None and rule.rewards is None:
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
    kept = np.flatnonzero(weights)
    received = _of_rows(trace, kept) if rule.rewards is None else _of_model(trace, kept)
    amounts = weights[kept] * received["reward"]
    shares = [cells[name][at] * trace.base[name][at] for name in cells for at in np.flatnonzero(cells[name])]
    share = fsum(float(part) for part in shares)
    label = state_label(state) if values_of_states else f"{state_label(state)}, {action_label(int(action or 0))}"
    return Explanation(
        label=label,
        value=value,
        contributions={**received, "weight": weights[kept], "amount": amounts},
        initial_share=share,
        initial_weight=fsum(float(part) for name in cells for part in cells[name]),
        residual=float(value - (np.sum(amounts, dtype=np.longdouble) + np.longdouble(share))),
    )


def _of_model(trace: "Trace", kept: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    """What those rewards were received for, where they stand in the rule's model."""
    assert trace.rule.rewards is not None
    columns = trace.rule.rewards.columns(trace.settings, trace.model)
    return {name: columns[name][kept] for name in Contribution._fields if name in columns}


def _of_rows(trace: "Trace", kept: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    """What the rewards of those rows were received for."""
    settings, first = trace.settings, trace.rows.first
    rows = {name: trace.rows.column(name) for name in trace.rows.schema}
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
    }


def _episodes_before(trace: "Trace") -> int:
    """The number of the episode to which the first row kept belongs."""
    return max(0, int(np.searchsorted(trace.episodes, trace.rows.first, side="right")) - 1) if len(trace.episodes) else 0
