"""Mistakes that books and repositories have made, planted one by one: at least one check falls each time."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import (
    BatchMonteCarlo,
    BatchTD,
    EpsilonGreedy,
    MonteCarloControl,
    MonteCarloPrediction,
    OffPolicyMonteCarlo,
    OffPolicyMonteCarloControl,
)
from mazefit.agents.learning import (
    batch_monte_carlo,
    batch_td,
    monte_carlo_control,
    monte_carlo_prediction,
    off_line_lambda_return,
    off_policy_monte_carlo,
    off_policy_monte_carlo_control,
)
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.envs.maze import Maze
from mazefit.kernel import kernel
from tests.agents.learning.monte_carlo_cases import ends_soon
from tests.agents.learning.test_batch import certainty_equivalence, test_batch_monte_carlo_is_the_average_of_all_returns
from tests.agents.learning.test_monte_carlo_identities import (
    test_importance_sampling_by_its_definition,
    test_off_policy_control_by_its_box,
    test_per_visit_is_the_average_of_returns,
    test_the_off_line_lambda_return_is_off_line_td_lambda,
)

MAZE = Maze.generate(3, 3, "wilson", seed=0, loops=0.4)


@kernel
def undiscounted(reward: float, discount: float, total: float) -> float:
    return reward + total


@kernel
def discounted_reward(reward: float, discount: float, total: float) -> float:
    return discount * (reward + total)


@kernel
def beyond_the_end(row: int, value: float) -> float:
    return value


@kernel
def never_beyond(row: int, value: float) -> float:
    return 0.0


@kernel
def last_visits(first: Any, cells: Any, t: int, width: int) -> None:
    for step in range(t + 1):
        first[(cells[step] & CELL) // width] = step


@kernel
def one_step_late(ratio: float, ratios: Any, step: int) -> float:
    return ratio * ratios[step + 1]


@kernel
def last_ratio_alone(ratio: float, ratios: Any, step: int) -> float:
    return ratios[step]


@kernel
def last_best(q: Any, first: int, actions: tuple[int, ...]) -> int:
    best = 0
    for action in range(1, len(actions)):
        if q[first + action] >= q[first + best]:
            best = action
    return best


@kernel
def lambda_of_the_other(reward: float, discount: float, lambda_: float, value: float, total: float) -> float:
    return reward + discount * (lambda_ * value + (1.0 - lambda_) * total)


@kernel
def lost_lambda_gamma(reward: float, discount: float, lambda_: float, value: float, total: float) -> float:
    return reward + ((1.0 - lambda_) * value + lambda_ * total)


@kernel
def seen_at_once(v: Any, after: Any, state: int, total: float, step_size: float) -> float:
    old = v[state]
    v[state] = old + step_size * (total - old)
    after[state] = v[state]
    return old


@kernel
def target_beyond_the_end(v: Any, batch: Any, k: int, discount: float) -> float:
    return batch.reward[k] + discount * v[batch.next[k]]


def falls(check: Any, *arguments: Any, **named: Any) -> bool:
    """Whether a check notices."""
    try:
        check(*arguments, **named)
    except (AssertionError, ValueError):
        return True
    return False


def specs(learner: Any, limit: int | None = None, **more: Any) -> None:
    """Every backup of a run keeps its spec; values at the ends are not 0, so that they would be seen."""
    env: Any = MAZE if limit is None else gymnasium.make("mazefit/Maze-v0", maze=MAZE, max_episode_steps=limit)
    go = learner.predict if learner.kind == "prediction" else learner.learn
    run = go(env, episodes=6, seed=0, trace=True, initial=1.0, backend="python", **more)
    for backup in run.trace:
        learner.rule.spec.check(backup)


PREDICTION, CONTROL = MonteCarloPrediction(discount=0.9), MonteCarloControl(discount=0.9, policy=EpsilonGreedy(0.6))


@pytest.mark.parametrize(
    ("module", "name", "bug", "check"),
    [
        (monte_carlo_prediction, "return_before", undiscounted, lambda: specs(PREDICTION)),
        (monte_carlo_prediction, "return_before", discounted_reward, lambda: specs(PREDICTION)),
        (
            monte_carlo_prediction, "mark_first_visits", last_visits,
            lambda: test_per_visit_is_the_average_of_returns(MonteCarloPrediction, True, 0),
        ),
        (monte_carlo_control, "return_before", undiscounted, lambda: specs(CONTROL)),
        (
            monte_carlo_control, "mark_first_visits", last_visits,
            lambda: test_per_visit_is_the_average_of_returns(MonteCarloControl, True, 0),
        ),
        (
            off_policy_monte_carlo, "ratio_before", one_step_late,
            lambda: test_importance_sampling_by_its_definition(True, True, 0),
        ),
        (
            off_policy_monte_carlo, "ratio_before", last_ratio_alone,
            lambda: test_importance_sampling_by_its_definition(False, True, 0),
        ),
        (off_policy_monte_carlo, "return_before", undiscounted, lambda: specs(OffPolicyMonteCarlo(discount=0.9))),
        (
            off_policy_monte_carlo, "mark_first_visits", last_visits,
            lambda: test_importance_sampling_by_its_definition(True, True, 0),
        ),
        (
            off_policy_monte_carlo_control, "return_before", undiscounted,
            lambda: test_off_policy_control_by_its_box(0),
        ),
        (off_policy_monte_carlo_control, "first_best", last_best, lambda: test_off_policy_control_by_its_box(0)),
        (
            off_line_lambda_return, "lambda_return_before", lambda_of_the_other,
            lambda: test_the_off_line_lambda_return_is_off_line_td_lambda(0.3, None, 0),
        ),
        (
            off_line_lambda_return, "lambda_return_before", lost_lambda_gamma,
            lambda: test_the_off_line_lambda_return_is_off_line_td_lambda(0.3, None, 0),
        ),
        (
            off_line_lambda_return, "off_line_lambda_return_update", seen_at_once,
            lambda: test_the_off_line_lambda_return_is_off_line_td_lambda(0.3, None, 0),
        ),
        (
            off_line_lambda_return, "end_value", never_beyond,
            lambda: test_the_off_line_lambda_return_is_off_line_td_lambda(0.3, 9, 0),
        ),
        (batch_monte_carlo, "return_before", undiscounted, lambda: test_batch_monte_carlo_is_the_average_of_all_returns(0)),
    ],
)  # fmt: skip
def test_a_planted_bug_is_seen(module: Any, name: str, bug: Any, check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not falls(check)
    monkeypatch.setattr(module, name, bug)
    assert falls(check)


@pytest.mark.parametrize(
    ("module", "learner"),
    [
        (monte_carlo_prediction, PREDICTION),
        (monte_carlo_control, CONTROL),
        (off_policy_monte_carlo, OffPolicyMonteCarlo(discount=0.9)),
        (off_policy_monte_carlo_control, OffPolicyMonteCarloControl(discount=0.9)),
    ],
)
def test_the_ends_of_episodes_are_told_apart(module: Any, learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # a table whose terminal states hold a value, as a careless initialisation leaves it
    world = MAZE.mdp()
    env = gymnasium.make("mazefit/Maze-v0", maze=MAZE, max_episode_steps=8)
    arguments: dict[str, Any] = {"episodes": 3, "seed": 0, "trace": True, "initial": 2.0, "backend": "python"}
    monkeypatch.setattr("mazefit.agents.learner.first_values", lambda world, shape, initial: np.full(int(np.prod(shape)), 2.0))
    go = learner.predict if learner.kind == "prediction" else learner.learn

    def kept(where: Any) -> None:
        for backup in go(where, **arguments).trace:
            learner.rule.spec.check(backup)

    assert not falls(kept, world)
    monkeypatch.setattr(module, "end_value", beyond_the_end)
    assert falls(kept, world)
    monkeypatch.setattr(module, "end_value", never_beyond)  # nothing beyond a cut: the tree says so, the values do as well
    trace = go(env, **arguments).trace
    cut = [backup for backup in trace if backup.step == 7]
    assert all(backup.target == pytest.approx(-1.0) for backup in cut)
    monkeypatch.undo()
    assert all(
        backup.target != pytest.approx(-1.0) for backup in go(env, **arguments | {"initial": 2.0}).trace if backup.step == 7
    )


def test_batch_td_bootstraps_at_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def exact() -> None:
        batch = [[(0, 1.0, 1), (1, 2.0, None)], [(1, 4.0, 0)], [(1, 1.0, None)]]
        run = BatchTD(discount=0.9).fit(batch, backend="python")
        assert run.v == pytest.approx(certainty_equivalence(run), abs=1e-9)

    exact()
    monkeypatch.setattr(batch_td, "batch_td_target", target_beyond_the_end)
    assert falls(exact)


def test_batch_monte_carlo_tells_ends_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [[(0, 1.0, 1), (1, 2.0, None)], [(1, 4.0, 0)]]
    learner = BatchMonteCarlo(discount=0.5, max_sweeps=1)
    right = learner.fit(batch, initial=8.0, backend="python").v.tolist()
    assert right == [1.0 + 0.5 * 2.0, (2.0 + 4.0 + 0.5 * 8.0) / 2]
    for bug in (beyond_the_end, never_beyond):
        monkeypatch.setattr(batch_monte_carlo, "end_value", bug)
        assert learner.fit(batch, initial=8.0, backend="python").v.tolist() != right


def test_nothing_is_marked_terminal_that_is_not() -> None:
    run = MonteCarloPrediction().predict(MAZE, ends_soon(MAZE, 0), episodes=3, seed=0, trace=True)
    assert run.trace is not None
    assert (run.trace.rows.column("cell") & TERMINATED != 0).sum() == 3
