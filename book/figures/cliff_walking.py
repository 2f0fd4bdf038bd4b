"""Example 6.6 and Figure 6.3: the cliff."""

from typing import Any

import numpy as np

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.exact import at_start, best_soft, epsilon_greedy, greedy_steps, policy_value
from book.lines import Line, exact, sampled
from book.samples import Numbers, control_runs
from book.worlds.grids import cliff
from mazefit.agents import ExpectedSarsa, QLearning, Run, Sarsa, solve

LEARNERS = {"Sarsa": Sarsa, "Q-learning": QLearning, "Expected Sarsa": ExpectedSarsa}
LATE = {"Sarsa": -26.9, "Q-learning": -50.0, "Expected Sarsa": -20.8}  # episodes 401-500, 2,000 runs
INTERIM = {  # the first 100 episodes, α = 0.1, 0.5, 1, by an independent program
    "Sarsa": (-139.41, -71.30, -72.27),
    "Q-learning": (-150.04, -80.59, -74.74),
    "Expected Sarsa": (-134.07, -56.25, -44.12),
}
ASYMPTOTIC = {"Q-learning": (-50.5, -50.4, -51.0), "Expected Sarsa": (-20.70, -20.69, -20.70), "Sarsa": (-21.4, -26.8)}
STEP_SIZES = (0.1, 0.5, 1.0)
EARLIER = 2_000


def exact_lines() -> list[Line]:
    """What the noisy curves have to tend to."""
    mdp = cliff()
    solution = solve(mdp)
    exploring = policy_value(mdp, epsilon_greedy(solution.optimal_actions, 0.1))
    v, best = best_soft(mdp, 0.1)
    return [
        exact("v_* at the start", at_start(mdp, solution.v), -13.0, "counted"),
        exact("ε-greedy on q_*: where Q-learning tends to", at_start(mdp, exploring), -50.800, "an independent program", 1e-4),
        exact("best ε-soft policy: where Expected Sarsa tends to", at_start(mdp, v), -20.708, "an independent program", 1e-4),
        exact("steps of its greedy path", greedy_steps(mdp, best) or 0, 15, "an independent program", 0.0),
    ]


def rewards(learner: Any, runs: int, first: int, last: int, read: Any = None) -> Numbers:
    """The mean return of episodes first + 1 to last of each run, or what `read` finds."""
    return control_runs(learner, cliff(), runs, read or (lambda run: run.returns[first:last].mean()), episodes=last)


@figure(
    "example-6.6", "Example 6.6: cliff walking", STATISTICAL,
    book="Q-learning learns the path along the cliff, Sarsa the longer but safer one; online, Q-learning is worse than Sarsa "
         "(about -50 against -25 in the figure).",
    setup="The book's: ε = 0.1, γ = 1, 500 episodes. Ours: α = 0.5 (not stated), the last 100 episodes instead of a "
        "smoothed curve.",
)  # fmt: skip
def example_6_6(plan: Plan) -> Result:
    """Sum of rewards in episodes 401 to 500, and the greedy path at the end."""
    lines, runs, mdp = exact_lines(), plan.runs(2_000, 60), cliff()

    def read(run: Run) -> tuple[float, float]:
        return float(run.returns[400:].mean()), float(greedy_steps(mdp, run.greedy_actions) or np.nan)

    paths: dict[str, Numbers] = {}
    means: dict[str, float] = {}
    for name, learner in LEARNERS.items():
        found = rewards(learner(step_size=0.5), runs, 400, 500, read)
        lines.append(sampled(f"{name}, reward an episode, 401-500", list(found[:, 0]), LATE[name], "2,000 runs (earlier)",
                             of=EARLIER, rounding=0.05))  # fmt: skip
        paths[name], means[name] = found[:, 1], float(found[:, 0].mean())
    lines.append(sampled("share of Sarsa's greedy paths that take 17 steps", list((paths["Sarsa"] == 17) * 1.0), 0.78,
                         "2,000 runs (earlier)", of=EARLIER, rounding=0.005))  # fmt: skip
    lines.append(Line("share of Q-learning's greedy paths that take 13 steps", float((paths["Q-learning"] == 13).mean()), 1.0,
                      0.0, 0.0, "2,000 runs (earlier)"))  # fmt: skip
    lines.append(Line("share of Expected Sarsa's greedy paths that take 15 steps",
                      float((paths["Expected Sarsa"] == 15).mean()), 1.0, 0.0, 0.0, "2,000 runs (earlier)"))  # fmt: skip
    return Result(lines, [
        Claim("Q-learning finds the path along the cliff, Sarsa a longer one",
              bool((paths["Q-learning"] == 13).all()) and float(np.nanmedian(paths["Sarsa"])) > 13),
        Claim("online Q-learning is worse than Sarsa", means["Q-learning"] < means["Sarsa"]),
    ])  # fmt: skip


@figure(
    "figure-6.3-interim", "Figure 6.3: the cliff, interim performance", STATISTICAL,
    book="Over the first 100 episodes Expected Sarsa beats Sarsa and Q-learning over a wide range of α, and is best at α = 1.",
    setup="The book's: ε = 0.1, the mean of the first 100 episodes (the book averages 50,000 runs).",
)  # fmt: skip
def figure_6_3_interim(plan: Plan) -> Result:
    """Three step sizes of each learner."""
    runs, lines = plan.runs(2_000, 60), list[Line]()
    for name, learner in LEARNERS.items():
        for i, step_size in enumerate(STEP_SIZES):
            found = rewards(learner(step_size=step_size), runs, 0, 100)
            lines.append(sampled(f"{name}, α = {step_size}", list(found), INTERIM[name][i],
                                 "an independent program, 20,000 runs", of=20_000, rounding=0.005))  # fmt: skip
    sarsa, q, expected = ([line.ours for line in lines[k : k + 3]] for k in (0, 3, 6))
    return Result(lines, [
        Claim("Expected Sarsa is ahead of both at every α",
              all(e > max(s, w) for e, s, w in zip(expected, sarsa, q, strict=True))),
        Claim("it is best at α = 1", expected[2] == max(sarsa + q + expected)),
    ])  # fmt: skip


@figure(
    "figure-6.3-asymptotic", "Figure 6.3: the cliff, asymptotic performance", STATISTICAL,
    book="In the long run Expected Sarsa does as well at α = 1 as at small α, Q-learning likewise (about -50); Sarsa only at "
         "small α.",
    setup="The book's: ε = 0.1. Ours: episodes 3,001 to 4,000 (the book: 100,000 episodes, 10 runs).",
)  # fmt: skip
def figure_6_3_asymptotic(plan: Plan) -> Result:
    """The tail of long runs beside the exact expectations."""
    runs, lines = plan.runs(200, 12), exact_lines()
    means: dict[tuple[str, float], float] = {}
    for name, curve in ASYMPTOTIC.items():
        for step_size, reference in zip(STEP_SIZES, curve, strict=False):
            found = rewards(LEARNERS[name](step_size=step_size), runs, 3_000, 4_000)
            means[name, step_size] = float(found.mean())
            places = 0.005 if name == "Expected Sarsa" else 0.05
            lines.append(sampled(f"{name}, α = {step_size}", list(found), reference, "earlier runs, as many",
                                 of=runs, rounding=places))  # fmt: skip
    flat = max(abs(means["Expected Sarsa", a] - lines[2].ours) for a in STEP_SIZES)
    spare = 4 * max(line.se for line in lines if line.what.startswith("Expected Sarsa, α"))
    near = max(abs(means["Q-learning", a] - lines[1].ours) for a in STEP_SIZES)
    return Result(lines, [
        Claim("Expected Sarsa's level does not depend on α (within 0.1 and 4 s.e. of the exact one)", flat < 0.1 + spare),
        Claim("Q-learning's lies near -50 at every α (within 1.5 of the exact one)", near < 1.5),
        Claim("Sarsa's falls with α", means["Sarsa", 0.5] < means["Sarsa", 0.1] - 2),
    ])  # fmt: skip
