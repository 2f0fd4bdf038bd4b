"""What a maze costs as it grows, from a hundred states to a million: to solve, to sweep, to learn, to trace."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.table import Line
from benchmarks.timing import Estimate, Plan

CELLS = (5, 16, 50, 158, 500)  # a maze of n x n cells has (2n + 1)² states
UPDATES = 1_000_000
REPEATS = 3
FIGURE = Path("docs/pictures/cost_over_size.png")


def quickest(call: Any) -> float:
    """Seconds of the quickest of several calls: the cost itself, without what else the machine did."""
    taken: list[float] = []
    for _ in range(REPEATS):
        start = perf_counter()
        call()
        taken.append(perf_counter() - start)
    return min(taken)


def costs(cells: int, updates: int) -> dict[str, float]:
    """Seconds to solve and to sweep once, seconds and bytes an update."""
    from mazefit.agents import QLearning, ValueIteration, solve
    from mazefit.envs import Maze

    mdp = Maze.generate(cells, cells, algorithm="wilson", seed=0).mdp()
    learner = QLearning(step_size=0.1, discount=0.95)
    sweeps = 5
    few, many = ValueIteration(discount=0.95, max_sweeps=1), ValueIteration(discount=0.95, max_sweeps=1 + sweeps)
    for warm in (lambda: solve(mdp, 0.95), lambda: few.solve(mdp)):
        warm()
    learner.learn(mdp, steps=1000, seed=0, backend="compiled")
    run = learner.learn(mdp, steps=updates, seed=0, trace=True, backend="compiled")
    return {
        "states": mdp.states,
        "solve": quickest(lambda: solve(mdp, 0.95)),
        "sweep": max(1e-9, (quickest(lambda: many.solve(mdp)) - quickest(lambda: few.solve(mdp))) / sweeps),
        "update": quickest(lambda: learner.learn(mdp, steps=updates, seed=0, backend="compiled")) / updates,
        "bytes": (run.trace.nbytes["rows"] + run.trace.nbytes["keyframes"]) / len(run.trace),
    }


def over_sizes(plan: Plan) -> Iterator[Line]:
    """Solver, one sweep of value iteration, learning and trace by the number of states."""
    found = [costs(cells, plan.size(UPDATES)) for cells in (CELLS[:3] if plan.quick else CELLS)]
    for cost in found:
        states = int(cost["states"])
        ours = (
            f"solve {1000 * cost['solve']:.3g} ms, sweep {1000 * cost['sweep']:.3g} ms, "
            f"{1e9 * cost['update']:.3g} ns and {cost['bytes']:.3g} bytes an update"
        )
        value = Estimate(1e9 * cost["solve"] / states, None, None)
        yield Line(f"a maze of {states:,} states", ours, "", value, "ns a state to solve")
    if not plan.quick:
        draw(found)


def draw(found: list[dict[str, float]]) -> None:
    """The same as a log-log figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    states = [cost["states"] for cost in found]
    kinds = (
        ("solve", 1e3, "exact solution, ms", "o-"),
        ("sweep", 1e3, "one sweep, ms", "s-"),
        ("update", 1e9, "one update learned, ns", "^--"),
        ("bytes", 1.0, "one update traced, bytes", "d--"),
    )
    for name, scale, label, style in kinds:
        axes.loglog(states, [scale * cost[name] for cost in found], style, label=label)
    line = np.array([states[1], states[-1]], dtype=float)
    axes.loglog(line, 1e3 * found[-1]["solve"] * line / line[-1] / 6, color="0.7", linewidth=1, label="proportional to states")
    axes.set_xlabel("states")
    axes.set_ylabel("ms, ns, bytes")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside upper center", ncols=3, fontsize=9, frameon=False)
    figure.savefig(FIGURE, dpi=120)
