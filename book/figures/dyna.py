"""Example 8.1 and Figure 8.2: the Dyna maze."""

import numpy as np

from book.entry import EXPECTATION, STATISTICAL, Claim, Plan, Result, figure
from book.exact import at_start, epsilon_greedy, expected_steps, policy_value, uniform
from book.lines import exact, sampled
from book.samples import control_runs
from book.worlds.grids import dyna_maze
from mazefit.agents import DynaQ, EpsilonGreedy, PolicyEvaluation, QLearning, solve
from mazefit.envs import TabularMDP

EPISODES = (2, 3, 5, 10, 25)
CURVES = {0: (706, 503, 259, 126, 25), 5: (154, 61, 23.5, 17.2, 16.8), 50: (40, 17.4, 17.4, 16.9, 17.0)}


def dyna(planning_steps: int) -> DynaQ:
    """The book's settings."""
    return DynaQ(step_size=0.1, discount=0.95, policy=EpsilonGreedy(0.1), planning_steps=planning_steps)


@figure(
    "example-8.1", "Example 8.1: the first episode in the Dyna maze", EXPECTATION,
    book="The first episode takes about 1,700 steps whatever the number of planning steps; the optimum is 14.",
    setup="The book's: 6 x 9, γ = 0.95, α = 0.1, ε = 0.1, Q begins at 0. Ties at random, so the first episode is a "
        "uniform walk.",
)  # fmt: skip
def example_8_1(plan: Plan) -> Result:
    """The expected length of a uniform walk, solved for, and the mean of first episodes."""
    mdp = dyna_maze()
    walk = at_start(mdp, expected_steps(mdp, uniform(mdp)))
    cost = np.where(mdp.absorbing[:, None], 0.0, -np.ones(mdp.reward.shape))
    costly = TabularMDP(mdp.next_state, cost, mdp.terminated, mdp.start)
    best = solve(mdp, 0.95)
    exploring = at_start(mdp, expected_steps(mdp, epsilon_greedy(best.optimal_actions, 0.1)))
    runs = plan.runs(20_000, 1_000)
    first = control_runs(QLearning(step_size=0.1, discount=0.95), mdp, runs, lambda run: run.lengths[0], episodes=1)
    planned = control_runs(dyna(5), mdp, plan.runs(2_000, 100), lambda run: run.lengths[0], episodes=1)
    swept = -at_start(mdp, PolicyEvaluation(tolerance=1e-13).solve(costly).v)
    lines = [
        exact("fewest steps", 1 + np.log(at_start(mdp, best.v)) / np.log(0.95), 14, "v_* = γ^13"),
        exact("expected steps, ε-greedy on q_*", exploring, 15.878, "an independent program", 5e-5),
        exact("expected steps of the first episode (a uniform walk)", walk, 868.73, "an independent program", 1e-5),
        exact("the same by sweeps of policy evaluation", swept, walk, "linear solve"),
        exact("the same, the value at cost 1 a step", -at_start(mdp, policy_value(costly, uniform(mdp))), walk, "linear solve"),
        sampled("first episode, Q-learning", list(first), walk, "linear solve"),
        sampled("first episode, Dyna-Q with n = 5", list(planned), walk, "linear solve"),
    ]
    share = float((first >= 1_700).mean())
    return Result(lines, [
        Claim("14 steps are the fewest", lines[0].holds),
        Claim("the first episode takes about 1,700 steps on average (within 100)", abs(walk - 1_700) < 100, expected=False),
        Claim("its length does not depend on n", lines[5].holds and lines[6].holds),
    ], f"{100 * share:.1f} % of {runs:,} first episodes take 1,700 steps or more; their standard deviation is "
       f"{first.std():.0f}, so the book's one seed shared by all runs may well have shown that.")  # fmt: skip


@figure(
    "figure-8.2", "Figure 8.2: learning curves of Dyna-Q", STATISTICAL,
    book="Without planning about 25 episodes are needed to come near the optimum, with n = 5 about five, with n = 50 three.",
    setup="The book's: γ = 0.95, α = 0.1, ε = 0.1, n = 0, 5, 50 (30 runs in the book).",
)  # fmt: skip
def figure_8_2(plan: Plan) -> Result:
    """Mean steps of some episodes."""
    mdp, runs, lines = dyna_maze(), plan.runs(1_000, 60), []
    curves: dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for n, references in CURVES.items():
        lengths = control_runs(dyna(n), mdp, runs, lambda run: run.lengths, episodes=30)
        curves[n] = lengths.mean(axis=0)
        for episode, reference in zip(EPISODES, references, strict=True):
            rounding = 0.5 if reference == int(reference) else 0.05
            lines.append(sampled(f"n = {n}, steps of episode {episode}", list(lengths[:, episode - 1]), reference,
                                 "500 runs (earlier)", of=500, rounding=rounding))  # fmt: skip
    return Result(lines, [
        Claim("n = 0 comes near the optimum (30 steps) by episode 25, not by 15", curves[0][24] < 30 < curves[0][14]),
        Claim("n = 5 by episode 5, not by 3", curves[5][4] < 30 < curves[5][2]),
        Claim("n = 50 by episode 3, not by 2", curves[50][2] < 30 < curves[50][1]),
    ])  # fmt: skip
