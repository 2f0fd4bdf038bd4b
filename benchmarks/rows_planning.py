"""A maze of a million states: its exact values, and the building of maze and tables."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import bare_search, sweeps
from benchmarks.held import held_bytes
from benchmarks.table import Line, at_least, at_most, duration
from benchmarks.timing import Comparison, Estimate, Plan, compare, estimate, timed

CELLS = 500
TITLE = "exact values, 500 x 500 cells"


def exact_values(plan: Plan) -> Iterator[Line]:
    """Exact values of a wilson maze beside sweeps and beside a bare breadth-first pass."""
    from mazefit.agents import solve
    from mazefit.envs import Maze

    maze = Maze.generate(CELLS, CELLS, algorithm="wilson", seed=0)
    mdp, distances = maze.mdp(), maze.distances()
    longest = int(distances.max())
    solution = solve(mdp, discount=1.0)
    reached = distances > 0
    error = float(np.abs(solution.v[reached] + (distances[reached] - 1)).max())
    if error > 0:
        raise AssertionError(f"solve: expected -(distance - 1), got an error of {error:g}")
    tables: tuple[Any, Any, Any] = mdp.next_state, mdp.reward, mdp.terminated
    ours = timed(partial(solve, mdp, discount=1.0))

    note = f"one sweep's time x the longest path of {longest} steps; one contiguous column an action, nothing allocated"
    both = extrapolated(compare(ours, sweeps.by_column(*tables, plan.size(10)), plan.rounds), longest)
    yield line(TITLE, both, both.times_faster(), at_least(300), "NumPy sweeps, extrapolated", note)
    both = extrapolated(compare(ours, sweeps.by_row(*tables, plan.size(10)), plan.rounds), longest)
    yield line(TITLE, both, both.times_faster(), None, "NumPy sweeps as in tutorials, extrapolated")

    goals = np.array(maze.goals, dtype=np.int32)
    bare = partial(bare_search.symmetric, mdp.next_state, maze.columns, goals)
    indexed = partial(bare_search.reversed_index, mdp.next_state, goals)
    for search in (bare, indexed):
        if not np.array_equal(search(), distances):
            raise AssertionError(f"{search.func.__name__}: its distances are not the maze's")
    note = "reads next_state forward through moves that can be undone, builds no index, gives distances alone"
    both = compare(ours, timed(bare), plan.pairs)
    yield line(TITLE, both, both.times_longer(), at_most(5), "bare breadth-first pass", note)
    both = compare(ours, timed(indexed), plan.pairs)
    yield line(TITLE, both, both.times_longer(), None, "breadth-first pass with an index of predecessors")
    both = compare(timed(partial(solve, maze, discount=1.0)), timed(bare), plan.pairs)
    yield line("tables and " + TITLE, both, both.times_longer(), None, "bare breadth-first pass", "given the maze alone")


def extrapolated(both: Comparison, sweeps_needed: int) -> Comparison:
    """The peer's one sweep as all the sweeps it needs."""
    return Comparison(both.ours, tuple(seconds * sweeps_needed for seconds in both.peer))


def line(what: str, both: Comparison, value: Estimate, goal: Any, peer: str, note: str = "") -> Line:
    """A line of seconds."""
    return Line(what, duration(both.our_time), f"{duration(both.peer_time)} ({peer})", value, goal=goal, note=note)


def maze_and_tables(plan: Plan) -> Iterator[Line]:
    """Maze and tables built, beside the carving of the bare walls; and the bytes that both hold."""
    from mazefit.envs import Maze
    from mazefit.envs.generators import generate_walls

    for algorithm in ("wilson", "dfs"):
        seeds = count()

        def build(algorithm: str, seeds: Iterator[int]) -> float:
            start = perf_counter()
            maze = Maze.generate(CELLS, CELLS, algorithm=algorithm, seed=next(seeds))
            maze.mdp()
            return perf_counter() - start

        build(algorithm, seeds)
        ours = partial(build, algorithm, seeds)
        both = compare(ours, timed(partial(generate_walls, CELLS, CELLS, algorithm, 0, 0.0)), plan.pairs)
        goal = at_most(3) if algorithm == "wilson" else None
        what = f"maze and tables built, {algorithm}, 500 x 500 cells"
        yield line(what, both, both.times_longer(), goal, "the bare walls carved")
    maze = Maze.generate(CELLS, CELLS, algorithm="wilson", seed=0)
    megabytes = held_bytes([maze, maze.mdp()]) / 1e6
    note = "every array that maze and tables hold, those shared counted once; 1 MB = 10^6 bytes"
    yield Line("maze and tables held", f"{megabytes:.1f} MB", "", estimate([megabytes]), "MB", at_most(60, "MB"), note)
