"""Why a value is what it is, out of a million updates: how long the exact account takes, and how far its sum misses."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.table import Line, at_most
from benchmarks.timing import Estimate, Plan, estimate

UPDATES = 1_000_000


def learners() -> list[tuple[Any, bool]]:
    """Learners of the families that an account is made for, and whether the goal is asked of them."""
    from mazefit.agents import ExpectedSarsa, NStepSarsa, QLearning, Sarsa, SarsaLambda

    shared: dict[str, Any] = {"step_size": 0.1, "discount": 0.95}
    return [
        (QLearning(**shared), True),
        (Sarsa(**shared), True),
        (ExpectedSarsa(**shared), True),
        (NStepSarsa(**shared), True),
        (SarsaLambda(**shared), True),
    ]


def account(plan: Plan) -> Iterator[Line]:
    """`explain` over a trace of a million updates, and its residual."""
    from mazefit.envs import Maze

    maze = Maze.named("dyna")
    for learner, asked in learners():
        run = learner.learn(maze, steps=plan.size(UPDATES), seed=0, trace=True, backend="compiled")
        state, action = maze.start, int(run.q[maze.start].argmax())
        found = run.explain(state, action)
        taken: list[float] = []
        for _ in range(plan.rounds):
            start = perf_counter()
            run.explain(state, action)
            taken.append(1000 * (perf_counter() - start))
        middle = estimate(taken)
        note = f"{len(run.trace)} updates, {len(found)} rewards with a weight"
        goal = at_most(100, "ms") if asked else None
        yield Line(f"explain, {learner.name}", f"{middle.median:.1f} ms", "", middle, "ms", goal, note)
        bound = 1e-12 * max(1.0, abs(found.value))
        missed = Estimate(abs(found.residual) / bound, None, None)
        said = f"{found.residual:.1e} of {found.value:.6f}"
        yield Line(f"its residual, {learner.name}", said, "", missed, "of 1e-12·max(1, |Q|)", at_most(1, "of it"))
