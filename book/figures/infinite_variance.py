"""Example 5.5: ordinary importance sampling with infinite variance."""

import math

import numpy as np

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.lines import Line, exact, sampled
from book.worlds.walks import endless_loop
from mazefit.agents import OffPolicyMonteCarlo


@figure(
    "example-5.5", "Example 5.5 and Figure 5.4: infinite variance", STATISTICAL,
    book="The expected scaled return is 1, but its variance is infinite: ordinary importance sampling does not "
        "converge to 1 even "
         "after millions of episodes; weighted would give exactly 1 after the first episode that ended with the left action.",
    setup="The book's: one state; left returns with probability 0.9 and ends with +1 otherwise, right ends with 0; the target "
          "always goes left, the behaviour either way with equal chance; first visits.",
)  # fmt: skip
def example_5_5(plan: Plan) -> Result:
    """The share of zeros is exact; the spread falls with n^(1/α - 1), α = log 0.45 / log 0.5, instead of n^(-1/2)."""
    mdp = endless_loop()
    runs = plan.runs(1_000, 200)
    times = (10, 1_000, plan.runs(100_000, 10_000))
    estimates, weighted = np.zeros((runs, 3)), np.zeros(runs)
    left, ordinary, whole = np.array([0, 0]), OffPolicyMonteCarlo(weighted=False), OffPolicyMonteCarlo(weighted=True)
    for seed in range(runs):
        run = ordinary.predict(mdp, left, episodes=times[0], seed=seed, backend="compiled")
        estimates[seed, 0] = run.v[0]
        for i, episodes in enumerate(times[1:], 1):
            run = ordinary.predict(mdp, episodes=episodes, resume=run, backend="compiled")
            estimates[seed, i] = run.v[0]
        weighted[seed] = whole.predict(mdp, left, episodes=times[0], seed=seed, backend="compiled").v[0]
    ends_left = 0.5 * 0.1 / (1 - 0.5 * 0.9)  # the chance that an episode never goes right
    none = (1 - ends_left) ** times[0]
    tail = math.log(0.45) / math.log(0.5)
    spread = [float(np.subtract(*np.quantile(estimates[:, i], [0.75, 0.25]))) for i in (1, 2)]
    factor = times[2] / times[1]
    zeros = (estimates[:, 0] == 0).astype(np.float64)
    lines = [
        sampled("share of estimates that are 0 after 10 episodes", list(zeros), none, "(1 - 1/11)^10"),
        exact("weighted estimates that are neither 0 nor 1", float(((weighted != 0) & (np.abs(weighted - 1) > 1e-12)).sum()), 0,
              "W / C · 1", 0.0),
        exact("weighted estimates that are 0 where the ordinary one is not", float(((weighted == 0) & (zeros == 0)).sum()), 0,
              "both are 0 until one episode went left alone", 0.0),
        exact("E[scaled return]", sum(0.1 * 0.9**k * 0.5 ** (k + 1) * 2 ** (k + 1) for k in range(400)), 1.0, "the book's 1"),
        exact("growth of the second moment's terms", 0.9 * 0.5 * 4, 1.8, "the book's 0.9 · 2, above 1"),
        Line(f"quartile distance of ordinary estimates after {times[1]:,} episodes", spread[0]),
        Line(f"the same after {times[2]:,}", spread[1]),
        Line("factor by which it fell", spread[0] / spread[1], factor ** (1 - 1 / tail), 0.6 if plan.quick else 0.4,
             0.0, f"n^(1 - 1/α), α = {tail:.3f}; with a variance it would be {math.sqrt(factor):.1f}"),
    ]  # fmt: skip
    return Result(lines, [
        Claim("ordinary estimates do not settle at 1 as the root of the number of "
        "episodes", lines[7].ours < math.sqrt(factor) / 1.5),
        Claim("weighted is exactly 1 once an episode went left alone", lines[1].holds and lines[2].holds),
    ])  # fmt: skip
