"""Figures 12.3, 12.6 and 12.8: λ-returns and eligibility traces on the random walk of 19 states."""

from typing import Any

import numpy as np

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.forward_view import online_lambda_returns
from book.lines import Line, exact, sampled
from book.samples import prediction_errors
from book.worlds.walks import random_walk, walk_values
from mazefit.agents import TD0, OfflineLambdaReturn, TDLambda, TrueOnlineTDLambda
from mazefit.backup.one_step import CELL

Curve = dict[tuple[float, float], float]  # (λ, α) -> error, by an independent program, 20,000 runs
OFF_LINE: Curve = {
    (0.0, 0.1): 0.50602,
    (0.4, 0.15): 0.45288,
    (0.8, 0.05): 0.46444,
    (0.8, 0.15): 0.35202,
    (0.9, 0.15): 0.33495,
    (0.95, 0.1): 0.35068,
}
ACCUMULATING: Curve = {
    (0.0, 0.8): 0.34508,
    (0.4, 0.7): 0.27258,
    (0.8, 0.05): 0.46404,
    (0.8, 0.3): 0.26182,
    (0.9, 0.2): 0.28957,
    (0.95, 0.1): 0.33494,
    (0.9, 0.4): 0.39751,
}
TRUE_ONLINE: Curve = {
    (0.0, 0.8): 0.34508,
    (0.4, 0.7): 0.27294,
    (0.8, 0.05): 0.46596,
    (0.8, 0.4): 0.25386,
    (0.9, 0.25): 0.27574,
    (0.95, 0.2): 0.3147,
    (0.9, 0.4): 0.29106,
}
N_STEP = 0.264  # the best of n-step TD, Figure 7.2
SETTING = ("The book's: the walk of Figure 7.2, RMS error at the ends of the first 10 episodes, values begin at 0. "
"Ours: each λ at one "
           "step size near its best.")  # fmt: skip


def errors_of(make: Any, curve: Curve, plan: Plan) -> list[Line]:
    """The error at each (λ, α)."""
    mdp, truth = random_walk(19, -1.0, 1.0), walk_values(19, -1.0, 1.0)
    lines: list[Line] = []
    for (lambda_, step_size), reference in curve.items():
        learner = make(lambda_=lambda_, step_size=step_size)
        found = prediction_errors(learner, mdp, truth, 0.0, range(1, 11), plan.runs(500, 40)).mean(axis=1)
        lines.append(sampled(f"RMS error, λ = {lambda_}, α = {step_size}", list(found), reference,
                             "an independent program, 20,000 runs", of=20_000, rounding=5e-6))  # fmt: skip
    return lines


def best(lines: list[Line]) -> tuple[float, float]:
    """The λ with the least error, and that error."""
    line = min((line for line in lines if line.what.startswith("RMS")), key=lambda line: line.ours)
    return float(line.what.split("λ = ")[1].split(",")[0]), line.ours


@figure(
    "figure-12.3", "Figure 12.3: the off-line λ-return algorithm", STATISTICAL,
    book="Overall performance is comparable to that of n-step methods; intermediate λ works best; at the best α and λ "
        "the off-line "
         "λ-return algorithm is slightly better.",
    setup=SETTING + " Ours: all increments of an episode are computed from the values at its beginning and added up.",
)  # fmt: skip
def figure_12_3(plan: Plan) -> Result:
    """Summed increments; λ = 1 and one visit a state is Monte Carlo."""
    lines = errors_of(OfflineLambdaReturn, OFF_LINE, plan)
    lambda_, least = best(lines)
    return Result(lines, [
        Claim("an intermediate λ is the best", 0.0 < lambda_ < 0.95),
        Claim("the best is as good as the best of n-step TD (0.264)", least <= N_STEP + 0.01, expected=False),
    ], "Where a state is visited many times in an episode, summed increments overshoot at step sizes that suit n-step "
    "TD. If the "
       "increments of an episode are applied one after the other instead, each from the value as it stands then (as "
       "equation 12.4 "
       "may be read), an independent program finds 0.262 at λ = 0.8, α = 0.4 (20,000 runs): the book's sentence belongs to "
       "that reading.")  # fmt: skip


@figure(
    "figure-12.6", "Figure 12.6: TD(λ) with accumulating traces", STATISTICAL,
    book="TD(λ) performs virtually as the off-line λ-return algorithm at small α, and worse where α is larger than is best.",
    setup=SETTING,
)  # fmt: skip
def figure_12_6(plan: Plan) -> Result:
    """λ = 0 is TD(0), to the bit."""
    mdp = random_walk(19, -1.0, 1.0)
    one = TDLambda(lambda_=0.0, step_size=0.3).predict(mdp, episodes=50, seed=0).v
    other = TD0(step_size=0.3).predict(mdp, episodes=50, seed=0).v
    lines = [exact("largest difference of λ = 0 to TD(0)", np.abs(one - other).max(),
                   0.0, "the same episodes", 0.0)]  # fmt: skip
    lines += errors_of(TDLambda, ACCUMULATING, plan)
    lambda_, least = best(lines)
    small = {line.what: line for line in lines}["RMS error, λ = 0.8, α = 0.05"]
    large = {line.what: line for line in lines}["RMS error, λ = 0.9, α = 0.4"]
    return Result(lines, [
        Claim("an intermediate λ is the best", 0.0 < lambda_ < 0.95),
        Claim("at α = 0.05 it is within 2 % of the off-line λ-return algorithm",
              abs(small.ours / OFF_LINE[0.8, 0.05] - 1) < 0.02),
        Claim("a step size above the best makes it much worse", large.ours > 1.5 * least),
    ])  # fmt: skip


@figure(
    "figure-12.8", "Figure 12.8: the on-line λ-return algorithm", STATISTICAL,
    book="The on-line λ-return algorithm (which true online TD(λ) computes exactly) performs slightly better than the "
        "off-line one.",
    setup=SETTING,
)  # fmt: skip
def figure_12_8(plan: Plan) -> Result:
    """True online TD(λ) against the forward view written out, then its errors."""
    mdp, apart, tried = random_walk(19, -1.0, 1.0), 0.0, 0
    for seed in range(plan.runs(100, 30)):
        run = TrueOnlineTDLambda(lambda_=0.8, step_size=0.4).predict(mdp, episodes=1, seed=seed, trace=True)
        assert run.trace is not None
        if run.steps > 150:  # the forward view takes steps³
            continue
        cells = (run.trace.rows.column("cell") & CELL).tolist()
        rewards = [float(reward) for reward in run.trace.rows.column("reward")]
        path = [cell // 2 for cell in cells]
        path.append(path[-1] + (1 if cells[-1] % 2 else -1))
        forward = online_lambda_returns(path, rewards, 0.8, 0.4)
        apart, tried = max(apart, float(np.abs(run.v - forward).max())), tried + 1
    lines = [exact(f"largest difference to the on-line λ-return, {tried} episodes", apart, 0.0, "the forward view", 1e-12)]
    lines += errors_of(TrueOnlineTDLambda, TRUE_ONLINE, plan)
    lambda_, least = best(lines)
    return Result(lines, [
        Claim("an intermediate λ is the best", 0.0 < lambda_ < 0.95),
        Claim("its best is better than that of the off-line algorithm", least < min(OFF_LINE.values())),
        Claim("and than that of TD(λ)", least < min(ACCUMULATING.values())),
    ])  # fmt: skip
