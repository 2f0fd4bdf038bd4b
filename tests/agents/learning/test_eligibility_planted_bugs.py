"""Bugs that well-known code had, planted one at a time: each must make at least one of the checks fall."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from mazefit.agents import (
    EpsilonGreedy,
    SarsaLambda,
    TDLambda,
    TrueOnlineSarsaLambda,
    TrueOnlineTDLambda,
    WatkinsQLambda,
    eligibility,
    eligibility_rule,
)
from mazefit.agents.learning import sarsa_lambda, td_lambda, true_online_sarsa_lambda, true_online_td_lambda, watkins_q_lambda
from mazefit.backup.one_step import CELL, EXPLORED, TERMINATED, TRUNCATED
from mazefit.backup.trace import Trace
from mazefit.envs.maze import Maze
from mazefit.errors import SpecError
from mazefit.kernel import kernel
from tests.agents.learning.traced import (
    PLAIN,
    TRUE_ONLINE,
    backward_sums,
    forward_sums,
    near,
    online_lambda_return,
    still,
    traced,
)

MODULES: dict[Any, Any] = {
    TDLambda: td_lambda,
    SarsaLambda: sarsa_lambda,
    WatkinsQLambda: watkins_q_lambda,
    TrueOnlineTDLambda: true_online_td_lambda,
    TrueOnlineSarsaLambda: true_online_sarsa_lambda,
}
Plant = Callable[[pytest.MonkeyPatch, Any], None]


# The checks --------------------------------------------------------------------------------------------------------


def specs(kind: Any) -> bool:
    """Every backup of a run keeps its spec."""
    learner = kind(step_size=0.4, discount=0.9, lambda_=0.8)
    maze = Maze.generate(2, 3, seed=2, loops=0.5)
    try:
        for backup in traced(learner, maze, steps=250, seed=1, initial=-2.0, backend="python"):
            learner.rule.spec.check(backup)
    except SpecError:
        return False
    return True


def two_views(kind: Any, replacing: bool) -> bool:
    """The backward view is the forward view, held still."""
    trace = still(kind, 1, steps=90, lambda_=0.8, discount=0.9, replacing=replacing)
    rows = len(trace.rows)
    try:
        return near(backward_sums(trace, rows), forward_sums(trace, rows))
    except SpecError:
        return False


def online(kind: Any) -> bool:
    """The values are those of the on-line λ-return algorithm."""
    learner = kind(step_size=0.5, discount=0.9, lambda_=0.8)
    trace = traced(learner, Maze.generate(2, 3, seed=2, loops=0.5), steps=150, seed=1, initial=-2.0, backend="python")
    found = trace.tables_at(150)["q" if trace.rule.pairs else "v"]
    return bool(np.abs(found - online_lambda_return(trace)[-1]).max() <= 1e-12)


def flags(kind: Any) -> bool:
    """The trace is cut where the next action is not greedy, and ends with the episode."""
    policy = {} if kind.kind == "prediction" else {"policy": EpsilonGreedy(0.5)}
    trace: Trace = traced(kind(**policy), Maze.generate(2, 3, seed=2, loops=0.5), steps=250, seed=1, backend="python")
    marks = trace.rows.column("cell").astype(np.int64)
    for row in range(1, len(marks)):
        before, cell = trace.tables_at(row), int(marks[row] & CELL)
        over, cut = bool(marks[row - 1] & (TERMINATED | TRUNCATED)), False
        if kind is WatkinsQLambda:
            state_row = before["q"][cell - cell % 4 : cell - cell % 4 + 4]
            cut = not over and before["q"][cell] < state_row.max()
        if (before["active"][0] == 0.0) != (over or cut) or bool(marks[row - 1] & EXPLORED) != cut:
            return False
    return True


def checks(kind: Any) -> list[Callable[[], bool]]:
    """All that are made of a learner."""
    views = [partial(online, kind)] if kind in TRUE_ONLINE else [partial(two_views, kind, r) for r in (False, True)]
    return [partial(flags, kind), partial(specs, kind), *views]


# The bugs ----------------------------------------------------------------------------------------------------------


def never_cut(patch: pytest.MonkeyPatch, module: Any) -> None:
    """Naive Q(λ)."""
    patch.setattr(module, "decay_or_cut", eligibility.decay_after)


def cut_on_the_current_action(patch: pytest.MonkeyPatch, module: Any) -> None:
    """One step late: whether the action just taken was greedy, not the next one."""
    answers, right = [True], watkins_q_lambda.is_greedy.function

    def is_greedy(q: Any, first: int, chosen: int, actions: tuple[int, ...]) -> bool:
        answers.append(right(q, first, chosen, actions))
        return answers[-2]

    patch.setattr(module, "is_greedy", kernel(is_greedy))


def a_target_of_their_own(patch: pytest.MonkeyPatch, module: Any) -> None:
    """Every traced cell is moved to the target of the root, instead of by its error."""

    def spread(values: Any, z: Any, active: Any, step_size: float, td_error: float, decay: float = 1.0) -> None:
        root = int(active[int(active[0])])  # the newest one, at a first visit
        target = td_error + values[root]
        for i in range(1, int(active[0]) + 1):
            cell = int(active[i])
            values[cell] += step_size * z[cell] * (target - values[cell])
        if decay != 1.0:
            eligibility.fade.function(z, active, decay)

    patch.setattr(module, "spread_only" if hasattr(module, "spread_only") else "spread", kernel(spread))


def accumulating_for_replacing(patch: pytest.MonkeyPatch, module: Any) -> None:
    """What was asked for is not what is done, nor what is read."""

    def mark(z: Any, active: Any, cell: int, replacing: bool) -> None:
        eligibility.mark.function(z, active, cell, False)

    for place in (module, eligibility_rule):
        patch.setattr(place, "mark", kernel(mark))


def replacing_for_accumulating(patch: pytest.MonkeyPatch, module: Any) -> None:
    """And the other way round."""

    def mark(z: Any, active: Any, cell: int, replacing: bool) -> None:
        eligibility.mark.function(z, active, cell, True)

    for place in (module, eligibility_rule):
        patch.setattr(place, "mark", kernel(mark))


def decay_by(patch: pytest.MonkeyPatch, module: Any, wrong: Callable[[int, Any], float]) -> None:
    for name in ("decay_after", "decay_or_cut"):
        if hasattr(module, name):
            patch.setattr(module, name, kernel(wrong))


def no_gamma_in_the_decay(patch: pytest.MonkeyPatch, module: Any) -> None:
    """z ← λ z."""
    stops = eligibility.OVER | EXPLORED
    decay_by(patch, module, lambda row, how: 0.0 if row & stops else how.lambda_)


def no_lambda_in_the_decay(patch: pytest.MonkeyPatch, module: Any) -> None:
    """z ← γ z."""
    stops = eligibility.OVER | EXPLORED
    decay_by(patch, module, lambda row, how: 0.0 if row & stops else how.discount)


def not_cleared_between_episodes(patch: pytest.MonkeyPatch, module: Any) -> None:
    """The next episode's errors go back into this one."""
    decay_by(patch, module, lambda row, how: 0.0 if row & EXPLORED else how.discount * how.lambda_)


def decay_before_the_error_is_spread(patch: pytest.MonkeyPatch, module: Any) -> None:
    """One decay too many: even the cell at hand takes γλ of its error."""

    def spread(values: Any, z: Any, active: Any, step_size: float, td_error: float, decay: float) -> None:
        eligibility.fade.function(z, active, decay)
        eligibility.spread_only.function(values, z, active, step_size, td_error)

    patch.setattr(module, "spread", kernel(spread))


def no_correction(patch: pytest.MonkeyPatch, module: Any) -> None:
    """V_old forgotten."""
    patch.setattr(module, "correction", kernel(lambda values, active, last, cell: 0.0))


def accumulating_for_dutch(patch: pytest.MonkeyPatch, module: Any) -> None:
    """z(S) + 1 where the dutch trace has z(S) + 1 - α z(S)."""

    def mark_dutch(z: Any, active: Any, cell: int, step_size: float) -> None:
        eligibility.mark.function(z, active, cell, False)

    for place in (module, eligibility_rule):
        patch.setattr(place, "mark_dutch", kernel(mark_dutch))


BUGS: list[tuple[Plant, tuple[Any, ...]]] = [
    (never_cut, (WatkinsQLambda,)),
    (cut_on_the_current_action, (WatkinsQLambda,)),
    (a_target_of_their_own, PLAIN),
    (accumulating_for_replacing, PLAIN),
    (replacing_for_accumulating, PLAIN),
    (no_gamma_in_the_decay, PLAIN + TRUE_ONLINE),
    (no_lambda_in_the_decay, PLAIN + TRUE_ONLINE),
    (not_cleared_between_episodes, PLAIN + TRUE_ONLINE),
    (decay_before_the_error_is_spread, (TDLambda, SarsaLambda, *TRUE_ONLINE)),
    (no_correction, TRUE_ONLINE),
    (accumulating_for_dutch, TRUE_ONLINE),
]


@pytest.mark.parametrize("kind", MODULES)
def test_without_a_bug_no_check_falls(kind: Any) -> None:
    assert all(check() for check in checks(kind))


@pytest.mark.parametrize(("plant", "kind"), [(plant, kind) for plant, kinds in BUGS for kind in kinds])
def test_every_planted_bug_is_caught(plant: Plant, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, MODULES[kind])
    assert not all(check() for check in checks(kind))
