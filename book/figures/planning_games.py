"""Figures 4.2 and 4.3: Jack's car rental and the gambler, exactly."""

import numpy as np

from book.entry import EXACT, Claim, Plan, Result, figure
from book.exact import Numbers
from book.lines import exact
from book.worlds.games import car_rental, gambler
from mazefit.agents import GaussSeidelValueIteration, PolicyIteration, ValueIteration, solve
from mazefit.envs import TabularMDP


def stages(mdp: TabularMDP, discount: float, first: int) -> tuple[list[Numbers], Numbers]:
    """Policy iteration by linear solves from the policy that always takes action `first`: all policies, and the last values."""
    assert mdp.offsets is not None
    assert mdp.probability is not None
    moves = np.zeros((mdp.states * mdp.actions, mdp.states))
    cells = np.repeat(np.arange(len(moves)), np.diff(mdp.offsets))
    np.add.at(moves, (cells, mdp.next_state), mdp.probability * ~mdp.terminated)
    rewards = np.bincount(cells, mdp.probability * mdp.reward)
    policies = [np.full(mdp.states, float(first))]
    while True:
        chosen = np.arange(mdp.states) * mdp.actions + policies[-1].astype(np.int64)
        v: Numbers = np.asarray(
            np.linalg.solve(np.eye(mdp.states) - discount * moves[chosen], rewards[chosen]), dtype=np.float64
        )
        q = (rewards + discount * moves @ v).reshape(mdp.states, mdp.actions)
        held = np.take_along_axis(q, policies[-1].astype(np.int64)[:, None], axis=1)[:, 0]
        better = np.where(q.max(axis=1) > held + 1e-9, q.argmax(axis=1), policies[-1])
        if (better == policies[-1]).all():
            return policies, v
        policies.append(better)


@figure(
    "figure-4.2", "Figure 4.2: Jack's car rental", EXACT,
    book="Policy iteration from the policy that moves no cars passes through four more policies, π1 to π4; the last is "
        "optimal.",
    setup="The book's: up to 20 cars at each of two places, up to 5 moved a night at $2 each, $10 a car rented, "
        "requests Poisson "
          "of means 3 and 4, returns 3 and 2, γ = 0.9, what exceeds 20 disappears. Ours: an order to move more cars than there "
          "are moves those that there are; no Poisson tail is cut off, what exceeds is one outcome.",
)  # fmt: skip
def figure_4_2(plan: Plan) -> Result:
    """Linear solves from π0; mazefit's answers against them."""
    mdp = car_rental()
    policies, v = stages(mdp, 0.9, 5)
    solution = solve(mdp, 0.9)
    lines = [exact("largest difference, solve", np.abs(solution.v - v).max(), 0.0, "linear solves from π0")]
    if not plan.quick:
        lines += [
            exact(f"largest difference, {planner.name}", np.abs(planner.solve(mdp).v - v).max(), 0.0, "linear solves from π0")
            for planner in (PolicyIteration(discount=0.9), ValueIteration(discount=0.9))
        ]
    lines += [
        exact("policies, π0 among them", len(policies), 5, "the book's figure", 0.0),
        exact("v_*(0, 0)", v[0], 421.4140633965, "an earlier run", 1e-10),
        exact("v_*(20, 20)", v[440], 636.9896068044, "an earlier run", 1e-10),
    ]
    table = policies[-1].reshape(21, 21) - 5
    row = " ".join(f"{int(moved):d}" for moved in table[10])
    same = bool(np.take_along_axis(solution.optimal_actions, policies[-1].astype(np.int64)[:, None], axis=1).all())
    claims = [
        Claim("five policies, π0 to π4", len(policies) == 5),
        Claim("the last one is optimal", same),
        Claim("it moves from 5 cars (to the second place) to 4 (to the first)", (table.max(), table[1:, 1:].min()) == (5, -4)
              or (table.max(), table[:, 1:].min()) == (5, -4)),
    ]  # fmt: skip
    return Result(lines, claims, f"Cars moved by π4 where the first place has 10 and the second 0, 1, …, 20: {row}.")


@figure(
    "figure-4.3", "Figure 4.3: the gambler's problem", EXACT,
    book="Values of the first sweeps and the final policy for p = 0.4, which stakes everything at 50 (and 25 and 75); "
        "it is one of "
         "a whole family of optimal policies. Exercise 4.9 asks for p = 0.25 and 0.55.",
    setup="The book's: capital 1 to 99, +1 on reaching 100, γ = 1. Ours: stakes above what is allowed count as the "
        "largest allowed.",
)  # fmt: skip
def figure_4_3(plan: Plan) -> Result:
    """Bold play's values have a closed form; above one half, timid play's have."""
    mdp, p = gambler(0.4), 0.4
    run, in_place, solution = ValueIteration().solve(mdp), GaussSeidelValueIteration().solve(mdp), solve(mdp)
    lines = [
        exact(f"v_*({capital})", run.v[capital], value, f"{formula}, p = 0.4")
        for capital, value, formula in ((25, p * p, "p²"), (50, p, "p"), (75, p + (1 - p) * p, "p + (1 - p) p"))
    ]
    lines += [
        exact("largest difference, sweeps in place", np.abs(in_place.v - solution.v).max(), 0.0, "policy iteration"),
        exact("largest difference to bold play", np.abs(solution.v - bold(p)).max(), 0.0, "Dubins & Savage's recursion"),
    ]
    lines.append(exact("Exercise 4.9, p = 0.25: v_*(50)", solve(gambler(0.25)).v[50], 0.25, "p"))
    odds = 0.45 / 0.55
    timid = (1 - odds ** np.arange(101)) / (1 - odds**100)
    timid[100] = 0.0
    lines.append(
        exact("Exercise 4.9, p = 0.55: largest difference", np.abs(solve(gambler(0.55)).v - timid).max(), 0.0,
              "(1 - r^s) / (1 - r^100), r = (1 - p) / p")
    )  # fmt: skip
    stakes = [int(np.flatnonzero(row)[0]) + 1 for row in solution.optimal_actions]
    ties = [len({min(int(a) + 1, s, 100 - s) for a in np.flatnonzero(solution.optimal_actions[s])}) for s in range(1, 100)]
    claims = [
        Claim("everything is staked at 25 of 25, 50, and the 25 that are missing at 75",
              (stakes[25], stakes[50], stakes[75]) == (25, 50, 25)),
        Claim("of 51 the smallest optimal stake is 1", stakes[51] == 1),
        Claim("there are several optimal policies", max(ties) > 1),
    ]  # fmt: skip
    several = sum(count > 1 for count in ties)
    return Result(lines, claims, f"In {several} of the 99 states more than one stake is optimal, at most {max(ties)}.")


def bold(p: float) -> Numbers:
    """The chances of success [101] of bold play: w(x) = p w(2x), or p + (1 - p) w(2x - 1) from a half on."""
    w = np.linspace(0.0, 1.0, 101)
    for _ in range(3_000):
        low = [p * w[2 * s] for s in range(50)]
        high = [p + (1 - p) * w[2 * s - 100] for s in range(50, 101)]
        w = np.array(low + high)
        w[100] = 1.0
    w[100] = 0.0  # the end's own value
    return w
