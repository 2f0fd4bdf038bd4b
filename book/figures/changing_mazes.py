"""Figures 8.4 and 8.5: Dyna-Q and Dyna-Q+ in mazes that change."""

from dataclasses import replace
from typing import Any

import numpy as np

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.exact import greedy_steps
from book.lines import Line, exact, sampled
from book.worlds.grids import barrier
from mazefit.agents import DynaQ, DynaQPlus, EpsilonGreedy, solve
from mazefit.envs import TabularMDP

OURS = ("Ours (the book states none of these): α = 0.1, γ = 0.95, ε = 0.1, n = 50, as in Example 8.1, and κ = "
"0.001.")  # fmt: skip


def steps_of(mdp: TabularMDP) -> float:
    """Steps of the shortest path."""
    return float(greedy_steps(mdp, solve(mdp, 0.95).optimal_actions) or 0)


def rewards(
    learner: DynaQ, before: TabularMDP, after: TabularMDP, change: int, end: int, runs: int
) -> "tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]":
    """Cumulative reward at the change and at the end, [runs, 2], and the greedy path at the end, [runs]; run k has seed k."""
    gained, paths = np.zeros((runs, 2)), np.zeros(runs)
    for seed in range(runs):
        run = learner.learn(before, steps=change, seed=seed, backend="compiled")
        gained[seed, 0] = run.returns.sum()
        moved = replace(run, environment=after.digest)  # the world changes behind the learner's back
        run = learner.learn(after, steps=end, resume=moved, backend="compiled")
        gained[seed, 1] = run.returns.sum()
        paths[seed] = greedy_steps(after, run.greedy_actions, 200) or np.inf
    return gained, paths


def compare(before: TabularMDP, after: TabularMDP, change: int, end: int, runs: int) -> tuple[list[Line], dict[str, float]]:
    """Both learners in both halves."""
    settings: dict[str, Any] = {"step_size": 0.1, "discount": 0.95, "policy": EpsilonGreedy(0.1), "planning_steps": 50}
    lines = [Line("shortest path before", steps_of(before)), Line("shortest path after", steps_of(after))]
    found: dict[str, float] = {}
    for learner in (DynaQ(**settings), DynaQPlus(kappa=1e-3, **settings)):
        name = "Dyna-Q+" if isinstance(learner, DynaQPlus) else "Dyna-Q"
        gained, paths = rewards(learner, before, after, change, end, runs)
        best = (paths == lines[1].ours) * 1.0
        lines += [
            sampled(f"{name}, reward in the first {change:,} steps", list(gained[:, 0])),
            sampled(f"{name}, reward from there to step {end:,}", list(gained[:, 1] - gained[:, 0])),
            sampled(f"{name}, share of runs whose last greedy path is shortest", list(best)),
        ]
        found |= {f"{name} before": lines[-3].ours, f"{name} after": lines[-2].ours, f"{name} best": lines[-1].ours}
    return lines, found


@figure(
    "figure-8.4", "Figure 8.4: the blocking maze", STATISTICAL,
    book="After 1,000 steps the short path is blocked and a longer one opened; Dyna-Q+ does better than Dyna-Q.",
    setup=f"The book's: 6 x 9, the gap moves from the right end of the wall to the left after 1,000 of 3,000 steps. {OURS}",
)  # fmt: skip
def figure_8_4(plan: Plan) -> Result:
    """The gap moves from the right end to the left."""
    lines, found = compare(barrier(0, 7), barrier(1, 8), 1_000, 3_000, plan.runs(200, 12))
    lines[0] = exact(lines[0].what, lines[0].ours, 10, "counted", 0.0)
    lines[1] = exact(lines[1].what, lines[1].ours, 16, "counted", 0.0)
    return Result(lines, [
        Claim("Dyna-Q+ gains more after the change", found["Dyna-Q+ after"] > found["Dyna-Q after"]),
        Claim("and in all", found["Dyna-Q+ before"] + found["Dyna-Q+ after"] > found["Dyna-Q before"] + found["Dyna-Q after"]),
    ])  # fmt: skip


@figure(
    "figure-8.5", "Figure 8.5: the shortcut maze", STATISTICAL,
    book="After 3,000 steps a shorter path is opened without disturbing the longer one; Dyna-Q never switches to it, "
        "Dyna-Q+ does.",
    setup=f"The book's: 6 x 9, a second gap opens at the right end of the wall after 3,000 of 6,000 steps. {OURS}",
)  # fmt: skip
def figure_8_5(plan: Plan) -> Result:
    """A second gap opens at the right end."""
    lines, found = compare(barrier(1, 8), barrier(1, 7), 3_000, 6_000, plan.runs(200, 12))
    lines[0] = exact(lines[0].what, lines[0].ours, 16, "counted", 0.0)
    lines[1] = exact(lines[1].what, lines[1].ours, 10, "counted", 0.0)
    return Result(lines, [
        Claim("Dyna-Q hardly ever finds the shortcut (in fewer than 5 % of runs)", found["Dyna-Q best"] < 0.05),
        Claim("Dyna-Q+ finds it in most runs", found["Dyna-Q+ best"] > 0.5),
        Claim("Dyna-Q+ gains more after the change", found["Dyna-Q+ after"] > found["Dyna-Q after"]),
    ])  # fmt: skip
