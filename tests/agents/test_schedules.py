from typing import Any

import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, Exponential, Linear, PerVisit, QLearning
from mazefit.agents.schedules import EPISODES, POLICY, STEP_SIZE, STEPS, check_rate, clock_kernels, first_rates, moves
from mazefit.agents.step_rule import Memory
from mazefit.backup.one_step import PLANNING, TERMINATED, TRUNCATED
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, Problems
from tests.agents.worlds import corridor

COMPILED = pytest.mark.parametrize("compiled", [False, True])
TICK = clock_kernels(moving=True, counted=False, per_visit=False)["tick"]


def values(step_size: Any, policy: Any, rows: list[int], compiled: bool = False) -> list[tuple[float, float]]:
    """The rates in force after each of these rows."""
    memory = Memory(np.zeros(1), np.zeros(1), first_rates(step_size, policy))
    found: list[tuple[float, float]] = []
    for row in rows:
        TICK.run(compiled, memory, row)
        found.append((float(memory.rates[STEP_SIZE]), float(memory.rates[POLICY])))
    return found


@COMPILED
def test_a_linear_schedule_counts_steps(compiled: bool) -> None:
    found = values(Linear(1.0, 0.5, steps=4), 0.1, [0] * 6, compiled)
    assert found == [(0.875, 0.1), (0.75, 0.1), (0.625, 0.1), (0.5, 0.1), (0.5, 0.1), (0.5, 0.1)]


@COMPILED
def test_a_linear_schedule_counts_episodes_that_ended_or_were_cut(compiled: bool) -> None:
    rows = [0, TERMINATED, 0, TRUNCATED, 0, TERMINATED]
    found = values(0.5, Linear(0.25, 0.75, episodes=2), rows, compiled)
    assert [policy for _, policy in found] == [0.25, 0.5, 0.5, 0.75, 0.75, 0.75]
    assert {step for step, _ in found} == {0.5}


@COMPILED
def test_an_exponential_schedule_stops_at_its_floor(compiled: bool) -> None:
    found = values(Exponential(1.0, 0.5, end=0.2, per="step"), Exponential(0.8, 0.5), [0, TERMINATED, 0, TERMINATED], compiled)
    assert [step for step, _ in found] == [0.5, 0.25, 0.2, 0.2]
    assert [policy for _, policy in found] == [0.8, 0.4, 0.4, 0.2]  # by default after whole episodes


@COMPILED
def test_planned_rows_take_no_time(compiled: bool) -> None:
    memory = Memory(np.zeros(1), np.zeros(1), first_rates(Linear(1.0, 0.0, steps=4), Linear(1.0, 0.0, episodes=4)))
    for row in (PLANNING, PLANNING | TERMINATED, PLANNING | TRUNCATED):
        TICK.run(compiled, memory, row)
    assert memory.rates[[STEP_SIZE, POLICY, STEPS, EPISODES]].tolist() == [1.0, 1.0, 0.0, 0.0]


def test_a_run_moves_its_rates_and_leaves_them_where_they_are() -> None:
    learner = QLearning(step_size=Linear(0.9, 0.1, episodes=8), policy=EpsilonGreedy(Exponential(1.0, 0.5, end=0.01)))
    run = learner.learn(corridor(4), episodes=4, seed=0, trace=True)
    assert run.tables["rates"][[STEP_SIZE, POLICY]].tolist() == [0.5, 0.0625]
    assert run.tables["rates"][[STEPS, EPISODES]].tolist() == [run.steps, 4]
    assert run.trace is not None
    sizes = [backup.step_size for backup in run.trace]
    assert sizes[0] == 0.9
    assert sorted(set(sizes), reverse=True) == pytest.approx([0.9, 0.8, 0.7, 0.6])
    assert learner.learn(corridor(4), steps=0, seed=0).tables["rates"][POLICY] == 1.0


def test_per_visit_is_the_plain_average() -> None:
    # one state, one action, an end: Q is the average of the rewards
    dice = TabularMDP(
        next_state=[1] * 6 + [1],
        reward=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0],
        terminated=[True] * 7,
        start=0,
        probability=[1 / 6] * 6 + [1.0],
        offsets=[0, 6, 7],
        actions=1,
    )
    run = QLearning(step_size=PerVisit()).learn(dice, episodes=500, seed=0, trace=True, initial=99.0)
    assert run.q[0, 0] == pytest.approx(run.returns.mean(), rel=1e-12)
    assert run.tables["counts"].tolist() == [500.0, 0.0]
    assert run.trace is not None
    assert [backup.step_size for backup in run.trace[:4]] == [1.0, 1 / 2, 1 / 3, 1 / 4]


@COMPILED
def test_a_planned_row_is_no_visit_and_a_pair_never_visited_counts_as_one(compiled: bool) -> None:
    kernels = clock_kernels(moving=False, counted=True, per_visit=True)
    memory = Memory(np.zeros(1), np.zeros(3), first_rates(PerVisit(), 0.0))
    for row in (2, 2, 2 | PLANNING, 1 | PLANNING):
        kernels["visit"].run(compiled, memory, row)
    assert memory.counts.tolist() == [0.0, 0.0, 2.0]
    assert [kernels["step_size_at"].run(compiled, memory, cell) for cell in range(3)] == [1.0, 1.0, 0.5]


def test_what_moves() -> None:
    assert moves(0.5, Linear(1.0, 0.5, steps=1))
    assert moves(Exponential(1.0, 0.5))
    assert not moves(0.5, PerVisit())
    assert set(clock_kernels(moving=False, counted=False, per_visit=False)) == set()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Linear(1.0, 0.0), "Linear: steps and episodes: expected one of the two, got neither"),
        (lambda: Linear(1.0, 0.0, steps=3, episodes=3), "Linear: steps and episodes: expected one of the two, got both"),
        (lambda: Linear(1.0, 0.0, steps=0), "steps: expected an integer of at least 1, got 0"),
        (lambda: Linear(-1.0, float("nan"), episodes=2), "start: expected a number .*; end: expected a number"),
        (lambda: Exponential(1.0, 1.5), "Exponential: decay: expected a number with 0 <= decay <= 1, got 1.5"),
        (lambda: Exponential(1.0, 0.5, per="steps"), "per: unknown 'steps'; did you mean 'step'"),
        (lambda: QLearning(step_size=Linear(1.0, 0.0, steps=3)), "step_size: expected a schedule within 0 < step_size <= 1"),
        (lambda: QLearning(step_size=Exponential(2.0, 0.5, end=0.1)), "step_size: expected a schedule within"),
    ],
)
def test_schedules_out_of_range_are_refused(make: Any, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        make()


def test_a_rate_may_be_a_schedule_that_touches_a_closed_end() -> None:
    problems = Problems("here")
    check_rate(problems, "x", Linear(0.0, 1.0, steps=2), 0.0, 1.0)
    check_rate(problems, "x", 0.0, 0.0, 1.0)
    assert problems.sentences == []
    check_rate(problems, "x", 0.0, 0.0, 1.0, open_low=True)
    assert len(problems.sentences) == 1
