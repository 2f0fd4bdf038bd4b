"""A million updates traced: what they weigh, and how long any one of them takes to be found and drawn."""

import random
import statistics
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.held import held_bytes
from benchmarks.table import Line, at_most
from benchmarks.timing import Estimate, Plan, estimate

UPDATES = 1_000_000
PICKS = 50
PASSES = 3


def traced_run(cells: int, updates: int) -> tuple[Any, int]:
    """A traced run on a maze of `cells` x `cells`, and the bytes of its table."""
    from mazefit.agents import EpsilonGreedy, QLearning
    from mazefit.envs import Maze

    maze = Maze.generate(cells, cells, algorithm="wilson", seed=0)
    agent = QLearning(step_size=0.1, discount=0.99, policy=EpsilonGreedy(0.1))
    run = agent.learn(maze.mdp(), steps=updates, seed=0, trace=True)
    return run, run.q.nbytes


def milliseconds(trace: Any, picks: list[int]) -> list[float]:
    """Milliseconds to find and draw each of `picks`: the median of several passes, each in an order of its own."""
    seconds: dict[int, list[float]] = {index: [] for index in picks}
    for number in range(PASSES):
        for index in random.Random(number).sample(picks, len(picks)):
            start = perf_counter()
            trace.draw(index, "svg")
            seconds[index].append(perf_counter() - start)
    return [1000 * statistics.median(taken) for taken in seconds.values()]


def weight(trace: Any) -> Line:
    """Bytes of a row at the lowest level; what else the trace holds is said beside it."""
    each = (trace.nbytes["rows"] + trace.nbytes["details"]) / len(trace)
    starts = trace.nbytes["episodes"]
    note = (
        f"counted apart: {trace.nbytes['keyframes']} bytes of keyframes, {starts} bytes of episode marks; "
        f"all arrays that the trace holds: {held_bytes(trace)} bytes"
    )
    value = Estimate(each, None, None)
    return Line("bytes a traced update", f"{each:.2f} B", "", value, "B", at_most(16, "B"), note)


def traced_million(plan: Plan) -> Iterator[Line]:
    """Bytes an update at the lowest level, and the time of a seek with its tree and its SVG."""
    updates = plan.size(UPDATES)
    for cells in (25, 88):
        run, table_bytes = traced_run(cells, updates)
        trace = run.trace
        if len(trace) != updates:
            raise AssertionError(f"expected {updates} updates in the trace, got {len(trace)}")
        if cells == 25:
            yield weight(trace)
        trace.draw(0, "svg")
        taken = milliseconds(trace, random.Random(1).sample(range(updates), plan.size(PICKS)))
        low, high = min(taken), max(taken)
        note = f"the slowest of {len(taken)} random updates, each the median of {PASSES} passes, among {updates}"
        both = f"median {statistics.median(taken):.2f} ms, {low:.2f} to {high:.2f} ms"
        what = f"find and draw any update, table of {table_bytes / 1e6:.2f} MB"
        yield Line(what, both, "", estimate([high]), "ms", at_most(5, "ms"), note)
