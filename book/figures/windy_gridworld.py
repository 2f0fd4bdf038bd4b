"""Example 6.5 and Exercise 6.9: the windy gridworld."""

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.exact import at_start, best_soft, epsilon_greedy, expected_steps, greedy_steps, soft_world
from book.lines import exact, sampled
from book.samples import control_runs
from book.worlds.grids import KINGS, windy
from mazefit.agents import PolicyEvaluation, Run, Sarsa, ValueIteration, solve

STAY = (0, 0)


@figure(
    "example-6.5", "Example 6.5: the windy gridworld", STATISTICAL,
    book="One run of Sarsa ends about 170 episodes within 8,000 steps; by then the greedy policy was long since optimal, and "
         "exploring keeps episodes at about 17 steps, two more than the minimum of 15.",
    setup="The book's: ε = 0.1, α = 0.5, Q begins at 0, 8,000 steps. Ours: many runs instead of one.",
)  # fmt: skip
def example_6_5(plan: Plan) -> Result:
    """The optimum, what exploring costs exactly, and the distribution over runs."""
    mdp = windy()
    solution = solve(mdp)
    v, _ = best_soft(mdp, 0.1)
    nine = windy((*KINGS, STAY))
    policy = epsilon_greedy(solution.optimal_actions, 0.1)
    exploring, swept = at_start(mdp, expected_steps(mdp, policy)), PolicyEvaluation().solve(mdp, policy).v
    softly = ValueIteration().solve(soft_world(mdp, 0.1)).v

    def read(run: Run) -> tuple[float, float, float]:
        greedy = greedy_steps(mdp, run.greedy_actions, 100)
        return float(run.episodes), float(run.lengths[-50:].mean()), float(greedy == 15)

    runs = plan.runs(2_000, 100)
    found = control_runs(Sarsa(step_size=0.5), mdp, runs, read, steps=8_000)
    counts = found[:, 0]
    lines = [
        exact("fewest steps", -at_start(mdp, solution.v), 15, "the book"),
        exact("fewest steps with King's moves (Exercise 6.9)", -at_start(windy(KINGS), solve(windy(KINGS)).v), 7, "counted"),
        exact("and with a ninth action that stays", -at_start(nine, solve(nine).v), 7, "counted"),
        exact("expected steps, ε-greedy on q_*", exploring, -at_start(mdp, swept), "sweeps of policy evaluation"),
        exact("expected steps, best ε-soft policy", -at_start(mdp, v), -at_start(mdp, softly), "sweeps of value iteration"),
        sampled("episodes within 8,000 steps", list(counts), 160.17, "an independent program, 20,000 runs", of=20_000,
                rounding=0.005),
        sampled("steps of the last 50 episodes", list(found[:, 1]), 24.19, "an independent program, 20,000 runs", of=20_000,
                rounding=0.005),
        sampled("share of runs whose greedy path takes 15 steps", list(found[:, 2])),
    ]  # fmt: skip
    low, high = sorted(counts)[int(0.025 * runs)], sorted(counts)[int(0.975 * runs) - 1]
    claims = [
        Claim("about 170 episodes end within 8,000 steps, on average (within 5)", abs(lines[5].ours - 170) < 5, expected=False),
        Claim("the greedy policy is optimal after 8,000 steps, in most runs", lines[7].ours > 0.5, expected=False),
        Claim("episodes take about 17 steps in the end (within 1)", abs(lines[6].ours - 17) < 1, expected=False),
        Claim("about 17 steps are what exploring costs an optimal policy", abs(exploring - 17) < 0.1),
    ]
    return Result(lines, claims, f"Of {runs:,} runs the middle 95 % end {low:.0f} to {high:.0f} episodes.")
