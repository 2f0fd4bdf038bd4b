"""Planners beside two solvers: QuantEcon's DiscreteDP and MDPSolver, each by its best method, solving alone being timed.

A peer's methods are tried once each; the fastest of those whose values are within `ACCURACY` of the exact ones is then timed in
turns with ours. A peer has no episodes that end, so it is given one state more, in which they stay at reward 0. MDPSolver goes
on from its last answer when it is asked again: each solve gets a model of its own, made outside the time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.table import Line, at_least, duration
from benchmarks.timing import Plan, Side, compare, timed

ACCURACY = 1e-10  # largest error that is allowed on either side
FINE = 1e-10  # what the peers are asked for: a bound on the error of their values
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """One way in which a peer solves: `prepare()` makes a call that solves and gives the values."""

    name: str
    prepare: Callable[[], Callable[[], Values]]

    def side(self) -> float:
        """Seconds of one solve, the preparation not counted."""
        return timed(self.prepare())()


def maze_planners(plan: Plan) -> Iterator[Line]:
    """A maze of 100 x 100 cells at discount 0.95 by Gauss-Seidel sweeps, beside QuantEcon and MDPSolver."""
    from mazefit.agents import GaussSeidelValueIteration, solve
    from mazefit.envs import Maze

    cells = plan.size(100)
    mdp = Maze.generate(cells, cells, algorithm="wilson", seed=0).mdp()
    exact, ours = solve(mdp, 0.95).v, GaussSeidelValueIteration(0.95)
    what = f"Gauss-Seidel value iteration, {cells} x {cells} cells"
    yield from beside(what, ours, mdp, 0.95, exact, plan, at_least(20), at_least(50))


def lake_planners(plan: Plan) -> Iterator[Line]:
    """A slippery lake of 300 x 300 at discount 0.99 by modified policy iteration, beside QuantEcon and MDPSolver."""
    from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv, generate_random_map

    from mazefit.agents import GaussSeidelValueIteration, ModifiedPolicyIteration
    from mazefit.envs.tables import TabularMDP

    size = plan.size(300)
    mdp = TabularMDP.from_env(FrozenLakeEnv(desc=generate_random_map(size, p=0.8, seed=0)))
    # values rise to the optimal ones and stop where rounding stops them; no sweep of ours may then change them
    exact = GaussSeidelValueIteration(0.99, tolerance=0.0, max_sweeps=20_000).solve(mdp).v
    ours = ModifiedPolicyIteration(0.99, tolerance=1e-12)
    what = f"modified policy iteration, slippery lake {size} x {size}"
    yield from beside(what, ours, mdp, 0.99, exact, plan, at_least(1), at_least(1))


def beside(what: str, planner: Any, mdp: Any, discount: float, exact: Values, plan: Plan, *goals: Any) -> Iterator[Line]:
    """One line a peer."""
    ours: Side = timed(partial(planner.solve, mdp))
    error = float(np.abs(planner.solve(mdp).v - exact).max())
    refuse("ours", error)
    for name, made, goal in zip(("QuantEcon", "MDPSolver"), (quantecon_methods, mdpsolver_methods), goals, strict=True):
        methods, built = made(mdp, discount)
        method, their_error = best(methods, exact)
        both = compare(ours, method.side, plan.rounds)
        note = (
            f"discount {discount:g}; {method.name}, the fastest of {', '.join(other.name for other in methods)} within "
            f"{ACCURACY:g}; error {error:.0e}, the peer's {their_error:.0e}; its model, built in {duration(built)}, not counted"
        )
        yield Line(
            what, duration(both.our_time), f"{duration(both.peer_time)} ({name})", both.times_faster(), goal=goal, note=note
        )


def best(methods: list[Method], exact: Values) -> tuple[Method, float]:
    """The fastest method that is accurate, and its error."""
    found: list[tuple[float, Method, float]] = []
    for method in methods:
        call = method.prepare()
        start = perf_counter()
        values = call()
        seconds = perf_counter() - start
        error = float(np.abs(values[: len(exact)] - exact).max())
        if error <= ACCURACY:
            found.append((seconds, method, error))
    if not found:
        raise AssertionError(f"expected a method within {ACCURACY:g} of the exact values, got none")
    _, method, error = min(found, key=lambda one: one[0])
    return method, error


def refuse(who: str, error: float) -> None:
    """Break the row where values are not accurate."""
    if not error <= ACCURACY:
        raise AssertionError(f"{who}: expected values within {ACCURACY:g} of the exact ones, got an error of {error:g}")


def as_matrix(mdp: Any) -> tuple[Values, Any]:
    """Expected rewards [S * A + 1] and sparse transitions [S * A + 1, S + 1]; in the last state episodes have ended."""
    from scipy import sparse

    cells = mdp.states * mdp.actions
    chances = np.ones(cells) if mdp.probability is None else mdp.probability
    owner = np.repeat(np.arange(cells), mdp.outcome_counts)
    arrival = np.where(mdp.terminated, mdp.states, mdp.next_state).reshape(-1)
    rewards = np.bincount(owner, weights=chances * mdp.reward.reshape(-1), minlength=cells)
    moves = sparse.csr_matrix(
        (np.append(chances, 1.0), (np.append(owner, cells), np.append(arrival, mdp.states))), shape=(cells + 1, mdp.states + 1)
    )
    moves.sum_duplicates()
    return np.append(rewards, 0.0), moves


def quantecon_methods(mdp: Any, discount: float) -> tuple[list[Method], float]:
    """DiscreteDP on sparse state-action pairs; and the seconds that it takes to build.

    Its policy iteration is left out: one sparse factorisation a policy, it did not come back from the maze within minutes.
    """
    from quantecon.markov import DiscreteDP

    start = perf_counter()
    rewards, moves = as_matrix(mdp)
    states = np.append(np.repeat(np.arange(mdp.states), mdp.actions), mdp.states)
    actions = np.append(np.tile(np.arange(mdp.actions), mdp.states), 0)
    process = DiscreteDP(rewards, moves, discount, states, actions)
    built = perf_counter() - start

    def solver(method: str, k: int) -> Callable[[], Values]:
        return lambda: np.array(process.solve(method=method, epsilon=FINE, max_iter=10**6, k=k).v)

    solver("value_iteration", 1)()  # Numba compiles
    modified = "modified_policy_iteration"
    tried = [Method("value iteration", partial(solver, "value_iteration", 1))]
    tried += [Method(f"modified policy iteration with k = {k}", partial(solver, modified, k)) for k in (5, 8, 10, 20)]
    return tried, built


def mdpsolver_methods(mdp: Any, discount: float) -> tuple[list[Method], float]:
    """MDPSolver on lists of lists, which its solver wants; and the seconds that its model takes to build."""
    import mdpsolver

    rewards, moves = as_matrix(mdp)
    per_state = [range(s * mdp.actions, (s + 1) * mdp.actions) for s in range(mdp.states)] + [
        range(len(rewards) - 1, len(rewards))
    ]
    bounds, columns, chances, paid = (part.tolist() for part in (moves.indptr, moves.indices, moves.data, rewards))
    arrivals = [[columns[bounds[c] : bounds[c + 1]] for c in cells] for cells in per_state]
    weights = [[chances[bounds[c] : bounds[c + 1]] for c in cells] for cells in per_state]
    gains = [[paid[c] for c in cells] for cells in per_state]

    def build() -> Any:
        model = mdpsolver.model()
        model.mdp(discount=discount, rewards=gains, tranMatProbs=weights, tranMatColumns=arrivals)
        return model

    start = perf_counter()
    build()
    built = perf_counter() - start

    def prepare(algorithm: str, update: str, limit: int) -> Callable[[], Values]:
        model = build()

        def call() -> Values:
            model.solve(
                algorithm=algorithm, tolerance=FINE, update=update, parIterLim=limit,
                parallel=False, postProcessing=False, makeFinalCheck=False,
            )  # fmt: skip
            return np.array(model.getValueVector())

        return call

    tried = [("vi", "standard", 1), ("vi", "gs", 1), ("mpi", "standard", 5), ("mpi", "gs", 5), ("mpi", "gs", 20)]
    return [Method(" ".join(map(str, one[: 3 if one[0] == "mpi" else 2])), partial(prepare, *one)) for one in tried], built
