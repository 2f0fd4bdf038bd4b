"""Example 8.4: prioritized sweeping on mazes of growing resolution."""

from statistics import median
from typing import Any

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.exact import at_start, greedy_steps
from book.lines import Line, exact, sampled
from book.worlds.grids import dyna_maze
from mazefit.agents import DynaQ, EpsilonGreedy, LearnedPrioritizedSweeping, PrioritizedSweeping, ValueIteration, solve
from mazefit.envs import TabularMDP

LIMIT = 100_000  # steps after which a run counts as it is


def backups_needed(learner: Any, mdp: TabularMDP, fewest: int, stride: int, seed: int, *, real: bool) -> float:
    """Backups until the greedy path is short (at most a fifth longer than the shortest), looked at after every `stride` steps.

    Args:
        learner: Dyna-Q or prioritized sweeping with n = 5.
        mdp: the maze.
        fewest: the length of its shortest path.
        stride: steps between two looks.
        seed: the seed.
        real: whether a real step is a backup too (in prioritized sweeping it only fills the queue).
    """
    run = learner.learn(mdp, steps=stride, seed=seed, backend="compiled")
    while run.steps < LIMIT and not (greedy_steps(mdp, run.greedy_actions, 2 * fewest) or 2 * fewest) <= 1.2 * fewest:
        run = learner.learn(mdp, steps=run.steps + stride, resume=run, backend="compiled")
    return float(run.rows if real else run.rows - run.steps)


@figure(
    "example-8.4", "Example 8.4: prioritized sweeping on mazes", STATISTICAL,
    book="Prioritized sweeping needs far fewer updates than unprioritized Dyna-Q until the path is optimal, typically "
        "five to ten "
         "times fewer; both with at most n = 5 updates a step.",
    setup="The book's: mazes of the structure of the Dyna maze at several resolutions, n = 5. Ours: 1 and 2 cells for "
        "one side, "
          "α = 0.5, γ = 0.95, ε = 0.1, θ = 0.0001; until the greedy path is at most a fifth longer than the shortest "
          "(finding the very "
          "shortest is a matter of exploring).",
)  # fmt: skip
def example_8_4(plan: Plan) -> Result:
    """The learners at three resolutions, and the planners, which know the model."""
    lines: list[Line] = []
    ratios: list[float] = []
    runs = plan.runs(50, 6)
    settings: dict[str, Any] = {"step_size": 0.5, "discount": 0.95, "policy": EpsilonGreedy(0.1), "planning_steps": 5}
    for scale in (1, 2):
        mdp = dyna_maze(scale)
        solution = solve(mdp, 0.95)
        fewest = greedy_steps(mdp, solution.optimal_actions) or 0
        side = f"{6 * scale} x {9 * scale}"
        found = PrioritizedSweeping(discount=0.95).solve(mdp)
        sweeps = ValueIteration(discount=0.95).solve(mdp)
        lines.append(exact(f"{side}: v_* at the start by prioritized sweeping", at_start(mdp, found.v), 0.95 ** (fewest - 1),
                           "γ^(d - 1)"))  # fmt: skip
        states = int((~mdp.absorbing).sum())
        lines.append(
            Line(f"{side}: backups, known model: prioritized {found.steps:,}, in sweeps", float(sweeps.steps * states))
        )
        dyna = [backups_needed(DynaQ(**settings), mdp, fewest, 20 * scale, seed, real=True) for seed in range(runs)]
        swept = [
            backups_needed(LearnedPrioritizedSweeping(**settings), mdp, fewest, 20 * scale, seed, real=False)
            for seed in range(runs)
        ]
        lines += [sampled(f"{side}: backups until near-optimal, Dyna-Q", dyna),
                  sampled(f"{side}: backups until near-optimal, prioritized sweeping", swept)]  # fmt: skip
        ratios.append(median(dyna) / median(swept))
    text = ", ".join(f"{ratio:.1f}" for ratio in ratios)
    return Result(lines, [
        Claim("prioritized sweeping typically (of medians) needs fewer backups at every resolution", min(ratios) > 1),
        Claim("five times fewer or better, of medians, at both resolutions", min(ratios) >= 5, expected=False),
    ], f"Ratios of the medians: {text}.")  # fmt: skip
