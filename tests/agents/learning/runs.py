"""The one-step rules and learned models, and what makes two of their runs the same."""

from typing import Any

from mazefit.agents import (
    TD0,
    UCB,
    DoubleQLearning,
    DynaQ,
    DynaQPlus,
    EpsilonGreedy,
    ExpectedSarsa,
    LearnedPrioritizedSweeping,
    Linear,
    PerVisit,
    RMax,
    Run,
    Softmax,
)

ACTS = EpsilonGreedy(0.15)
LEARNERS: tuple[Any, ...] = (
    TD0(step_size=0.3, discount=0.97),
    ExpectedSarsa(step_size=0.3, discount=0.97, policy=ACTS),
    DoubleQLearning(step_size=0.3, discount=0.97, policy=ACTS),
    DynaQ(step_size=0.3, discount=0.97, policy=ACTS, planning_steps=3),
    DynaQPlus(step_size=0.3, discount=0.97, policy=ACTS, planning_steps=3, kappa=0.01),
    LearnedPrioritizedSweeping(step_size=0.3, discount=0.97, policy=ACTS, planning_steps=3, threshold=0.01),
    RMax(discount=0.9, known_after=2, tolerance=0.01),
)
OTHER_PARTS: tuple[Any, ...] = (
    TD0(step_size=PerVisit()),
    TD0(step_size=Linear(0.5, 0.1, steps=700), discount=0.9),
    ExpectedSarsa(step_size=PerVisit(), discount=0.9, policy=Softmax(Linear(2.0, 0.2, episodes=9))),
    DoubleQLearning(step_size=Linear(0.5, 0.1, steps=500), discount=0.9, policy=UCB(0.5)),
    DoubleQLearning(step_size=PerVisit(), discount=0.9, policy=Softmax(0.5)),
    DynaQ(step_size=PerVisit(), discount=0.9, policy=Softmax(0.5), planning_steps=2),
    DynaQPlus(step_size=Linear(0.5, 0.1, steps=500), discount=0.9, policy=UCB(0.5), planning_steps=2),
    LearnedPrioritizedSweeping(step_size=PerVisit(), discount=0.9, policy=UCB(0.5), planning_steps=2),
)


def start(learner: Any, env: Any, **arguments: Any) -> Run:
    """`predict` or `learn`."""
    return (learner.predict if learner.kind == "prediction" else learner.learn)(env, **arguments)


def same(one: Run, other: Run) -> bool:
    """Whether two runs hold the same bytes in every part."""
    parts = [(one.tables, other.tables), (one.workings, other.workings)]
    if one.trace is not None and other.trace is not None:
        columns = [{name: run.trace.rows.column(name) for name in run.trace.rows.schema} for run in (one, other) if run.trace]
        parts += [(columns[0], columns[1]), ({"e": one.trace.episodes}, {"e": other.trace.episodes})]
    parts.append(({"g": one.returns, "n": one.lengths}, {"g": other.returns, "n": other.lengths}))
    counts = [(run.steps, run.rows, run.drawn, run.seed, run.unfinished) for run in (one, other)]
    return (
        counts[0] == counts[1]
        and (one.trace is None) == (other.trace is None)
        and all(
            first.keys() == second.keys() and all(first[name].tobytes() == second[name].tobytes() for name in first)
            for first, second in parts
        )
    )
