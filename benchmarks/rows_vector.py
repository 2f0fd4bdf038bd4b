"""Mazes by the thousand: the vector environment beside EnvPool, gymnax, Gymnasium's own loop and a plain copy of memory.

All are on FrozenLake's 8 x 8 map, episodes cut after 200 steps and begun anew by themselves, random actions drawn beforehand.
Ours answers in Gymnasium's own types (int64 observations, float64 rewards) and looks at every action; EnvPool's map is slippery
and cannot be told otherwise; gymnax's is measured both ways. The peers live in an environment of their own, since
gymnax goes with an older Gymnasium.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from benchmarks import peers
from benchmarks.table import Goal, Line, at_least, rate
from benchmarks.timing import Comparison, Plan, estimate
from benchmarks.vector_sides import BYTES, SECONDS

PINS = peers.PINS.with_name("peers_vector.txt")
HOME = peers.ROOT / ".venv-peers-vector"
GOALS: dict[tuple[str, str, int], Goal] = {
    ("compiled", "envpool", 1024): at_least(250),
    ("compiled", "envpool", 65536): at_least(500),
    ("numpy", "envpool", 1024): at_least(80),
    ("numpy", "envpool", 65536): at_least(300),
    ("compiled", "gymnax", 1024): at_least(20),
    ("compiled", "gymnax", 65536): at_least(20),
    ("compiled", "gymnax-sure", 1024): at_least(20),
    ("compiled", "gymnax-sure", 65536): at_least(20),
}
NAMES = {
    "envpool": "EnvPool FrozenLake8x8, 1 thread",
    "gymnax": "gymnax FrozenLake 8x8, jit, slippery",
    "gymnax-sure": "gymnax FrozenLake 8x8, jit, not slippery",
    "sync": "SyncVectorEnv of single mazes",
}
MEMORY = at_least(20, "%", stretch=50)
DEVICE = 2**20
COPIES = 16


def beside_peers(plan: Plan) -> Iterator[Line]:
    """Steps a second of the vector environment, one core, time limit and next-step autoreset included."""
    for which in ("envpool", "gymnax", "sync"):
        for pairing, both in measured(which, plan):
            ours, peer, count = pairing["ours"], pairing["peer"], pairing["count"]
            beside = f"{rate(both.peer_time)} ({NAMES[peer]})"
            goal = GOALS.get((ours, peer, count))
            yield Line(f"{count} mazes, {ours}", rate(both.our_time), beside, both.times_faster(), goal=goal)


def beside_copying(plan: Plan) -> Iterator[Line]:
    """The share of the steps a second that copying memory would allow, at 25 bytes a step."""
    note = "read and written bytes of a plain copy of as many bytes as the steps move; ours moves more, in Gymnasium's types"
    for pairing, both in measured("copy", plan):
        limit, speed = 1 / both.peer_time, BYTES / both.peer_time / 1e9
        share = estimate([100 * p / o for o, p in zip(both.ours, both.peer, strict=True)])
        peer = f"{limit / 1e9:.2f} G steps/s ({BYTES} bytes a step at {speed:.1f} GB/s copied)"
        what = f"{pairing['count']} mazes, compiled, {pairing['actions']} actions"
        yield Line(what, rate(both.our_time), peer, share, "%", MEMORY, note)


def measured(which: str, plan: Plan) -> Iterator[tuple[dict[str, Any], Comparison]]:
    """Some pairings, measured in their own environment."""
    command = [str(peers.ensure(HOME, PINS)), "-m", "benchmarks.vector_sides", which, f"--rounds={3 * plan.rounds}"]
    command += ["--quick"] if plan.quick else []
    done = subprocess.run(command, cwd=peers.ROOT, env=peers.surroundings(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "the peers' process ended")
    for pairing in json.loads(done.stdout.splitlines()[-1]):
        yield pairing, Comparison(tuple(pairing["seconds"]), tuple(pairing["peer_seconds"]))


def on_a_gpu(plan: Plan) -> Iterator[Line]:
    """Steps a second of 2^20 mazes on a GPU, and the share of its memory's speed; "not measured" where there is none."""
    import torch

    what = f"{DEVICE} mazes, torch on a GPU"
    if not torch.cuda.is_available():
        yield Line(what, "not measured", "no CUDA device is here", goal=None)
        return
    step, copy = device_step(torch), device_copy(torch)
    rounds = max(plan.rounds, 6)
    seconds = [(device_seconds(torch, step), device_seconds(torch, copy)) for _ in range(rounds)]
    ours, peer = [pair[0] / DEVICE for pair in seconds], [pair[1] / DEVICE / COPIES for pair in seconds]
    both = Comparison(tuple(ours), tuple(peer))
    share = estimate([100 * p / o for o, p in zip(ours, peer, strict=True)])
    speed = BYTES / both.peer_time / 1e9
    limit = f"{1 / both.peer_time / 1e9:.1f} G steps/s ({BYTES} bytes a step at {speed:.0f} GB/s copied)"
    yield Line(what, rate(both.our_time), limit, share, "%", note=torch.cuda.get_device_name())


def device_step(torch: Any) -> Any:
    """One step of all environments on the GPU."""
    from benchmarks.rows_step import frozen_lake_text
    from mazefit.envs import MazeVectorEnv

    envs = MazeVectorEnv(DEVICE, frozen_lake_text("G"), max_episode_steps=200, backend="torch", device="cuda")
    envs.reset(seed=0)
    actions = torch.randint(4, (DEVICE,), device="cuda")
    return lambda: envs.step(actions)


def device_copy(torch: Any) -> Any:
    """A copy of as many bytes as COPIES times the steps move at least: too many for the device's caches."""
    source = torch.zeros(COPIES * BYTES * DEVICE // 2, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    return lambda: target.copy_(source)


def device_seconds(torch: Any, call: Any) -> float:
    """Seconds of one call, the device's own clock over enough of them."""
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    for _ in range(10):
        call()
    calls = int(SECONDS / 1e-4)
    begin.record()
    for _ in range(calls):
        call()
    end.record()
    torch.cuda.synchronize()
    return begin.elapsed_time(end) / 1e3 / calls
