"""How fast mazes are carved: bare wall grids, ours beside mazelib and labmaze, and the algorithms beside each other."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from benchmarks.table import Line, at_least, at_most, duration
from benchmarks.timing import Plan, Side, compare, timed

CELLS = 101
LARGE = 500


def our_walls(algorithm: str, cells: int, times: int = 1) -> Side:
    """Our generator alone: the wall grid of a perfect maze, another seed each time."""
    from mazefit.envs.generators import generate_walls

    seeds = count()
    return timed(lambda: generate_walls(cells, cells, algorithm, next(seeds), 0.0), times)


def our_maze(algorithm: str, cells: int, times: int = 1) -> Side:
    """What a user calls: a whole Maze."""
    from mazefit.envs import Maze

    seeds = count()
    return timed(lambda: Maze.generate(cells, cells, algorithm=algorithm, seed=next(seeds)), times)


def mazelib_backtracker(cells: int) -> Side:
    """mazelib's depth-first generator alone (its int8 grid, no entrances, no solver)."""
    from mazelib.generate.BacktrackingGenerator import BacktrackingGenerator

    generator = BacktrackingGenerator(cells, cells)
    return timed(generator.generate)


def labmaze_corridors(cells: int, times: int, retries: int = 0) -> Side:
    """labmaze's corridors without extra connections, objects and simplification: a perfect maze, checked.

    It takes `max_rooms=0` for rooms without limit; only with no retries are there none. With `retries` there are rooms.
    """
    import labmaze
    import numpy as np

    size = 2 * cells + 1
    nothing: dict[str, Any] = {"max_rooms": 0, "retry_count": retries, "spawns_per_room": 0, "objects_per_room": 0}
    nothing |= {"extra_connection_probability": 0.0, "simplify": False}
    maze = labmaze.RandomMaze(height=size, width=size, random_seed=1, **nothing)
    free = int((np.asarray(maze.entity_layer) != "*").sum())
    if not retries and free != 2 * cells**2 - 1:
        raise AssertionError(f"labmaze: expected a perfect maze of {2 * cells**2 - 1} free tiles, got {free}")
    return timed(maze.regenerate, times)


def against_peers(plan: Plan) -> Iterator[Line]:
    """Depth-first mazes of 101 x 101 cells."""
    ours = our_walls("dfs", CELLS, plan.size(100))
    ours()
    both = compare(ours, mazelib_backtracker(CELLS), plan.rounds)
    times = duration(both.our_time), f"{duration(both.peer_time)} (mazelib)"
    yield Line(
        "generate dfs, 101 x 101 cells", *times, both.times_faster(), goal=at_least(300), note="bare grids on both sides"
    )
    both = compare(ours, labmaze_corridors(CELLS, plan.size(10)), plan.rounds)
    times = duration(both.our_time), f"{duration(both.peer_time)} (labmaze)"
    note = "a perfect maze without rooms, checked; its public `regenerate`, array included"
    yield Line("generate dfs, 101 x 101 cells", *times, both.times_faster(), goal=at_least(20), note=note)
    both = compare(ours, labmaze_corridors(CELLS, plan.size(10), retries=1000), plan.rounds)
    times = duration(both.our_time), f"{duration(both.peer_time)} (labmaze, with rooms)"
    yield Line("generate dfs, 101 x 101 cells", *times, both.times_faster(), note="max_rooms=0, which it takes for no limit")
    whole = our_maze("dfs", CELLS, plan.size(100))
    whole()
    both = compare(whole, mazelib_backtracker(CELLS), plan.rounds)
    times = duration(both.our_time), f"{duration(both.peer_time)} (mazelib, bare grid)"
    yield Line("Maze.generate dfs, 101 x 101 cells", *times, both.times_faster())


def against_each_other(plan: Plan) -> Iterator[Line]:
    """What a fairer maze costs: Wilson's and Kruskal's beside depth-first, 500 x 500 cells."""
    depth_first = our_walls("dfs", LARGE)
    depth_first()
    for algorithm, bound in (("wilson", 5), ("kruskal", 8)):
        side = our_walls(algorithm, LARGE)
        side()
        both = compare(side, depth_first, plan.pairs)
        times = duration(both.our_time), f"{duration(both.peer_time)} (our dfs)"
        yield Line(f"generate {algorithm}, 500 x 500 cells", *times, both.times_longer(), goal=at_most(bound))


def generation(plan: Plan) -> Iterator[Line]:
    """Mazes of 101 x 101 cells beside mazelib's and labmaze's; wilson and kruskal beside dfs at 500 x 500."""
    yield from against_peers(plan)
    yield from against_each_other(plan)
