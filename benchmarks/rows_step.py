"""How fast an environment steps: the same walk through ours, FrozenLake and gym-simplegrid.

The walk is drawn beforehand as directions and put into each environment's own action numbers, so that all visit the same
cells and end their episodes at the same moments. The time is that of `step` alone, episode by episode; a line for information
counts `reset` at each episode's end as well. FrozenLake's holes, which end an episode, are goals in our maze; gym-simplegrid's
obstacles are walls. No side has a time limit.
"""

import random
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

from benchmarks.table import Line, at_least, rate
from benchmarks.timing import Comparison, Plan, Side, compare

DIRECTIONS = ("up", "right", "down", "left")
OURS = {"up": 0, "right": 1, "down": 2, "left": 3}
FROZEN_LAKE = {"left": 0, "down": 1, "right": 2, "up": 3}
SIMPLE_GRID = {"up": 0, "down": 1, "left": 2, "right": 3}
CORNERS = {"start_loc": 0, "goal_loc": 63}


def directions(count: int) -> list[str]:
    """A random walk as words."""
    return random.Random(0).choices(DIRECTIONS, k=count)


def frozen_lake_text(hole: str) -> str:
    """FrozenLake's 8x8 map as the text of a maze, its holes written as `hole` (G: they end an episode, #: walls)."""
    from gymnasium.envs.toy_text.frozen_lake import MAPS

    return "\n".join(row.replace("F", ".").replace("H", hole) for row in MAPS["8x8"])


def our_env(hole: str, wrapped: bool, **options: Any) -> Any:
    """Our maze on FrozenLake's map."""
    import gymnasium

    import mazefit  # noqa: F401  (registers the environment)

    env = gymnasium.make("mazefit/Maze-v0", maze=frozen_lake_text(hole), **options)
    return env if wrapped else env.unwrapped


def frozen_lake(wrapped: bool, **options: Any) -> Any:
    """Gymnasium's FrozenLake, deterministic, 8x8, without its time limit (so that both sides wear the same wrappers)."""
    import gymnasium

    env = gymnasium.make("FrozenLake-v1", **{"map_name": "8x8", **options}, is_slippery=False, max_episode_steps=-1)
    return env if wrapped else env.unwrapped


def simple_grid() -> Any:
    """gym-simplegrid's own 8x8 environment."""
    import gym_simplegrid  # noqa: F401  (registers the environment)
    import gymnasium

    return gymnasium.make("SimpleGrid-8x8-v0").unwrapped


def stepper(env: Any, episodes: Sequence[Sequence[int]], repeats: int = 1, options: dict[str, Any] | None = None) -> Side:
    """A side that walks whole episodes through `env`, `repeats` times over; its seconds are those of one `step`, no reset."""

    def side() -> float:
        step, reset = env.step, env.reset
        seconds = 0.0
        for _ in range(repeats):
            for actions in episodes:
                reset(seed=0, options=options)
                start = perf_counter()
                for action in actions:
                    step(action)
                seconds += perf_counter() - start
        return seconds / (repeats * sum(map(len, episodes)))

    return side


def walker(env: Any, actions: Sequence[int], repeats: int = 1, options: dict[str, Any] | None = None) -> Side:
    """The same with `reset` at each episode's end inside the time."""

    def side() -> float:
        step, reset = env.step, env.reset
        reset(seed=0, options=options)
        start = perf_counter()
        for _ in range(repeats):
            for action in actions:
                _, _, terminated, truncated, _ = step(action)
                if terminated or truncated:
                    reset(options=options)
        return (perf_counter() - start) / (repeats * len(actions))

    return side


def track(env: Any, actions: Sequence[int], options: dict[str, Any] | None = None) -> list[tuple[int, bool]]:
    """Where `actions` lead, and whether an episode ends there."""
    env.reset(seed=0, options=options)
    steps: list[tuple[int, bool]] = []
    for action in actions:
        state, _, terminated, _, _ = env.step(action)
        steps.append((int(state), bool(terminated)))
        if terminated:
            env.reset(options=options)
    return steps


def split(actions: Sequence[int], went: Sequence[tuple[int, bool]]) -> list[list[int]]:
    """The actions of each episode, an unfinished one at the end included."""
    episodes: list[list[int]] = [[]]
    for action, (_, ended) in zip(actions, went, strict=True):
        episodes[-1].append(action)
        if ended:
            episodes.append([])
    return [episode for episode in episodes if episode]


def race(
    ours: Any,
    peer: Any,
    numbers: dict[str, int],
    plan: Plan,
    options: dict[str, Any] | None = None,
    *,
    resets: bool = False,
) -> tuple[Comparison, float]:
    """Both environments on one walk, after a check that they walk alike; also the mean episode's length."""
    walk = directions(plan.size(100_000))
    our_actions, peer_actions = [OURS[word] for word in walk], [numbers[word] for word in walk]
    ours_went, peer_went = track(ours, our_actions), track(peer, peer_actions, options)
    if ours_went != peer_went:
        differ = next(i for i, (a, b) in enumerate(zip(ours_went, peer_went, strict=True)) if a != b)
        raise AssertionError(f"step {differ}: ours came to {ours_went[differ]}, the peer to {peer_went[differ]}")
    if resets:
        both = compare(walker(ours, our_actions, repeats=5), walker(peer, peer_actions, options=options), plan.rounds)
    else:
        our_side = stepper(ours, split(our_actions, ours_went), repeats=5)
        both = compare(our_side, stepper(peer, split(peer_actions, peer_went), options=options), plan.rounds)
    return both, len(walk) / max(1, sum(ended for _, ended in ours_went))


def line(what: str, both: Comparison, goal: Any, peer: str, note: str = "") -> Line:
    """A line of steps a second."""
    return Line(what, rate(both.our_time), f"{rate(both.peer_time)} ({peer})", both.times_faster(), goal=goal, note=note)


def unwrapped(plan: Plan) -> Iterator[Line]:
    """`step` with all checks and the default info, unwrapped."""
    both, length = race(our_env("G", False), frozen_lake(False), FROZEN_LAKE, plan)
    note = f"episodes of {length:.0f} steps on average"
    yield line("step, unwrapped", both, at_least(32, stretch=45), "FrozenLake 8x8", note)
    both, _ = race(our_env("G", False), frozen_lake(False), FROZEN_LAKE, plan, resets=True)
    yield line("step and reset, unwrapped", both, None, "FrozenLake 8x8", f"{note}, each followed by a reset inside the time")
    both, length = race(our_env("#", False), simple_grid(), SIMPLE_GRID, plan, CORNERS)
    yield line("step, unwrapped", both, at_least(8), "gym-simplegrid 8x8", f"episodes of {length:.0f} steps on average")


def through_make(plan: Plan) -> Iterator[Line]:
    """`step` through what `gymnasium.make` wraps around an environment."""
    both, _ = race(our_env("G", True), frozen_lake(True), FROZEN_LAKE, plan)
    note = "PassiveEnvChecker and OrderEnforcing on both sides, no TimeLimit on either"
    yield line("step, through make", both, at_least(11), "FrozenLake 8x8", note)


def with_mask(plan: Plan) -> Iterator[Line]:
    """`step` with a fresh action mask in every info; the peer has none."""
    both, _ = race(our_env("G", False, action_mask=True), frozen_lake(False), FROZEN_LAKE, plan)
    yield line("step with action mask, unwrapped", both, at_least(12), "FrozenLake 8x8, no mask")
    both, _ = race(our_env("G", True, action_mask=True), frozen_lake(True), FROZEN_LAKE, plan)
    yield line("step with action mask, through make", both, at_least(8), "FrozenLake 8x8, no mask")
