"""Every learner of the catalogue beside the loop that tutorials show, update for update; and what its trace costs.

All learn on the tables of the same deterministic 8x8 lake, with their default parameters but for step size 0.1, discount 0.99
and epsilon 0.1 where they have them. An update is one row of the log: one step of the environment or one planned backup; of
eligibility traces one TD error, with everything that it writes.
"""

from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks.rows_learning import lake
from benchmarks.table import Line, at_least, at_most, rate
from benchmarks.timing import Plan, compare
from benchmarks.tutorial_loop import seconds_per_step

GOALS = {"q-learning": at_least(600, stretch=1000), "sarsa": at_least(600, stretch=1000), "expected-sarsa": at_least(450)}
LAMBDA = ("td-lambda", "true-online-td-lambda", "sarsa-lambda", "true-online-sarsa-lambda", "watkins-q-lambda")


def made(entry: Any) -> Any:
    """The learner with the settings of the comparison."""
    from mazefit.agents import EpsilonGreedy

    offered: dict[str, Any] = {"step_size": 0.1, "discount": 0.99, "policy": EpsilonGreedy(0.1)}
    if "monte-carlo" in entry.name and "off-policy" in entry.name:
        del offered["step_size"]  # it is W / C there
    names = {field.name for field in fields(entry.factory)}
    return entry.factory(**{name: value for name, value in offered.items() if name in names})


def seconds_per_update(learner: Any, tables: Any, steps: int, *, trace: bool = False) -> float:
    """The seconds of one call, divided by the updates that it made."""
    start = perf_counter()
    go = learner.learn if hasattr(learner, "learn") else learner.predict
    run = go(tables, steps=steps, seed=0, trace=trace, backend="compiled")
    return (perf_counter() - start) / max(1, run.rows)


def entries(*kinds: str) -> list[Any]:
    """The learners of these kinds."""
    from mazefit.agents import catalogue

    return [entry for entry in catalogue() if entry.kind in kinds and not entry.name.startswith("batch")]


def every_learner(plan: Plan) -> Iterator[Line]:
    """Every controller, then every predictor, untraced, in updates a second beside the tutorial loop's."""
    from mazefit.envs import TabularMDP

    tables = TabularMDP.from_env(lake().unwrapped)
    tutorial = partial(seconds_per_step, lake(), plan.size(50_000))
    for entry in [*entries("control"), *entries("prediction")]:
        learner = made(entry)
        seconds_per_update(learner, tables, 10_000)  # compiled and warm
        once = seconds_per_update(learner, tables, 100_000)
        steps = plan.size(int(min(10_000_000, max(100_000, 0.4 / once))))
        both = compare(partial(seconds_per_update, learner, tables, steps), tutorial, plan.rounds)
        goal = GOALS.get(entry.name, at_least(100)) if entry.kind == "control" else None
        ours = f"{1e9 * both.our_time:,.1f} ns an update"
        yield Line(entry.name, ours, f"{rate(both.peer_time)} (tutorial loop)", both.times_faster(), goal=goal)


def every_trace(plan: Plan) -> Iterator[Line]:
    """Every controller with each update traced, beside the same without."""
    from mazefit.envs import TabularMDP

    tables = TabularMDP.from_env(lake().unwrapped)
    for entry in entries("control"):
        learner = made(entry)
        for trace in (True, False):
            seconds_per_update(learner, tables, 10_000, trace=trace)
        once = seconds_per_update(learner, tables, 100_000)
        steps = plan.size(int(min(1_000_000, max(100_000, 0.1 / once))))
        with_trace = partial(seconds_per_update, learner, tables, steps, trace=True)
        both = compare(with_trace, partial(seconds_per_update, learner, tables, steps), plan.pairs)
        goal = at_most(2.0 if entry.name in LAMBDA else 1.3)
        peer = f"{1e9 * both.peer_time:,.1f} ns (ours, untraced)"
        yield Line(
            f"{entry.name} traced", f"{1e9 * both.our_time:,.1f} ns an update", peer, both.times_longer(), goal=goal,
            note=f"{steps} steps a run",
        )  # fmt: skip
