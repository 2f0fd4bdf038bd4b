"""Figures 7.2 and 7.4: n-step methods."""

from typing import Any

import numpy as np

from book.entry import EXACT, STATISTICAL, Claim, Plan, Result, figure
from book.lines import exact, sampled
from book.samples import prediction_errors
from book.worlds.grids import dyna_maze
from book.worlds.walks import random_walk, walk_values
from mazefit.agents import EpsilonGreedy, NStepSarsa, NStepTD, PolicyEvaluation, Sarsa
from mazefit.backup.one_step import CELL

BEST = {1: (0.80, 0.345), 2: (0.60, 0.276), 4: (0.40, 0.264), 8: (0.25, 0.278), 16: (0.15, 0.312), 32: (0.10, 0.363)}


@figure(
    "figure-7.2", "Figure 7.2: n-step TD on the random walk of 19 states", STATISTICAL,
    book="RMS error over states and the first 10 episodes; methods with an intermediate n work best, n = 4 at its best α.",
    setup="The book's: ends pay -1 and +1, γ = 1, values begin at 0 (the book averages 100 runs). Ours: each n at one "
        "step size near "
          "its best.",
)  # fmt: skip
def figure_7_2(plan: Plan) -> Result:
    """One step size for each n."""
    mdp, truth, runs = random_walk(19, -1.0, 1.0), walk_values(19, -1.0, 1.0), plan.runs(500, 40)
    v = PolicyEvaluation().solve(mdp).v
    lines = [exact("largest difference of v_π to -0.9, …, 0.9", np.abs(v[1:-1] - truth).max(), 0.0,
                   "closed form")]  # fmt: skip
    for n, (step_size, reference) in BEST.items():
        errors = prediction_errors(NStepTD(step_size=step_size, n=n), mdp, truth, 0.0, range(1, 11), runs).mean(axis=1)
        lines.append(sampled(f"RMS error, n = {n}, α = {step_size}", list(errors), reference, "2,000 runs (earlier)", of=2_000,
                             rounding=5e-4))  # fmt: skip
    found = {n: lines[1 + i].ours for i, n in enumerate(BEST)}
    return Result(lines, [
        Claim("n = 4 is the best", min(found, key=lambda n: found[n]) == 4),
        Claim("an intermediate n beats both ends", found[4] < min(found[1], found[32])),
    ])  # fmt: skip


@figure(
    "figure-7.4", "Figure 7.4: what one episode teaches one-step and ten-step Sarsa", EXACT,
    book="After a first episode of zeros and a reward at the end, one-step Sarsa strengthens the last action alone, "
        "ten-step Sarsa "
         "the last ten.",
    setup="Ours: the Dyna maze (the book draws a larger grid), α = 0.1, γ = 0.95, ε = 0.1, Q begins at 0.",
)  # fmt: skip
def figure_7_4(plan: Plan) -> Result:
    """The cells that are not 0 after one episode, in every run."""
    mdp, runs = dyna_maze(), plan.runs(200, 20)
    lone, wrong, strengthened = 0, 0, list[float]()
    for seed in range(runs):
        settings: dict[str, Any] = {"step_size": 0.1, "discount": 0.95, "policy": EpsilonGreedy(0.1)}
        one = Sarsa(**settings).learn(mdp, episodes=1, seed=seed)
        ten = NStepSarsa(n=10, **settings).learn(mdp, episodes=1, seed=seed, trace=True)
        assert ten.trace is not None
        last = set((ten.trace.rows.column("cell")[-10:] & CELL).tolist())
        lone += int((one.q != 0).sum() == 1 and one.q.max() == 0.1)
        wrong += int(set(np.flatnonzero(ten.q.reshape(-1)).tolist()) != last)
        strengthened.append(len(last))
    lines = [
        exact("runs in which one-step Sarsa strengthened one action, to α", lone, runs, "all of them", 0.0),
        exact("runs in which ten-step Sarsa strengthened others than the last ten", wrong, 0, "none", 0.0),
        sampled("actions that ten-step Sarsa strengthened (repetitions count once)", strengthened),
    ]
    return Result(lines, [Claim("the last action alone, and the last ten", lone == runs and wrong == 0)])
