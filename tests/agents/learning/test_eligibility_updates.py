"""The update functions against numbers computed by hand: V or Q = 1, 2, 3, 0; α = 0.5, γ = 0.9, λ = 0.8."""

from typing import Any

import numpy as np
import pytest

from mazefit.agents.eligibility import (
    OnlineMemory,
    StateOnlineMemory,
    StateTraceMemory,
    TraceHow,
    TraceMemory,
    mark,
    mark_dutch,
)
from mazefit.agents.learning import sarsa_lambda, td_lambda, true_online_sarsa_lambda, true_online_td_lambda, watkins_q_lambda
from mazefit.agents.schedules import first_rates
from mazefit.backup.one_step import EXPLORED, TERMINATED, TRUNCATED

DECAY = 0.9 * 0.8
TWO = (0, 1)
COMPILED = pytest.mark.parametrize("compiled", [False, True])
PLAIN_UPDATES = pytest.mark.parametrize("update", [td_lambda.td_lambda_update, sarsa_lambda.sarsa_lambda_update])
TRUE_ONLINE_UPDATES = pytest.mark.parametrize(
    "update", [true_online_td_lambda.true_online_td_lambda_update, true_online_sarsa_lambda.true_online_sarsa_lambda_update]
)


def table() -> np.ndarray:
    return np.array([1.0, 2.0, 3.0, 0.0])


def eligible(**cells: float) -> tuple[np.ndarray, np.ndarray]:
    """z and active of four cells, such as s0=0.5."""
    z, active = np.zeros(4), np.zeros(5)
    for i, (name, value) in enumerate(cells.items(), start=1):
        z[int(name[1:])], active[i], active[0] = value, int(name[1:]), i
    return z, active


def listed(active: np.ndarray) -> list[float]:
    return active[1 : int(active[0]) + 1].tolist()


@COMPILED
@PLAIN_UPDATES
def test_one_error_moves_all_that_is_eligible(update: Any, compiled: bool) -> None:
    values, (z, active) = table(), eligible(s0=0.5)
    assert update.run(compiled, values, z, active, 1, -1.0, 2, False, 0.5, 0.9, DECAY, False) == (-1.0 + 0.9 * 3.0, 1.0)
    error = -1.0 + 0.9 * 3.0 - 2.0
    assert values.tolist() == [1.0 + (0.5 * 0.5) * error, 2.0 + 0.5 * error, 3.0, 0.0]
    assert z.tolist() == [0.5 * DECAY, DECAY, 0.0, 0.0]
    assert listed(active) == [0.0, 1.0]


@COMPILED
@PLAIN_UPDATES
@pytest.mark.parametrize(("replacing", "eligibility"), [(False, 1.5), (True, 1.0)])
def test_a_second_visit_adds_or_replaces(update: Any, replacing: bool, eligibility: float, compiled: bool) -> None:
    values, (z, active) = table(), eligible(s0=0.5, s2=0.25)
    assert update.run(compiled, values, z, active, 0, -1.0, 2, False, 0.5, 0.9, DECAY, replacing) == (
        1.7000000000000002,
        eligibility,
    )
    error = 1.7000000000000002 - 1.0
    assert values.tolist() == [1.0 + (0.5 * eligibility) * error, 2.0, 3.0 + (0.5 * 0.25) * error, 0.0]
    assert z.tolist() == [eligibility * DECAY, 0.0, 0.25 * DECAY, 0.0]
    assert listed(active) == [0.0, 2.0]


@COMPILED
@PLAIN_UPDATES
def test_nothing_beyond_a_terminal_and_nothing_eligible_afterwards(update: Any, compiled: bool) -> None:
    values, (z, active) = table(), eligible(s0=0.5)
    assert update.run(compiled, values, z, active, 1, -1.0, 2, True, 0.5, 0.9, 0.0, False) == (-1.0, 1.0)
    assert values.tolist() == [1.0 + 0.25 * -3.0, 2.0 + 0.5 * -3.0, 3.0, 0.0]
    assert z.tolist() == [0.0] * 4
    assert active[0] == 0.0


@COMPILED
def test_the_best_action_of_the_arrival(compiled: bool) -> None:
    values, (z, active) = table(), eligible(s2=0.5)
    found = watkins_q_lambda.watkins_q_lambda_update.run(compiled, values, z, active, 2, -1.0, 0, False, 0.5, 0.9, TWO, False)
    assert found == (-1.0 + 0.9 * 2.0, 1.5)
    assert values.tolist() == [1.0, 2.0, 3.0 + (0.5 * 1.5) * (-1.0 + 0.9 * 2.0 - 3.0), 0.0]
    assert z.tolist() == [0.0, 0.0, 1.5, 0.0]  # it fades when the next action is known
    assert watkins_q_lambda.watkins_q_lambda_update.run(
        compiled, values, z, active, 3, -1.0, 0, True, 0.5, 0.9, TWO, True
    ) == (-1.0, 1.0)  # fmt: skip


@COMPILED
@TRUE_ONLINE_UPDATES
def test_true_online_by_hand(update: Any, compiled: bool) -> None:
    # another cell is eligible: V_old = 1.5, so c = 2 - 1.5; the root itself still moves by α δ alone
    values, (z, active), last = table(), eligible(s0=0.5), np.array([1.5])
    assert update.run(compiled, values, z, active, last, 1, -1.0, 2, False, 0.5, 0.9, DECAY) == 1.7000000000000002
    error = 1.7000000000000002 - 2.0 + 0.5
    assert values.tolist() == [1.0 + (0.5 * 0.5) * error, 2.0 + 0.5 * error - 0.5 * 0.5, 3.0, 0.0]
    assert values[1] == pytest.approx(2.0 + 0.5 * -0.3, abs=1e-15)
    assert z.tolist() == [0.5 * DECAY, DECAY, 0.0, 0.0]
    assert last[0] == 3.0  # V(S') as it was looked up
    # the root is eligible already: a dutch trace, 0.5 + 1 - 0.5 · 0.5
    values, (z, active), last = table(), eligible(s0=0.5), np.array([1.5])
    update.run(compiled, values, z, active, last, 0, -1.0, 2, False, 0.5, 0.9, DECAY)
    error = 1.7000000000000002 - 1.0 - 0.5
    assert values[0] == 1.0 + (0.5 * 1.25) * error - 0.5 * -0.5
    assert z[0] == 1.25 * DECAY
    # nothing is eligible: V_old counts for nothing
    values, (z, active), last = table(), eligible(), np.array([99.0])
    assert update.run(compiled, values, z, active, last, 0, -1.0, 2, True, 0.5, 0.9, 0.0) == -1.0
    assert values.tolist() == [1.0 + 0.5 * -2.0, 2.0, 3.0, 0.0]
    assert (last[0], active[0]) == (0.0, 0.0)


@COMPILED
def test_marks(compiled: bool) -> None:
    z, active = eligible(s3=0.5)
    mark.run(compiled, z, active, 3, False)
    mark.run(compiled, z, active, 1, False)
    assert (z.tolist(), listed(active)) == ([0.0, 1.0, 0.0, 1.5], [3.0, 1.0])
    mark.run(compiled, z, active, 3, True)
    mark_dutch.run(compiled, z, active, 1, 0.25)
    mark_dutch.run(compiled, z, active, 0, 0.25)
    assert (z.tolist(), listed(active)) == ([1.0, 1.75, 0.0, 1.0], [3.0, 1.0, 0.0])


def memory_of(module: Any, z: np.ndarray, active: np.ndarray) -> Any:
    """Tables of two states with two actions (or of four states), α = 0.5."""
    kinds = {
        td_lambda: StateTraceMemory,
        sarsa_lambda: TraceMemory,
        watkins_q_lambda: TraceMemory,
        true_online_td_lambda: StateOnlineMemory,
        true_online_sarsa_lambda: OnlineMemory,
    }
    parts = (table(), np.zeros(1), first_rates(0.5, 0.1), z, active, np.array([1.0]))
    return kinds[module](*parts[: len(kinds[module]._fields)])


@COMPILED
@pytest.mark.parametrize("module", [td_lambda, sarsa_lambda, watkins_q_lambda, true_online_td_lambda, true_online_sarsa_lambda])
@pytest.mark.parametrize(
    ("flags", "kept"),
    [(0, True), (TERMINATED, False), (TRUNCATED, False), (EXPLORED, True)],
    ids=["on", "end", "cut", "explored"],
)
def test_what_a_row_leaves_eligible(module: Any, flags: int, kept: bool, compiled: bool) -> None:
    z, active = eligible(s3=0.5)
    memory = memory_of(module, z, active)
    kept = kept and not (module is watkins_q_lambda and flags == EXPLORED)
    how = TraceHow(0.9, TWO, 0.8, replacing=True)
    target, _ = module.learn.run(compiled, memory, 0 + flags, 1, -1.0, how)
    after = {td_lambda: 2.0, true_online_td_lambda: 2.0, watkins_q_lambda: 3.0}.get(module, 2.0)
    assert target == (
        -1.0 if flags == TERMINATED else -1.0 + 0.9 * after
    )  # a truncated row bootstraps, a terminated one does not
    assert z.tolist() == ([DECAY, 0.0, 0.0, 0.5 * DECAY] if kept else [0.0] * 4)
    assert listed(active) == ([3.0, 0.0] if kept else [])
    assert memory[0][3] == (0.5 * 0.5) * (target - 1.0)  # the cell visited before has its share, whatever comes after


@COMPILED
def test_an_eligibility_leaves_the_list_only_below_the_normal_numbers(compiled: bool) -> None:
    smallest = 2.2250738585072014e-308
    values, (z, active) = table(), eligible(s0=smallest, s1=2.0 * smallest, s2=1.0)
    td_lambda.td_lambda_update.run(compiled, values, z, active, 3, 0.0, 2, True, 0.5, 0.9, 0.5, False)
    assert z.tolist() == [0.0, smallest, 0.5, 0.5]
    assert listed(active) == [1.0, 2.0, 3.0]
