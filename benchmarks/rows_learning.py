"""How fast Q-learning learns, beside the loop that tutorials show; and what the trace of every update costs.

Ours learns on FrozenLake's own tables (`TabularMDP.from_env`): the same 8x8 lake, step size, discount and epsilon on both
sides. The seconds are those of the whole call of `learn`, everything that it prepares and hands back included.
"""

from collections.abc import Iterator
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks.rows_startup import fresh
from benchmarks.table import Line, at_least, at_most, rate
from benchmarks.timing import Plan, Side, compare
from benchmarks.tutorial_loop import seconds_per_step

TUTORIAL_FLOOR = 50_000  # steps a second that the peer's loop must reach to count as a fair peer


def lake() -> Any:
    """Gymnasium's FrozenLake, deterministic, 8x8, as `make` gives it."""
    import gymnasium

    return gymnasium.make("FrozenLake-v1", map_name="8x8", is_slippery=False)


def learner(tables: Any, steps: int, *, trace: bool = False, backend: str = "compiled") -> Side:
    """Our Q-learning, ε-greedy with random ties; seconds a step."""
    from mazefit.agents import EpsilonGreedy, QLearning

    agent = QLearning(step_size=0.1, discount=0.99, policy=EpsilonGreedy(0.1))

    def side() -> float:
        start = perf_counter()
        agent.learn(tables, steps=steps, seed=0, trace=trace, backend=backend)
        return (perf_counter() - start) / steps

    return side


def worlds() -> list[tuple[str, Any]]:
    """The lake's tables and those of a maze of 25 x 25 cells."""
    from mazefit.envs import Maze, TabularMDP

    maze = Maze.generate(25, 25, algorithm="wilson", seed=0)
    return [("FrozenLake 8x8", TabularMDP.from_env(lake().unwrapped)), ("maze of 25 x 25 cells", maze.mdp())]


def untraced(plan: Plan) -> Iterator[Line]:
    """Q-learning without trace, in steps a second, beside the usual tutorial loop."""
    tutorial = partial(seconds_per_step, lake(), plan.size(50_000))
    (lake_name, lake_tables), (maze_name, maze_tables) = worlds()
    steps = plan.size(10_000_000)
    for world, tables, backend, goal in (
        (lake_name, lake_tables, "compiled", at_least(600, stretch=1000)),
        (lake_name, lake_tables, "auto", None),
        (maze_name, maze_tables, "compiled", None),
    ):
        learner(tables, 10_000)()
        both = compare(learner(tables, steps, backend=backend), tutorial, plan.rounds)
        note = f"{steps} steps a run"
        if 1 / both.peer_time < TUTORIAL_FLOOR:
            note += f"; the tutorial loop stays below {TUTORIAL_FLOOR} steps/s here"
        peer = f"{rate(both.peer_time)} (tutorial loop on FrozenLake 8x8)"
        what = f"Q-learning, backend {backend}, {world}"
        yield Line(what, rate(both.our_time), peer, both.times_faster(), goal=goal, note=note)


FIRST = """
import json, time, gymnasium
from mazefit.agents import EpsilonGreedy, QLearning
from mazefit.envs import TabularMDP
env = gymnasium.make("FrozenLake-v1", map_name="8x8", is_slippery=False)
tables, agent = TabularMDP.from_env(env.unwrapped), QLearning(step_size=0.1, discount=0.99, policy=EpsilonGreedy(0.1))
for trace in (True, False):
    agent.learn(tables, steps=1000, seed=0, trace=trace, backend="compiled")
start = time.perf_counter()
run = agent.learn(tables, steps={steps}, seed=0, trace={trace}, backend="compiled")
print(json.dumps({{"seconds": time.perf_counter() - start}}))
"""


def first_traced(plan: Plan) -> Line:
    """The same in fresh interpreters: the first long trace of a process is the first to touch its memory."""
    steps = plan.size(1_000_000)

    def side(trace: bool) -> float:
        return float(fresh(FIRST.format(steps=steps, trace=trace))["seconds"]) / steps

    both = compare(lambda: side(True), lambda: side(False), plan.pairs)
    peer = f"{rate(both.peer_time)} (ours, untraced)"
    note = f"{steps} updates, the first long run of its process, which pays for memory never touched before"
    return Line("Q-learning traced, first in a process", rate(both.our_time), peer, both.times_longer(), note=note)


def traced(plan: Plan) -> Iterator[Line]:
    """Q-learning with every update traced, beside the same without."""
    steps = plan.size(1_000_000)
    for world, tables in worlds():
        with_trace, without = learner(tables, steps, trace=True), learner(tables, steps)
        with_trace(), without()
        both = compare(with_trace, without, plan.pairs)
        peer = f"{rate(both.peer_time)} (ours, untraced)"
        note = f"{steps} updates a run"
        what = f"Q-learning traced, {world}"
        yield Line(what, rate(both.our_time), peer, both.times_longer(), goal=at_most(1.3), note=note)
    yield first_traced(plan)
