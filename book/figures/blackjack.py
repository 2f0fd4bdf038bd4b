"""Examples 5.1, 5.3 and 5.4: blackjack, solved exactly and played."""

import numpy as np

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.exact import Numbers, at_start
from book.lines import exact, sampled
from book.samples import rms
from book.worlds.basic_strategy import basic_strategy
from book.worlds.games import STICK, blackjack, hand
from mazefit.agents import MonteCarloExploringStarts, MonteCarloPrediction, OffPolicyMonteCarlo, PolicyEvaluation, solve
from mazefit.envs import TabularMDP

RULES = (
    "The book's: an endless deck, the dealer sticks on 17 or more. Ours: a natural is not told apart from any other 21, as the "
    "book's states cannot; hands below 12 take a card before the episode begins."
)


def stick_on_20() -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The policy of Figure 5.1: stick on 20 and 21."""
    return np.array([int(state // 20 + 12 < 20) for state in range(200)] + [STICK], dtype=np.int64)


def truth(mdp: TabularMDP) -> Numbers:
    """v_π of that policy, by sweeps until the values stand still."""
    return PolicyEvaluation().solve(mdp, stick_on_20()).v


@figure(
    "figure-5.1", "Figure 5.1: blackjack, the policy that sticks on 20 or 21", STATISTICAL,
    book="Values by first-visit Monte Carlo after 10,000 and 500,000 episodes; estimates for states with a usable ace are less "
         "certain; after 500,000 games the value function is very well approximated.",
    setup=RULES,
)  # fmt: skip
def figure_5_1(plan: Plan) -> Result:
    """The mean return against the exact value, and the error of the table as games go on."""
    mdp = blackjack()
    v, start = truth(mdp), mdp.start_distribution()
    runs, many = plan.runs(20, 4), plan.runs(500_000, 50_000)
    few_error, many_error, ace_error, plain_error = [], [], [], []
    means: list[float] = []
    soft = np.arange(201) % 2 == 1
    soft[200] = False
    inside = np.arange(201) < 200
    for seed in range(runs):
        learner = MonteCarloPrediction()
        few = learner.predict(mdp, stick_on_20(), episodes=10_000, seed=seed, backend="compiled")
        late = learner.predict(mdp, episodes=many, resume=few, backend="compiled")
        means.append(float(late.returns.mean()))
        few_error.append(rms((few.v - v)[inside]))
        many_error.append(rms((late.v - v)[inside]))
        ace_error.append(rms((few.v - v)[soft]))
        plain_error.append(rms((few.v - v)[inside & ~soft]))
    lines = [
        sampled(f"mean return of {many:,} games, {runs} runs", means, float(start @ v), "exact v_π over the starts"),
        sampled("RMS error over 200 states, 10,000 games", few_error),
        sampled(f"RMS error over 200 states, {many:,} games", many_error),
        sampled("RMS error with a usable ace, 10,000 games", ace_error),
        sampled("RMS error without one, 10,000 games", plain_error),
    ]
    return Result(lines, [
        Claim("states with a usable ace are less certain", lines[3].ours > lines[4].ours),
        Claim("the error shrinks as games go on, about as their root",
              0.5 < lines[1].ours / lines[2].ours / np.sqrt(many / 10_000) < 2),
    ])  # fmt: skip


@figure(
    "figure-5.2", "Figure 5.2: the optimal policy of blackjack", STATISTICAL,
    book="Monte Carlo with exploring starts finds the optimal policy: Thorp's basic strategy with one exception, a "
        "notch that hits "
         "18 with a usable ace against an ace; the authors are uncertain why, yet confident that it is optimal.",
    setup=RULES + " Ours: 2,000,000 games (the book does not state how many).",
)  # fmt: skip
def figure_5_2(plan: Plan) -> Result:
    """Policy iteration against the picture, then exploring starts against the exact values."""
    mdp = blackjack()
    solution = solve(mdp)
    sticks = solution.q[:200, STICK] > solution.q[:200, 1]
    notch = hand(18, 1, True)
    games = plan.runs(2_000_000, 200_000)
    losses: list[float] = []
    agree: list[float] = []
    for seed in range(plan.runs(5, 2)):
        run = MonteCarloExploringStarts().learn(mdp, episodes=games, seed=seed, backend="compiled")
        found = run.q.argmax(axis=1).astype(np.int64)
        agree.append(float((found[:200] == ~sticks).sum()))
        losses.append(at_start(mdp, solution.v) - at_start(mdp, PolicyEvaluation().solve(mdp, found).v))
    lines = [
        exact("states (of 200) in which the optimal policy is the figure's", float((sticks == basic_strategy()).sum()), 200,
              "Figure 5.2, by hand", 0.0),
        exact("what hitting gains in the notch (18, usable ace, against an "
            "ace)", float(solution.q[notch, 1] - solution.q[notch, 0]),
              0.0393129084, "an earlier run"),
        exact("v_* at the start of a game", at_start(mdp, solution.v), -0.046555977, "an earlier run"),
        sampled(f"states that exploring starts get right after {games:,} games", agree),
        sampled("what its policy loses at the start", losses),
    ]  # fmt: skip
    return Result(lines, [
        Claim("the figure's policy is optimal", lines[0].holds),
        Claim("the notch is right for this game", float(solution.q[notch, 1]) > float(solution.q[notch, 0])),
        Claim("exploring starts come close (losing less than 0.002 a game)", lines[4].ours < 0.002),
    ])  # fmt: skip


@figure(
    "figure-5.3", "Figure 5.3: off-policy estimates of one blackjack state", STATISTICAL,
    book="From the state (dealer 2, sum 13, usable ace), worth -0.27726 (100 million games), weighted importance "
        "sampling has a much "
         "lower error than ordinary at the beginning; the error of both approaches 0.",
    setup=RULES + " The book's: the target sticks on 20 or 21, the behaviour hits or sticks with equal chance, 100 "
        "runs of 10,000 "
          "episodes from that state. Ours: 1,000 runs.",
)  # fmt: skip
def figure_5_3(plan: Plan) -> Result:
    """Mean square errors after 10, 100, 1,000 and 10,000 games."""
    whole = blackjack()
    state = hand(13, 2, True)
    value = float(truth(whole)[state])
    mdp = TabularMDP(whole.next_state, whole.reward, whole.terminated, state, probability=whole.probability,
                     offsets=whole.offsets, actions=2)  # fmt: skip
    times, runs = (10, 100, 1_000, 10_000), plan.runs(1_000, 60)
    errors = {weighted: np.zeros((runs, len(times))) for weighted in (False, True)}
    last: list[float] = []
    for weighted, table in errors.items():
        learner = OffPolicyMonteCarlo(weighted=weighted)
        for seed in range(runs):
            run = None
            for i, games in enumerate(times):
                if run is None:
                    run = learner.predict(mdp, stick_on_20(), episodes=games, seed=seed, backend="compiled")
                else:
                    run = learner.predict(mdp, episodes=games, resume=run, backend="compiled")
                table[seed, i] = (run.v[state] - value) ** 2
            if run is not None and not weighted:
                last.append(float(run.v[state]))
    lines = [
        exact("v_π, exactly", value, -0.27726, "the book, ± 3 s.e. of 10^8 games", 3e-4),
        sampled("mean ordinary estimate after 10,000 games", last, value, "exact (ordinary is unbiased)"),
    ]
    for weighted, table in errors.items():
        kind = "weighted" if weighted else "ordinary"
        lines += [sampled(f"mean square error, {kind}, {games:,} games", list(table[:, i])) for i, games in enumerate(times)]
    early = [lines[2 + i].ours > lines[6 + i].ours for i in range(2)]
    return Result(lines, [
        Claim("weighted has the lower error at the beginning", all(early)),
        Claim("both errors approach 0", lines[5].ours < lines[2].ours / 100 and lines[9].ours < lines[6].ours / 100),
    ])  # fmt: skip
