"""Figures 3.2, 3.5 and 4.1: the values of gridworlds, exactly."""

import numpy as np

from book.entry import EXACT, Claim, Plan, Result, figure
from book.exact import policy_value, uniform
from book.lines import exact
from book.worlds.build import Place
from book.worlds.grids import special_states, two_corners
from mazefit.agents import (
    Exact,
    GaussSeidelValueIteration,
    ModifiedPolicyIteration,
    PolicyEvaluation,
    PolicyIteration,
    PrioritizedSweeping,
    ValueIteration,
    solve,
)  # fmt: skip

FIGURE_3_2 = """
 3.3090  8.7893  4.4276  5.3224  1.4922
 1.5216  2.9923  2.2501  1.9076  0.5474
 0.0508  0.7382  0.6731  0.3582 -0.4031
-0.9736 -0.4355 -0.3549 -0.5856 -1.1831
-1.8577 -1.3452 -1.2293 -1.4229 -1.9752
"""
PRINTED_3_2 = """
 3.3  8.8  4.4  5.3  1.5
 1.5  3.0  2.3  1.9  0.5
 0.1  0.7  0.7  0.4 -0.4
-1.0 -0.4 -0.4 -0.6 -1.2
-1.9 -1.3 -1.2 -1.4 -2.0
"""
SWEEPS_4_1 = {
    1: [0, -1, -1, -1, -1, -1, -1, -1],
    2: [0, -1.75, -2, -2, -1.75, -2, -2, -2],
    3: [0, -2.4375, -2.9375, -3, -2.4375, -2.875, -3, -2.9375],
}
LIMIT_4_1 = [0, -14, -20, -22, -14, -18, -20, -20, -20, -20, -18, -14, -22, -20, -14, 0]


def numbers(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A table as it is printed."""
    return np.array([float(word) for word in text.split()])


def apart(one: "np.ndarray[tuple[int], np.dtype[np.float64]]", other: object) -> float:
    """The largest difference of two tables."""
    return float(np.abs(np.asarray(one) - np.asarray(other)).max())


@figure(
    "figure-3.2", "Figure 3.2: values of the equiprobable random policy", EXACT,
    book="A table of v_π to one decimal; the values near the lower edge are negative.",
    setup="The book's: 5 x 5, γ = 0.9, off the grid -1, A pays 10 and leads to A', B pays 5 and leads to B'.",
)  # fmt: skip
def figure_3_2(plan: Plan) -> Result:
    """Policy evaluation by sweeps against a linear solve, and against the printed table."""
    mdp = special_states()
    truth = policy_value(mdp, uniform(mdp), 0.9)
    lines = [
        exact(f"largest difference, {name}", apart(PolicyEvaluation(discount=0.9, in_place=where).solve(mdp).v, truth), 0.0,
              "linear solve")
        for name, where in (("two arrays", False), ("in place", True))
    ]  # fmt: skip
    v = PolicyEvaluation(discount=0.9).solve(mdp).v
    lines += [
        exact("v_π at A", v[1], 8.78929186, "an independent program", 1e-8),
        exact("largest difference to a table of four decimals", apart(v, numbers(FIGURE_3_2)), 0.0, "half a unit", 5.1e-5),
        exact("largest difference to the printed table", apart(v, numbers(PRINTED_3_2)), 0.0, "half a unit", 0.0501),
    ]
    lower = bool((v.reshape(5, 5)[4] < 0).all())
    return Result(lines, [Claim("the printed table, to its decimal", lines[-1].holds),
                          Claim("values near the lower edge are negative", lower)])  # fmt: skip


@figure(
    "figure-3.5", "Figure 3.5: optimal values and all optimal policies", EXACT,
    book="v_* to one decimal (24.4 at A, 19.4 at B); arrows show all optimal actions, in some cells several.",
    setup="The book's: the gridworld of Figure 3.2, γ = 0.9. Every planner is run.",
)  # fmt: skip
def figure_3_5(plan: Plan) -> Result:
    """Every planner against the closed form: the best of walking to A and walking to B."""
    mdp = special_states()
    at_a = 10.0 / (1.0 - 0.9**5)  # from A back to A takes five steps
    at_b = 5.0 + 0.9 * 0.9**4 * at_a

    def worth(place: Place) -> float:
        to_a, to_b = (abs(place[0]) + abs(place[1] - column) for column in (1, 3))
        to_a += 2 * (place == (0, 4))  # B stands in the way
        return at_b if to_b == 0 else max(0.9**to_a * at_a, 0.9**to_b * at_b)

    truth = np.array([worth((row, column)) for row in range(5) for column in range(5)])
    planners = (
        Exact(discount=0.9), ValueIteration(discount=0.9), GaussSeidelValueIteration(discount=0.9),
        PolicyIteration(discount=0.9), ModifiedPolicyIteration(discount=0.9), PrioritizedSweeping(discount=0.9),
    )  # fmt: skip
    lines = [
        exact(f"largest difference, {planner.name}", apart(planner.solve(mdp).v, truth), 0.0, "closed form")
        for planner in planners
    ]
    best = solve(mdp, 0.9).optimal_actions
    lines += [
        exact("v_*(A) = 10 / (1 - γ^5)", solve(mdp, 0.9).v[1], at_a, "closed form"),
        exact("arrows drawn", float(best.sum()), 45.0, "counted in the book's figure"),
    ]
    printed = round(float(solve(mdp, 0.9).v[1]), 1) == 24.4 and round(float(solve(mdp, 0.9).v[3]), 1) == 19.4
    return Result(lines, [Claim("24.4 at A and 19.4 at B", printed),
                          Claim("some cells have several optimal actions", bool((best.sum(axis=1) > 1).any()))])  # fmt: skip


@figure(
    "figure-4.1", "Figure 4.1: iterative policy evaluation on a small gridworld", EXACT,
    book="v_k after 1, 2, 3, 10 sweeps and in the limit; the greedy policy is optimal from the third sweep on.",
    setup="The book's: 4 x 4, γ = 1, -1 a step, the equiprobable policy, sweeps with two arrays from 0.",
)  # fmt: skip
def figure_4_1(plan: Plan) -> Result:
    """Sweep by sweep, which is exact in binary fractions for the first ones."""
    mdp = two_corners()

    def sweeps(count: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        return PolicyEvaluation(max_sweeps=count).solve(mdp).v

    lines = [
        exact(f"largest difference after sweep {k}", apart(sweeps(k)[:8], table), 0.0, "by hand", 0.0)
        for k, table in SWEEPS_4_1.items()
    ]
    lines.append(exact("v_10 beside the corner", sweeps(10)[1], -6.13797, "an independent program", 1e-5))
    limit = PolicyEvaluation().solve(mdp)
    lines.append(exact("largest difference in the limit", apart(limit.v, LIMIT_4_1), 0.0, "linear solve, whole numbers"))
    for name, where, count in (("two arrays", False, 173), ("in place", True, 114)):
        run = PolicyEvaluation(in_place=where, tolerance=1e-4).solve(mdp)
        lines.append(exact(f"sweeps until no value moves by more than 10^-4, {name}", run.steps, count, "earlier program", 0.0))
    lines.append(exact("q_π(11, down), Exercise 4.1", limit.q[11, 2], -1.0, "by hand"))
    lines.append(exact("q_π(7, down), Exercise 4.1", limit.q[7, 2], -15.0, "by hand"))
    optimal = solve(mdp).optimal_actions
    inside = ~mdp.absorbing

    def greedy_is_optimal(count: int) -> bool:
        chosen = PolicyEvaluation(max_sweeps=count).solve(mdp).greedy_actions
        return bool((~chosen | optimal)[inside].all())

    claims = [
        Claim("the greedy policy is optimal from k = 3 on, and not before",
              [greedy_is_optimal(k) for k in (1, 2, 3, 4, 10)] == [False, False, True, True, True]),
        Claim("the printed tables (-1.75 is printed as -1.7)", all(line.holds for line in lines[:5])),
    ]  # fmt: skip
    return Result(lines, claims)
