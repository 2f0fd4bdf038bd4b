"""The vector environment and its peers in one process of their own environment: `python -m benchmarks.vector_sides`.

Prints JSON: of each pairing the seconds a step of both sides, round by round, and the copy bandwidth measured between them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.timing import QUICK, Comparison, Plan, Side, compare

SIZES = (1024, 65536)
SECONDS = 0.02  # of one side's round
DRAWN = 16  # batches of random actions, drawn before the time begins
LIMIT = 200  # steps of an episode, as in both peers
BYTES = 25  # the least that a step with all its semantics reads and writes


@dataclass(frozen=True)
class Pairing:
    """Two sides and what they took."""

    ours: str  # backend
    peer: str
    count: int
    actions: str
    seconds: tuple[float, ...]
    peer_seconds: tuple[float, ...]


def actions_of(count: int, kind: Any) -> list[Any]:
    """Random actions of `count` environments, a few batches."""
    drawn = np.random.default_rng(0).integers(4, size=(DRAWN, count))
    return list(drawn.astype(kind))


def stepper(step: Callable[[Any], Any], actions: Sequence[Any], count: int, seconds: float = SECONDS) -> Side:
    """A side that steps for about so many seconds; its seconds are those of one step of one environment."""
    step(actions[0])  # compiles
    start, warm = perf_counter(), 0
    while warm < 2 or (perf_counter() < start + 10 * seconds and warm < 200):  # and some episodes end
        step(actions[warm % DRAWN])
        warm += 1
    calls = max(1, int(seconds * warm / (perf_counter() - start)))

    def side() -> float:
        start = perf_counter()
        for call in range(calls):
            step(actions[call % DRAWN])
        return (perf_counter() - start) / (calls * count)

    side()
    return side


def ours(backend: str, count: int, kind: Any = np.int64, **options: Any) -> Side:
    """Our environments on FrozenLake's map, through Gymnasium's door."""
    import gymnasium

    import mazefit  # noqa: F401  (registers the environment)
    from benchmarks.rows_step import frozen_lake_text

    options = {"max_episode_steps": LIMIT, "maze": frozen_lake_text("G"), **options}
    envs = gymnasium.make_vec(
        "mazefit/Maze-v0", num_envs=count, vectorization_mode="vector_entry_point", backend=backend, **options
    )
    envs.reset(seed=0)
    return stepper(envs.step, actions_of(count, kind), count)


def envpool(count: int) -> Side:
    """EnvPool's FrozenLake, one thread, stepped in step."""
    import envpool as peer

    envs = peer.make("FrozenLake8x8-v1", env_type="gymnasium", num_envs=count, num_threads=1, seed=0)
    envs.reset()
    return stepper(envs.step, actions_of(count, np.int32), count)


def gymnax(count: int, slippery: bool = True) -> Side:
    """gymnax's FrozenLake, its step vectorised and compiled by JAX and called from Python, actions given.

    As it comes it slips, as EnvPool's does, and draws random numbers for it; told not to, it is a table look-up as ours is.
    """
    import gymnax as peer
    import jax

    env, rules = peer.make("FrozenLake-misc", map_name="8x8", is_slippery=slippery)
    keys = jax.random.split(jax.random.key(0), count)
    _, state = jax.vmap(env.reset, in_axes=(0, None))(keys, rules)

    @jax.jit
    def many(keys: Any, state: Any, actions: Any) -> Any:
        if slippery:
            pairs = jax.vmap(jax.random.split)(keys)
            keys, now = pairs[:, 0], pairs[:, 1]
        else:
            now = keys  # which nothing is drawn from
        return keys, jax.vmap(env.step, in_axes=(0, 0, 0, None))(now, state, actions, rules)

    def step(actions: Any) -> Any:
        nonlocal keys, state
        keys, answer = many(keys, state, actions)
        state = answer[1]
        return jax.block_until_ready(answer)

    return stepper(step, [jax.numpy.asarray(batch) for batch in actions_of(count, np.int32)], count)


def sync(count: int) -> Side:
    """Gymnasium's own loop over single environments of ours."""
    import gymnasium

    import mazefit  # noqa: F401
    from benchmarks.rows_step import frozen_lake_text

    maze = frozen_lake_text("G")
    envs = gymnasium.make_vec("mazefit/Maze-v0", num_envs=count, vectorization_mode="sync", maze=maze, max_episode_steps=LIMIT)
    envs.reset(seed=0)
    return stepper(envs.step, actions_of(count, np.int64), count)


def copying(count: int) -> Side:
    """A plain copy of as many bytes as `count` steps move, read and written; its seconds are those of one step's."""
    source = np.random.default_rng(0).integers(255, size=BYTES * count // 2, dtype=np.uint8)
    target = np.zeros_like(source)
    calls = max(2, int(SECONDS * 20e9 / (2 * source.nbytes)))

    def side() -> float:
        start = perf_counter()
        for _ in range(calls):
            np.copyto(target, source)
        return (perf_counter() - start) / (calls * count)

    return side


def gymnax_sure(count: int) -> Side:
    """The same without slipping."""
    return gymnax(count, slippery=False)


PEERS: dict[str, Callable[[int], Side]] = {
    "envpool": envpool,
    "gymnax": gymnax,
    "gymnax-sure": gymnax_sure,
    "sync": sync,
    "copy": copying,
}


WANTED: dict[str, list[tuple[str, str, int, Any]]] = {
    "envpool": [(backend, "envpool", count, np.int64) for count in SIZES for backend in ("compiled", "numpy")],
    "gymnax": [("compiled", peer, count, np.int64) for count in SIZES for peer in ("gymnax", "gymnax-sure")],
    "sync": [("compiled", "sync", SIZES[0], np.int64)],
    "copy": [("compiled", "copy", count, kind) for count in (SIZES[1], 2**20) for kind in (np.int64, np.uint8)],
}


def pairings(wanted: list[tuple[str, str, int, Any]], plan: Plan) -> list[Pairing]:
    """These pairings, one after the other, each interleaved."""
    if plan.quick:
        wanted = [(backend, peer, min(count, 4096), kind) for backend, peer, count, kind in wanted]
    found: list[Pairing] = []
    for backend, peer, count, kind in wanted:
        both: Comparison = compare(ours(backend, count, kind), PEERS[peer](count), plan.rounds)
        found.append(Pairing(backend, peer, count, np.dtype(kind).name, both.ours, both.peer))
    return found


def main(words: Sequence[str]) -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.vector_sides", description=__doc__)
    parser.add_argument("which", choices=list(WANTED))
    parser.add_argument("--rounds", type=int, default=Plan.rounds)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args(words)
    plan = QUICK if chosen.quick else Plan(rounds=chosen.rounds)
    print(json.dumps([asdict(pairing) for pairing in pairings(WANTED[chosen.which], plan)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
