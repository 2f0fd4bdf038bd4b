"""Example 6.2 and Figure 6.1: TD and Monte Carlo on the random walk of five states and on the way home."""

import numpy as np

from book.entry import EXACT, STATISTICAL, Claim, Plan, Result, figure
from book.exact import policy_value, uniform
from book.lines import exact, sampled
from book.samples import prediction_errors
from book.worlds.walks import drive_home, random_walk, walk_values
from mazefit.agents import TD0, MonteCarloPrediction, PolicyEvaluation

EPISODES = (1, 10, 25, 100)
TD_CURVES = {
    0.05: (0.2288, 0.1746, 0.1097, 0.0351),
    0.1: (0.2222, 0.1285, 0.0566, 0.0553),
    0.15: (0.2161, 0.0948, 0.0575, 0.0701),
}
MC_CURVES = {
    0.01: (0.2333, 0.2124, 0.1827, 0.0974),
    0.02: (0.2314, 0.1970, 0.1539, 0.0815),
    0.03: (0.2302, 0.1866, 0.1387, 0.0930),
    0.04: (0.2293, 0.1802, 0.1338, 0.1072),
}
EARLIER = 20_000  # runs behind these curves


@figure(
    "figure-6.1", "Figure 6.1: the drive home", EXACT,
    book="Elapsed times 0, 5, 20, 30, 40, 43 and predicted times to go 30, 35, 15, 10, 3, 0: Monte Carlo moves every "
        "prediction to "
         "the outcome 43 minutes, TD to the next prediction.",
    setup="The book's, with α = 1.",
)  # fmt: skip
def figure_6_1(plan: Plan) -> Result:
    """One episode of each rule."""
    mdp = drive_home()
    predicted = np.array([30.0, 35.0, 15.0, 10.0, 3.0, 0.0])
    td = TD0(step_size=1.0).predict(mdp, episodes=1, seed=0, initial=predicted).v
    mc = MonteCarloPrediction(step_size=1.0).predict(mdp, episodes=1, seed=0, initial=predicted).v
    places = ("leaving the office", "reaching the car", "exiting the highway", "behind the truck", "the home street")
    lines = [exact(f"TD from {place}", td[i], value, "the next prediction")
             for i, (place, value) in enumerate(zip(places, (40.0, 30.0, 20.0, 13.0, 3.0), strict=True))]  # fmt: skip
    lines += [exact(f"Monte Carlo from {place}", mc[i], value, "43 minutes less those elapsed")
              for i, (place, value) in enumerate(zip(places, (43.0, 38.0, 23.0, 13.0, 3.0), strict=True))]  # fmt: skip
    return Result(lines, [Claim("the recommended changes are the figure's", all(line.holds for line in lines))])


@figure(
    "example-6.2", "Example 6.2: TD and Monte Carlo on the random walk", STATISTICAL,
    book="TD was consistently better than constant-α Monte Carlo on this task.",
    setup="The book's: five states, γ = 1, values begin at 0.5, TD with α = 0.05, 0.1, 0.15, Monte Carlo (every visit) with "
          "0.01, 0.02, 0.03, 0.04. The book averages 100 runs, we 1,000.",
)  # fmt: skip
def example_6_2(plan: Plan) -> Result:
    """The curves at four places."""
    mdp, truth = random_walk(5, 0.0, 1.0), walk_values(5, 0.0, 1.0)
    found = PolicyEvaluation().solve(mdp).v[1:-1]
    lines = [
        exact("largest difference of v_π to 1/6, …, 5/6, sweeps", np.abs(found - truth).max(), 0.0, "closed form"),
        exact("the same, linear solve", np.abs(policy_value(mdp, uniform(mdp))[1:-1] - truth).max(), 0.0, "closed form"),
    ]
    runs = plan.runs(1_000, 60)
    best: dict[str, list[float]] = {}
    for name, curves in (("TD", TD_CURVES), ("MC", MC_CURVES)):
        means: list[list[float]] = []
        for step_size, curve in curves.items():
            td = TD0(step_size=step_size)
            learner = td if name == "TD" else MonteCarloPrediction(step_size=step_size, first_visit=False)
            errors = prediction_errors(learner, mdp, truth, 0.5, EPISODES, runs)
            lines += [
                sampled(f"RMS error, {name} α = {step_size}, {episodes} episodes", list(errors[:, i]), curve[i],
                        "20,000 runs (earlier)", of=EARLIER, rounding=5e-5)
                for i, episodes in enumerate(EPISODES)
            ]  # fmt: skip
            means.append(list(errors.mean(axis=0)))
        best[name] = [min(column) for column in zip(*means, strict=True)]
    better = all(td < mc for td, mc in zip(best["TD"], best["MC"], strict=True))
    return Result(lines, [Claim("TD at its best step size beats Monte Carlo at its best, at every checkpoint", better)])
